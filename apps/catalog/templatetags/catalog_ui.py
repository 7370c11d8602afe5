"""Tags of the pages of data."""

from django import template
from django.template import Context

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.figures import VersionFigures, figures_of

register = template.Library()


@register.simple_tag(takes_context=True)
def version_figures(context: Context, version: DatasetVersion) -> VersionFigures | None:
    """The figures of a version as the person who asks may see them."""
    return figures_of(context["request"].user, version)
