"""The trail as people read it: bounded to their teams, with names for numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.queries import names_of, people_in, team_ids_where
from apps.audit.models import AuditEntry
from apps.core.runs import run_models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class TrailLine:
    """One entry with the name of who acted."""

    entry: AuditEntry
    actor_name: str
    url: str = ""


MOST_PEOPLE = 200
_PAGES = {
    "catalog.dataset": "catalog:dataset-detail",
    "catalog.datasetversion": "catalog:version-detail",
    "registry.registeredmodel": "registry:model-detail",
    "registry.modelversion": "portal:version-detail",
    "serving.deployment": "serving:deployment-detail",
    "checklist.assessment": "checklist:assessment-detail",
    "checklist.evidencedocument": "checklist:library-detail",
    "incidents.incident": "incidents:incident-detail",
    "risks.risk": "risks:risk-detail",
}


def _page_of(entry: AuditEntry) -> str:
    """The address of what an entry is about; empty where it has no page."""
    if not entry.object_id.isdecimal():
        return ""
    if (kind := _runs().get(entry.object_type)) is not None:
        return reverse("portal:run-detail", args=[kind, entry.object_id])
    name = _PAGES.get(entry.object_type)
    return reverse(name, args=[entry.object_id]) if name else ""


@cache
def _runs() -> dict[str, str]:
    return {model._meta.label_lower: kind for kind, model in run_models().items()}


def trail_seen_by(user: "User | AnonymousUser") -> QuerySet[AuditEntry]:
    """Entries of the teams whose trail the person may read, and those about their own doings; newest first.

    Entries that belong to no team, such as sign-ins, are for superusers.
    """
    if not isinstance(user, User):
        return AuditEntry.objects.none()
    if user.is_superuser and user.has_access:
        return AuditEntry.objects.order_by("-sequence")
    seen = Q(team_id__in=team_ids_where(user, "trail.view")) | Q(actor=f"user:{user.pk}")
    return AuditEntry.objects.filter(seen).order_by("-sequence")


def trail_people(user: User) -> "QuerySet[User]":
    """The others in the teams whose trail the person may read, for a choice of whose doings to look at."""
    return people_in(team_ids_where(user, "trail.view")).exclude(pk=user.pk)[:MOST_PEOPLE]


def with_actor_names(entries: Iterable[AuditEntry]) -> list[TrailLine]:
    """The entries with names, in one query."""
    entries = list(entries)
    pks = {pk for entry in entries if (pk := _user_pk(entry.actor)) is not None}
    names = names_of(pks)
    return [TrailLine(entry, _name(entry.actor, names), _page_of(entry)) for entry in entries]


def _user_pk(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "user" and number.isdigit() else None


def _name(actor: str, names: dict[int, str]) -> str:
    pk = _user_pk(actor)
    if pk is not None:
        return names.get(pk, f"Person {pk}")
    return {"worker": "A worker", "system": "The platform"}.get(actor, actor)
