"""What a point shows of answers: everything, only what people stated and attached, or with a demand for their words."""

from typing import Any

import pytest

from apps.reports.rules.documents.assembling import UNSAID, assemble
from apps.reports.rules.documents.content import FILLED, MISSING, NOT_APPLICABLE, PARTLY, Bullets, Paragraph, Point
from apps.reports.rules.documents.reading import SpecInvalid, read_spec
from tests.reports.small_facts import AT, assessment, evidence, question, small, system

URN = "urn:genaiops:framework:genaiops-checklist"
FOUND = evidence("No personal data was found.")
GIVEN = evidence("The contract, page 3.", collector="", title="Contract", status="declared")
SPEC = """
urn: urn:genaiops:document:one
version: 1
title: One point
summary: A document of one point.
law: Regulation (EU) 2024/1689
source_url: https://eur-lex.europa.eu/
subjects: [version]
formats: [json]
sections:
  - id: only
    title: Only
    points:
      - id: point
        ref: "1"
        title: Point
        asks: What is asked.
        remedy: What would settle it.
        fill: [FILL]
        answers: ["urn:genaiops:framework:genaiops-checklist#data-6"]
        answers_as: FORM
"""


def made(form: str, *questions: dict[str, Any], fill: str = "", **parts: Any) -> Point:
    """The point with these answers; `fill` names a filler."""
    text = SPEC.replace("FORM", form).replace("        fill: [FILL]\n", f"        fill: [{fill}]\n" if fill else "")
    facts = small(assessments=[assessment(*questions)], **parts)
    document = assemble(read_spec(text, "one.yaml"), facts, made_at=AT, snapshot_digest="0" * 64)
    return document.points[0]


def shown(point: Point) -> list[str]:
    """Quoted words, then listed findings."""
    words = [block.text for block in point.blocks if isinstance(block, Paragraph)]
    return words + [item for block in point.blocks if isinstance(block, Bullets) for item in block.items]


SAID = question("data-6", text="We redacted the rest.", evidence=[FOUND, GIVEN])
COLLECTED = question("data-6", status="measured", stated="", evidence=[FOUND])
ATTACHED = question("data-6", status="declared", stated="", evidence=[GIVEN])
DECLINED = question("data-6", status="not_applicable", reason="There are no persons in it.")


def test_in_full_words_and_findings() -> None:
    assert shown(made("full", SAID)) == ["We redacted the rest.", FOUND["summary"], GIVEN["summary"]]
    assert made("full", COLLECTED).state == FILLED


def test_stated_leaves_findings_to_the_fillers_and_keeps_what_was_attached() -> None:
    point = made("stated", SAID)
    assert shown(point) == ["We redacted the rest.", GIVEN["summary"]] and point.state == FILLED
    assert any(known.digest == FOUND["subject_digest"] for known in point.known)
    assert shown(made("stated", ATTACHED)) == [GIVEN["summary"]]


def test_stated_without_words_is_empty_and_says_why() -> None:
    point = made("stated", COLLECTED)
    assert point.state == MISSING and point.gaps[0].problem == UNSAID and not point.known
    with_records = made("stated", COLLECTED, fill="system.description", systems=[system()])
    assert with_records.state == FILLED


def test_explained_asks_for_words_beside_records() -> None:
    silent = made("explained", COLLECTED, fill="system.description", systems=[system()])
    assert silent.state == PARTLY and [gap.problem for gap in silent.gaps] == [UNSAID]
    spoken = made("explained", SAID, fill="system.description", systems=[system()])
    assert spoken.state == FILLED and not spoken.gaps


def test_explained_names_the_question_that_nobody_answered_once() -> None:
    point = made("explained", question("data-6"), fill="system.description", systems=[system()])
    assert [gap.problem for gap in point.gaps] == [
        "Nobody has answered “What about data-6?” (GenAIOps checklist, data-6) for Helper v2."
    ]


def test_a_reasoned_no_counts_as_said() -> None:
    point = made("explained", DECLINED)
    assert point.state == NOT_APPLICABLE and point.reason == "There are no persons in it."


def test_words_about_an_earlier_state_are_stale() -> None:
    point = made("stated", question("data-6", text="All well.", is_statement_outdated=True))
    assert point.state == PARTLY and point.known[0].is_stale


def test_an_unknown_form_is_refused_with_its_line() -> None:
    with pytest.raises(SpecInvalid, match="answers_as"):
        made("loud", SAID)
