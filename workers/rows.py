"""Question-and-answer rows read from JSON Lines, and the split that keeps held-out rows unseen."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workers.errors import EngineError

# A longer line is not a question and an answer; the bound keeps a hostile file from filling memory.
MAX_LINE_BYTES = 4 << 20


@dataclass(frozen=True)
class Row:
    """One question with its expected answer; `index` counts rows from 0 in the file it came from."""

    index: int
    prompt: str
    answer: str

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON array [prompt, answer] in UTF-8, the row's identity across files."""
        return hashlib.sha256(json.dumps([self.prompt, self.answer], ensure_ascii=False).encode()).hexdigest()

    @property
    def question_key(self) -> str:
        """The question without case and spacing: rows that share it ask the same thing."""
        return " ".join(self.prompt.casefold().split())


def read_rows(path: Path, prompt_column: str, answer_column: str) -> list[Row]:
    """All rows of a JSON Lines file.

    Raises EngineError: data.not_found, data.encoding, data.line_too_long, data.not_json, data.column_missing,
    data.not_text, data.empty. The messages name line numbers, never content.
    """
    rows = [_row(index, line, prompt_column, answer_column) for index, line in enumerate(_lines(path))]
    if not rows:
        raise EngineError("data.empty", "The data file holds no rows.")
    return rows


def _lines(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise EngineError("data.not_found", f"There is no data file named {path.name!r}.")
    with path.open("rb") as stream:
        number = 0
        while raw := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(raw) > MAX_LINE_BYTES:
                raise EngineError("data.line_too_long", f"Line {number} is longer than {MAX_LINE_BYTES >> 20} MiB.")
            if raw.strip():
                yield _decoded(raw, number)


def _decoded(raw: bytes, number: int) -> str:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise EngineError("data.encoding", f"Line {number} is not UTF-8 text.") from error


def _row(index: int, line: str, prompt_column: str, answer_column: str) -> Row:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise EngineError("data.not_json", f"Row {index + 1} is not valid JSON; the file may be cut off.") from error
    if not isinstance(value, dict):
        raise EngineError("data.not_json", f"Row {index + 1} is not a JSON object.")
    return Row(index, _text(value, prompt_column, index), _text(value, answer_column, index))


def _text(value: dict[str, object], column: str, index: int) -> str:
    if column not in value:
        raise EngineError("data.column_missing", f"Row {index + 1} has no column {column!r}.")
    text = value[column]
    if not isinstance(text, str) or not text.strip():
        raise EngineError("data.not_text", f"Column {column!r} of row {index + 1} is not a text or is empty.")
    return text


def split(rows: list[Row], fraction: float, seed: int) -> tuple[list[Row], list[Row]]:
    """(training rows, held-out rows). Rows asking the same question stay on one side.

    Otherwise a duplicate of a held-out row would be learned by heart and the evaluation would flatter the model.
    Near-duplicates in other words are not recognised here.
    """
    keys = sorted({row.question_key for row in rows})
    random.Random(seed).shuffle(keys)  # noqa: S311 - a split must be repeatable, not secret
    counts = dict.fromkeys(keys, 0)
    for row in rows:
        counts[row.question_key] += 1
    wanted, held, chosen = max(1, round(len(rows) * fraction)), 0, set()
    for key in keys:
        if held >= wanted:
            break
        chosen.add(key)
        held += counts[key]
    return _both_sides([r for r in rows if r.question_key not in chosen], [r for r in rows if r.question_key in chosen])


def without_questions(rows: list[Row], held_out: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Training rows less every question that an explicit held-out file asks too, beside those held-out rows."""
    held = list(held_out)
    asked = {row.question_key for row in held}
    return _both_sides([row for row in rows if row.question_key not in asked], held)


def _both_sides(training: list[Row], held_out: list[Row]) -> tuple[list[Row], list[Row]]:
    if not training or not held_out:
        raise EngineError("data.too_small", "The rows hold too few different questions to keep some unseen.")
    return training, held_out


def write_rows(path: Path, rows: Iterable[Row], prompt_column: str, answer_column: str) -> None:
    """Write rows as JSON Lines under their own column names, each with its index in the source file."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            value = {prompt_column: row.prompt, answer_column: row.answer, "source_index": row.index}
            stream.write(json.dumps(value, ensure_ascii=False) + "\n")
