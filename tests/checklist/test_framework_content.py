"""The frameworks that are shipped: every node is there, every reference leads somewhere, and nothing is left unsaid."""

import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from apps.checklist.queries.frameworks import FOLDER, read_framework, read_frameworks
from apps.checklist.rules.frameworks import BROADER, FEEDING, SAME, Framework, broader_of, circle_in

RMF, GAI = "urn:genaiops:framework:nist-ai-rmf", "urn:genaiops:framework:nist-ai-600-1"
ISO, FORM = "urn:genaiops:framework:iso-42001-annex-a", "urn:genaiops:framework:gpai-model-documentation"
CHECKLIST = "urn:genaiops:framework:genaiops-checklist"
SHIPPED = {urn: one for (urn, _), one in read_frameworks(FOLDER).items()}
MARKUP = re.compile(r"[<>]|\*\*|^\s*[-*#] |\bTODO\b|  ", re.MULTILINE)
# What NIST's tables name with each action, counted independently of this file (NIST AI 600-1, section 3).
ACTIONS_BY_RISK = {
    "cbrn": 31, "confabulation": 18, "dangerous-content": 31, "privacy": 29, "environment": 4, "bias": 57,
    "human-ai": 58, "information-integrity": 73, "security": 51, "intellectual-property": 28, "obscene-content": 14,
    "value-chain": 36,
}  # fmt: skip


def counted(framework: Framework) -> dict[str, int]:
    """Questions in each of the outermost groups."""
    return {group.id: sum(1 for _ in group.all_questions) for group in framework.groups}


def test_what_is_shipped() -> None:
    assert {urn.rpartition(":")[2] for urn in SHIPPED} >= {
        "genaiops-checklist", "eu-ai-act", "gpai-model-documentation", "nist-ai-rmf", "nist-ai-600-1",
        "iso-42001-annex-a", "fmti-2023", "crfm-draft-ai-act-2023",
    }  # fmt: skip


def test_the_72_subcategories_of_the_rmf() -> None:
    assert counted(SHIPPED[RMF]) == {"govern": 19, "map": 18, "measure": 22, "manage": 13}
    by_category = {group.id: len(group.questions) for function in SHIPPED[RMF].groups for group in function.groups}
    assert list(by_category.values()) == [7, 3, 2, 3, 2, 2, 6, 3, 5, 2, 2, 3, 13, 3, 3, 4, 4, 2, 3]


def test_every_subcategory_is_numbered_as_by_nist() -> None:
    for function in SHIPPED[RMF].groups:
        for category in function.groups:
            ids = [question.id for question in category.questions]
            assert ids == [f"{category.id}.{n}" for n in range(1, len(ids) + 1)]
            assert category.title.startswith(f"{category.id.rpartition('-')[2]} ")
            assert [one.ref for one in category.questions] == [name.upper().replace("-", " ") for name in ids]


def test_the_risks_and_actions_of_the_profile_for_generative_ai() -> None:
    found = counted(SHIPPED[GAI])
    assert found.pop("risks") == 12
    # GV-4.3-001 is printed as "GV4.3--001", so that lists made by the usual form of the number have 211 and 57.
    assert found == {"govern": 58, "map": 39, "measure": 72, "manage": 43}
    assert "gv-4.3-001" in SHIPPED[GAI].questions and "gv-1.1-002" not in SHIPPED[GAI].questions


def test_actions_stand_under_their_subcategory_without_a_gap() -> None:
    parts = {"gv": "govern", "mp": "map", "ms": "measure", "mg": "manage"}
    actions = [group for function in SHIPPED[GAI].groups for group in function.groups]
    assert len(actions) == 49, "NIST has actions for 49 of the 72 subcategories"
    for group in actions:
        subcategory = SHIPPED[RMF].questions[group.id]
        assert group.summary == subcategory.requirement and group.title.startswith(f"{subcategory.ref.split()[1]} ")
        for n, question in enumerate(group.questions, start=1):
            prefix, number, serial = question.id.split("-")
            assert (f"{parts[prefix]}-{number}", serial, question.ref) == (group.id, f"{n:03}", question.id.upper())


def test_each_action_carries_the_risks_that_it_serves() -> None:
    actions = [one for one in SHIPPED[GAI].questions.values() if not one.id.startswith("risk-")]
    assert all(one.tags for one in actions)
    assert Counter(tag for one in actions for tag in one.tags) == ACTIONS_BY_RISK
    risks = [one.tags[0] for one in SHIPPED[GAI].questions.values() if one.id.startswith("risk-")]
    assert risks == list(ACTIONS_BY_RISK), "the twelve in the order of NIST"


def test_the_38_controls_of_annex_a_with_their_titles_alone() -> None:
    found = counted(SHIPPED[ISO])
    assert found == {"a.2": 3, "a.3": 2, "a.4": 5, "a.5": 4, "a.6": 9, "a.7": 5, "a.8": 4, "a.9": 3, "a.10": 3}
    assert sum(found.values()) == 38
    for question in SHIPPED[ISO].questions.values():
        assert question.ref.startswith(f"{question.id.upper()} ")
        assert not question.requirement, "the standard's text is not reproduced"
        assert {choice.id for choice in question.choices} == {"in-place", "partly", "planned", "excluded"}


def test_each_item_of_the_form_says_who_gets_it() -> None:
    form = SHIPPED[FORM].questions.values()
    assert all(one.audience and set(one.audience) <= {"AIO", "NCA", "DP"} for one in form)
    readers = Counter(reader for one in form for reader in one.audience)
    assert readers == {"AIO": 40, "NCA": 39, "DP": 23}
    items = SHIPPED[FORM].questions
    assert [items[name].audience for name in ("size", "size-range")] == [("AIO",), ("NCA", "DP")]
    assert [items[name].audience for name in ("training-time", "training-time-range")] == [("AIO",), ("NCA",)]
    computing = [one for one in form if SHIPPED[FORM].section_of[one.id].group.id in {"compute", "energy"}]
    assert not any("DP" in one.audience for one in computing), "downstream providers get nothing on computing or energy"


@pytest.mark.parametrize("framework", SHIPPED.values(), ids=lambda one: one.urn)
def test_every_question_is_explained_in_words_alone(framework: Framework) -> None:
    for question in framework.questions.values():
        assert question.help or question.requirement, question.id
        assert question.next_step, f"{question.id}: the page tells what brings an answer"
        for text in (question.text, question.help, question.why, question.next_step, question.requirement):
            assert not MARKUP.search(text), f"{question.id}: {text}"
        assert question.text.endswith(("?", ".")), question.id
        assert len(question.text) <= 200, f"{question.id}: a question is read in one breath"


@pytest.mark.parametrize("framework", SHIPPED.values(), ids=lambda one: one.urn)
def test_every_mapping_leads_to_a_question_that_is_asked(framework: Framework) -> None:
    for question in framework.questions.values():
        for mapping in question.mappings:
            assert mapping.urn in SHIPPED, f"{question.id}: {mapping.to}"
            assert mapping.question in SHIPPED[mapping.urn].questions, f"{question.id}: {mapping.to}"


@pytest.mark.parametrize("framework", SHIPPED.values(), ids=lambda one: one.urn)
def test_only_answers_of_one_kind_answer_one_another(framework: Framework) -> None:
    for question in framework.questions.values():
        for mapping in question.mappings:
            if mapping.relation in FEEDING:
                other = SHIPPED[mapping.urn].questions[mapping.question]
                assert (question.answer, other.answer) == ("statement", "statement"), f"{question.id}: {mapping.to}"


def test_no_question_is_broader_than_itself_through_others() -> None:
    assert circle_in(broader_of(SHIPPED.values())) == ()


def test_the_checklist_feeds_other_frameworks() -> None:
    fed = {
        mapping.question
        for framework, relation in product(SHIPPED.values(), (SAME, BROADER))
        for question in framework.questions.values()
        for mapping in question.mappings
        if mapping.urn == CHECKLIST and mapping.relation == relation
    }
    assert fed >= {"data-1", "modeling-3", "modeling-6", "modeling-7", "deployment-1"}


def test_every_question_of_the_checklist_is_named_by_a_law_or_standard() -> None:
    named = {
        mapping.to for one in SHIPPED.values() for question in one.questions.values() for mapping in question.mappings
    }
    assert {f"{CHECKLIST}#{name}" for name in SHIPPED[CHECKLIST].questions} <= named


def test_every_framework_names_its_source_and_the_rights() -> None:
    for framework in SHIPPED.values():
        assert framework.source.url.startswith("https://")
        assert "this project's own text" in framework.copyright, framework.urn


def test_the_manual_names_every_file_and_counts_as_it_does() -> None:
    manual = (Path(__file__).parents[2] / "docs/frameworks-content.md").read_text(encoding="utf-8")
    rows = {row.split("`")[1]: row for row in manual.splitlines() if row.startswith("| `") and ".yaml`" in row}
    assert set(rows) == {path.name for path in FOLDER.glob("*.yaml")}
    parts = {"nist-ai-600-1.yaml": ("12 risks", "212 suggested actions"), "eu-ai-act.yaml": ("148",)}
    for path in FOLDER.glob("*.yaml"):
        number = len(read_framework(path).questions)
        for part in parts.get(path.name, (f"{number} ",)):
            assert part in rows[path.name], path.name
