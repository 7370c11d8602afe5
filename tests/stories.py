"""Data, models and runs whose results have the shape that the real engines give, for tests of what is read from them.

`tests.makers` makes single things that nobody looks into; here they hang together: data with a complete datasheet, a
scan of it, a base model, a version tuned from it with recipe and energy, and an evaluation on held-out rows.
tests/checklist/test_shapes.py compares the shapes with the engines' own dataclasses.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.accounts.models import Team, User
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.services import scan_finish, scan_start
from apps.evaluation.models import EvaluationRun
from apps.evaluation.services import evaluation_finish, evaluation_start
from apps.monitoring.models import DriftRun
from apps.monitoring.services import drift_finish, drift_start
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.services import import_finish, model_create, tuning_finish, tuning_start, version_import
from tests.makers import claim, commit, jsonl, make_data, make_dataset, make_folder

claimed = claim
ROWS = tuple({"question": f"How do I book desk {number}?", "answer": f"Tap desk {number}."} for number in range(10))
PROVENANCE: dict[str, Any] = {
    "sources": [{"name": "Support questions", "issuer": "The support team", "statement": "Written by our own staff."}],
    "origin": "Written in the house",
    "collection_method": "Questions written by staff from memory, answers from the handbook",
    "permission": "Own work; the employment contracts cover training",
    "contains_copyrighted_material": "Yes, our own text",
    "confidentiality": {"classification": "internal", "statement": "Nothing secret is in it."},
    "ai_generated": {"share": 0.0, "statement": "Written by people."},
}


def make_dataset_version(
    by: User,
    team: Team,
    name: str = "Support questions",
    rows: Sequence[dict[str, Any]] = ROWS,
    licence: str = "CC-BY-4.0",
    provenance: dict[str, Any] | None = None,
    datasheet_file: str = "",
) -> DatasetVersion:
    """The next version of a dataset of this name, uploaded as JSON Lines; the datasheet is complete unless given."""
    dataset = Dataset.objects.filter(team=team, name=name).first() or make_dataset(by, team, name=name)
    said = PROVENANCE if provenance is None else provenance
    return commit(by, dataset, jsonl(rows), licence=licence, provenance=said, datasheet_file=datasheet_file)


def scan_result(
    rows: int = 10, *, entities: dict[str, int] | None = None, exact: int = 0, near: int = 0, **licence: Any
) -> dict[str, Any]:
    """What `workers.scanning.engine` gives, as its door stores it: findings by kind, copies, the licence's verdict."""
    found = entities or {}
    listed = [
        {"entity": name, "column": "question", "count": n, "rows": n, "row_indices": [0], "samples": ["j•••"]}
        for name, n in found.items()
    ]
    return {
        "rows": rows,
        "columns": ["question", "answer"],
        "copy_columns": ["question", "answer"],
        "personal_data": {
            "findings": listed,
            "total": sum(found.values()),
            "rows": sum(found.values()),
            "rows_scanned": rows,
            "by_entity": found,
            "methods": [],
            "not_looked_for": ["Names of people."],
            "expectations": "Patterns only.",
            "score_threshold": 0.5,
        },
        "duplicates": _duplicates(exact, near),
        "licence": {
            "expression": "CC-BY-4.0",
            "valid": True,
            "normalised": "CC-BY-4.0",
            "keys": ["CC-BY-4.0"],
            "unknown": [],
            "licence_class": "permissive",
            "commercial_use": True,
            "means": "Use is free if the author is named.",
            "problem": "",
        }
        | licence,
        "method": "Patterns and hashes.",
        "versions": {"presidio_analyzer": "2.2.366"},
        "seed": 1,
        "seconds": 0.1,
        "digest": "0" * 64,
    }


def _duplicates(exact: int, near: int) -> dict[str, Any]:
    return {
        "exact_clusters": [],
        "exact_cluster_count": exact,
        "exact_rows": exact,
        "near_clusters": [],
        "near_cluster_count": near,
        "near_rows": near,
        "near_threshold": 0.8,
        "compared_pairs": 0,
        "skipped_texts": 0,
        "truncated_texts": 0,
        "bands": 10,
        "rows_per_band": 12,
        "recall_at_threshold": 0.999,
    }


def make_scan(by: User, version: DatasetVersion, result: dict[str, Any] | None = None) -> ScanRun:
    """A finished scan."""
    run = claim(scan_start(by=by, version=version))
    whole = {"columns": [column["name"] for column in version.columns]}  # of the table, whatever the story is about
    scan_finish(run=run, result=scan_result(version.rows) | whole if result is None else result)
    return run


def make_model(by: User, team: Team, name: str = "Base") -> RegisteredModel:
    """A registered model, or the one of this name that is there."""
    found = RegisteredModel.objects.filter(team=team, name=name).first()
    return found or model_create(by=by, team=team, name=name, intended_purpose="Answering questions about desks")


def make_base_version(
    by: User,
    team: Team,
    name: str = "Base",
    *,
    trained_on: list[DatasetVersion] | None = None,
    facts: dict[str, Any] | None = None,
    weights: bytes = b"weights",
) -> ModelVersion:
    """A version as an import makes it, with two small files."""
    model = make_model(by, team, name)
    run = version_import(by=by, model=model, source="example/base", licence="Apache-2.0", trained_on=trained_on)
    told = {"architecture": "LlamaForCausalLM", "parameters": 1_000, "licence": "apache-2.0"} | (facts or {})
    import_finish(run=claim(run), folder=make_folder(_files(weights)), facts=told)
    return ModelVersion.objects.select_related("model").get(pk=run.version_id)


def _files(weights: bytes) -> dict[str, bytes]:
    return {"config.json": b"{}", "model.safetensors": weights}


def tuning_result(data_sha256: str = "d" * 64, *, kwh: float = 0.002) -> dict[str, Any]:
    """What `workers.tuning.engine` gives, as its door stores it."""
    return {
        "adapter_dir": "adapter",
        "model_dir": "model",
        "held_out_path": "held_out.jsonl",
        "split_path": "split.json",
        "base_weights_sha256": "a" * 64,
        "adapter_sha256": "b" * 64,
        "model_weights_sha256": "c" * 64,
        "data_sha256": data_sha256,
        "rows_total": 10,
        "rows_trained": 8,
        "rows_held_out": 2,
        "rows_cut": 0,
        "rows_left_out": 0,
        "parameters_total": 1_000,
        "parameters_trainable": 100,
        "steps": 6,
        "resumed_from_step": 0,
        "tokens_seen": 480,
        "tokens_per_second": 96.0,
        "train_seconds": 5.0,
        "train_loss_curve": [[1, 3.0], [6, 1.0]],
        "eval_loss_curve": [[6, 1.1]],
        "chat_template": "the model's own",
        "energy": _energy(kwh),
        "environment": _environment(),
        "seed": 20,
        "repeatable": True,
        "config": {"rank": 16, "seed": 20},
        "energy_kwh": kwh,
    }


def _energy(kwh: float) -> dict[str, Any]:
    return {
        "kwh": kwh,
        "kgco2e": kwh * 0.4,
        "cpu_kwh": kwh,
        "gpu_kwh": 0.0,
        "ram_kwh": 0.0,
        "seconds": 5.0,
        "country": "DEU",
        "country_assumed": False,
        "method": "processor Test: estimated from its load; memory: estimated from its size",
        "tool": "codecarbon 3.3.2",
        "attempts": 1,
    }


def _environment() -> dict[str, Any]:
    return {
        "python": "3.11.7",
        "system": "Linux 6",
        "machine": "x86_64",
        "processor": "Test processor",
        "cores": 2,
        "memory_gib": 8.0,
        "device": "cpu",
        "gpu": "",
        "threads": 2,
        "packages": {"torch": "2.13.0"},
    }


def make_tuned_version(
    by: User,
    base: ModelVersion,
    data: DatasetVersion,
    name: str = "Desk",
    *,
    result: dict[str, Any] | None = None,
    weights: bytes = b"tuned weights",
) -> ModelVersion:
    """A version as a tuning makes it, with lineage, recipe, energy and two held-out rows."""
    output = make_model(by, base.team, name)
    run = claim(tuning_start(by=by, base_version=base, dataset_version=data, output_model=output))
    version = tuning_finish(
        run=run,
        folder=make_folder(_files(weights)),
        held_out=make_folder({"held_out.jsonl": jsonl(ROWS[:2])}) / "held_out.jsonl",
        facts={"architecture": "LlamaForCausalLM", "parameters": 1_000},
        result=tuning_result(data.digest) if result is None else result,
    )
    return ModelVersion.objects.select_related("model").get(pk=version.pk)


def make_evaluation(
    by: User, version: ModelVersion, data: DatasetVersion, baseline: ModelVersion | None = None, *, loss: float = 1.0
) -> EvaluationRun:
    """A finished evaluation: loss of the version, and of the baseline and their difference where one is given."""
    run = claim(evaluation_start(by=by, version=version, dataset_version=data, baseline=baseline))
    scores = [_score("version", loss)]
    if baseline is not None:
        scores += [_score("baseline", 3.0), _score("difference", loss - 3.0)]
    evaluation_finish(run=run, result={"rows": 2}, scores=scores)
    return run


def _score(of: str, value: float) -> dict[str, Any]:
    return {"of": of, "metric": "loss", "value": value, "low": value - 0.1, "high": value + 0.1, "n": 2}


def make_drift(
    by: User, version: ModelVersion, alerts: Mapping[str, int] | None = None, *, is_own_traffic: bool = True
) -> DriftRun:
    """A finished measurement of drift over four chunks of a table; `alerts` by measure: `jensen_shannon:price`."""
    rows = [{"price": number, "region": "north"} for number in range(4)]
    reference, observed = (make_data(by, version.team, rows, f"{name}.csv") for name in ("reference", "observed"))
    given = {"reference": reference, "analysis": observed, "is_own_traffic": is_own_traffic}
    run = claim(drift_start(by=by, version=version, config={}, **given))
    drift_finish(run=run, result=drift_result(alerts or {}))
    return DriftRun.objects.get(pk=run.pk)


def drift_result(alerts: Mapping[str, int]) -> dict[str, Any]:
    """What the engine gives for one chunk of the reference and four observed ones."""
    by_measure = {"jensen_shannon:price": 0, "jensen_shannon:region": 0, "reconstruction_error": 0} | dict(alerts)
    measures = [_measure(name, number) for name, number in by_measure.items()]
    return {
        "measures": measures,
        "chunk_size": 2,
        "reference_rows": 2,
        "analysis_rows": 8,
        "analysis_chunks": 4,
        "alerts": sum(by_measure.values()),
        "alerts_by_measure": by_measure,
        "drifted_columns": [one["column"] for one in measures if one["column"] and one["alerts"]],
        "skipped": [],
        "versions": {"nannyml": "0.13.1"},
        "seconds": 1.5,
    }


def _measure(name: str, alerts: int) -> dict[str, Any]:
    metric, _, column = name.partition(":")
    observed = [_chunk(number, "analysis", 0.1 + 0.2 * (number < alerts)) for number in range(4)]
    chunks = [_chunk(0, "reference", 0.1), *observed]
    kind = "continuous" if column else None
    return {"metric": metric, "column": column or None, "column_type": kind, "chunks": chunks, "alerts": alerts}


def _chunk(number: int, period: str, value: float) -> dict[str, Any]:
    return {
        "key": f"[{number * 2}:{number * 2 + 1}]",
        "index": number,
        "start_index": number * 2,
        "end_index": number * 2 + 1,
        "start_at": None,
        "end_at": None,
        "period": period,
        "value": value,
        "lower_threshold": None,
        "upper_threshold": 0.2,
        "alert": value > 0.2,
        "confidence_lower": None,
        "confidence_upper": None,
    }
