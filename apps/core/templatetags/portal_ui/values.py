"""One value, shown: states, times, digests, numbers with units, icons."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core import formatting, symbols
from apps.core.templatetags.portal_ui.library import register

register.filter("number", formatting.number)
register.filter("percent", formatting.percent)
register.filter("file_size", formatting.file_size)
register.filter("duration", formatting.duration)
register.filter("energy", formatting.energy)
register.filter("exact_utc", formatting.exact_utc)
register.filter("digest_short", formatting.digest_short)
register.filter("sentence", formatting.sentence)
register.filter("tone", symbols.tone_of)


# An address of one of the portal's pages, as a sentence names it; those of the API are for tools.
_ADDRESS = re.compile(r"(?<![\w/.:&;])/(?!api/)(?:[a-z0-9_-]+/)+(?![\w/])")


@register.filter
def addresses(words: str) -> SafeString:
    """A sentence whose addresses of pages here, such as `/models/4/`, can be followed. Everything else is escaped."""
    return mark_safe(_ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(words)))  # noqa: S308 - escaped just here


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """The line icon `name` of static/img/icons.svg, 20 pixels. Hidden from screen readers unless it has a `label`.

    Raises KeyError for a name that the sprite does not have: a missing icon is a defect of the page.
    """
    drawing = mark_safe(symbols.icon_drawings()[name])  # noqa: S308 - our own file
    access = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg {} width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.5"'
        ' stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        access,
        drawing,
    )


@register.simple_tag
def badge(tone: str, text: str, icon_name: str = "") -> SafeString:
    """A pill of icon, word and colour. `tone`: good, warning, bad, unknown, info or neutral."""
    return format_html('<span class="badge badge-{}">{}{}</span>', tone, icon(icon_name or tone), text)


@register.simple_tag
def state_badge(state: Any, label: str = "") -> SafeString:
    """The badge of a stored state such as `succeeded`, `draft` or `red`; `label` replaces the word shown."""
    tone = symbols.tone_of(state)
    return badge(tone, label or formatting.sentence(str(state)), symbols.icon_of(state, tone))


@register.simple_tag
def known_badge(status: str, label: str = "") -> SafeString:
    """How an answer is known: measured, imported, declared, unknown, not_applicable, stale. Explained on hover."""
    key = str(status).replace("-", "_").replace(" ", "_")
    tone = symbols.KNOWN_TONES[key]
    meaning, words = symbols.KNOWN_MEANINGS[key], label or formatting.sentence(key)
    symbol = icon(symbols.icon_of(key, tone))
    return format_html('<span class="known known-{}" title="{}">{}{}</span>', tone, meaning, symbol, words)


@register.simple_tag
def ago(when: datetime | None) -> SafeString | str:
    """The time as a distance from now, with the exact UTC time on hover."""
    if when is None:
        return formatting.UNKNOWN
    return _time(when, formatting.ago(when, timezone.now()), formatting.exact_utc(when))


@register.simple_tag
def utc(when: datetime | None) -> SafeString | str:
    """The exact UTC time, for trails and reports."""
    return formatting.UNKNOWN if when is None else _time(when, formatting.exact_utc(when), "")


def _time(when: datetime, words: str, hover: str) -> SafeString:
    title = format_html(' title="{}"', hover) if hover else ""
    return format_html('<time datetime="{}"{}>{}</time>', when.isoformat(timespec="seconds"), title, words)


@register.simple_tag
def copy(text: str, label: str = "Copy") -> SafeString:
    """A button that copies `text`."""
    return format_html(
        '<button type="button" class="copy" data-copy="{}" aria-label="{}" title="{}">{}</button>',
        text,
        label,
        label,
        _copy_icons(),
    )


def _copy_icons() -> SafeString:
    todo, done = icon("copy"), icon("check")
    return format_html('<span class="todo">{}</span><span class="done">{}</span>', todo, done)


@register.simple_tag
def digest(value: str | None, length: int = 12) -> SafeString | str:
    """A digest, shortened, whole on hover, with a copy button."""
    if not value:
        return formatting.UNKNOWN
    short = formatting.digest_short(value, length)
    button = copy(value, f"Copy digest {short}")
    return format_html('<span class="digest"><code title="{}">{}</code>{}</span>', value, short, button)


@register.simple_tag
def quantity(value: float | None, unit: str, digits: int | None = None) -> SafeString | str:
    """A number and its unit, which stay together on one line."""
    if value is None:
        return formatting.UNKNOWN
    words = formatting.number(value, digits)
    return format_html('<span class="nowrap">{}<span class="unit"> {}</span></span>', words, unit)


@register.simple_tag
def progress(share: float | None, label: str = "Progress", tone: str = "") -> SafeString:
    """A bar for a share between 0 and 1, with the per cent beside it."""
    percent = round(min(max(share or 0.0, 0.0), 1.0) * 100)
    return format_html(
        '<span class="progress"><progress class="{}" max="100" value="{}" aria-label="{}"></progress>'
        "<span>{} %</span></span>",
        tone,
        percent,
        label,
        percent,
    )
