"""What engines give, as their doors store it: the shapes of workers/*/engine.py, with small and awkward numbers."""

from typing import Any

# Values that a careless rounding, or a formatting through text, would lose.
AWKWARD = (0.1 + 0.2, 1 / 3, 0.123456789012345678, 5e-324, 2.0, 1e22 / 7)
METRICS = {
    "loss": (1.0, 3.0),
    "perplexity": (2.718, 20.0),
    "exact_match": (0.4, 0.0),
    "rouge_l": (0.62, 0.2),
    "bleu": (31.0, 2.5),
}


def scan_result(rows: int = 10, entities: dict[str, int] | None = None, copies: int = 0) -> dict[str, Any]:
    """A scan: findings by kind with masked samples, copies, the licence's verdict."""
    found = entities or {}
    findings = [
        {"entity": name, "column": "question", "count": n, "rows": n, "row_indices": [0], "samples": ["j•••@•••.org"]}
        for name, n in found.items()
    ]
    return {
        "rows": rows,
        "columns": ["question", "answer"],
        "personal_data": {
            "findings": findings,
            "total": sum(found.values()),
            "rows": sum(found.values()),
            "rows_scanned": rows,
            "by_entity": found,
            "methods": [],
            "not_looked_for": ["Names of people."],
            "expectations": "Patterns and checksums only.",
            "score_threshold": 0.5,
        },
        "duplicates": {
            "exact_clusters": [],
            "exact_cluster_count": copies,
            "exact_rows": copies,
            "near_clusters": [],
            "near_cluster_count": copies,
            "near_rows": copies,
            "near_threshold": 0.8,
            "compared_pairs": 3,
            "skipped_texts": 0,
            "truncated_texts": 0,
            "bands": 25,
            "rows_per_band": 5,
            "recall_at_threshold": 0.999951,
        },
        "licence": {
            "expression": "CC-BY-4.0",
            "valid": True,
            "normalised": "CC-BY-4.0",
            "keys": ["CC-BY-4.0"],
            "unknown": [],
            "licence_class": "permissive",
            "commercial_use": True,
            "means": "Use, change and share, with attribution or none.",
            "problem": "",
        },
        "method": "Patterns, checksums and hashes.",
        "versions": {"presidio_analyzer": "2.2.366"},
        "seed": 1,
        "seconds": 0.1,
        "digest": "0" * 64,
    }


def tuning_result() -> dict[str, Any]:
    """A tuning with curves, energy, environment and the settings it ran with."""
    return {
        "adapter_dir": "/srv/work/adapter",
        "model_dir": "/srv/work/model",
        "held_out_path": "/srv/work/held_out.jsonl",
        "split_path": "/srv/work/split.json",
        "base_weights_sha256": "a" * 64,
        "adapter_sha256": "b" * 64,
        "model_weights_sha256": "c" * 64,
        "data_sha256": "d" * 64,
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
        "train_loss_curve": [[1, 3.0], [3, 1.7], [6, 1.0]],
        "eval_loss_curve": [[3, 1.8], [6, 1.1]],
        "chat_template": "the model's own",
        "energy": {
            "kwh": 0.002,
            "kgco2e": 0.0008,
            "cpu_kwh": 0.002,
            "gpu_kwh": 0.0,
            "ram_kwh": 0.0,
            "seconds": 5.0,
            "country": "DEU",
            "country_assumed": False,
            "method": "processor: estimated from its load; memory: estimated from its size",
            "tool": "codecarbon 3.3.2",
            "attempts": 1,
        },
        "environment": {
            "python": "3.11.7",
            "system": "Linux 6",
            "machine": "x86_64",
            "processor": "Test processor",
            "cores": 2,
            "memory_gib": 8.0,
            "device": "cpu",
            "gpu": "",
            "threads": 2,
            "packages": {"torch": "2.13.0", "peft": "0.21.2"},
        },
        "seed": 20,
        "repeatable": True,
        "config": {"base": "/srv/work/base", "data_path": "/srv/work/rows.jsonl", "rank": 16, "seed": 20},
        "energy_kwh": 0.002,
    }


def evaluation_result() -> dict[str, Any]:
    """An evaluation beside a baseline, with one example."""
    example = {"prompt": "Where is desk 3?", "expected": "By the door.", "got": "By the door.", "baseline_got": "desk"}
    method = "percentile bootstrap over 60 rows, 1000 resamples, loss on answer tokens only"
    return {"rows": 60, "method": method, "examples": [example], "notes": ["Sixty rows are few."]}


def scores() -> list[dict[str, Any]]:
    """Version, baseline and difference in each metric, with intervals."""
    found = []
    for metric, (ours, theirs) in METRICS.items():
        for of, value in (("version", ours), ("baseline", theirs), ("difference", ours - theirs)):
            wide = abs(value) * 0.1 + 0.01
            ends = {"low": value - wide, "high": value + wide}
            found.append({"of": of, "metric": metric, "value": value, "n": 60} | ends)
    return found


def drift_result(columns: int = 8) -> dict[str, Any]:
    """A drift measurement whose values are hard to keep exact; column_1 and the estimate raise an alert."""
    measures = [_measure("jensen_shannon", f"column_{number}", number == 1) for number in range(columns)]
    measures += [_measure("reconstruction_error", None, False), _measure("estimated_roc_auc", None, True)]
    return {
        "measures": measures,
        "chunk_size": 5000,
        "reference_rows": 15000,
        "analysis_rows": 15000,
        "analysis_chunks": 3,
        "alerts": 2,
        "alerts_by_measure": {"jensen_shannon:column_1": 1, "estimated_roc_auc": 1},
        "drifted_columns": ["column_1"],
        "skipped": ["realised_roc_auc: the analysis has no targets"],
        "versions": {"nannyml": "0.13.1"},
        "seconds": 1.0,
    }


def _measure(metric: str, column: str | None, is_drifted: bool) -> dict[str, Any]:
    chunks = []
    for place, value in enumerate(AWKWARD):
        period, index = ("reference", place) if place < 3 else ("analysis", place - 3)
        chunks.append(
            {
                "key": f"[{index * 5000}:{index * 5000 + 4999}]",
                "index": index,
                "start_index": index * 5000,
                "end_index": index * 5000 + 4999,
                "start_at": None,
                "end_at": None,
                "period": period,
                "value": value,
                "lower_threshold": None,
                "upper_threshold": 0.4,
                "alert": is_drifted and place == 5,
                "confidence_lower": None,
                "confidence_upper": None,
            }
        )
    kind = "continuous" if column else None
    return {"metric": metric, "column": column, "column_type": kind, "chunks": chunks, "alerts": int(is_drifted)}
