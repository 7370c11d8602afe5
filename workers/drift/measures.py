"""The NannyML calculators this engine uses, and their results as plain records.

The environment variable is set before the import because NannyML reports its use to its makers unless told not to.
Definitions: https://nannyml.readthedocs.io/en/stable/how_it_works.html
"""

import math
import os
from dataclasses import dataclass

import pandas as pd

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml


@dataclass(frozen=True)
class Chunk:
    """One chunk of one measure. Times are ISO 8601 as in the table; absent figures are None."""

    key: str
    index: int  # within its period, from 0
    start_index: int  # first row of the chunk within its period, in time order
    end_index: int  # last row, inclusive
    start_at: str | None
    end_at: str | None
    period: str  # "reference" or "analysis"
    value: float | None
    lower_threshold: float | None
    upper_threshold: float | None
    alert: bool
    # Three sampling errors either side of the value, where NannyML gives them.
    confidence_lower: float | None
    confidence_upper: float | None


@dataclass(frozen=True)
class Measure:
    """One figure followed over time. ``column`` is set for univariate measures only."""

    metric: str  # jensen_shannon | reconstruction_error | estimated_roc_auc | realised_roc_auc
    column: str | None
    column_type: str | None  # "continuous" or "categorical" for univariate measures
    chunks: tuple[Chunk, ...]
    alerts: int  # alerting chunks of the analysis period


@dataclass(frozen=True)
class Frames:
    """What every calculator is given."""

    reference: pd.DataFrame
    analysis: pd.DataFrame
    chunk_size: int
    timestamp: str | None


@dataclass(frozen=True)
class Outputs:
    """Columns that performance figures need."""

    probability: str
    prediction: str
    target: str


def univariate(frames: Frames, columns: list[str], categorical: list[str]) -> list[Measure]:
    """Jensen-Shannon distance of each column's distribution to the reference: 0 equal, 1 disjoint."""
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=columns,
        treat_as_categorical=categorical,
        timestamp_column_name=frames.timestamp,
        continuous_methods=["jensen_shannon"],
        categorical_methods=["jensen_shannon"],
        chunk_size=frames.chunk_size,
    )
    calculator.fit(frames.reference)
    result = calculator.calculate(frames.analysis).to_df()
    chunks = result["chunk"]["chunk"]
    kinds = dict.fromkeys(calculator.continuous_column_names, "continuous")
    kinds |= dict.fromkeys(calculator.categorical_column_names, "categorical")
    return [
        _measure("jensen_shannon", chunks, result[name]["jensen_shannon"], column=name, kind=kinds[name])
        for name in columns
    ]


def reconstruction(frames: Frames, columns: list[str]) -> Measure:
    """Mean Euclidean distance between rows and their reconstruction by a PCA fitted on the reference."""
    calculator = nannyml.DataReconstructionDriftCalculator(
        column_names=columns, timestamp_column_name=frames.timestamp, chunk_size=frames.chunk_size
    )
    calculator.fit(frames.reference)
    result = calculator.calculate(frames.analysis).to_df()
    return _measure("reconstruction_error", result["chunk"], result["reconstruction_error"])


def estimated_roc_auc(frames: Frames, outputs: Outputs) -> Measure:
    """ROC AUC estimated from the model's own calibrated probabilities (CBPE), without looking at targets."""
    estimator = nannyml.CBPE(
        metrics=["roc_auc"],
        y_pred_proba=outputs.probability,
        y_pred=outputs.prediction,
        y_true=outputs.target,
        timestamp_column_name=frames.timestamp,
        chunk_size=frames.chunk_size,
        problem_type="classification_binary",
    )
    estimator.fit(frames.reference)
    result = estimator.estimate(frames.analysis).to_df()
    return _measure("estimated_roc_auc", result["chunk"], result["roc_auc"])


def realised_roc_auc(frames: Frames, outputs: Outputs) -> Measure:
    """ROC AUC against the targets that have arrived since."""
    calculator = nannyml.PerformanceCalculator(
        metrics=["roc_auc"],
        y_pred_proba=outputs.probability,
        y_pred=outputs.prediction,
        y_true=outputs.target,
        timestamp_column_name=frames.timestamp,
        chunk_size=frames.chunk_size,
        problem_type="classification_binary",
    )
    calculator.fit(frames.reference)
    result = calculator.calculate(frames.analysis).to_df()
    return _measure("realised_roc_auc", result["chunk"], result["roc_auc"])


def car_loan_frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """NannyML's bundled car-loan data: reference, analysis, and the targets of the analysis."""
    reference, analysis, targets = nannyml.load_synthetic_car_loan_dataset()
    return reference, analysis, targets


def _measure(
    metric: str, chunks: pd.DataFrame, figures: pd.DataFrame, column: str | None = None, kind: str | None = None
) -> Measure:
    pairs = zip(chunks.to_dict("records"), figures.to_dict("records"), strict=True)
    read = tuple(_chunk(place, figure) for place, figure in pairs)
    alerts = sum(chunk.alert for chunk in read if chunk.period == "analysis")
    return Measure(metric=metric, column=column, column_type=kind, chunks=read, alerts=alerts)


def _chunk(place: dict, figure: dict) -> Chunk:
    return Chunk(
        key=str(place["key"]),
        index=int(place["chunk_index"]),
        start_index=int(place["start_index"]),
        end_index=int(place["end_index"]),
        start_at=_time(place["start_date"]),
        end_at=_time(place["end_date"]),
        period=str(place["period"]),
        value=_number(figure["value"]),
        lower_threshold=_number(figure.get("lower_threshold")),
        upper_threshold=_number(figure.get("upper_threshold")),
        alert=bool(figure["alert"]),
        confidence_lower=_number(figure.get("lower_confidence_boundary")),
        confidence_upper=_number(figure.get("upper_confidence_boundary")),
    )


def _number(value: object) -> float | None:
    """A float JSON can carry: NannyML gives NaN where a chunk has no figure (one class only, say)."""
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]  # NannyML's columns are untyped
    return number if math.isfinite(number) else None


def _time(value: object) -> str | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).isoformat()
