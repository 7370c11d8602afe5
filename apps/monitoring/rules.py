"""What a drift measurement may be told, and the names of what it measures.

Each setting is explained in workers/drift/engine.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.core.charts import Axis, Chart, Chunk, threshold_chart

SETTINGS = frozenset(
    {
        "chunk_size",
        "feature_columns",
        "prediction_column",
        "probability_column",
        "target_column",
        "timestamp_column",
        "problem_type",
        "methods",
        "categorical_columns",
    }
)

TABLE_FORMATS = ("csv", "parquet")
METRICS = {
    "jensen_shannon": "Jensen–Shannon distance",
    "reconstruction_error": "Reconstruction error",
    "estimated_roc_auc": "Estimated ROC AUC",
    "realised_roc_auc": "Realised ROC AUC",
}
PERFORMANCE = frozenset({"estimated_roc_auc", "realised_roc_auc"})
_TELLING = {
    "probability_column": ("y_pred_proba", "probability", "score", "proba"),
    "prediction_column": ("y_pred", "prediction", "predicted"),
    "target_column": ("y_true", "target", "label", "truth"),
}


def name_of(measure: Mapping[str, Any]) -> str:
    """`Jensen–Shannon distance of car_value`."""
    metric = METRICS.get(measure["metric"], measure["metric"])
    return f"{metric} of {measure['column']}" if measure["column"] else metric


def measure_chart(measure: Mapping[str, Any]) -> Chart:
    """Every chunk's value of one measure with its thresholds; the same drawing for page and report."""
    chunks = [
        Chunk(
            label=str(place),
            value=chunk["value"],
            lower=chunk["lower_threshold"],
            upper=chunk["upper_threshold"],
            is_alert=chunk["alert"],
            low=chunk["confidence_lower"],
            high=chunk["confidence_upper"],
            period={"analysis": "observed"}.get(chunk["period"], chunk["period"]),
        )
        for place, chunk in enumerate(measure["chunks"], 1)
    ]
    metric = METRICS.get(measure["metric"], measure["metric"])
    return threshold_chart(name_of(measure), x=Axis("Chunk"), y=Axis(metric), chunks=chunks)


def measure_named(key: str) -> str:
    """The same from the key by which a result counts alerts: `jensen_shannon:car_value`."""
    metric, _, column = key.partition(":")
    return name_of({"metric": metric, "column": column})


def severity_of(measures: Iterable[Mapping[str, Any]]) -> str:
    """How bad an incident of these alerts probably is, as one of the severities of incidents: high where an estimated
    or realised performance alerted, or a measure in more than half of the observed chunks; otherwise medium.
    """
    for measure in measures:
        observed = sum(chunk["period"] == "analysis" for chunk in measure["chunks"])
        if measure["alerts"] and (measure["metric"] in PERFORMANCE or 2 * measure["alerts"] > observed):
            return "high"
    return "medium"


def guess_columns(columns: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A first guess at what the columns mean, from their names and types; a person corrects it."""
    names = {column["name"].lower(): column["name"] for column in columns}
    guess: dict[str, Any] = {
        role: next((names[word] for word in words if word in names), "") for role, words in _TELLING.items()
    }
    guess["timestamp_column"] = next((c["name"] for c in columns if c["type"] in ("timestamp", "date")), "")
    taken = {*guess.values(), names.get("id", ""), names.get("index", "")}
    guess["feature_columns"] = [column["name"] for column in columns if column["name"] not in taken]
    return guess
