"""Tags of the pages of data."""

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.figures import VersionFigures, figures_of
from apps.catalog.rules import unseen as unseen_characters

register = template.Library()


@register.simple_tag(takes_context=True)
def version_figures(context: Context, version: DatasetVersion) -> VersionFigures | None:
    """The figures of a version as the person who asks may see them."""
    return figures_of(context["request"].user, version)


@register.filter
def unseen(text: object) -> SafeString:
    """A value out of a row in which characters that nobody sees, or that turn the text around, are named instead."""
    pieces = ((_marked(name) if name else piece,) for piece, name in unseen_characters.parts(str(text)))
    return format_html_join("", "{}", pieces)


def _marked(name: str) -> SafeString:
    return format_html('<span class="unseen" title="{}">{}</span>', name, name.split(" ", 1)[0])
