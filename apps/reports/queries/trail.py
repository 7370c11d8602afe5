"""The part of the audit trail that speaks of a pack's objects, with what is needed to recompute and to place it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from apps.accounts.models import Team, User
from apps.accounts.queries import members_of
from apps.accounts.rules import ROLES
from apps.audit.models import AuditEntry
from apps.audit.queries import as_fields, entries_about
from apps.audit.queries.checkpoints import Held, newest_checkpoint, public_key_texts, statement_of
from apps.audit.queries.examining import Examined, examine_news
from apps.audit.queries.proofs import proof_of
from apps.audit.rules import has_its_digest
from apps.reports.queries.words import name_of

HOW = (
    "Each entry's digest is SHA-256 over the canonical JSON (RFC 8785) of all its other fields, the digest of the entry"
    " before it among them; the first entry follows 64 zeros. This extract leaves out entries about other objects, so"
    " only neighbours can be joined here. `whole_chain` says which entries the portal read when this was taken, from"
    " the newest signed checkpoint to the end of the chain, and when all of it was last verified; `checkpoint` is the"
    " signed word about what lay before. The portal shows the same digests under the same numbers."
)
VERIFIED = "trail.check_finish"  # what a verification of the whole trail leaves in it


def trail_facts(objects: Mapping[type[models.Model], Iterable[int]], team_id: int, held: Held) -> dict[str, Any]:
    """Every entry of the team about these objects, oldest first; the chain's end; the people behind the numbers.
    `held` are the newest checkpoints as they stood before the record was read. Of the chain itself only the rows since
    then are read, so that it takes no longer in a long trail than in a short one.
    """
    about = entries_about(_subjects(objects)).filter(Q(team_id=team_id) | Q(team_id=None))
    entries = [as_fields(entry) for entry in about]
    found = examine_news(held)
    return {
        "how": HOW,
        "entries": entries,
        "head": {"sequence": found.verdict.last, "digest": found.verdict.head},
        "whole_chain": _chain(found, entries),
        **checkpoint_told(),
        "people": people({entry["actor"] for entry in entries}, team_id),
    }


def _chain(found: Examined, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """What is known of the whole chain: what was read now and found, and the last verification of all of it."""
    verdict, (verified, altered_word) = found.verdict, _verified()
    where = f"entry {verdict.broken_at}: " if verdict.broken_at else ""
    problems = [f"{where}{verdict.problem}"] if verdict.problem else []
    problems += [fault.rstrip(".") for fault in found.faults]
    altered = [entry["sequence"] for entry in entries if not has_its_digest(entry)]
    problems += [f"entry {number}: its content no longer has its digest" for number in altered]
    problems += altered_word
    if verified is not None and not verified["is_intact"]:
        problems.append(f"the verification of the whole trail on {verified['at'][:10]} found that it was changed")
    return {
        "is_intact": not problems,
        "entries": verdict.last,
        "problem": "; ".join(dict.fromkeys(problems)),
        "read": {"first": verdict.first, "last": verdict.last},
        "signed_to": found.signed_to,
        "verified": verified,
    }


def _verified() -> tuple[dict[str, Any] | None, list[str]]:
    """The last verification of the whole trail, as its own entry in the trail tells it, None where there was none; and
    what is wrong with that entry, which is then not believed.
    """
    entry = AuditEntry.objects.filter(action=VERIFIED).order_by("-sequence").first()
    if entry is None:
        return None, []
    if proof_of(entry).problem:
        return None, [f"entry {entry.sequence}, which tells of a verification, is not the one that was recorded"]
    told = {"entry": entry.sequence, "at": as_fields(entry)["at"]}
    return told | {name: entry.data[name] for name in ("is_intact", "rows", "head")}, []


def checkpoint_told() -> dict[str, Any]:
    """The newest signed checkpoint of the trail, and the public keys that anybody can hold it against."""
    newest = newest_checkpoint()
    statement = statement_of(newest).as_json() if newest is not None else None
    return {"checkpoint": statement, "public_keys": public_key_texts()}


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
