"""What is objected to in technical documentation, rule by rule, and that an empty or a full one is graded as such."""

from dataclasses import replace
from typing import Any

import pytest

from apps.reports.rules.documents.content import (
    FILLED,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    Document,
    Gap,
    Known,
    Paragraph,
    Point,
    Section,
)
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import Grading
from apps.reports.rules.documents.grading.annex_iv import grade
from tests.reports.small_facts import (
    AT,
    assessment,
    dataset,
    evaluation,
    question,
    risk,
    small,
    system,
    version,
    version_itself,
)

AI_ACT = {"urn": "urn:genaiops:framework:eu-ai-act", "version": 1, "title": "EU AI Act"}
PROOF = Known("measured", "Evaluation 5", AT, "f" * 64)
WORDS = Known("declared", "Answer, by Ann", AT)
GAP = Gap("Nobody has answered.", "Answer the question.")


def point(pk: str = "1b", state: str = FILLED, **more: Any) -> Point:
    made = Point(pk, "Annex IV(1)(b)", "What it works with", "asks", state, (Paragraph("Words."),), (PROOF,))
    return replace(made, **more)


def paper(**points: Point) -> Document:
    """Nine sections, each with one proven point unless another is given, as `s1=point(…)`."""
    sections = [
        Section(str(n), f"Annex IV({n})", f"Section {n}", (points.get(f"s{n}", point(str(n))),)) for n in range(1, 10)
    ]
    return Document(
        "ai-act-annex-iv", 1, "Title", "Law", "https://example.org", "Helper", "", AT, AT, "0" * 64, tuple(sections)
    )


def told(grading: Grading, section: str, metric: str) -> list[str]:
    row = next(row for row in grading.rows if row.section.startswith(f"{section}.") and row.metric == metric)
    return [deduction.sentence for deduction in row.deductions]


def record(**parts: Any) -> Facts:
    return small(**parts)


def graded(document: Document | None = None, **parts: Any) -> Grading:
    return grade(document or paper(), record(**parts))


def test_a_proven_whole_paper_about_nothing_costs_nothing() -> None:
    found = graded()
    assert (found.total, found.letter) == (100.0, "A+") and len(found.rows) == 9 * 6
    assert found.sections[0] == "1. Section 1" and not found.deductions


def test_an_empty_paper_is_not_usable() -> None:
    empty = point(state=MISSING, blocks=(), known=(), gaps=(GAP,))
    found = graded(paper(**{f"s{n}": replace(empty, id=str(n)) for n in range(1, 10)}))
    assert found.total < 25 and found.letter == "F"


def test_every_deduction_has_a_remedy() -> None:
    bad = point(state=PARTLY, known=(WORDS,), gaps=(GAP,))
    found = graded(paper(s1=bad), versions=[version(evaluations=[evaluation()])], risks=[risk(treatment="none")])
    assert found.deductions
    assert all(
        one.remedy.endswith(".") and one.sentence.endswith(".") and one.points > 0 for _, one in found.deductions
    )


def test_gaps_cost_completeness_and_a_missing_point_costs_more() -> None:
    partly = graded(paper(s1=point(state=PARTLY, gaps=(GAP, GAP))))
    missing = graded(paper(s1=point(state=MISSING, blocks=(), known=(), gaps=(GAP,))))
    assert "And 1 more." in told(partly, "1", "Completeness")[0]
    assert partly.row("1. Section 1", "Completeness").score == 60.0
    assert missing.row("1. Section 1", "Completeness").score == 0.0
    assert told(missing, "1", "Evidence") == ["A point says nothing, so nothing is proven there."]


def test_words_without_evidence() -> None:
    found = graded(paper(s2=point(known=(WORDS,))))
    assert "rests on words alone" in told(found, "2", "Evidence")[0]
    attached = replace(WORDS, digest="1" * 64)
    assert not told(graded(paper(s2=point(known=(attached,)))), "2", "Evidence")
    assert not told(graded(paper(s1=point("1a-provider", known=(WORDS,)))), "1", "Evidence")


def test_stale_and_old_evidence() -> None:
    stale = graded(paper(s2=point(known=(replace(PROOF, is_stale=True),))))
    assert "speaks of an earlier state: Evaluation 5." in told(stale, "2", "Currency")[0]
    old = graded(paper(s2=point(known=(replace(PROOF, at="2025-02-01T00:00:00+00:00"),))))
    assert "more than a year old" in told(old, "2", "Currency")[0]


@pytest.mark.parametrize(("reason", "is_bad"), [("No reason was given.", True), ("n/a", True), ("", True)])
def test_not_applicable_without_a_reason(reason: str, is_bad: bool) -> None:
    found = graded(paper(s1=point("1f", NOT_APPLICABLE, blocks=(), known=(), reason=reason)))
    assert bool(told(found, "1", "Reasons")) is is_bad


def test_not_applicable_with_a_reason_costs_nothing() -> None:
    reason = "The system is software only and no part of any product."
    assert not graded(paper(s1=point("1f", NOT_APPLICABLE, blocks=(), known=(), reason=reason))).deductions


def test_not_applicable_against_the_record() -> None:
    gap = Gap("An answer says that this point does not apply (so), yet the record holds something on it.", "Settle it.")
    assert told(graded(paper(s1=point(state=PARTLY, gaps=(gap,)))), "1", "Consistency")


def test_declared_before_it_is_documented() -> None:
    empty = point(state=MISSING, blocks=(), known=(), gaps=(GAP,))
    found = graded(paper(s5=empty, s8=point("8")))
    assert told(found, "8", "Consistency") == ["Conformity is declared, yet of the documentation 1 point is missing."]
    assert not told(graded(paper(s8=replace(empty, id="8"))), "8", "Consistency")


def test_reports_that_are_not_signed_or_not_dated() -> None:
    unsigned = graded(versions=[version(evaluations=[evaluation()])])
    assert "is not signed by a responsible person" in told(unsigned, "2", "Traceability")[0]
    undated = graded(versions=[version(evaluations=[evaluation(finished_at=None)])])
    assert "is not dated" in told(undated, "2", "Traceability")[0]
    signed = graded(versions=[version(evaluations=[evaluation()])], assessments=[assessment()])
    assert not told(signed, "2", "Traceability")


def test_figures_on_rows_that_may_have_been_seen() -> None:
    found = graded(versions=[version(evaluations=[evaluation(is_held_out=False)])])
    assert "may have been part of training" in told(found, "3", "Evidence")[0]


def test_metrics_without_a_reason() -> None:
    runs = [version(evaluations=[evaluation()])]
    assert told(graded(versions=runs), "4", "Reasons") == [
        "No reason is given why the metric Exact match is the right one."
    ]
    words = question("annex-iv-4", text="Exact match suits short answers.")
    given = assessment(words, framework=AI_ACT, subject={"kind": "system", "id": 1, "label": "Desk"})
    assert not told(graded(versions=runs, assessments=[given]), "4", "Reasons")


def test_training_data_without_provenance() -> None:
    found = graded(datasets=[dataset(provenance_gaps=["origin", "permission"])])
    assert "lacks in its datasheet: origin, permission" in told(found, "2", "Traceability")[0]


def test_files_that_nobody_can_recognise_or_that_changed() -> None:
    bare = graded(versions=[version(version=version_itself(manifest_digest=""))])
    assert "have no digest" in told(bare, "1", "Traceability")[0]
    altered = graded(versions=[version(version=version_itself(approved_digest="0" * 64))])
    assert "approved with other files" in told(altered, "6", "Consistency")[0]


def test_a_base_model_that_is_only_named() -> None:
    alone = version(version=version_itself(base_names=["example/base"]), lineage=[])
    assert "names base models that are not registered" in told(graded(versions=[alone]), "2", "Traceability")[0]


def test_decisions_that_no_longer_hold() -> None:
    found = graded(assessments=[assessment(is_approval_current=False)])
    assert "no longer holds" in told(found, "6", "Currency")[0]


def test_class_of_risk_against_the_answer_and_without_a_reason() -> None:
    chosen = question("scope-risk", text="None of them.", choice="neither")
    other = assessment(chosen, framework=AI_ACT, subject={"kind": "system", "id": 1, "label": "Front desk"})
    found = graded(system=system(risk_reason=""), assessments=[other])
    assert "says otherwise" in told(found, "1", "Consistency")[0] and told(found, "1", "Reasons")
    assert not told(graded(system=system()), "1", "Reasons")


def test_a_version_that_is_not_at_work() -> None:
    found = graded(system=system(parts=[]), versions=[version()])
    assert "is not at work in Front desk" in told(found, "1", "Consistency")[0]


@pytest.mark.parametrize(
    ("wrong", "metric", "words"),
    [
        ({"treatment": "none"}, "Reasons", "has no treatment"),
        ({"treatment": "accept"}, "Reasons", "nobody said why"),
        ({"residual_level": ""}, "Evidence", "was not rated"),
        ({"residual_level": "High", "controls": []}, "Evidence", "no control is proven to work"),
        ({"review_on": "2026-01-01"}, "Currency", "looked at again"),
    ],
)
def test_risks(wrong: dict[str, Any], metric: str, words: str) -> None:
    assert words in told(graded(risks=[risk(**wrong)]), "5", metric)[0]


def test_risks_that_are_well_kept_or_closed_cost_nothing() -> None:
    assert not graded(risks=[risk(), risk(state="closed", treatment="none")]).deductions
