"""What is on record about a version: said by people, read from its files, sealed once the files are all there."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid
from apps.incidents.services import require_free
from apps.registry.models import ModelVersion
from apps.registry.rules import RELATIONS, RETIRED
from apps.registry.rules.facts import FIELDS, LONG_FIELDS, from_facts


@transaction.atomic
def version_describe(*, by: User, version: ModelVersion, reason: str, **facts: Any) -> ModelVersion:
    """Put right or fill in what is on record about a version. `facts` are of `rules.facts.FIELDS`; others stay.

    Answers of a checklist that rest on what changes turn stale by themselves. Raises Invalid without a reason or for an
    unknown relation, Conflict for a retired version.
    """
    require(by, "version.describe", version.team_id, shared=version.model)
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    if unknown := sorted(set(facts) - FIELDS):
        raise Invalid(f"There is no such fact: {', '.join(unknown)}.", code="version.facts")
    if facts.get("relation") and facts["relation"] not in RELATIONS:
        raise Invalid(f"A relation to a base model is one of {', '.join(RELATIONS)}.", code="version.relation")
    version = ModelVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=version.pk)
    if version.stage == RETIRED:
        raise Conflict(f"{version} is retired; what is on record of it stays as it is.", code="version.retired")
    require_free(version)
    changed = {name: value for name, value in facts.items() if getattr(version, name) != value}
    told = {name: _told(name, getattr(version, name), value) for name, value in changed.items()}
    for name, value in changed.items():
        setattr(version, name, value)
    version.updated_at = timezone.now()
    version.save(update_fields=[*changed, "updated_at"])
    record(action="version.describe", obj=version, by=by, reason=reason.strip(), data={"changed": told})
    return version


def _told(name: str, before: Any, after: Any) -> dict[str, Any]:
    """A change as the trail tells it; of long texts their digests."""
    if name in LONG_FIELDS:
        return {"before": digest_of(before), "after": digest_of(after)}
    return {"before": before, "after": after}


def facts_apply(version: ModelVersion, facts: Mapping[str, Any]) -> list[str]:
    """Fill in from what was read out of the files, where nobody has said otherwise, without saving. Returns the fields.

    A step of the services that give a version its files; each of them records the digest.
    """
    version.facts = dict(facts)
    filled = from_facts(facts)
    for name in [name for name in filled if getattr(version, name) not in ("", None, [])]:
        del filled[name]
    for name, value in filled.items():
        setattr(version, name, value)
    return ["facts", *filled]
