"""Findings inside the values of a row: hidden, or marked. A finding is told by column, path and characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Step = str | int


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of a text that are a finding; `path` leads to the text where it is nested in its cell."""

    column: str
    start: int
    end: int
    entity: str
    path: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A piece of a text; `entity` says what was found there, empty where nothing was."""

    text: str
    entity: str = ""


def pieces_of(text: str, spans: Sequence[Span]) -> list[Piece]:
    """The text in pieces, in order; findings that overlap become one piece of the kind that begins first."""
    found: list[Piece] = []
    place = 0
    for start, end, entity in _joined(spans, len(text)):
        if start > place:
            found.append(Piece(text[place:start]))
        found.append(Piece(text[start:end], entity))
        place = end
    return [*found, Piece(text[place:])] if place < len(text) else found


def _joined(spans: Sequence[Span], length: int) -> list[tuple[int, int, str]]:
    joined: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        start, end = max(span.start, 0), min(span.end, length)
        if joined and start < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), before[2])
        elif start < end:
            joined.append((start, end, span.entity))
    return joined


def label_of(entity: str) -> str:
    """`EMAIL_ADDRESS` as people read it: "e-mail address", "credit card"."""
    return entity.replace("_", " ").lower().replace("email", "e-mail")


def hidden_value(value: Any, spans: Sequence[Span]) -> Any:
    """The value with every finding replaced by its kind in brackets, however deep it is nested."""
    if not spans or value is None:
        return value
    if isinstance(value, list):
        return [hidden_value(item, _below(spans, place)) for place, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: hidden_value(item, _below(spans, name)) for name, item in value.items()}
    here = [span for span in spans if not span.path]
    if not here:
        return value
    if not isinstance(value, str):
        return f"[{label_of(here[0].entity)}]"  # a number counts as its digits: all of it is hidden
    return "".join(f"[{label_of(piece.entity)}]" if piece.entity else piece.text for piece in pieces_of(value, here))


def _below(spans: Sequence[Span], step: Step) -> list[Span]:
    """The findings below one key or position, their paths counted from there."""
    return [
        Span(span.column, span.start, span.end, span.entity, span.path[1:])
        for span in spans
        if span.path and str(span.path[0]) == str(step)
    ]


@dataclass(frozen=True)
class Line:
    """One line of a value as it is shown: how deep it is nested, what it is called there, and its text in pieces."""

    depth: int
    name: str
    pieces: tuple[Piece, ...]
    is_text: bool = True


def lines_of(value: Any, spans: Sequence[Span], *, is_hidden: bool, depth: int = 0, name: str = "") -> list[Line]:
    """A value as lines for a page: nested values one part a line, findings hidden by their kind or marked with it."""
    if isinstance(value, dict | list) and value:
        items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        head = [Line(depth, name, ())] if name else []
        for step, item in items:
            label = str(step) if isinstance(value, dict) else f"{int(step) + 1}."
            head += lines_of(item, _below(spans, step), is_hidden=is_hidden, depth=depth + bool(name), name=label)
        return head
    here = [span for span in spans if not span.path]
    text = value if isinstance(value, str) else _written(value)
    if here and not isinstance(value, str):
        here = [Span(here[0].column, 0, len(text), here[0].entity)]
    pieces = pieces_of(text, here)
    if is_hidden:
        pieces = [Piece(f"[{label_of(piece.entity)}]", piece.entity) if piece.entity else piece for piece in pieces]
    return [Line(depth, name, tuple(pieces), isinstance(value, str))]


def cut_lines(lines: Sequence[Line], most_characters: int, most_lines: int) -> tuple[list[Line], int]:
    """The first lines of a value as far as they fit, and how many characters were left out."""
    total = sum(len(piece.text) for line in lines for piece in line.pieces)
    room, kept = most_characters, []
    for line in lines[:most_lines]:
        pieces = []
        for piece in line.pieces:
            if room > 0:
                pieces.append(Piece(piece.text[:room], piece.entity))
            room -= len(piece.text)
        kept.append(Line(line.depth, line.name, tuple(pieces), line.is_text))
        if room <= 0:
            break
    return kept, total - sum(len(piece.text) for line in kept for piece in line.pieces)


def _written(value: Any) -> str:
    """A value as JSON writes it; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return "[]" if isinstance(value, list) else "{}"
    return str(value)
