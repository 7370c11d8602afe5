"""Values of a snapshot as words on paper. A snapshot is plain JSON: times are texts, people are objects."""

from base64 import b64encode
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import formatting
from apps.core.charts import Chart

register = template.Library()
ABBREVIATIONS = {
    word.lower(): word
    for word in ("AI", "CPU", "GPU", "GiB", "IBAN", "ID", "IP", "ITIN", "MAC", "NHS", "NINO", "SSN", "UK", "URL", "US")
}


@register.filter
def when(moment: str | None) -> str:
    """`2026-11-22 05:43:41 UTC`."""
    return formatting.exact_utc(datetime.fromisoformat(moment) if moment else None)


@register.filter
def minute(moment: str | None) -> str:
    """`2026-11-22 05:43 UTC`, where the second does not matter."""
    return when(moment)[:16] + " UTC" if moment else formatting.UNKNOWN


@register.filter
def moment_cell(moment: str) -> str:
    """`2026-11-22 05:43:41`, in a column whose head says UTC."""
    return when(moment).removesuffix(" UTC")


@register.filter
def label(word: str) -> str:
    """A stored word as a label, abbreviations as they are written: `EMAIL_ADDRESS` is `Email address`."""
    first, *rest = formatting.sentence(str(word).lower()).split(" ")
    return " ".join(ABBREVIATIONS.get(part.lower(), part) for part in (first, *rest))


@register.filter
def name(person: dict[str, Any] | None) -> str:
    """A person's display name; a dash for nobody."""
    return str(person["name"]) if person else formatting.UNKNOWN


@register.filter
def words(value: Any) -> str:
    """Any JSON value in words: lists joined, objects as `name: value`, yes and no."""
    if value is None or value in ("", [], {}):
        return formatting.UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return formatting.number(value)
    if isinstance(value, list):
        return "; ".join(words(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{label(key)}: {words(item)}" for key, item in value.items())
    return str(value)


@register.filter
def sign(value: float | None) -> str:
    """A difference with its sign: `+0.123`, `−0.123`."""
    text = formatting.number(value)
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def figure(chart: Chart) -> SafeString:
    """The drawing as an image with a text in its place, as PDF/UA asks for."""
    data = b64encode(chart.svg.encode()).decode()
    return format_html(
        '<figure class="drawing drawing-{}"><img src="data:image/svg+xml;base64,{}" alt="{}"></figure>',
        chart.kind,
        data,
        f"{chart.title}. {chart.description}",
    )
