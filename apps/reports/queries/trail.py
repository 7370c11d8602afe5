"""The part of the audit trail that speaks of a pack's objects, with what is needed to recompute and to place it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from apps.accounts.models import Team, User
from apps.accounts.queries import members_of
from apps.accounts.rules import ROLES
from apps.audit.queries import as_fields, chain_verify, entries_about
from apps.audit.queries.checkpoints import newest_checkpoint, public_key_texts, statement_of
from apps.reports.queries.words import name_of

HOW = (
    "Each entry's digest is SHA-256 over the canonical JSON (RFC 8785) of all its other fields, the digest of the entry"
    " before it among them; the first entry follows 64 zeros. This extract leaves out entries about other objects, so"
    " only neighbours can be joined here; that the whole chain holds was checked on the portal when the pack was made"
    " (`whole_chain`), and the portal shows the same digests under the same numbers."
)


def trail_facts(objects: Mapping[type[models.Model], Iterable[int]], team_id: int) -> dict[str, Any]:
    """Every entry of the team about these objects, oldest first; the chain's end; the people behind the numbers."""
    about = entries_about(_subjects(objects)).filter(Q(team_id=team_id) | Q(team_id=None))
    entries = [as_fields(entry) for entry in about]
    verdict = chain_verify()
    return {
        "how": HOW,
        "entries": entries,
        "head": {"sequence": verdict.last, "digest": verdict.head},
        "whole_chain": {"is_intact": verdict.is_intact, "entries": verdict.rows, "problem": verdict.problem},
        "checkpoint": _checkpoint(),
        "public_keys": public_key_texts(),
        "people": people({entry["actor"] for entry in entries}, team_id),
    }


def _checkpoint() -> dict[str, Any] | None:
    """The newest signed checkpoint of the trail, which anybody can hold against the public key that it names."""
    newest = newest_checkpoint()
    return statement_of(newest).as_json() if newest is not None else None


def _subjects(objects: Mapping[type[models.Model], Iterable[int]]) -> list[tuple[str, list[int]]]:
    return [(model._meta.label_lower, sorted(set(pks))) for model, pks in objects.items()]


def people(actors: Iterable[str], team_id: int) -> dict[str, dict[str, Any]]:
    """Display name and present roles in the team by actor (`user:12`); no address."""
    numbers = {int(actor.partition(":")[2]) for actor in actors if actor.startswith("user:")}
    found = User.objects.filter(pk__in=numbers).order_by("pk")
    held = {one.person.pk: one.roles for one in members_of(Team(pk=team_id))}
    return {f"user:{user.pk}": {"name": name_of(user), "roles": _roles(user, held.get(user.pk, []))} for user in found}


def _roles(user: User, held: list[str]) -> list[str]:
    if not user.has_access:
        return []
    roles = {*held, *(["administrator"] if user.is_superuser else [])}
    return [label for role, label in ROLES.items() if role in roles]
