"""Values without what a scan found in them: each finding becomes its kind, or its kind with a pseudonym."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.catalog.rules.masking import Span, pieces_of

PSEUDONYM_DIGITS = 12  # hexadecimal: two values out of a million share one with a chance of one in five hundred
Naming = Callable[[str, str], str]


def placeholder(entity: str, value: str) -> str:
    """``<EMAIL_ADDRESS>``: the same for every value of a kind, so that nothing can be joined by it."""
    return f"<{entity}>"


def pseudonyms(key: bytes) -> Naming:
    """``<EMAIL_ADDRESS:3f9a1c0b7d2e>``: equal values stay equal, and only who has the key can tell which they were.

    HMAC-SHA-256 (RFC 2104) over kind and value. This is pseudonymous, not anonymous: Article 4(5) GDPR.
    """

    def name(entity: str, value: str) -> str:
        digest = hmac.new(key, f"{entity}\x00{value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        return f"<{entity}:{digest[:PSEUDONYM_DIGITS]}>"

    return name


def redacted_row(row: Mapping[str, Any], spans: Sequence[Span], name: Naming) -> dict[str, Any]:
    """The values of the row that change, by column."""
    changed = {}
    for column in dict.fromkeys(span.column for span in spans):
        if column in row:
            value = redacted_value(row[column], [span for span in spans if span.column == column], name)
            if value != row[column]:
                changed[column] = value
    return changed


def redacted_value(value: Any, spans: Sequence[Span], name: Naming) -> Any:
    """The value with every finding in it named; a number that is one becomes the name alone."""
    if not spans or value is None:
        return value
    if isinstance(value, list):
        return [redacted_value(item, _below(spans, place), name) for place, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: redacted_value(item, _below(spans, key), name) for key, item in value.items()}
    here = [span for span in spans if not span.path]
    if not here:
        return value
    if not isinstance(value, str):
        return name(here[0].entity, str(value))
    return "".join(name(piece.entity, piece.text) if piece.entity else piece.text for piece in pieces_of(value, here))


def _below(spans: Sequence[Span], step: str | int) -> list[Span]:
    return [
        Span(span.column, span.start, span.end, span.entity, span.path[1:])
        for span in spans
        if span.path and str(span.path[0]) == str(step)
    ]
