"""Tables of cases for how answers are known, what makes them stale, and when the gate is green."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.checklist.rules import (
    DECLARED,
    IMPORTED,
    MEASURED,
    NOT_APPLICABLE,
    UNKNOWN,
    AnswerView,
    EvidenceView,
    Finding,
    Known,
    Question,
    QuestionView,
    answer_status,
    gate_of,
    is_strong_enough,
    problems_of,
    strongest,
    weakest,
)
from apps.checklist.rules.statements import stale_because, statement_basis

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "found", "status"),
    [
        ("", UNKNOWN, UNKNOWN),
        ("", DECLARED, DECLARED),
        ("", MEASURED, MEASURED),
        (DECLARED, UNKNOWN, DECLARED),
        (DECLARED, MEASURED, MEASURED),
        (DECLARED, IMPORTED, IMPORTED),
        (UNKNOWN, MEASURED, MEASURED),
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (NOT_APPLICABLE, MEASURED, NOT_APPLICABLE),
        (NOT_APPLICABLE, UNKNOWN, NOT_APPLICABLE),
    ],
)
def test_how_an_answer_is_known(stated: str, found: str, status: str) -> None:
    assert answer_status(stated, found) == status


@pytest.mark.parametrize(
    ("status", "minimum", "is_enough"),
    [
        (MEASURED, MEASURED, True),
        (IMPORTED, MEASURED, False),
        (DECLARED, IMPORTED, False),
        (IMPORTED, IMPORTED, True),
        (DECLARED, DECLARED, True),
        (UNKNOWN, DECLARED, False),
        (NOT_APPLICABLE, MEASURED, True),
    ],
)
def test_strong_enough(status: str, minimum: str, is_enough: bool) -> None:
    assert is_strong_enough(status, minimum) is is_enough


def test_strongest_and_weakest_of_nothing_are_unknown() -> None:
    assert strongest([]) == weakest([]) == UNKNOWN
    assert strongest([DECLARED, MEASURED]) == MEASURED
    assert weakest([DECLARED, MEASURED, UNKNOWN]) == UNKNOWN


def question(principal: str = "dataset.pii", minimum: str = MEASURED, subject: str = "dataset") -> Question:
    return Question("data-6", "Text?", "Help", "Why", "Do this next.", (principal, "dataset.licence"), minimum, subject)


def evidence(collector: str = "dataset.pii", status: str = MEASURED, **more: Any) -> EvidenceView:
    return EvidenceView(
        **{
            "pk": 1,
            "collector": collector,
            "status": status,
            "method": "Scan",
            "summary": "Three addresses.",
            "value": {},
            "subject_type": "catalog.datasetversion",
            "subject_id": "1",
            "subject_label": "Data v1",
            "subject_digest": "d",
            "collected_at": NOW,
            "given_by": "",
        }
        | more
    )


def answer(status: str = MEASURED, *items: EvidenceView, **more: Any) -> AnswerView:
    return AnswerView(
        **{
            "pk": 1,
            "revision": 1,
            "status": status,
            "stated": "",
            "text": "",
            "reason": "",
            "answered_by": "",
            "answered_by_id": None,
            "answered_at": NOW,
            "evidence": items,
        }
        | more
    )


SAID = {"stated": DECLARED, "text": "They are invented and may stay.", "answered_by": "Olga", "answered_by_id": 1}
ASKS = {"asks": "It holds personal data, and nobody has said what was decided."}
BLOCKS = {"blocks": "The licence cannot be read.", "remedy": "Correct the licence."}
GATE = [
    ("no answer", None, ["has no answer yet"]),
    ("unknown", answer(UNKNOWN), ["has no answer yet"]),
    ("evidence that does not answer", answer(UNKNOWN, evidence(status=UNKNOWN)), ["does not answer the question"]),
    ("measured", answer(MEASURED, evidence()), []),
    ("too weak", answer(DECLARED, **SAID), ["only declared; it has to be measured"]),
    (
        "too weak, because one dataset has no scan",
        answer(DECLARED, evidence(), evidence(status=UNKNOWN, summary="B v1: no scan."), **SAID),
        ["it has to be measured. B v1: no scan."],
    ),
    ("stale", answer(MEASURED, evidence(stale_because="Data v1: it has changed.")), ["Data v1: it has changed."]),
    ("statement outdated", answer(MEASURED, evidence(), is_statement_outdated=True, **SAID), ["since it was made"]),
    ("personal data, nothing said", answer(MEASURED, evidence(value=ASKS)), ["nobody has said what was decided"]),
    ("personal data, said", answer(MEASURED, evidence(value=ASKS), **SAID), []),
    (
        "personal data, “unknown” said",
        answer(MEASURED, evidence(value=ASKS), **SAID | {"stated": UNKNOWN}),
        ["nobody has said what was decided"],
    ),
    ("asked by a supporting collector", answer(MEASURED, evidence(), evidence("dataset.licence", value=ASKS)), []),
    ("blocked, whatever is said", answer(MEASURED, evidence(value=BLOCKS), **SAID), ["The licence cannot be read."]),
    (
        "blocked by a supporting collector",
        answer(MEASURED, evidence(), evidence("dataset.licence", DECLARED, value=BLOCKS)),
        ["The licence cannot be read."],
    ),
    ("does not apply", answer(NOT_APPLICABLE, stated=NOT_APPLICABLE, reason="No data was used."), []),
    (
        "does not apply, but evidence says so",
        answer(NOT_APPLICABLE, evidence(), stated=NOT_APPLICABLE, reason="No data was used."),
        ["said not to apply, but there is evidence"],
    ),
]


@pytest.mark.parametrize(("current", "problems"), [case[1:] for case in GATE], ids=[case[0] for case in GATE])
def test_the_gate_on_one_answer(current: AnswerView | None, problems: list[str]) -> None:
    found = problems_of(QuestionView(question(), current, basis=""))
    assert len(found) == len(problems)
    for item, problem in zip(found, problems, strict=True):
        assert problem in item.problem
        assert item.question == "data-6"
        assert item.remedy


def test_the_gate_names_what_is_missing_and_not_all_that_is_known() -> None:
    told = evidence(status=UNKNOWN, summary="Three sources. Not recorded: who.", value={"gap": "Not recorded: who."})
    problem = problems_of(QuestionView(question(), answer(UNKNOWN, told), basis=""))[0].problem
    assert problem == "There is evidence, but it does not answer the question. Not recorded: who."


def test_a_version_that_nobody_measured_cannot_pass_by_not_applicable() -> None:
    asked = question("evaluation.metrics", subject="model")
    said = answer(NOT_APPLICABLE, stated=NOT_APPLICABLE, reason="We trust it.")
    assert "no measurement" in problems_of(QuestionView(asked, said, basis=""))[0].problem


def test_the_gate_is_green_only_without_any_problem() -> None:
    good = QuestionView(question(), answer(MEASURED, evidence()), basis="")
    assert gate_of([good, good]).is_green
    assert not gate_of([good, QuestionView(question(), None, basis="")]).is_green


PRESENT = {("dataset.pii", "data", "1"): "new"}


@pytest.mark.parametrize(
    ("subject", "digest", "reason"),
    [
        (("dataset.pii", "data", "1"), "new", ""),
        (("dataset.pii", "data", "1"), "old", "Data v1: it has changed since the evidence was collected."),
        (("dataset.pii", "data", "2"), "new", "Data v1: what this evidence speaks of is no longer there."),
        (("dataset.licence", "data", "1"), "new", "Data v1: what this evidence speaks of is no longer there."),
        (("", "data", "9"), "whatever", ""),
    ],
)
def test_when_evidence_is_stale(subject: tuple[str, str, str], digest: str, reason: str) -> None:
    assert stale_because(subject, digest, "Data v1", PRESENT) == reason


def finding(digest: str) -> Finding:
    return Finding("dataset.pii", MEASURED, "Scan", "Three.", "data", "1", "Data v1", digest)


def known(digest: str = "d", subject: str = "s") -> Known:
    return Known({"dataset.pii": [finding(digest)]}, {"dataset": subject, "deployment": subject})


def test_a_statement_speaks_of_the_evidence_and_of_the_thing_itself() -> None:
    base = statement_basis(question(), known())
    assert base == statement_basis(question(), known())
    assert base != statement_basis(question(), known(digest="other"))
    assert base != statement_basis(question(), known(subject="other"))


def test_a_statement_about_deployments_outlives_deploying() -> None:
    asked = question(subject="deployment")
    assert statement_basis(asked, known()) == statement_basis(asked, known(digest="other"))
    assert statement_basis(asked, known()) != statement_basis(asked, known(subject="other"))


def test_an_answer_says_how_it_is_known() -> None:
    assert answer(DECLARED, **SAID).how_known == "Declared by Olga"
    assert answer(MEASURED, evidence(), **SAID).how_known == "Measured by the platform, in the words of Olga"
    assert answer(MEASURED, evidence()).how_known == "Measured by the platform"
    assert answer(DECLARED, evidence(status=DECLARED)).how_known == "Declared on record"


def test_a_question_says_what_a_person_wrote_or_else_what_answers_it() -> None:
    both = answer(MEASURED, evidence(), evidence("dataset.licence", summary="CC-BY-4.0."))
    view = QuestionView(question(), both, basis="")
    assert view.says == "Three addresses."
    assert replace(view, answer=replace(both, text="My words.")).says == "My words."
    assert QuestionView(question(), None, basis="").says == ""
