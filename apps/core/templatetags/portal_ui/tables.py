"""Tables whose order, filter and page stand in the URL."""

from typing import Any

from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core import formatting, symbols
from apps.core.templatetags.portal_ui.library import register
from apps.core.templatetags.portal_ui.pieces import component
from apps.core.templatetags.portal_ui.values import icon


def _query(context: Context) -> QueryDict:
    query: QueryDict = context["request"].GET.copy()
    return query


def _address(query: QueryDict) -> str:
    return f"?{query.urlencode()}"


@register.simple_block_tag
def table(
    content: str, caption: str, *, stacked: bool = False, show_caption: bool = False, css: str = ""
) -> SafeString:
    """A table that scrolls inside its frame. `stacked`: on a phone each row becomes a list (cells carry data-label)."""
    classes = " ".join(filter(None, ["table", "table-stacked" if stacked else "", css]))
    return component("table", content=content, caption=caption, classes=classes, show_caption=show_caption)


@register.simple_tag(takes_context=True)
def sort_header(context: Context, name: str, label: str, *, number: bool = False, default: str = "") -> SafeString:
    """A column head whose link sorts by `name`, then by `-name`. `default` is the order when the URL names none."""
    query = _query(context)
    current = query.get("sort", default)
    query["sort"] = f"-{name}" if current == name else name
    query.pop("page", None)
    symbol, order = {name: ("ascending", "ascending"), f"-{name}": ("descending", "descending")}.get(
        current, ("sortable", "")
    )
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="{}">{}{}</a></th>',
        format_html(' aria-sort="{}"', order) if order else "",
        format_html(' class="{}"', "number") if number else "",
        _address(query),
        label,
        icon(symbol),
    )


@register.simple_tag(takes_context=True)
def csv_link(context: Context, label: str = "CSV") -> SafeString:
    """A link to this very table as a file: the same address with `format=csv` and without the page."""
    query = _query(context)
    query.pop("page", None)
    query["format"] = "csv"
    address = _address(query)
    return format_html('<a class="button button-small" href="{}" download>{}{}</a>', address, icon("download"), label)


@register.simple_tag(takes_context=True)
def pager(context: Context, page: Page[Any], noun: str = "rows", name: str = "page") -> SafeString:
    """Which rows are shown, out of how many, and links to the page before and after.

    `name` is what the address calls the page, where several tables of one page have pages of their own.
    """
    query = _query(context)
    links: dict[str, str] = {}
    for step, is_there, move in (("previous", page.has_previous(), -1), ("next", page.has_next(), 1)):
        if is_there:
            query[name] = str(page.number + move)
            links[step] = _address(query)
    return component("pager", words=_range_in_words(page, noun), **links)


def _range_in_words(page: Page[Any], noun: str) -> str:
    if not page.paginator.count:
        return f"No {noun}"
    count = formatting.number(page.paginator.count)
    if getattr(page.paginator, "is_bounded", False):
        count = f"more than {formatting.number(page.paginator.count - 1)}"
    first, last = formatting.number(page.start_index()), formatting.number(page.end_index())
    return f"{first}–{last} of {count} {noun}"


@register.simple_tag(takes_context=True)
def filters(context: Context, form: Any) -> SafeString:
    """A filter form that puts its choices into the URL; `form` is a Django form or a django-filter `filterset.form`."""
    sort = context["request"].GET.get("sort", "")
    return component("filters", form=form, sort=sort, is_filtered=form.is_bound and bool(form.changed_data))


@register.simple_tag
def matrix_cell(state: str, label: str, url: str = "", *, tone: str = "", starts_group: bool = False) -> SafeString:
    """One answer of the posture matrix: a `<td>` with an icon, whose words are read out and shown on hover.

    `state` chooses icon and tone: how an answer is known, a gate's colour, or any state that `state_badge` takes.
    """
    tone = tone or symbols.KNOWN_TONES.get(state) or symbols.tone_of(state)
    symbol = symbols.icon_of(state, tone)
    return component("matrix_cell", tone=tone, icon=symbol, label=label, url=url, starts_group=starts_group)
