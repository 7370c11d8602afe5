"""Reading AI systems, which versions work in them, and which did at some time."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.registry.models import AISystem, ModelVersion, SystemVersion
from apps.registry.queries.models import MISSING

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def systems_seen_by(user: "User | AnonymousUser") -> QuerySet[AISystem]:
    """Systems of the person's teams."""
    rows = AISystem.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "owner", "created_by")


def systems_listed_for(user: "User | AnonymousUser") -> QuerySet[AISystem]:
    """The list of systems, each with how many versions work in it now."""
    at_work = Count("parts", filter=Q(parts__until=None))
    return systems_seen_by(user).annotate(at_work=at_work).order_by("name", "pk")


def system_seen(user: "User | AnonymousUser", pk: int) -> AISystem:
    """One system. Raises NotFound when it is not there or not to be seen."""
    found = systems_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def parts_of(system: AISystem, at: datetime | None = None) -> QuerySet[SystemVersion]:
    """Versions that work or have worked in a system, newest first; with `at`, those that worked in it at that time."""
    rows = system.parts.select_related("version__model", "added_by").order_by("-since", "-pk")
    if at is not None:
        rows = rows.filter(since__lte=at).filter(Q(until=None) | Q(until__gt=at))
    return rows


def part_seen(user: "User | AnonymousUser", system: AISystem, pk: int) -> SystemVersion:
    """One spell of a version in a system that the person sees. Raises NotFound."""
    found = parts_of(system).filter(pk=pk, system__team_id__in=team_ids_seen_by(user)).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def systems_of(user: "User | AnonymousUser", version: ModelVersion) -> list[SystemVersion]:
    """The systems that a version works in now, of those that the person sees."""
    rows = SystemVersion.objects.filter(version=version, until=None, system__team_id__in=team_ids_seen_by(user))
    return list(rows.select_related("system"))
