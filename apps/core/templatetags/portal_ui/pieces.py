"""Pieces that hold other things: `{% card "Title" %}…{% endcard %}`. Their markup is in templates/components/."""

from typing import Any

from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from apps.core import formatting, symbols
from apps.core.charts import Chart
from apps.core.templatetags.portal_ui.library import register


def component(name: str, **values: Any) -> SafeString:
    """The markup of templates/components/<name>.html with exactly these values."""
    return render_to_string(f"components/{name}.html", values)


def _trimmed(content: str) -> SafeString:
    # Trimming makes a plain string of what the template has already escaped.
    return mark_safe(content.strip())  # noqa: S308


@register.simple_block_tag
def page_header(
    content: str, title: str, *, subtitle: str = "", action_url: str = "", action_label: str = ""
) -> SafeString:
    """The page's `<h1>`; the content between the tags are its badges and facts; at most one primary action."""
    return component(
        "page_header",
        content=_trimmed(content),
        title=title,
        subtitle=subtitle,
        action_url=action_url,
        action_label=action_label,
    )


@register.simple_block_tag
def card(
    content: str, title: str = "", *, link: str = "", link_label: str = "", flush: bool = False, id: str = ""
) -> SafeString:
    """A framed part of a page. `flush`: for a table that reaches the frame."""
    return component("card", content=content, title=title, link=link, link_label=link_label, flush=flush, id=id)


@register.simple_block_tag
def section(content: str, title: str, *, link: str = "", link_label: str = "", id: str = "") -> SafeString:
    """An unframed part of a page with its heading."""
    return component("section", content=content, title=title, link=link, link_label=link_label, id=id)


@register.simple_block_tag
def callout(content: str, tone: str = "info", title: str = "", *, icon: str = "") -> SafeString:
    """A remark that stands out: tone good, warning, bad, unknown, info or neutral."""
    return component("callout", content=content, tone=tone, title=title, icon=icon or tone)


@register.simple_block_tag
def empty(
    content: str, title: str, *, icon: str = "folder", action_url: str = "", action_label: str = ""
) -> SafeString:
    """What stands where nothing is yet: what belongs here (the content), and the next action."""
    return component("empty", content=content, title=title, icon=icon, action_url=action_url, action_label=action_label)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One line of a `<dl class="facts">`."""
    return component("fact", content=content, label=label)


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    """The row of links between the parts of one thing; hold `{% tab %}`."""
    return component("tabs", content=content, label=label)


@register.simple_tag
def tab(label: str, url: str, is_current: bool = False, *, count: int | None = None, tone: str = "") -> SafeString:
    """One link of `{% tabs %}`; `count` with a `tone` of bad or warning draws the eye."""
    return component("tab", label=label, url=url, is_current=is_current, count=count, tone=tone)


@register.simple_tag
def tile(label: str, value: Any, *, url: str = "", unit: str = "", note: str = "", tone: str = "") -> SafeString:
    """One figure of a `<ul class="tiles">`. Numbers are formatted; a tone adds its icon."""
    is_number = isinstance(value, int | float) or value is None
    words = formatting.number(value) if is_number else value
    return component("tile", label=label, value=words, url=url, unit=unit, note=note, tone=tone)


@register.simple_block_tag
def timeline_event(content: str, title: str, *, when: Any = None, who: str = "", state: str = "neutral") -> SafeString:
    """One entry of an `<ol class="timeline">`; `state` chooses tone and icon."""
    tone = symbols.tone_of(state)
    values = {"title": title, "when": when, "who": who, "tone": tone, "icon": symbols.icon_of(state, tone)}
    return component("timeline_event", content=_trimmed(content), **values)


@register.simple_block_tag
def code_block(content: str, id: str) -> SafeString:
    """Text to be copied as it stands; `id` must be unique on the page."""
    return component("code_block", content=_trimmed(content), id=id)


@register.simple_tag
def log_tail(text: str, label: str = "Log") -> SafeString:
    """The end of a run's log, in a box that is read from its end."""
    return component("log_tail", text=text, label=label)


@register.simple_tag
def run_progress(run: Any, poll_url: str = "") -> SafeString:
    """State, bar, message and times of a run. While it is open, htmx asks `poll_url` every 2 seconds."""
    tone = symbols.tone_of(run.state)
    return component("run_progress", run=run, poll_url=poll_url, tone=tone if tone != "info" else "")


@register.simple_tag
def chart(chart: Chart) -> SafeString:
    """A drawing from apps.core.charts with the table of its values behind it."""
    return component("chart", chart=chart)


@register.simple_tag(takes_context=True)
def confirm(
    context: Context,
    url: str,
    label: str,
    *,
    consequence: str = "",
    tone: str = "primary",
    reason: str = "required",
    reason_label: str = "Reason",
) -> SafeString:
    """A binding action that asks for its reason first: posts `reason` to `url`. `tone` primary or bad.

    `reason`: "required", "optional" or "none".
    """
    values = {"url": url, "label": label, "consequence": consequence, "tone": tone, "reason": reason}
    return component("confirm", **values, reason_label=reason_label, csrf_token=context.get("csrf_token"))
