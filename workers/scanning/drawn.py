"""A seeded sample of a table's rows, kept on disk while the table streams by.

Checks that compare rows with each other need rows again after the last one was read. They draw a bounded number of
them, so that memory and time do not grow with the table.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workers.scanning.checks import Batch

HEAD, TAIL = 1_500, 500  # characters kept of a longer cell: triggers stand at its ends more often than in its middle
_FILE = "sample.jsonl"
_ASKS = frozenset({"user", "human", "system", "prompter", "context"})


@dataclass(frozen=True)
class Row:
    """One drawn row: its number in the table and the text of each column. ``asked``/``said`` split a conversation."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    said: str = ""


def chosen(total: int, wanted: int, seed: int) -> np.ndarray:
    """Row numbers to draw, ascending: all of them where `wanted` is not fewer than `total`."""
    if wanted >= total:
        return np.arange(total)
    return np.sort(np.random.default_rng(seed).choice(total, wanted, replace=False))


class Drawn:
    """Rows drawn so far. Only the length of the file is state: what was written behind the last save is cut off."""

    def __init__(self, total: int, wanted: int, seed: int, folder: Path) -> None:
        self._numbers = chosen(total, wanted, seed)
        self._path = folder / _FILE
        self._pending: list[str] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def feed(self, batch: Batch) -> None:
        first, last = np.searchsorted(self._numbers, (batch.first_row, batch.first_row + len(batch.rows)))
        for number in self._numbers[first:last].tolist():
            place = number - batch.first_row
            self._pending.append(json.dumps(_record(number, batch.rows[place], batch.cells[place])))

    def flush(self) -> int:
        """Write what was drawn since the last flush; the length of the file in bytes, to be given to `resume`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("r+b" if self._path.exists() else "wb") as stream:
            stream.truncate(self.size)
            stream.seek(self.size)
            stream.writelines(f"{line}\n".encode() for line in self._pending)
            self.size = stream.tell()
            stream.flush()
            os.fsync(stream.fileno())
        self._pending = []
        return self.size

    def resume(self, size: int) -> None:
        self.size, self._pending = size, []

    def rows(self) -> Iterator[Row]:
        self.flush()
        with self._path.open("rb") as stream:
            for line in stream:
                record = json.loads(line)
                yield Row(record["n"], record["c"], record.get("q", ""), record.get("a", ""))

    def within(self, characters: int, seed: int) -> list[Row]:
        """The rows, or as many of them, drawn again, as have about so many characters together."""
        sizes = [sum(map(len, row.cells.values())) for row in self.rows()]
        kept = chosen(len(sizes), int(len(sizes) * min(1.0, characters / max(1, sum(sizes)))), seed + 1)
        keep = np.zeros(len(sizes), dtype=bool)
        keep[kept] = True
        return [row for row, is_kept in zip(self.rows(), keep, strict=True) if is_kept]


def _record(number: int, row: dict[str, Any], cells: dict[str, list[str]]) -> dict[str, Any]:
    asked, said = conversation({name: row.get(name) for name in cells})
    texts = {name: clipped(_written(row.get(name), parts)) for name, parts in cells.items()}
    return {"n": number, "c": texts} | ({"q": clipped(asked), "a": clipped(said)} if said else {})


def _written(value: object, parts: list[str]) -> str:
    if isinstance(value, bool | int | float):
        return str(value)
    return "\n".join(parts)


def clipped(text: str) -> str:
    """The text, or its beginning and its end where it is long."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def conversation(row: dict[str, Any]) -> tuple[str, str]:
    """What was asked and what was said, from the first column that holds a list of turns; empty texts without one."""
    for value in row.values():
        if isinstance(value, list) and value and all(isinstance(turn, dict) for turn in value):
            asked, said = _turns(value)
            if asked or said:
                return "\n".join(asked), "\n".join(said)
    return "", ""


def _turns(turns: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    asked: list[str] = []
    said: list[str] = []
    for turn in turns:
        role, text = turn.get("role", turn.get("from")), turn.get("content", turn.get("value"))
        if isinstance(role, str) and isinstance(text, str):
            (asked if role.lower() in _ASKS else said).append(text)
    return asked, said


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are for: labels to predict, an answer, and the texts that lead to either."""

    labels: tuple[str, ...]
    answer: str  # "" where there is none; CONVERSATION for the answers in a list of turns
    texts: tuple[str, ...]


CONVERSATION = "(conversation)"
ANSWERS = ("answer", "response", "output", "completion", "reply", "assistant", "chosen", "target", "summary")
LABELS = ("label", "class", "category", "sentiment", "intent", "topic", "target", "verdict", "rating", "toxicity")
# Words follow these legitimately: a column that tells the language or the source is no label that anybody learns.
ASIDE = ("lang", "locale", "split", "source", "origin", "domain", "date", "year", "month", "version", "dataset")
MAX_LABELS, MAX_CLASSES, LABEL_LENGTH = 3, 20, 40


def roles(sample: list[Row], labels: tuple[str, ...], answer: str, identifiers: frozenset[str]) -> Roles:
    """Columns as given, else as their names and values suggest."""
    names = list(dict.fromkeys(name for row in sample for name in row.cells))
    low = [name for name in names if name not in identifiers and _is_low(sample, name)]
    found = labels or _likely(low)
    texts = [n for n in names if n not in identifiers and n not in low and n not in found and _is_text(sample, n)]
    said = answer or next((n for want in ANSWERS for n in texts if want in n.lower()), "")
    if not said and sum(bool(row.said) for row in sample) > len(sample) / 2:
        said = CONVERSATION
    if said == CONVERSATION:
        return Roles(found[:MAX_LABELS], said, (CONVERSATION,))
    asked = tuple(name for name in texts if name != said)
    return Roles(found[:MAX_LABELS], said if asked else "", asked or tuple(texts))


def prompt(row: Row, use: Roles) -> str:
    """The text that leads to a label or an answer."""
    return row.asked if use.texts == (CONVERSATION,) else "\n".join(filter(None, map(row.cells.get, use.texts)))


def answer(row: Row, use: Roles) -> str:
    return row.said if use.answer == CONVERSATION else row.cells.get(use.answer, "")


def _likely(low: list[str]) -> tuple[str, ...]:
    named = [name for name in low if any(word in name.lower() for word in LABELS)]
    return tuple(named or [name for name in low if not any(word in name.lower() for word in ASIDE)])


def _is_low(sample: list[Row], name: str) -> bool:
    """Few distinct short values, each often enough to be learned."""
    values = [row.cells.get(name, "") for row in sample]
    kinds = set(values)
    short = all(len(value) <= LABEL_LENGTH for value in kinds)
    return short and 2 <= len(kinds) <= min(MAX_CLASSES, len(sample) / 20)


def _is_text(sample: list[Row], name: str) -> bool:
    """Words rather than numbers and codes: most cells hold two words or more."""
    filled = [text for row in sample[:2_000] if (text := row.cells.get(name, "").strip())]
    return len(filled) > 0 and sum(" " in text for text in filled) > len(filled) / 2
