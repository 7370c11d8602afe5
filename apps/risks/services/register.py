"""Putting risks on record, describing them, and rating them anew."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import roles_by_team
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.errors import Conflict, Invalid
from apps.registry.models import AISystem, ModelVersion
from apps.risks.models import Risk, RiskRating
from apps.risks.rules import (
    ACCEPTED,
    CATEGORIES,
    CLOSED,
    INHERENT,
    OPEN,
    OTHER,
    RATINGS,
    RESIDUAL,
    SCALE,
    TREATMENTS,
    UNTREATED,
    level_of,
    review_problem,
)

TEXT_MOST = 20_000
CHANGEABLE = ("title", "description", "category", "owner", "treatment", "plan", "review_on")


@transaction.atomic
def risk_create(
    *,
    by: User,
    team: Team,
    title: str,
    likelihood: int,
    impact: int,
    category: str = OTHER,
    description: str = "",
    system: AISystem | None = None,
    version: ModelVersion | None = None,
    owner: User | None = None,
    treatment: str = UNTREATED,
    plan: str = "",
    review_on: date | None = None,
) -> Risk:
    """Put a risk on record: of a system, of a model version, or of the team's work where neither is given.

    `likelihood` and `impact` are 1 to 5, before anything is done. Raises Invalid for words, scales or days that make
    no sense, and for an owner or an object of another team.
    """
    require(by, "risk.edit", team)
    owner = owner or by
    given: dict[str, Any] = {"title": title.strip(), "description": description.strip(), "plan": plan.strip()}
    given |= {"category": category, "treatment": treatment, "review_on": review_on, "owner": owner}
    _check(given, team)
    _check_rating(likelihood, impact)
    _check_about(by, team, system, version)
    risk = Risk.objects.create(
        team=team, system=system, version=version, likelihood=likelihood, impact=impact, created_by=by, **given
    )
    _rated(risk, INHERENT, likelihood, impact, "", by)
    data = {"category": category, "level": risk.level, "system": risk.system_id, "version": risk.version_id}
    record(action="risk.create", obj=risk, by=by, data=data)
    return risk


@transaction.atomic
def risk_change(*, by: User, risk: Risk, reason: str, expect_revision: int | None = None, **given: Any) -> Risk:
    """Change what is on record of a risk; what is not given stays. `given`: title, description, category, owner,
    treatment, plan, review_on.

    An accepted risk opens again, unless only who answers for it changes or it is looked at again sooner: what was
    accepted was another one, or for less long. Raises Conflict where somebody was quicker (`expect_revision`) or the
    risk is closed, Invalid without a reason.
    """
    require(by, "risk.edit", risk.team_id)
    if not reason.strip():
        raise Invalid("Say why it changes; the reason is kept in the trail.", code="reason.missing")
    risk = locked(risk, expect_revision)
    wanted = {name: value for name, value in given.items() if name in CHANGEABLE}
    wanted = {name: value.strip() if isinstance(value, str) else value for name, value in wanted.items()}
    _check(wanted, risk.team)
    changed = sorted(name for name, value in wanted.items() if getattr(risk, name) != value)
    opened = ["state", "reopened_at", "reopened_because"] if _undoes(risk, wanted, changed) else []
    if opened:
        because = f"What is on record of it changed. {reason.strip()}"
        risk.state, risk.reopened_at, risk.reopened_because = OPEN, timezone.now(), because
    for name in changed:
        setattr(risk, name, wanted[name])
    risk.save(update_fields=[*changed, *opened, *next_revision(risk)])
    data = {"changed": changed, "is_opened": bool(opened)}
    record(action="risk.change", obj=risk, by=by, reason=reason.strip(), data=data)
    return risk


def _undoes(risk: Risk, wanted: dict[str, Any], changed: Iterable[str]) -> bool:
    """Whether a risk that was accepted is no longer the one that was accepted, or would stay so for longer."""
    if risk.state != ACCEPTED:
        return False
    until = wanted.get("review_on", risk.review_on)
    is_sooner = until is not None and risk.review_on is not None and until <= risk.review_on
    return not is_sooner or bool(set(changed) - {"owner", "review_on"})


@transaction.atomic
def risk_rate(
    *,
    by: User,
    risk: Risk,
    kind: str,
    likelihood: int,
    impact: int,
    because: str,
    expect_revision: int | None = None,
) -> RiskRating:
    """Judge a risk anew, before anything is done (inherent) or with the controls at work (residual).

    An accepted risk opens again: what was accepted was another one. Raises Invalid, Conflict.
    """
    require(by, "risk.edit", risk.team_id)
    if kind not in RATINGS:
        raise Invalid("There is no such rating.", code="risk.rating", remedy=f"Say {' or '.join(RATINGS)}.")
    _check_rating(likelihood, impact)
    if not because.strip():
        raise Invalid("Say what the judgement rests on; it is kept with the rating.", code="reason.missing")
    risk = locked(risk, expect_revision)
    prefix = "residual_" if kind == RESIDUAL else ""
    setattr(risk, f"{prefix}likelihood", likelihood)
    setattr(risk, f"{prefix}impact", impact)
    risk.state = OPEN
    risk.save(update_fields=[f"{prefix}likelihood", f"{prefix}impact", "state", *next_revision(risk)])
    rating = _rated(risk, kind, likelihood, impact, because.strip(), by)
    data = {"kind": kind, "likelihood": likelihood, "impact": impact, "level": rating.level}
    record(action="risk.rate", obj=risk, by=by, reason=because.strip(), data=data)
    return rating


def locked(risk: Risk, expect_revision: int | None = None, *, may_be_closed: bool = False) -> Risk:
    """The risk, read afresh and held until the transaction ends. Raises Conflict where it changed or is closed."""
    risk = Risk.objects.select_for_update(of=("self",)).select_related("team", "owner").get(pk=risk.pk)
    if expect_revision is not None and risk.revision != expect_revision:
        raise Conflict(
            "Somebody changed this risk while you were writing.",
            code="risk.changed",
            remedy="Read what it says now, then save yours again if it still holds.",
        )
    if risk.state == CLOSED and not may_be_closed:
        raise Conflict("This risk is closed.", code="risk.closed", remedy="Open it again first, with a reason.")
    return risk


def next_revision(risk: Risk) -> list[str]:
    """Count one revision further; the names of the fields that are to be saved for it."""
    risk.revision, risk.updated_at = risk.revision + 1, timezone.now()
    return ["revision", "updated_at"]


def _rated(risk: Risk, kind: str, likelihood: int, impact: int, because: str, by: User) -> RiskRating:
    return RiskRating.objects.create(
        risk=risk, kind=kind, likelihood=likelihood, impact=impact, because=because, rated_by=by
    )


def _check_rating(likelihood: int, impact: int) -> None:
    if not level_of(likelihood, impact) or not {likelihood, impact} <= set(SCALE):
        raise Invalid("Likelihood and impact are whole numbers from 1 to 5.", code="risk.scale")


def _check(given: dict[str, Any], team: Team) -> None:
    if "title" in given and not given["title"]:
        raise Invalid("Say in a few words what could go wrong.", code="risk.title")
    if max((len(value) for value in given.values() if isinstance(value, str)), default=0) > TEXT_MOST:
        raise Invalid(f"A text has up to {TEXT_MOST} characters.", code="risk.too_long")
    if given.get("category", OTHER) not in CATEGORIES or given.get("treatment", UNTREATED) not in TREATMENTS:
        raise Invalid(
            "There is no such category or treatment.",
            code="risk.category",
            remedy=f"Treatments are {', '.join(TREATMENTS)}.",
        )
    if problem := review_problem(given.get("review_on"), timezone.localdate()):
        raise Invalid(problem, code="risk.review")
    if "owner" in given and team.pk not in roles_by_team(given["owner"]):
        raise Invalid(
            "Whoever answers for a risk belongs to its team.",
            code="risk.owner",
            remedy="Name somebody who holds a role there.",
        )


def _check_about(by: User, team: Team, system: AISystem | None, version: ModelVersion | None) -> None:
    if system is not None and version is not None:
        raise Invalid("A risk is of a system or of a model version, not of both.", code="risk.about")
    if system is not None and system.team_id != team.pk:
        require(by, "team.view", system.team_id)
        raise Invalid("This system belongs to another team.", code="risk.about")
    if version is not None:
        require(by, "team.view", version.team_id, shared=version.model)
