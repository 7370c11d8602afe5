"""What fills plans, cycles, incident reports, profiles, datasheets and bills, on small snapshots made by hand."""

from pathlib import Path
from typing import Any

import pytest

from apps.catalog.rules.metadata.fields import BY_NAME
from apps.reports.rules.documents.content import FactList, Filled, Paragraph, Table
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.filling.dataset_sheet import SAID
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.statement_of_applicability import CONTROLS
from apps.reports.rules.documents.reading import document_specs

AT = "2026-11-22T12:00:00+00:00"
OLGA = {"id": "user:1", "name": "Olga"}
ISO = "urn:genaiops:framework:iso-42001-annex-a"
NIST = "urn:genaiops:framework:nist-ai-600-1"


def facts(kind: str = "system", **more: Any) -> Facts:
    return Facts({"subject": {"kind": kind, "id": 1, "label": "Desk helper"}, "taken_at": AT} | more)


def fill(name: str, kind: str = "system", **more: Any) -> Filled:
    return FILLERS[name](facts(kind, **more))


def applies(name: str, kind: str = "system", **more: Any) -> tuple[bool, str]:
    return CONDITIONS[name](facts(kind, **more))


def table(filled: Filled, place: int = 0) -> Table:
    return [block for block in filled.blocks if isinstance(block, Table)][place]


def rows(filled: Filled) -> dict[str, str]:
    return {name: value for block in filled.blocks if isinstance(block, FactList) for name, value in block.rows}


@pytest.mark.parametrize("name", sorted(FILLERS))
def test_every_filler_bears_an_empty_snapshot_and_says_what_it_is_about(name: str) -> None:
    filled = FILLERS[name](Facts({}))
    assert isinstance(filled, Filled)
    assert FILLERS[name].__doc__
    assert all(sentence.strip() for sentence in filled.missing)


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_every_condition_bears_an_empty_snapshot(name: str) -> None:
    does, reason = CONDITIONS[name](Facts({}))
    assert does or reason


# --- answers of frameworks -------------------------------------------------------------------------------------------


def assessed(urn: str, question: str, *, status: str = "declared", **answer: Any) -> dict[str, Any]:
    plain = {"text": "", "reason": "", "stated": status, "value": {}, "answered_by": "Olga", "answered_at": AT}
    asked = {"id": question, "text": "?", "ref": question.upper(), "status": status, "is_stale": False}
    asked["answer"] = plain | {"evidence": []} | answer
    return {
        "framework": {"urn": urn, "version": 1, "title": "A framework"},
        "subject": {"kind": "system", "id": 1, "label": "Desk helper"},
        "state_label": "Open",
        "created_at": AT,
        "groups": [{"id": "g", "title": "G", "questions": [asked]}],
    }


def evidence(collector: str = "", **more: Any) -> dict[str, Any]:
    plain = {"title": "A scan", "status": "measured", "summary": "Nothing found.", "subject_label": "Rows v1"}
    return plain | {"collector": collector, "subject_digest": "a" * 64, "collected_at": AT, "stale_because": ""} | more


def test_there_are_38_controls_and_each_has_a_filler_and_a_condition() -> None:
    assert len(set(CONTROLS)) == 38
    assert {f"soa.{control}" for control in CONTROLS} <= set(FILLERS) & set(CONDITIONS)


def test_a_control_with_evidence_is_filled_and_says_how_it_is_known() -> None:
    own = assessed(ISO, "a.7.5", text="Lineage.", value={"choice": "in-place"}, evidence=[evidence()])
    filled = fill("soa.a.7.5", assessments=[own])
    assert (rows(filled)["Applies"], rows(filled)["In place"], filled.missing) == ("Yes", "Yes", ())
    assert [known.status for known in filled.known] == ["declared", "measured"]
    assert table(filled).rows[0][:2] == ("A scan", "Nothing found.")


def test_stale_evidence_of_a_control_is_told() -> None:
    stale = evidence(stale_because="The data changed.")
    own = assessed(ISO, "a.7.5", text="Lineage.", value={"choice": "in-place"}, evidence=[stale])
    assert [known.is_stale for known in fill("soa.a.7.5", assessments=[own]).known] == [False, True]


def test_not_applicable_with_a_reason_leaves_a_control_out_and_without_one_does_not() -> None:
    told = assessed(ISO, "a.10.2", status="not_applicable", reason="No partners.")
    assert applies("soa.a.10.2", assessments=[told]) == (False, "No partners.")
    bare = assessed(ISO, "a.10.2", value={"choice": "excluded"})
    assert applies("soa.a.10.2", assessments=[bare]) == (True, "")
    assert fill("soa.a.10.2", assessments=[bare]).missing == ("It is left out without a justification.",)


def test_the_statement_counts_even_without_an_assessment() -> None:
    assert rows(fill("soa.summary"))["Not answered"] == "38"
    assert len(table(fill("soa.table")).rows) == 38


def finding(title: str, status: str = "measured") -> dict[str, Any]:
    return {"title": title, "status": status, "summary": "Found.", "subject_label": "v1", "subject_digest": "b" * 64}


def version(**findings: dict[str, Any]) -> dict[str, Any]:
    return {"findings": {name.replace("_", "."): [one] for name, one in findings.items()}}


def test_what_a_collector_looked_for_in_vain_is_no_evaluation() -> None:
    unknown = version(tuning_energy=finding("Tuning: energy", "unknown"))
    assert "no evaluation or scan" in fill("nist.risk-5", versions=[unknown]).missing[0]
    row = table(fill("nist.table", versions=[unknown])).rows[4]
    assert row[2:] == ("None", "—", "Not rated", "Nobody")


def test_an_evaluation_of_answers_speaks_of_confabulation_alone_unless_somebody_argues_with_it() -> None:
    measured = version(evaluation_metrics=finding("Evaluation"))
    ran = [row[2] for row in table(fill("nist.table", versions=[measured])).rows]
    assert ran == ["None", "Evaluation", *["None"] * 10]
    argued = assessed(NIST, "risk-3", text="Every answer was read for harm.", evidence=[evidence("evaluation.metrics")])
    filled = fill("nist.risk-3", versions=[measured], assessments=[argued])
    assert "A scan" in str(filled.blocks)


def test_a_risk_that_was_declined_applies_all_the_same_where_the_register_holds_it() -> None:
    declined = assessed(NIST, "risk-1", status="not_applicable", reason="Only desks.")
    assert applies("nist.risk-1", assessments=[declined]) == (False, "Only desks.")
    assert applies("nist.risk-1", assessments=[declined], risks=[{"category": "nist-1"}]) == (True, "")


def test_evidence_alone_answers_no_action() -> None:
    gathered = assessed(NIST, "gv-1.1-001", stated="", status="measured", evidence=[evidence()])
    row = table(fill("nist.actions-govern", assessments=[gathered])).rows[0]
    assert (row[3], row[4]) == ("Not answered", "Evidence at hand: A scan")


def test_an_action_called_not_relevant_needs_its_reason() -> None:
    bare = assessed(NIST, "gv-1.1-001", value={"choice": "not-relevant"})
    assert (
        "GV-1.1-001 is called not relevant without a reason." in fill("nist.actions-govern", assessments=[bare]).missing
    )


# --- monitoring ------------------------------------------------------------------------------------------------------


def chunk(value: float | None, *, upper: float | None = 0.2, alert: bool = False) -> dict[str, Any]:
    return {"period": "analysis", "value": value, "lower_threshold": None, "upper_threshold": upper, "alert": alert}


def drift(pk: int, finished_at: str, chunks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    measure = {
        "metric": "jensen_shannon",
        "column": "age",
        "chunks": chunks,
        "alerts": sum(one["alert"] for one in chunks),
    }
    result = {"measures": [measure], "chunk_size": 100, "analysis_rows": 300, "alerts": measure["alerts"]}
    told = {"id": pk, "version_id": 1, "version_label": "Desk v1", "finished_at": finished_at, "result": result}
    data = {"label": "Rows", "digest": "c" * 64}
    return told | {"is_own_traffic": True, "reference": data, "analysis": data, "started_by": OLGA} | more


def watched(*runs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"versions": [{"drift": list(runs), "evaluations": []}]} | more


def test_thresholds_that_vary_and_values_that_lack_are_told_as_such() -> None:
    run = drift(1, AT, [chunk(0.1), chunk(0.3, upper=0.25, alert=True), chunk(None)])
    row = table(fill("plan.metrics", **watched(run)), 1).rows[0]
    assert row == ("Jensen–Shannon distance of age", "—", "varies", "0.1", "0.3", "1 of 3")


def test_a_measurement_of_own_traffic_goes_before_a_newer_stand_in() -> None:
    own, other = drift(1, "2026-11-01T00:00:00+00:00", [chunk(0.1)]), drift(2, AT, [chunk(0.9)], is_own_traffic=False)
    assert table(fill("plan.metrics", **watched(own, other)), 1).title.endswith("measurement 1 of 2026-11-01")


@pytest.mark.parametrize(
    ("finished_at", "count"),
    [(AT, 1), ("2026-08-24T12:00:00+00:00", 1), ("2026-08-24T11:59:59+00:00", 0), ("2026-11-22T12:00:01+00:00", 0)],
)
def test_a_cycle_is_the_ninety_days_before_the_snapshot(finished_at: str, count: int) -> None:
    filled = fill("cycle.measurements", **watched(drift(1, finished_at, [chunk(0.1)])))
    assert len(table(filled).rows if filled else ()) == count


def test_the_plan_counts_cycles_back_to_the_first_measurement() -> None:
    first, last = drift(1, "2026-07-01T00:00:00+00:00", [chunk(0.3, alert=True)]), drift(2, AT, [chunk(0.1)])
    told = table(fill("plan.cycles", **watched(first, last))).rows
    assert [row[2:4] for row in told] == [("1", "0"), ("1", "1")]
    assert told[0][:2] == ("2026-08-24", "2026-11-22")


def test_an_incident_counts_in_every_cycle_in_which_it_was_open() -> None:
    opened = {"opened_at": "2026-05-01T00:00:00+00:00", "closed_at": None, "clock": {"is_due": False}}
    closed = opened | {"closed_at": "2026-06-01T00:00:00+00:00"}
    assert applies("cycle.had_incidents", incidents=[opened]) == (True, "")
    assert applies("cycle.had_incidents", incidents=[closed])[0] is False


def test_reviews_that_are_overdue_or_have_no_day_are_gaps() -> None:
    risk = {"title": "Bias", "owner": OLGA, "state": "open", "review_on": "2026-11-01"}
    filled = fill("plan.review", risks=[risk, risk | {"review_on": None}])
    assert filled.missing == ("Reviews that are overdue: 1.", "Open risks without a day of review: 1.")
    assert fill("plan.review", risks=[risk | {"review_on": None}]).missing == ("No open risk has a day of review.",)


# --- incidents -------------------------------------------------------------------------------------------------------


def incident(**more: Any) -> dict[str, Any]:
    clock = {"is_due": True, "title": "Serious incident", "reference": "Art. 73(2)", "when": "Harm.", "days": 15}
    plain: dict[str, Any] = {
        "id": 1, "title": "Fall", "description": "", "kind_label": "Harm", "severity_label": "High",
        "state_label": "Open",
        "subject": {"type": "", "id": "", "label": ""}, "details": {}, "opened_by": OLGA, "opened_at": AT,
        "aware_at": "2026-11-10T00:00:00+00:00", "clock": clock | {"due_at": "2026-11-25T00:00:00+00:00"},
        "closed_by": None, "closed_at": None, "resolution": "", "reports": [], "holds": [], "duties": [], "actions": [],
    }  # fmt: skip
    return plain | more


def report(kind: str, sections: dict[str, str], sent_at: str | None = None) -> dict[str, Any]:
    told = {"id": 1, "kind": kind, "kind_label": kind.capitalize(), "sections": sections, "revision": 2}
    return told | {
        "written_by": OLGA,
        "written_at": AT,
        "sent_by": OLGA,
        "sent_at": sent_at,
        "reference": "",
        "digest": "",
    }


def test_nothing_is_told_of_an_incident_where_the_snapshot_is_of_something_else() -> None:
    assert not fill("incident.clock", incidents=[incident()])
    assert fill("incident.clock", "incident", incidents=[incident()])


def test_a_clock_that_runs_is_late_or_was_met() -> None:
    def standing(**more: Any) -> str:
        return rows(fill("incident.clock", "incident", incidents=[incident(**more)]))["How the clock stands"]

    assert standing() == "Still running: 2 days 12 hours left"
    late = incident()["clock"] | {"due_at": "2026-11-20T00:00:00+00:00"}
    assert standing(clock=late) == "Overdue: 2 days 12 hours late"
    assert standing(reports=[report("initial", {}, "2026-11-12T00:00:00+00:00")]) == "Told in time"
    assert standing(clock=late, reports=[report("initial", {}, "2026-11-21T00:00:00+00:00")]) == "Told late: 1 day late"


def test_without_a_clock_the_gap_is_named() -> None:
    unclassified = incident(clock=incident()["clock"] | {"is_due": False})
    filled = fill("incident.clock", "incident", incidents=[unclassified])
    assert filled.missing == ("Nobody has said that a report to the authority is due, so no clock runs.",)


def test_figures_of_an_alert_become_facts_and_a_table() -> None:
    details = {"alert_count": 2, "alerts": [{"measure": "age", "value": 0.3}, {"measure": "pay", "upper": None}]}
    filled = fill("incident.measured", "incident", incidents=[incident(details=details, opened_by=None)])
    assert rows(filled) == {"Alert count": "2"}
    assert table(filled).rows == (("age", "0.3", "—"), ("pay", "—", "—"))
    assert filled.known[0].status == "measured"
    assert applies("incident.has_figures", "incident", incidents=[incident()])[0] is False


def test_words_of_a_final_report_fall_back_to_those_before_it() -> None:
    told = [report("initial", {"harm": "A bruise."}, AT), report("interim", {"harm": "A bruised arm."})]
    filled = fill("incident.final-harm", "incident", incidents=[incident(reports=told)])
    assert filled.blocks == (Paragraph("A bruised arm.", is_quoted=True),)
    assert filled.missing[0].startswith("These are the words of the interim of 2026-11-22")
    own = [*told, report("final", {"harm": "Healed."})]
    assert fill("incident.final-harm", "incident", incidents=[incident(reports=own)]).missing == ()


def test_no_complete_report_follows_one_that_was_sent() -> None:
    assert applies("incident.is_final_due", "incident", incidents=[incident()]) == (True, "")
    done = incident(reports=[report("final", {}, AT)])
    assert applies("incident.is_final_due", "incident", incidents=[done])[0] is False


def test_acts_before_awareness_and_on_other_things_are_left_out() -> None:
    def act(at: str, kind: str) -> dict[str, Any]:
        return {"at": at, "action": "deployment.stop", "object_type": kind, "object_label": "Desk", "actor": "user:1"}

    entries = [
        act("2026-11-01T00:00:00.000000+00:00", "serving.deployment"),
        act("2026-11-11T00:00:00.000000+00:00", "serving.deployment"),
        act("2026-11-11T00:00:00.000000+00:00", "checklist.answer"),
    ]
    trail = {"entries": entries, "people": {"user:1": OLGA}, "head": {"digest": "d" * 64}}
    filled = fill("incident.changes", "incident", incidents=[incident()], audit_trail=trail)
    assert table(filled).rows == (("2026-11-11 00:00:00 UTC", "deployment.stop", "Desk", "Olga"),)


def test_a_complete_report_on_an_open_incident_says_so() -> None:
    assert fill("incident.ended", "incident", incidents=[incident()]).missing == ("The incident is still open.",)
    closed = incident(closed_at=AT, closed_by=OLGA, resolution="The handbook was mended.")
    assert fill("incident.ended", "incident", incidents=[closed]).missing == ()


def test_the_manual_names_every_document_and_every_field_of_a_datasheet_beside_the_vocabulary() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs/oversight-documents.md").read_text("utf-8")
    slugs = [
        name for name in document_specs() if name.startswith(("ai-act-art-7", "nist", "iso", "model-card", "ai-bom"))
    ]
    assert len(slugs) == 8
    assert all(f"`{name}`" in manual for name in [*slugs, "dataset-datasheet"])
    asked = {field for fields, _ in SAID.values() for field in fields}
    assert all(f"`{field}`" in manual for field in asked - set(BY_NAME) - {"purpose", "funders"})


# --- datasheet and bill ----------------------------------------------------------------------------------------------


def dataset(**more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": 1, "label": "Rows v1", "name": "Rows", "used_as": [], "sources": [], "provenance": {}, "created_at": AT,
        "digest": "e" * 64, "provenance_digest": "f" * 64, "created_by": OLGA, "commits": [], "rows": 4, "licence": "",
        "scan": None, "derived_from": [], "used_by": [], "columns": [], "description": "",
    }  # fmt: skip
    return plain | more


def test_a_datasheet_takes_its_own_fields_by_name() -> None:
    filled = fill("sheet.funding", "dataset", datasets=[dataset(provenance={"funding": "The town of Cork"})])
    assert rows(filled)["Funding"] == "The town of Cork"
    assert not fill("sheet.funding", "dataset", datasets=[dataset()])


def test_sources_without_consent_or_period_are_named() -> None:
    source = {"name": "Forum", "consent_document": "", "document_digest": "", "is_hidden": False}
    dated = source | {"name": "Desk", "consent_document": "contract.pdf", "collected_from": "2025-01-01"}
    held = [dataset(sources=[source, dated])]
    assert "No consent or contract is attached to Forum." in fill("sheet.consent", "dataset", datasets=held).missing
    assert fill("sheet.period", "dataset", datasets=held).missing == ("The source Forum has no period of collection.",)


def test_toxic_language_is_told_with_the_judge() -> None:
    section = {"judge": "lexicon", "rows": 1, "share": 0.25, "rows_scanned": 4, "error_rate": "A list misses irony."}
    scan = {"result": {"toxicity": section}, "finished_at": AT}
    told = rows(fill("sheet.toxicity", "dataset", datasets=[dataset(scan=scan)]))
    assert told["Rows with such language"] == "1 (25.0 %)"
    assert told["Judged by"] == "A list of wordings"


def built(**more: Any) -> dict[str, Any]:
    of = {
        "label": "Desk v1", "licence": "", "manifest_digest": "", "created_at": AT, "files": [], "environment": "",
        "base_names": ["example/base"],
    }  # fmt: skip
    return {"version": of | more, "lineage": [{"label": "Desk v1", "licence": ""}], "documents": []}


def test_components_without_licence_or_digest_are_named() -> None:
    filled = fill("bom.components", versions=[built()], datasets=[dataset()])
    assert [row[0] for row in table(filled).rows] == ["Model", "Base model", "Dataset"]
    assert filled.missing == (
        "Without a licence on record: Desk v1, example/base, Rows v1.",
        "Without a digest on record: Desk v1, example/base.",
    )


def test_pinned_packages_stand_beside_measured_ones_once() -> None:
    tuning = {"id": 3, "finished_at": AT, "result": {"environment": {"python": "3.11", "packages": {"torch": "2.13"}}}}
    one = built(environment="torch==2.12\nnumpy==2.0\n") | {"tuning": tuning}
    assert table(fill("bom.packages", versions=[one])).rows == (
        ("Python", "3.11", "Measured"),
        ("torch", "2.13", "Measured"),
        ("numpy", "2.0", "Declared"),
    )


def test_a_bill_that_was_read_in_is_told_with_serial_and_digest() -> None:
    bill = {"format_label": "CycloneDX 1.7 ML-BOM", "filename": "bom.json", "serial": "urn:uuid:1", "created_at": AT}
    one = built() | {"documents": [bill | {"missing": 7, "digest": "9" * 64}]}
    row = table(fill("bom.documents", versions=[one])).rows[0]
    assert (row[2], row[5]) == ("urn:uuid:1", "9" * 64)
