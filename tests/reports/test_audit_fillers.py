"""What only the audit report tells, on snapshots made by hand: answers in full, data, measurements, the trail."""

from dataclasses import replace
from typing import Any

import pytest

from apps.reports.rendering.pieces import MOST_ROWS, parts_of
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.content import (
    FILLED,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    Document,
    Filled,
    Heading,
    Picture,
    Point,
    Table,
)
from apps.reports.rules.documents.filling import FILLERS
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.reading import document_specs
from tests.reports import small_facts as small
from tests.reports.test_fillers import words

NOBODY = {"question": "data-1", "problem": "This question has no answer yet.", "remedy": "Answer it."}


def report(facts: Facts) -> Document:
    return assemble(document_specs()["audit-report"], facts, made_at=small.AT, snapshot_digest="0" * 64)


def data_1(*questions: dict[str, Any]) -> Point:
    """The point of the question data-1, where each of these was asked about a thing of its own."""
    assessments = [
        small.assessment(one, subject={"kind": "version", "id": place, "label": f"Helper v{place}"})
        for place, one in enumerate(questions, 1)
    ]
    return next(one for one in report(small.small(assessments=assessments)).points if one.id == "data-1")


def texts(point: Point | Filled) -> str:
    return "\n".join(words(point if isinstance(point, Filled) else Filled(point.blocks)))


def tables(filled: Filled) -> list[Table]:
    return [block for block in filled.blocks if isinstance(block, Table)]


# --- answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_is_told_with_its_words_its_revision_and_all_that_it_rests_on() -> None:
    found = small.evidence("14 matches.", given_by="Olga")
    point = data_1(small.question(text="From the desk.", revision=3, value_words="Own text", evidence=[found]))
    assert point.state == FILLED
    told = texts(point)
    for said in ("From the desk.", "revision 3", "by Ben", "Own text"):
        assert said in told
    assert "14 matches. (Scan: personal data; Patterns; Olga)" in told
    assert point.known[-1].digest == "9" * 64


def test_a_question_without_an_answer_names_what_would_settle_it() -> None:
    point = data_1(small.question(status="unknown") | {"answer": None, "gaps": [NOBODY]})
    assert point.state == MISSING
    assert point.gaps[0].problem == "This question has no answer yet. Answer it."


def test_a_question_of_an_assessment_that_nobody_began_is_missing() -> None:
    points = [one for one in report(small.small()).points if one.id.startswith(("data-", "modeling-", "deployment-"))]
    assert len(points) == 18
    assert {one.state for one in points} == {MISSING}
    assert "there is no assessment of Helper v2 against “GenAIOps checklist”" in points[0].gaps[0].problem


def test_what_stands_against_an_answer_is_a_gap_and_so_is_what_it_outlived() -> None:
    gap = NOBODY | {"problem": "It is only declared.", "remedy": "Measure it."}
    point = data_1(small.question(text="Ours.", stale_because=["The rows were changed."]) | {"gaps": [gap]})
    assert point.state == PARTLY
    problems = [one.problem for one in point.gaps]
    assert problems == ["It is only declared. Measure it.", "The rows were changed."]


def test_a_question_that_does_not_apply_says_why_and_who_said_so() -> None:
    point = data_1(small.question(status="not_applicable", reason="It has no data.", revision=2))
    assert point.state == NOT_APPLICABLE
    assert point.reason == "It has no data. (stated by Ben, 2026-03-01 12:00:00 UTC, revision 2)"


def test_a_reason_that_is_refused_is_a_gap() -> None:
    declined = small.question(status="not_applicable", reason="Because.") | {"gaps": [NOBODY]}
    point = data_1(declined)
    assert point.state == PARTLY
    assert "Because." in texts(point)


def test_each_version_answers_under_its_name() -> None:
    declined = small.question(status="not_applicable", reason="It has no data.")
    open_one = small.question(status="unknown") | {"answer": None, "gaps": [NOBODY]}
    point = data_1(small.question(text="From the desk."), declined, open_one)
    assert [one.text for one in point.blocks if isinstance(one, Heading)] == ["Helper v1", "Helper v2"]
    assert "It has no data." in texts(point)
    assert [one.problem for one in point.gaps] == ["Helper v3: This question has no answer yet. Answer it."]


def test_assessments_are_counted_by_how_their_answers_are_known() -> None:
    one = small.assessment(small.question(), small.question("data-2", "measured") | {"is_stale": True})
    shown, course = tables(FILLERS["audit.posture"](small.small(assessments=[one])))
    counts = dict(zip(shown.columns[3:], shown.rows[0][3:], strict=True))
    assert shown.rows[0][:3] == ("Helper v2", "GenAIOps checklist, version 1", "Approved")
    assert {name for name, count in counts.items() if count == "1"} == {"Measured", "Declared", "Stale"}
    assert course.rows[0][2:] == ("2026-03-01 12:00:00 UTC, Ann", "2026-03-01 12:00:00 UTC, Ann")


def test_a_decision_names_its_policy_and_the_digest_of_all_that_it_rests_on() -> None:
    made = small.assessment(is_approval_current=False)
    made["sign_offs"][0]["policy"]["label"] = "Two of us"
    filled = FILLERS["audit.decisions"](small.small(assessments=[made]))
    row = tables(filled)[0].rows[0]
    assert row[4:] == ("Good enough. Held against the policy “Two of us”.", "0" * 64)
    assert "rests on what has changed since" in filled.missing[0]


def test_a_waiver_says_until_when_and_who_took_it_back() -> None:
    waiver = {"subject": {"label": "Helper v2"}, "sentence": "No licence.", "question": "", "reason": "Old."}
    waiver |= {"granted_by": small.BEN, "granted_at": small.AT, "expires_on": "2026-06-01", "state": "revoked"}
    waiver |= {"revoked_by": "Ann", "revoked_because": "A licence came."}
    row = tables(FILLERS["audit.waivers"](small.small(waivers=[waiver])))[0].rows[0]
    assert row[2] == "Old. Until 2026-06-01. Taken back by Ann: A licence came."


# --- data, files, measurements ---------------------------------------------------------------------------------------


def test_data_is_told_with_its_sources_its_columns_and_what_a_scan_found() -> None:
    finding = {"entity": "EMAIL_ADDRESS", "column": "question", "count": 2, "rows": 1, "samples": ["j•••@•••.org"]}
    personal = {"total": 2, "rows": 1, "rows_scanned": 10, "findings": [finding], "expectations": "Patterns only."}
    copies = {"exact_rows": 1, "exact_cluster_count": 1, "near_rows": 0, "near_cluster_count": 0, "near_threshold": 0.7}
    scan = small.scan(personal_data=personal, duplicates=copies, secrets={"by_entity": {}})
    filled = FILLERS["audit.data"](small.small(datasets=[small.dataset(scan=scan, sources=[small.source()])]))
    told = texts(filled)
    for said in (
        "question (text), label (text)",
        "Forum dump, Forum Ltd: CC-BY-SA-4.0, verified by Ben",
        "5" * 64,
        "j•••@•••.org",
        "2 matches in 1 of 10 rows",
        "Patterns only.",
        "1 exact copies in 1 groups",
        "nothing found",
    ):
        assert said in told
    assert filled.missing == ()


def test_data_that_nobody_scanned_is_a_gap_unless_it_was_only_watched() -> None:
    trained = FILLERS["audit.data"](small.small(datasets=[small.dataset(provenance_gaps=["origin"])]))
    assert trained.missing == ("The datasheet of Rows v1 says nothing about: “Origin”.", "Rows v1 was never scanned.")
    watched = FILLERS["audit.data"](small.small(datasets=[small.dataset(used_as=["drift reference"])]))
    assert watched.missing == ()
    assert "Rows v1 was never scanned. Nothing was trained or tested on it." in texts(watched)


def test_files_that_changed_since_they_were_approved_are_a_gap() -> None:
    changed = small.version(version=small.version_itself(approved_digest="0" * 64))
    filled = FILLERS["audit.approval"](small.small(versions=[changed]))
    assert "not those that were approved" in texts(filled)
    assert filled.missing == ("The files of Helper v2 have changed since they were approved.",)


def test_an_evaluation_is_told_with_every_interval_and_on_which_files() -> None:
    run = small.evaluation(model_digest="0" * 64)
    filled = FILLERS["audit.evaluations"](small.small(versions=[small.version(evaluations=[run])]))
    name, *values, verdict, rows = tables(filled)[0].rows[0]
    assert name == "Exact match (higher is better)"
    assert values == ["0.5", "0.4 to 0.6", "0.1", "0.4 to 0.6", "+0.4", "0.4 to 0.6"]
    assert (verdict, rows) == ("better than the baseline", "60")
    assert "(not the present files)" in texts(filled)
    assert "other files than those that Helper v2 has now" in filled.missing[0]
    assert filled.known[0].is_stale


def test_drift_is_drawn_and_every_chunks_value_stands_in_a_table() -> None:
    filled = FILLERS["audit.drift"](small.small(versions=[small.version(drift=[small.drift()])]))
    drawn = [block.title for block in filled.blocks if isinstance(block, Picture)]
    assert drawn == ["Course of each column, measurement 6", "Jensen–Shannon distance of age"]
    columns, chunks = tables(filled)
    assert columns.rows == (("age (continuous)", "0.300000", "0.200000", "▲ 1 of 1"),)
    assert chunks.rows == (("1 analysis", "▲ 0.300000"), ("Upper threshold", "0.200000"), ("Lower threshold", "—"))
    assert "1 chunk value lies outside the thresholds" in texts(filled)


@pytest.mark.parametrize("name", ["audit.evaluations", "audit.drift"])
def test_measurements_of_every_version_are_told_and_the_lack_of_them_too(name: str) -> None:
    first = small.version(evaluations=[small.evaluation()], drift=[small.drift()])
    second = small.version(version=small.version_itself(id=8, label="Helper v3"))
    filled = FILLERS[name](small.small(versions=[first, second]))
    assert any(isinstance(block, Heading) and "Helper v2" in block.text for block in filled.blocks)
    assert len(filled.missing) == 1 and "Helper v3" in filled.missing[0]


# --- the trail -------------------------------------------------------------------------------------------------------


def test_every_entry_stands_there_with_person_question_reason_and_digest() -> None:
    trail = small.trail()
    trail["entries"][1] |= {"data": {"question": "data-1"}, "reason": "It was time."}
    shown = tables(FILLERS["audit.entries"](small.small(audit_trail=trail)))[0]
    assert shown.rows[0] == ("1", "2026-03-01 12:00:00", "Ann (Engineer)", "version.create", "Helper v2", "1" * 64)
    assert shown.rows[1][3:5] == ("deployment.start, data-1", "Helper v2: “It was time.”")


def test_a_broken_or_unsigned_chain_is_a_gap() -> None:
    broken = small.trail(checkpoint=None)
    broken["whole_chain"] |= {"is_intact": False, "problem": "entry 2 was changed"}
    filled = FILLERS["audit.chain"](small.small(audit_trail=broken))
    assert "entry 2 was changed" in texts(filled)
    assert len(filled.missing) == 2


def long_trail(count: int) -> Facts:
    entry = small.trail()["entries"][0]
    entries = [entry | {"sequence": number, "digest": f"{number:064x}"} for number in range(1, count + 1)]
    return small.small(versions=[small.version()], audit_trail=small.trail(entries=entries))


def test_a_long_trail_is_cut_into_parts_that_can_be_set_side_by_side() -> None:
    document = report(long_trail(10_000))
    parts = parts_of(document)
    assert len(parts) > 10_000 // MOST_ROWS // 2
    longest = max(sum(len(piece.blocks) for stretch in part.stretches for piece in stretch.pieces) for part in parts)
    assert longest < 100
    rows = [
        row
        for part in parts
        for stretch in part.stretches
        for piece in stretch.pieces
        if piece.point.id == "entries"
        for block in piece.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 10_001)]


def test_a_point_with_much_under_many_headings_is_cut_at_the_headings() -> None:
    versions = [
        small.version(
            version=small.version_itself(id=number, label=f"Helper v{number}"),
            drift=[small.drift(id=number, version_label=f"Helper v{number}", note="words " * 2_000)],
        )
        for number in range(1, 13)
    ]
    document = report(small.small(versions=versions))
    point = next(one for one in document.points if one.id == "measurements")
    alone = replace(document, sections=(replace(document.sections[0], points=(point,)),))
    assert len(parts_of(alone)) > 1
