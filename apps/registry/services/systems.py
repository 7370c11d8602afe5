"""AI systems: what is put into service, who answers for it, and which versions work in it from when to when."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import roles_by_team
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.registry.models import AISystem, ModelVersion, SystemVersion
from apps.registry.rules import PROHIBITED, RISK_CLASSES, RISK_UNKNOWN

WORDS = ("description", "intended_purpose", "risk_reason")


@transaction.atomic
def system_create(
    *,
    by: User,
    team: Team,
    name: str,
    description: str = "",
    intended_purpose: str = "",
    owner: User | None = None,
    risk_class: str = RISK_UNKNOWN,
    risk_reason: str = "",
    is_small_provider: bool = False,
) -> AISystem:
    """Put an AI system on record. Raises Conflict for a name that the team has, Invalid for an owner from elsewhere.

    Its risk class is set by those who may classify systems, and so is whether its provider is a small one (AI Act,
    Article 11(1)); anybody else leaves both as they are.
    """
    require(by, "system.edit", team)
    name = _name(name)
    owner = owner or by
    _require_owner(team, owner)
    if risk_class != RISK_UNKNOWN:
        _require_class(by, team, risk_class, risk_reason)
    if is_small_provider:
        require(by, "system.classify", team)
    in_turn(team)
    _require_free(team, name)
    system = AISystem.objects.create(
        team=team,
        name=name,
        description=description,
        intended_purpose=intended_purpose,
        owner=owner,
        risk_class=risk_class,
        risk_reason=risk_reason,
        is_small_provider=is_small_provider,
        created_by=by,
    )
    told = {"risk_class": risk_class, "owner": f"user:{owner.pk}", "is_small_provider": is_small_provider}
    record(action="system.create", obj=system, by=by, data=told)
    return system


@transaction.atomic
def system_change(
    *,
    by: User,
    system: AISystem,
    reason: str,
    name: str | None = None,
    owner: User | None = None,
    risk_class: str | None = None,
    is_small_provider: bool | None = None,
    **words: str | None,
) -> AISystem:
    """Change what is on record of a system; what is not given stays. `words`: description, intended_purpose,
    risk_reason. Raises Invalid without a reason, Conflict for a name that is taken, Refused for the risk class of a
    system by somebody who may not classify.
    """
    require(by, "system.edit", system.team_id)
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    in_turn(system.team_id)
    system = AISystem.objects.select_for_update(of=("self",)).select_related("team", "owner").get(pk=system.pk)
    wanted: dict[str, Any] = {key: value for key, value in words.items() if key in WORDS and value is not None}
    if name is not None and _name(name) != system.name:
        wanted["name"] = _name(name)
        _require_free(system.team, wanted["name"])
    if owner is not None:
        _require_owner(system.team, owner)
        wanted["owner"] = owner
    if risk_class is not None and risk_class != system.risk_class:
        _require_class(by, system.team, risk_class, wanted.get("risk_reason", system.risk_reason))
        wanted["risk_class"] = risk_class
    if is_small_provider is not None and is_small_provider != system.is_small_provider:
        require(by, "system.classify", system.team_id)
        wanted["is_small_provider"] = is_small_provider
    changed = _apply(system, wanted)
    record(action="system.change", obj=system, by=by, reason=reason.strip(), data=changed)
    return system


@transaction.atomic
def system_version_add(*, by: User, system: AISystem, version: ModelVersion, role: str = "") -> SystemVersion:
    """Put a version to work in a system from now on. Raises Conflict when it works there already, or when the system
    is of a prohibited class.
    """
    require(by, "system.edit", system.team_id)
    require(by, "team.view", version.team_id, shared=version.model)
    system = AISystem.objects.select_for_update(of=("self",)).get(pk=system.pk)
    if system.risk_class == PROHIBITED:
        raise Conflict(
            f"“{system}” is classified as a prohibited practice (AI Act, Article 5): nothing may be put to work in it.",
            code="system.prohibited",
            remedy="If the class is wrong, a compliance officer changes it.",
        )
    if SystemVersion.objects.filter(system=system, version=version, until=None).exists():
        raise Conflict(f"{version} works in “{system}” already.", code="system.version")
    part = SystemVersion.objects.create(system=system, version=version, role=role.strip()[:200], added_by=by)
    data = {"version": version.pk, "manifest_digest": version.manifest_digest}
    record(action="system.version_add", obj=system, by=by, data=data)
    return part


@transaction.atomic
def system_version_end(*, by: User, part: SystemVersion, reason: str) -> SystemVersion:
    """Take a version out of a system; that it worked there until now stays on record."""
    require(by, "system.edit", part.system.team_id)
    if not reason.strip():
        raise Invalid("Say why it is taken out; the reason is kept in the trail.", code="reason.missing")
    part = SystemVersion.objects.select_for_update(of=("self",)).select_related("system").get(pk=part.pk)
    if part.until is not None:
        raise Conflict("This version was taken out of the system already.", code="system.version")
    part.until = timezone.now()
    part.save(update_fields=["until"])
    record(
        action="system.version_end", obj=part.system, by=by, reason=reason.strip(), data={"version": part.version_id}
    )
    return part


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Invalid("A system needs a name.", code="system.name")
    return name


def _require_free(team: Team, name: str) -> None:
    if AISystem.objects.filter(team=team, name=name).exists():
        raise Conflict(f"This team already has a system called “{name}”.", code="system.exists")


def _require_owner(team: Team, owner: User) -> None:
    if team.pk not in roles_by_team(owner):
        raise Invalid(
            "Whoever answers for a system belongs to its team.",
            code="system.owner",
            remedy="Name somebody who holds a role there.",
        )


def _require_class(by: User, team: Team, risk_class: str, risk_reason: str) -> None:
    require(by, "system.classify", team)
    if risk_class not in RISK_CLASSES:
        raise Invalid(f"“{risk_class}” is no risk class.", remedy=f"Choose one of {', '.join(RISK_CLASSES)}.")
    if risk_class != RISK_UNKNOWN and not risk_reason.strip():
        raise Invalid("Say why the system is of this class; auditors will ask.", code="system.risk_reason")


def _apply(system: AISystem, wanted: dict[str, Any]) -> dict[str, Any]:
    """Save what differs; for the trail: the class before and after, of texts only that they changed."""
    changed = {key: value for key, value in wanted.items() if getattr(system, key) != value}
    told: dict[str, Any] = {"fields": sorted(changed)}
    if "risk_class" in changed:
        told["risk_class"] = {"before": system.risk_class, "after": changed["risk_class"]}
    if "is_small_provider" in changed:
        told["is_small_provider"] = changed["is_small_provider"]
    if "owner" in changed:
        told["owner"] = {"before": f"user:{system.owner_id}", "after": f"user:{changed['owner'].pk}"}
    for key, value in changed.items():
        setattr(system, key, value)
    system.updated_at = timezone.now()
    system.save(update_fields=[*changed, "updated_at"])
    return told
