"""What a comparison of rows is told by, and how two texts differ word by word."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KINDS = {CHANGED: "Changed", ADDED: "Added", REMOVED: "Removed"}
KEY_NAMES = ("id", "key", "uuid")
MOST_WORDS = 1_500  # of one text; beyond that the words are not matched one by one, only ends that are alike
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """A piece of text; `is_other` where the other side does not have it."""

    text: str
    is_other: bool


def key_candidates(
    chosen: Sequence[str], before: Sequence[Mapping[str, str]], after: Sequence[Mapping[str, str]]
) -> list[list[str]]:
    """Columns that may name a row, best first: those that were chosen, else one called id, key or uuid."""
    both = [column["name"] for column in before if column["name"] in {other["name"] for other in after}]
    if chosen:
        return [list(chosen)] if set(chosen) <= set(both) else []
    return [[name] for wanted in KEY_NAMES for name in both if name.lower() == wanted]


def words_apart(before: str, after: str) -> tuple[list[Part], list[Part]]:
    """The two texts in pieces, those marked that only one side has (Ratcliff and Obershelp's matching, over words)."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _ends_apart(before, after)
    left: list[Part] = []
    right: list[Part] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        _add(left, "".join(old[a:b]), tag != "equal")
        _add(right, "".join(new[c:d]), tag != "equal")
    return left, right


def shortened(parts: Sequence[Part]) -> list[Part]:
    """The same pieces with the middle of long ones left out, earlier where both sides are the same."""
    return [Part(_cut(part.text, 4_000 if part.is_other else 600), part.is_other) for part in parts]


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]} … [{len(text) - most} characters] … {text[-half:]}"


def _ends_apart(before: str, after: str) -> tuple[list[Part], list[Part]]:
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    rest = shorter - start
    end = next((place for place in range(rest) if before[-1 - place] != after[-1 - place]), rest)
    sides = []
    for text in (before, after):
        parts: list[Part] = []
        stop = len(text) - end
        for piece, is_other in ((text[:start], False), (text[start:stop], True), (text[stop:], False)):
            _add(parts, piece, is_other)
        sides.append(parts)
    return sides[0], sides[1]


def _add(parts: list[Part], text: str, is_other: bool) -> None:
    if text:
        parts.append(Part(text, is_other))
