"""Published indexes are reproduced from their public tables, point by point.

The tables under rubrics/ are names of indicators and scores of the Foundation Model Transparency Index of October 2023
and of December 2025 (Stanford Center for Research on Foundation Models, github.com/stanford-crfm/fmti, CC BY).
"""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from apps.checklist.queries.frameworks import FOLDER, read_framework
from apps.checklist.rules.frameworks import Framework
from apps.checklist.rules.scoring import RubricScore, Score, scored
from tests.checklist.framework_files import group, made, question

HERE = Path(__file__).parent / "rubrics"
INDEX = read_framework(FOLDER / "fmti-2023.yaml")
DRAFT_ACT = read_framework(FOLDER / "crfm-draft-ai-act-2023.yaml")
NAMES = {"Domain", "Subdomain", "Indicator", "Total"}
TOTALS_2023 = {
    "Meta": 54, "Hugging Face": 53, "OpenAI": 48, "Stability AI": 47, "Google": 40, "Anthropic": 36, "Cohere": 34,
    "AI21 Labs": 25, "Inflection": 21, "Amazon": 12,
}  # fmt: skip
# Per cent of all points in a subdomain, over all ten makers, as the index's page tells them.
SUBDOMAINS_2023 = {
    "upstream-data": 20, "upstream-data-labor": 17, "upstream-compute": 17, "downstream-user-data-protection": 67,
    "model-model-basics": 63, "model-capabilities": 62, "model-limitations": 60,
}  # fmt: skip
TOTALS_2025 = {"IBM": 95, "Meta": 31, "Mistral": 18, "xAI": 14, "Midjourney": 14}
# What the first of the assessment's two readers gave GPT-4, in the order of the requirements (grades/Annotator1).
GPT4_FIRST_READER = (1, 2, 0, 0, 0, 4, 3, 4, 3, 4, 2, 3)


def table(name: str) -> list[dict[str, str]]:
    """The indicators of a table, one row each."""
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["Indicator"] != "Total"]


def makers(rows: list[dict[str, str]]) -> list[str]:
    return [name for name in rows[0] if name not in NAMES]


@pytest.fixture(scope="module")
def scores() -> dict[str, RubricScore]:
    """Each maker's answers on the shipped rubric, scored."""
    rows, ids = table("fmti-2023.csv"), {one.ref: one.id for one in INDEX.questions.values()}
    return {
        maker: scored(INDEX, {ids[row["Indicator"]]: int(row[maker]) for row in rows}) for maker in makers(rows)
    }  # fmt: skip


def test_the_rubric_has_the_hundred_indicators_in_their_order() -> None:
    rows = table("fmti-2023.csv")
    assert [one.ref for one in INDEX.questions.values()] == [row["Indicator"] for row in rows]
    assert [INDEX.section_of[one.id].within[0].title for one in INDEX.questions.values()] == [
        row["Domain"] for row in rows
    ]
    assert [INDEX.section_of[one.id].group.title for one in INDEX.questions.values()] == [
        row["Subdomain"] for row in rows
    ]
    assert {one.id: sum(1 for _ in one.all_questions) for one in INDEX.groups} == {
        "upstream": 32, "model": 33, "downstream": 35,
    }  # fmt: skip


def test_the_published_totals_of_2023(scores: dict[str, RubricScore]) -> None:
    assert {maker: found.total.points for maker, found in scores.items()} == {
        maker: str(points) for maker, points in TOTALS_2023.items()
    }
    assert {found.total.most_points for found in scores.values()} == {"100"}
    assert sum((found.total.got for found in scores.values()), Fraction(0)) / 10 == 37


def test_the_published_totals_by_indicator(scores: dict[str, RubricScore]) -> None:
    ids = {one.ref: one.id for one in INDEX.questions.values()}
    for row in table("fmti-2023.csv"):
        reached = sum((found.questions[ids[row["Indicator"]]].got for found in scores.values()), Fraction(0))
        assert reached == int(row["Total"]), row["Indicator"]
    met = {name for found in scores.values() for name, one in found.questions.items() if one.got}
    assert len(met) == 82, "indicators that at least one maker satisfies"


@pytest.mark.parametrize(("name", "percent"), SUBDOMAINS_2023.items())
def test_the_published_subtotals_by_subdomain(scores: dict[str, RubricScore], name: str, percent: int) -> None:
    together = sum((found.groups[name] for found in scores.values()), Score())
    assert together.share is not None
    assert round(together.share * 100) == percent


def test_subtotals_add_up_to_the_total(scores: dict[str, RubricScore]) -> None:
    for found in scores.values():
        assert sum((found.groups[one.id].got for one in INDEX.groups), Fraction(0)) == found.total.got
        assert sum((one.got for one in found.subjects.values()), Fraction(0)) == found.total.got


@pytest.fixture
def index_of_2025() -> Framework:
    """The index of 2025, made of the names in its table alone."""
    levels = [{"value": n, "title": str(n), "text": "As published."} for n in (0, 1)]
    rows = table("fmti-2025.csv")
    asked = [question(f"q{n}", row["Indicator"], answer="scale", scale="points") for n, row in enumerate(rows)]
    return made(group("all", *asked), scales={"points": levels})


def test_the_published_totals_of_2025(index_of_2025: Framework) -> None:
    rows = table("fmti-2025.csv")
    found = {
        maker: scored(index_of_2025, {f"q{n}": int(row[maker]) for n, row in enumerate(rows)}).total
        for maker in makers(rows)
    }
    assert {maker: int(found[maker].points) for maker in TOTALS_2025} == TOTALS_2025
    mean = sum((one.got for one in found.values()), Fraction(0)) / len(found)
    assert round(mean * 100) == 4069, "40.69 points on average"


def test_the_twelve_requirements_of_the_draft_act() -> None:
    assert len(DRAFT_ACT.questions) == 12
    assert scored(DRAFT_ACT, {}).total.most_points == "48"


def test_the_first_readers_grades_of_a_model_add_up() -> None:
    found = scored(DRAFT_ACT, dict(zip(DRAFT_ACT.questions, GPT4_FIRST_READER, strict=True)))
    assert found.total.points == "26"
    assert {name: one.points for name, one in found.groups.items()} == {
        "data": "3", "compute": "0", "model": "14", "deployment": "9",
    }  # fmt: skip
