"""What could go wrong and what went wrong with a system, shown on a page of the registry, which knows of neither."""

from typing import Any

from django import template
from django.template.context import Context

from apps.accounts.queries import person
from apps.portal.queries import standing_of_system
from apps.registry.models import AISystem, SystemVersion

register = template.Library()


@register.inclusion_tag("portal/_standing.html", takes_context=True)
def standing(context: Context, system: AISystem, at_work: list[SystemVersion]) -> dict[str, Any]:
    """Risks and incidents of a system and of the versions at work in it, as far as who reads the page sees them."""
    found = standing_of_system(person(context["request"]), system, [part.version_id for part in at_work])
    return {"system": system, "standing": found}
