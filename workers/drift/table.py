"""Reading the two tables of a drift run and refusing what cannot be measured, in words."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow

from workers.errors import EngineError


def read(path: str, label: str) -> pd.DataFrame:
    """The table at ``path``. Pandas 3 reads the floats of a CSV back bit for bit."""
    try:
        if Path(path).suffix.lower() == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, low_memory=False)
    except FileNotFoundError as error:
        raise EngineError("drift.file_missing", f"The {label} file is not there: {Path(path).name}.") from error
    except pd.errors.EmptyDataError as error:
        raise EngineError("drift.empty_table", f"The {label} file is empty.") from error
    except (pd.errors.ParserError, pyarrow.ArrowException, UnicodeDecodeError, OSError, ValueError) as error:
        reason = type(error).__name__  # the parser's own words may quote the data
        raise EngineError(
            "drift.unreadable_table", f"The {label} file could not be read as UTF-8 CSV or Parquet ({reason})."
        ) from error
    if frame.empty:
        raise EngineError("drift.empty_table", f"The {label} table has no rows.")
    return frame


def check_columns(frame: pd.DataFrame, names: Iterable[str], label: str) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        there = ", ".join(map(str, frame.columns[:30]))
        raise EngineError(
            "drift.missing_column", f"The {label} table has no column {', '.join(missing)}. Its columns are: {there}."
        )


def check_rows(frame: pd.DataFrame, chunk_size: int, chunks: int, label: str) -> None:
    """Thresholds need a spread between chunks, so the reference must fill at least two."""
    if len(frame) < chunk_size * chunks:
        raise EngineError(
            "drift.too_few_rows",
            f"The {label} table has {len(frame)} rows; chunks of {chunk_size} need at least {chunk_size * chunks}."
            " Choose a smaller chunk size or bring more rows.",
        )


def check_finite(frame: pd.DataFrame, names: Iterable[str], label: str) -> None:
    for name in names:
        if frame[name].isna().all():
            raise EngineError("drift.empty_column", f"Column {name} of the {label} table holds no value at all.")
        if pd.api.types.is_float_dtype(frame[name]) and np.isinf(frame[name]).any():
            raise EngineError("drift.infinite_value", f"Column {name} of the {label} table holds an infinite number.")


def check_timestamps(frame: pd.DataFrame, name: str, label: str) -> None:
    try:
        times = pd.to_datetime(frame[name], format="ISO8601")
    except (ValueError, TypeError) as error:
        raise EngineError(
            "drift.bad_timestamp",
            f"Column {name} of the {label} table holds values that are not dates; write ISO 8601.",
        ) from error
    if times.isna().any():
        raise EngineError("drift.bad_timestamp", f"Column {name} of the {label} table has rows without a time.")


def check_probabilities(frame: pd.DataFrame, name: str, label: str) -> None:
    values = frame[name]
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise EngineError(
            "drift.non_numeric_probability", f"Column {name} of the {label} table must hold numbers between 0 and 1."
        )
    outside = int((~values.between(0, 1)).sum())
    if outside:
        raise EngineError(
            "drift.probability_out_of_range",
            f"Column {name} of the {label} table has {outside} rows that are missing or not between 0 and 1.",
        )


def check_binary(frame: pd.DataFrame, name: str, label: str) -> None:
    present = set(frame[name].dropna().unique().tolist())
    if not present <= {0, 1} or (label == "reference" and len(present) < 2):
        raise EngineError(
            "drift.non_binary_target",
            f"Column {name} of the {label} table must hold the classes 0 and 1, both present.",
        )


def check_same_types(reference: pd.DataFrame, analysis: pd.DataFrame, names: Iterable[str]) -> None:
    """A column of numbers that turns into text is a broken feed, not drift."""
    for name in names:
        numeric = [pd.api.types.is_numeric_dtype(frame[name]) for frame in (reference, analysis)]
        if numeric[0] != numeric[1]:
            raise EngineError(
                "drift.column_type_changed",
                f"Column {name} holds {'numbers' if numeric[0] else 'text'} in the reference and"
                f" {'numbers' if numeric[1] else 'text'} in the analysis.",
            )
