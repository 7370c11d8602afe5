"""The rows of a table that lies in pieces: counted once, then read in batches."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from workers.errors import EngineError
from workers.scanning import rows
from workers.scanning.checks import Batch, Survey
from workers.scanning.config import Config, Piece

BATCH_ROWS = 200  # texts of a batch stay in memory; progress is told and a cancellation noticed between two
# Columns that have not repeated a value in so many rows number the rows; more would cost memory and tell no more.
IDENTIFIER_ROWS = 200_000


def survey(config: Config) -> tuple[Survey, tuple[Piece, ...]]:
    """What the table has, and its pieces with their rows counted.

    Raises EngineError data.empty, data.column_missing, and those of `rows.read`.
    """
    given = config.pieces or (Piece(config.input_path),)
    is_known = bool(config.known_columns) and all(piece.rows is not None for piece in given)
    seen: dict[str, None] = dict.fromkeys(config.known_columns)
    identifiers = rows.Identifiers()
    counted, total = [], 0
    for piece in given:
        first = total
        if not is_known or total < IDENTIFIER_ROWS:
            for row in rows.read(piece.path, first):
                total += 1
                if total <= IDENTIFIER_ROWS:
                    identifiers.add(row)
                seen.update(dict.fromkeys(row))
        else:
            total += piece.rows or 0
        counted.append(replace(piece, first_row=first, rows=total - first))
    return _surveyed(config, total, tuple(seen), identifiers.names()), tuple(counted)


def _surveyed(config: Config, total: int, seen: tuple[str, ...], identifiers: frozenset[str]) -> Survey:
    if total == 0:
        raise EngineError("data.empty", "The data file holds no rows.")
    asked = (*config.columns, *config.copy_columns, config.label_column, config.answer_column)
    missing = [name for name in asked if name and name not in seen]
    if missing:
        there = ", ".join(seen[:30])
        raise EngineError("data.column_missing", f"No row has a column {', '.join(missing)}. Columns are: {there}.")
    columns = config.columns or seen
    telling = tuple(name for name in columns if name not in identifiers)
    return Survey(total, columns, config.copy_columns or telling or columns)


def batches(piece: Piece, columns: tuple[str, ...]) -> Iterator[Batch]:
    """The rows of one piece, a few hundred at a time."""
    waiting: list[dict[str, Any]] = []
    first = piece.first_row
    for row in rows.read(piece.path, piece.first_row):
        waiting.append(row)
        if len(waiting) == BATCH_ROWS:
            yield _batch(first, waiting, columns)
            first += len(waiting)
            waiting = []
    if waiting:
        yield _batch(first, waiting, columns)


def _batch(first: int, read: list[dict[str, Any]], columns: tuple[str, ...]) -> Batch:
    return Batch(first, read, [{name: list(rows.texts(row.get(name))) for name in columns} for row in read])
