"""Snapshots made by hand, as small as fillers need them and in the shape that `freeze` gives (a test compares both)."""

from typing import Any

from apps.reports.rules.documents.filling.facts import EVALUATION, TRAINING, Facts

Json = dict[str, Any]
AT = "2026-03-01T12:00:00+00:00"
ANN, BEN = {"id": "user:1", "name": "Ann"}, {"id": "user:2", "name": "Ben"}
GENAIOPS = {"urn": "urn:genaiops:framework:genaiops-checklist", "version": 1, "title": "GenAIOps checklist"}


def small(**parts: Any) -> Facts:
    """A snapshot of a model version with nothing in it but these parts."""
    subject = {"kind": "version", "id": 7, "label": "Helper v2", "digest": "f" * 64}
    return Facts({"format": "genaiops-snapshot/2", "subject": subject, "taken_at": AT, "organisation": {}} | parts)


def version(**more: Any) -> Json:
    """The second version of a model, tuned from a base; `more` takes the place of whole parts."""
    base = {"id": 3, "label": "Base v1", "stage": "approved", "licence": "Apache-2.0", "source": "example/base"}
    base |= {"architecture": "LlamaForCausalLM", "parameters": 5_000, "relation": "", "manifest_digest": "b" * 64}
    own = base | {"id": 7, "label": "Helper v2", "relation": "finetune", "manifest_digest": "f" * 64, "source": ""}
    tuned = {"relation": "tuned_from", "base_version": 3, "dataset_version": None, "tuning_run": None}
    trained = {"relation": "trained_on", "base_version": None, "dataset_version": 11, "tuning_run": None}
    return {
        "model": model(),
        "version": version_itself(),
        "statements": [],
        "figures": [],
        "lineage": [own | {"made_from": [tuned, trained]}, base | {"made_from": []}],
        "datasets": [{"id": 11, "label": "Rows v1", "digest": "d" * 64, "used_as": [TRAINING]}],
        "tuning": None,
        "evaluations": [],
        "drift": [],
        "safety": {"held": [], "signatures": [], "scan": None, "check": None},
        "licence": {},
        "findings": {},
        "works_in": [],
        "deployments": [],
        "assessment": None,
        "gate": None,
    } | more


def model() -> Json:
    """A model with two versions."""
    first = {"id": 6, "label": "Helper v1", "number": 1, "stage": "retired", "description": "", "created_by": ANN}
    first |= {"stage_label": "Retired", "manifest_digest": "e" * 64, "created_at": AT, "approved_at": None}
    second = first | {"id": 7, "label": "Helper v2", "number": 2, "stage": "approved", "stage_label": "Approved"}
    second |= {"description": "Learned the new desks.", "approved_at": AT}
    return {
        "name": "Helper",
        "team": "Desk",
        "description": "",
        "intended_purpose": "Answering colleagues",
        "intended_uses": ["internal_help"],
        "created_at": AT,
        "versions": [second, first],
    }


def version_itself(**more: Any) -> Json:
    """The row of the version."""
    return {
        "id": 7,
        "label": "Helper v2",
        "number": 2,
        "stage": "approved",
        "stage_label": "Approved",
        "source": "",
        "description": "Learned the new desks.",
        "architecture": "LlamaForCausalLM",
        "parameters": 1_240_000,
        "licence": "Apache-2.0",
        "relation": "finetune",
        "relation_label": "Fine-tune",
        "facts": {"architecture": "LlamaForCausalLM", "parameters": 1_240_000, "layers": 4},
        "size": 2_048,
        "manifest_digest": "f" * 64,
        "approved_digest": "f" * 64,
        "approved_at": AT,
        "is_deployable": True,
        "obstacles": [],
        "created_by": ANN,
        "created_at": AT,
        "updated_at": AT,
        "files": [{"path": "model.safetensors", "digest": "a" * 64, "size": 2_048}],
        "tokenizer": "GPT2Tokenizer",
        "context_length": 2_048,
        "modality": "text to text",
        "library": "transformers",
        "base_names": [],
        "environment": "torch==2.13.0",
        "aliases": ["champion"],
        "held_files": 0,
        "broken_at": None,
        "checked_at": AT,
    } | more


def statement(field: str, value: Any, label: str = "") -> Json:
    """One thing that a person said of the version."""
    told = {"field": field, "label": label or field.capitalize(), "value": value, "status": "declared"}
    return told | {"document": "", "said_by": BEN, "said_at": AT}


def finding(summary: str, status: str = "measured", **more: Any) -> Json:
    """What a collector found about the data."""
    told = {"title": "Scan", "status": status, "method": "Patterns", "summary": summary, "subject_label": "Rows v1"}
    return told | {"subject_type": "catalog.datasetversion", "subject_id": "11", "subject_digest": "9" * 64} | more


def dataset(**more: Any) -> Json:
    """A dataset version with a complete datasheet, two columns and no source."""
    length = {"mean": 20.5, "high": 40, "histogram": {"low": 1, "high": 40, "counts": [3, 5, 2]}}
    labels = [{"value": "yes", "count": 8}, {"value": "no", "count": 2}]
    columns = [{"name": "question", "type": "text"}, {"name": "label", "type": "text"}]
    told = [columns[0] | {"nulls": 0, "distinct": 10, "length": length}]
    told.append(columns[1] | {"nulls": 1, "distinct": 2, "categories": labels})
    return {
        "id": 11,
        "label": "Rows v1",
        "name": "Rows",
        "number": 1,
        "used_as": [TRAINING, EVALUATION],
        "description": "Questions of colleagues.",
        "filename": "rows.jsonl",
        "format": "jsonl",
        "digest": "d" * 64,
        "size": 4_096,
        "rows": 10,
        "columns": columns,
        "licence": "CC-BY-4.0",
        "sources": [],
        "derived_from": [],
        "provenance": {"origin": "Written in the house", "collection_method": "By hand", "permission": "Own work"},
        "provenance_labels": {"origin": "Origin", "collection_method": "How it was collected"},
        "provenance_gaps": [],
        "provenance_digest": "1" * 64,
        "carried": {},
        "statistics": {"method": "Counted over every row.", "rows": 10, "columns": told},
        "created_by": ANN,
        "created_at": AT,
        "scan": None,
        "terms": {},
        "findings": {},
        "commits": [commit()],
    } | more


def commit(**more: Any) -> Json:
    """One version in a dataset's history."""
    told = {"number": 1, "branch": "main", "operation": "Uploaded", "message": "First rows", "rows": 10, "size": 4_096}
    return told | {"digest": "d" * 64, "created_by": ANN, "created_at": AT} | more


def scan(**checks: Any) -> Json:
    """A finished scan that made these checks."""
    told = {"id": 1, "finished_at": AT, "earlier": [], "findings_digest": "8" * 64}
    return told | {"result": checks, "checks_of": dict.fromkeys(checks, 1)}


def source(**more: Any) -> Json:
    """A source whose licence somebody has read."""
    return {
        "name": "Forum dump",
        "share": 0.25,
        "issuer": "Forum Ltd",
        "origin": "forum.example",
        "collection_words": "Scraped from the web",
        "collected_from": "2025-01-01",
        "collected_to": "2025-06-30",
        "geography": ["DE"],
        "url": "https://forum.example",
        "licence": "CC-BY-SA-4.0",
        "licence_verified_by": BEN,
        "licence_verified_at": AT,
        "licence_evidence": "footer of the site",
        "document_digest": "5" * 64,
        "tdm_reservation": "none",
        "tdm_label": "Looked for, none found",
        "tdm_note": "robots.txt of that day",
        "imported_from": "",
        "changed_at": AT,
        "digest": "2" * 64,
    } | more


def tuning(**more: Any) -> Json:
    """A finished tuning run."""
    environment = {"python": "3.11.7", "system": "Linux 6", "machine": "x86_64", "processor": "Test", "cores": 2}
    environment |= {"memory_gib": 8.0, "device": "cpu", "gpu": "", "packages": {"torch": "2.13.0"}}
    result = {"rows_trained": 8, "rows_held_out": 2, "rows_left_out": 1, "rows_cut": 0, "parameters_trainable": 100}
    result |= {
        "parameters_total": 1_000,
        "steps": 6,
        "tokens_seen": 480,
        "tokens_per_second": 96.0,
        "train_seconds": 5.0,
    }
    result |= {"train_loss_curve": [[1, 3.0], [6, 1.0]], "model_weights_sha256": "c" * 64, "environment": environment}
    result |= {"seed": 20, "repeatable": True, "data_sha256": "d" * 64, "base_weights_sha256": "b" * 64}
    result |= {"config": {"rank": 16, "seed": 20}, "energy": {"kwh": 0.002, "kgco2e": 0.0008, "country": "DEU"}}
    return {
        "id": 4,
        "version_id": 7,
        "version_label": "Helper v2",
        "base_label": "Base v1",
        "dataset_label": "Rows v1",
        "started_by": ANN,
        "started_at": AT,
        "finished_at": AT,
        "seconds": 6.0,
        "held_out_digest": "a" * 64,
        "attempts": 1,
        "energy_kwh": 0.002,
        "config": {},
        "result": result,
        "recreation": None,
    } | more


def evaluation(**more: Any) -> Json:
    """A finished evaluation beside a baseline."""
    interval = {"low": 0.4, "high": 0.6, "n": 60, "metric": "exact_match"}
    scores = [{"of": "version", "value": 0.5} | interval, {"of": "baseline", "value": 0.1} | interval]
    scores.append({"of": "difference", "value": 0.4, "verdict": "better"} | interval)
    return {
        "id": 5,
        "version_id": 7,
        "version_label": "Helper v2",
        "dataset_label": "Rows v1",
        "baseline": {"id": 3, "label": "Base v1"},
        "is_held_out": True,
        "rows_digest": "8" * 64,
        "model_digest": "f" * 64,
        "started_by": ANN,
        "finished_at": AT,
        "energy_kwh": None,
        "scores": scores,
        "result": {"rows": 60, "method": "percentile bootstrap", "notes": ["Sixty rows are few."]},
    } | more


def drift(**more: Any) -> Json:
    """A finished measurement with one alert."""
    chunk = {"start_index": 0, "end_index": 9, "lower_threshold": None, "upper_threshold": 0.2, "period": "analysis"}
    chunk |= {"value": 0.3, "alert": True, "confidence_lower": None, "confidence_upper": None, "key": "[0:9]"}
    measure = {"metric": "jensen_shannon", "column": "age", "column_type": "continuous", "chunks": [chunk], "alerts": 1}
    result = {"measures": [measure], "chunk_size": 10, "reference_rows": 10, "analysis_rows": 10, "analysis_chunks": 1}
    return {
        "id": 6,
        "version_id": 7,
        "version_label": "Helper v2",
        "reference": {"id": 12, "label": "Old v1", "digest": "3" * 64},
        "analysis": {"id": 13, "label": "New v1", "digest": "4" * 64},
        "is_own_traffic": True,
        "note": "",
        "started_by": ANN,
        "finished_at": AT,
        "result": result | {"alerts": 1, "versions": {"nannyml": "0.13.1"}, "skipped": []},
    } | more


def alert(**more: Any) -> Json:
    """The alert of that measurement."""
    told = {"measure": "Jensen–Shannon distance of age", "number": 1, "start_at": "", "end_at": "", "drift": 6}
    told |= {"first_row": 0, "last_row": 9, "value": 0.3, "words": "0.3, above 0.2", "version_label": "Helper v2"}
    return told | {"is_own_traffic": True, "finished_at": AT} | more


def deployment(**more: Any) -> Json:
    """A deployment with one application that told its users, and one that did not."""
    silent = {"id": 2, "name": "Wiki", "statement": "", "acknowledged_by": None, "acknowledged_at": None}
    told = {"id": 1, "name": "Intranet", "statement": "A line says so.", "acknowledged_by": BEN, "acknowledged_at": AT}
    return {
        "id": 9,
        "name": "Desk",
        "environment": "production",
        "purpose": "Help at the desk",
        "state": "ready",
        "version_id": 7,
        "version_label": "Helper v2",
        "started_by": ANN,
        "created_at": AT,
        "stopped_at": None,
        "digest": "6" * 64,
        "applications": [told, silent],
        "runs": [{"started_at": AT}],
    } | more


def system(**more: Any) -> Json:
    """A system of the high risk class with one version at work."""
    part = {
        "version_id": 7,
        "version_label": "Helper v2",
        "stage": "approved",
        "stage_label": "Approved",
        "until": None,
    }
    return {
        "id": 1,
        "label": "Front desk",
        "team": "Desk",
        "description": "Answers at the desk.",
        "intended_purpose": "Helping visitors",
        "owner": BEN,
        "risk_class": "high",
        "risk_class_label": "High",
        "risk_reason": "It decides who gets in.",
        "created_at": AT,
        "updated_at": AT,
        "digest": "7" * 64,
        "parts": [part | {"role": "writes the answers", "since": AT, "manifest_digest": "f" * 64}],
    } | more


def risk(**more: Any) -> Json:
    """An open risk with a control that the platform checks."""
    control = {
        "title": "Exact match",
        "rule": "requires: …",
        "state": "working",
        "state_label": "Works",
        "found": "0.5",
    }
    return {
        "id": 2,
        "title": "Wrong answers",
        "description": "It makes things up.",
        "category_label": "Hallucination",
        "about": {"kind": "system", "id": 1, "label": "Front desk"},
        "owner": BEN,
        "likelihood": 4,
        "impact": 4,
        "level": "High",
        "residual_likelihood": 2,
        "residual_impact": 3,
        "residual_level": "Medium",
        "treatment": "reduce",
        "treatment_label": "Reduce it",
        "plan": "Measure each version.",
        "controls": [control | {"checked_at": AT, "found_digest": "0" * 64}],
        "state": "open",
        "state_label": "Open",
        "review_on": "2026-12-01",
        "updated_at": AT,
        "decided_by": None,
        "decision_reason": "",
        "reopened_at": None,
    } | more


def incident(**more: Any) -> Json:
    """An incident whose first report is due, with one action."""
    action = {"title": "Retrain", "owner": BEN, "due_on": "2026-02-01", "done_at": None, "outcome": ""}
    return {
        "id": 3,
        "title": "Wrong doors opened",
        "kind_label": "Fundamental rights",
        "severity_label": "High",
        "state_label": "Open",
        "subject": {"type": "registry.aisystem", "id": "1", "label": "Front desk"},
        "opened_at": AT,
        "aware_at": AT,
        "clock": {"is_due": True, "due_at": "2026-03-16T12:00:00+00:00"},
        "closed_at": None,
        "resolution": "",
        "reports": [],
        "actions": [action],
    } | more


def assessment(*questions: Json, **more: Any) -> Json:
    """An approved checklist of the version with these questions."""
    sign_off = {"decision": "approved", "reason": "Good enough.", "decided_by": BEN, "decided_at": AT}
    sign_off |= {"is_final": True, "policy": {"label": "", "digest": ""}}
    return {
        "id": 8,
        "framework": GENAIOPS,
        "subject": {"kind": "version", "id": 7, "label": "Helper v2"},
        "state": "approved",
        "state_label": "Approved",
        "created_by": "Ann",
        "created_at": AT,
        "submitted_by": "Ann",
        "submitted_at": AT,
        "gate": {"is_green": True, "gaps": []},
        "is_approval_current": True,
        "sign_offs": [sign_off | {"basis_digest": "0" * 64}],
        "waivers": [],
        "groups": [{"id": "data", "title": "Data", "questions": list(questions)}],
    } | more


def question(pk: str = "data-1", status: str = "declared", **answer: Any) -> Json:
    """A question with an answer in a person's words; without any, nobody has answered."""
    given = {"stated": status, "text": "", "reason": "", "answered_by": "Ben", "answered_at": AT, "value_words": ""}
    given |= {"stale_because": [], "evidence": [], "is_statement_outdated": False, "revision": 1, "how_known": "Said"}
    told = {"gaps": [], "id": pk, "ref": "", "text": f"What about {pk}?", "status": status, "is_stale": False}
    return told | {"answer": given | answer if answer else None}


def evidence(summary: str, **more: Any) -> Json:
    """One piece of evidence behind an answer."""
    told = {"collector": "dataset.pii", "title": "Scan: personal data", "status": "measured", "summary": summary}
    told |= {"method": "Patterns", "given_by": ""}
    return (
        told | {"subject_label": "Rows v1", "subject_digest": "9" * 64, "collected_at": AT, "stale_because": ""} | more
    )


def trail(**more: Any) -> Json:
    """A trail of two entries, intact and signed."""
    entry = {"sequence": 1, "at": AT, "actor": "user:1", "action": "version.create", "object_label": "Helper v2"}
    entry |= {"object_type": "registry.modelversion", "object_id": "7", "reason": "", "data": {}, "digest": "1" * 64}
    start = entry | {
        "sequence": 2,
        "digest": "2" * 64,
        "action": "deployment.start",
        "object_type": "serving.deployment",
        "object_id": "9",
    }
    return {
        "entries": [entry, start],
        "head": {"sequence": 2, "digest": "0" * 64},
        "whole_chain": {
            "is_intact": True,
            "entries": 2,
            "problem": "",
            "read": {"first": 1, "last": 2},
            "signed_to": 2,
            "verified": None,
        },
        "checkpoint": {"rows": 2, "at": AT, "key": "3" * 64},
        "people": {"user:1": {"name": "Ann", "roles": ["Engineer"]}},
    } | more
