"""The EU AI Act as it is shipped: articles and annexes point by point, and the dates of the amendment of July 2026."""

import re

import pytest

from apps.checklist.queries.frameworks import FOLDER, read_framework
from apps.checklist.rules.frameworks import Framework, Group

ACT = read_framework(FOLDER / "eu-ai-act.yaml")
HIGH_RISK, TRANSPARENCY, GENERAL_PURPOSE = "2027-12-02", "2026-08-02", "2025-08-02"
APART = {"art-50-2-earlier": "2026-12-02", "art-4a-1": "2026-07-27"}  # questions with a day of their own
DATES = {
    **dict.fromkeys(("art-9", "art-10", "art-11", "art-12", "art-13", "art-14", "art-15"), HIGH_RISK),
    **dict.fromkeys(("art-26", "art-27", "annex-iv"), HIGH_RISK),
    **dict.fromkeys(("art-50", "art-72", "art-73"), TRANSPARENCY),
    **dict.fromkeys(("art-53", "art-55", "annex-xi", "annex-xii"), GENERAL_PURPOSE),
}
POINTS = {"annex-iv-1": "abcdefgh", "annex-iv-2": "abcdefgh", "annex-xi-1": "abcdef", "annex-xi-2": "abcde"} | {
    "annex-xii-1": "abcdefgh",
    "annex-xii-2": "abc",
}


def groups_of(framework: Framework) -> dict[str, Group]:
    return {section.group.id: section.group for section in framework.sections}


def test_every_article_and_annex_is_there() -> None:
    articles = [f"art-{number}" for number in (9, 10, 11, 12, 13, 14, 15, 26, 27, 50, 53, 55, 72, 73)]
    assert [group.id for group in ACT.groups] == ["scope", *articles, "annex-iv", "annex-xi", "annex-xii"]


@pytest.mark.parametrize(("group", "day"), DATES.items())
def test_each_part_applies_from_its_day(group: str, day: str) -> None:
    for question in groups_of(ACT)[group].all_questions:
        assert ACT.starts_on(question) == APART.get(question.id, day), question.id


def test_the_other_dates_of_the_amendment_are_told() -> None:
    assert ACT.effective_date == "2026-07-27", "the day on which the amendment came into force"
    assert "2026/1744" in ACT.source.title
    for day in ("2 August 2028", "2 August 2027", "2 August 2030"):
        assert day in ACT.notes
    assert "2 September 2027" in ACT.questions["art-72-3"].requirement


@pytest.mark.parametrize(("group", "letters"), POINTS.items())
def test_the_annexes_are_complete_point_by_point(group: str, letters: str) -> None:
    assert [question.id for question in groups_of(ACT)[group].questions] == [f"{group}{letter}" for letter in letters]


def test_the_annexes_hold_every_other_point_as_well() -> None:
    found = groups_of(ACT)
    assert [one.id for one in found["annex-iv-3"].questions] == [f"annex-iv-{n}" for n in range(3, 10)]
    assert [one.id for one in found["annex-xi-s2"].questions] == [f"annex-xi-s2-{n}" for n in range(1, 4)]
    assert {name: sum(1 for _ in found[name].all_questions) for name in ("annex-iv", "annex-xi", "annex-xii")} == {
        "annex-iv": 23,
        "annex-xi": 14,
        "annex-xii": 11,
    }


def test_the_clocks_of_serious_incidents() -> None:
    asked = {name: ACT.questions[f"art-73-{name}"].text for name in "234"}
    assert [days for name in "234" for days in re.findall(r"15 days|two days|ten days", asked[name])] == [
        "15 days",
        "two days",
        "ten days",
    ]


def test_the_six_parts_of_a_fundamental_rights_impact_assessment() -> None:
    parts = [name for name in ACT.questions if name.startswith("art-27-1-")]
    assert parts == [f"art-27-1-{letter}" for letter in "abcdef"]


def test_data_governance_has_all_eight_points() -> None:
    assert [name[-1] for name in ACT.questions if name.startswith("art-10-2-")] == list("abcdefgh")


def test_every_duty_names_its_place_in_the_official_text_and_says_what_it_asks() -> None:
    for question in ACT.questions.values():
        assert re.match(r"(Art\. \d+|Annex (IV|XI|XII))", question.ref), question.id
        assert question.requirement and question.help, question.id


def test_refs_follow_ids() -> None:
    for name, question in ACT.questions.items():
        number = re.match(r"art-(\d+a?)-", name)
        if number:
            assert question.ref.startswith(f"Art. {number[1]}("), name
