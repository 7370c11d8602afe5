"""Blocks of a document on paper."""

import re
from base64 import b64encode
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core import formatting
from apps.reports.rendering.data import KINDS
from apps.reports.rendering.pictures import drawing_words
from apps.reports.rules.documents.content import FILLED, MISSING, NOT_APPLICABLE, PARTLY, STATES, Block, Picture, Table

register = template.Library()
TONES = {FILLED: "good", PARTLY: "warning", MISSING: "bad", NOT_APPLICABLE: "neutral"}
WIDE = 6  # columns from which a table is set smaller
MOST_VALUES = 24  # rows of values printed below a picture
LOOKED_AT = 200  # rows, for the widths of columns
PADDING, LONGEST_WORD, LONGEST_TEXT = 4, 20, 160  # characters; what is longer is broken
TWO_LINES = 33  # characters of a digest beside each other
OUTSIDE = "▲ "
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@register.simple_tag
def state_of(state: str) -> SafeString:
    """A point's state as sign, word and colour."""
    return format_html('<span class="badge badge-{}">{}</span>', TONES[state], STATES[state])


@register.filter
def minute_of(moment: str) -> str:
    """`2026-11-22 05:43 UTC`, or the text itself where it is no time."""
    try:
        return formatting.exact_utc(datetime.fromisoformat(moment))[:16] + " UTC"
    except ValueError:
        return moment


@register.filter
def value_of(text: str) -> SafeString:
    """A value with its line ends, digests in the face that tells their characters apart."""
    escaped = str(conditional_escape(text)).replace("\n", "<br>")
    return mark_safe(DIGEST.sub(r'<span class="digest-full">\g<0></span>', escaped))  # noqa: S308 - escaped above


@register.inclusion_tag("pdf/document/_block.html")
def block_of(block: Block) -> dict[str, Any]:
    """One block of a point."""
    context: dict[str, Any] = {"block": block, "kind": KINDS[type(block).__name__]}
    if isinstance(block, Picture):
        words = drawing_words(block.svg)
        address = b64encode(block.svg.encode()).decode()
        context |= {"address": f"data:image/svg+xml;base64,{address}", "alt": f"{block.title}. {words}".strip()}
        return context | _table(block.values, MOST_VALUES)
    return context | (_table(block, len(block.rows)) if isinstance(block, Table) else {})


def widths(table: Table) -> list[str]:
    """How much of the page's width each column takes, in per cent: enough for its longest word, and more for long
    texts, but by less than their length, so that short texts beside long ones stay readable."""
    shares = []
    for place, head in enumerate(table.columns):
        texts = [head, *(row[place] for row in table.rows[:LOOKED_AT])]
        words = [word for text in texts for word in text.split()]
        if place in table.numeric:  # figures are not broken, their heads are
            words = [*head.split(), *texts[1:]]
        longest = max((len(word) for word in words), default=1)
        length = sorted(len(text) for text in texts)[len(texts) * 9 // 10]
        most = TWO_LINES if DIGEST.fullmatch(texts[-1]) else LONGEST_WORD
        shares.append(max(min(longest, most) + PADDING, 3 + min(length, LONGEST_TEXT) ** 0.75))
    return [f"{100 * share / sum(shares):.2f}%" for share in shares]


def _class(text: str, *, is_number: bool) -> str:
    """How a cell is set; what lies outside of its thresholds is marked, by the sign first."""
    return " ".join(("number",) * is_number + ("alert",) * text.startswith(OUTSIDE))


def _table(table: Table, most: int) -> dict[str, Any]:
    rows = [
        [
            {"text": value_of(text), "class": _class(text, is_number=place in table.numeric)}
            for place, text in enumerate(row)
        ]
        for row in table.rows[:most]
    ]
    columns = [
        {"title": title, "is_numeric": place in table.numeric, "width": width}
        for place, (title, width) in enumerate(zip(table.columns, widths(table), strict=True))
    ]
    return {
        "table": table if table.rows else None,
        "columns": columns,
        "rows": rows,
        "is_wide": len(table.columns) >= WIDE,
        "left_out": max(0, len(table.rows) - most),
    }
