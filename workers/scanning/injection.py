"""Text that tries to take over the model that reads it, also where it is hidden.

Our own weighted patterns (data/injection-1.json) are held against the text as it is, and against what is hidden in it:
HTML comments and unseen elements, text in Base64, letters kept apart by invisible characters, and Unicode tags.
"""

import base64
import binascii
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "injection-1.json"
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,}={0,2}")
_COMMENT = re.compile(r"<!--(.{1,4000}?)-->|\[//\]:\s*#\s*\(([^)\n]{1,2000})\)", re.S)
_UNSEEN = re.compile(
    r"<(\w+)[^>]{0,300}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?!\.)|\bhidden\b)"
    r"[^>]{0,300}>(.{1,4000}?)</\1",
    re.S | re.I,
)
_ATTRIBUTE = re.compile(r"\b(?:alt|title|aria-label)\s*=\s*[\"']([^\"']{12,1000})[\"']", re.I)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
_TAGS = re.compile(r"[\U000e0020-\U000e007e]{4,}")
_SPACE = re.compile(r"[ \t\u00a0]+")


@dataclass(frozen=True)
class Pattern:
    id: str
    family: str
    language: str
    weight: float
    regex: re.Pattern[str]


@dataclass(frozen=True)
class Rules:
    """The data file, ready to use."""

    version: int
    threshold: float
    hidden_bonus: float
    anchors: tuple[str, ...]  # one of them stands, in small letters, in every text that a pattern fits
    plain_anchors: tuple[str, ...]  # those of ASCII
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Hit:
    """One text that counts: the sum of weights, the patterns, and where it stood: ``text`` or how it was hidden."""

    score: float
    patterns: tuple[str, ...]
    hidden: str
    start: int
    end: int


@lru_cache(1)
def rules() -> Rules:
    data = json.loads(DATA.read_text("utf-8"))
    patterns = tuple(
        Pattern(p["id"], p["family"], p["language"], p["weight"], re.compile(p["regex"], re.I | re.M))
        for p in data["patterns"]
    )
    anchors = tuple(data["anchors"])
    plain = tuple(filter(str.isascii, anchors))
    return Rules(data["version"], data["threshold"], data["hidden_bonus"], anchors, plain, patterns)


def find(text: str) -> Hit | None:
    """The heaviest reading of the text that reaches the threshold, or None. Spans are of the text as given."""
    found = None
    for hidden, reading, place in _readings(text):
        hit = _judged(reading, hidden, place)
        if hit and (found is None or hit.score > found.score):
            found = hit
    return found


def _readings(text: str) -> Iterator[tuple[str, str, tuple[int, int] | None]]:
    """The text as it is, and what is hidden in it, with the place of the latter."""
    yield "", text, None
    if "<" in text or "[//]" in text:
        yield from _in_markup(text)
    if not text.isascii():
        yield from _in_invisible(text)
    for match in _BASE64.finditer(text):
        if decoded := _decoded(match.group()):
            yield "base64", decoded, match.span()


def _in_markup(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    for match in _COMMENT.finditer(text):
        yield "comment", html.unescape(match.group(1) or match.group(2)), match.span()
    for match in _UNSEEN.finditer(text):
        yield "unseen element", html.unescape(match.group(2)), match.span()
    for match in _ATTRIBUTE.finditer(text):
        yield "attribute", html.unescape(match.group(1)), match.span()


def _in_invisible(text: str) -> Iterator[tuple[str, str, tuple[int, int] | None]]:
    for match in _TAGS.finditer(text):
        yield "Unicode tags", "".join(chr(ord(mark) - 0xE0000) for mark in match.group()), match.span()
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    if plain != text and len(_INVISIBLE.findall(text)) > 1:
        yield "invisible characters", plain, (0, len(text))
    elif plain != text:
        yield "", plain, (0, len(text))


def _decoded(run: str) -> str:
    """Base64 of readable text; an empty text for anything else."""
    try:
        raw = base64.b64decode(run.rstrip("=") + "=" * (-len(run.rstrip("=")) % 4), altchars=_altchars(run))
        text = raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return text if sum(mark.isprintable() or mark.isspace() for mark in text) > 0.95 * len(text) else ""


def _altchars(run: str) -> bytes:
    return b"-_" if "-" in run or "_" in run else b"+/"


def _judged(text: str, hidden: str, place: tuple[int, int] | None) -> Hit | None:
    known = rules()
    anchors = known.plain_anchors if text.isascii() else known.anchors
    if not any(map(text.lower().__contains__, anchors)):
        return None
    folded = _SPACE.sub(" ", text) if "  " in text or "\t" in text or "\u00a0" in text else text
    heaviest: dict[str, tuple[float, str]] = {}
    spans = []
    for pattern in known.patterns:
        if match := pattern.regex.search(folded):
            if pattern.weight > heaviest.get(pattern.family, (0.0, ""))[0]:
                heaviest[pattern.family] = (pattern.weight, pattern.id)
            spans.append(match.span())
    if not spans:
        return None
    score = sum(weight for weight, _ in heaviest.values()) + (known.hidden_bonus if hidden else 0.0)
    if score < known.threshold:
        return None
    start, end = place or _placed(text, folded, spans)
    return Hit(round(score, 2), tuple(sorted(name for _, name in heaviest.values())), hidden, start, end)


def _placed(text: str, folded: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    start, end = min(a for a, _ in spans), max(b for _, b in spans)
    return (start, end) if folded == text else (0, len(text))
