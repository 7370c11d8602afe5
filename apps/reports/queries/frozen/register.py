"""The risk register as a snapshot holds it, closed risks among them, and the incidents about the same things."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Prefetch, Q

from apps.incidents.models import Incident
from apps.monitoring.models import DriftRun
from apps.registry.models import RegisteredModel
from apps.reports.queries.frozen.incidents import PARTS, RELATED
from apps.reports.queries.frozen.scope import Scope
from apps.reports.queries.words import moment, person
from apps.risks.models import Risk, RiskControl, RiskRating
from apps.risks.rules import LEVELS


def risks_facts(scope: Scope) -> list[dict[str, Any]]:
    """Every risk of the team about these systems and versions, by number; three queries."""
    about = Q(system__in=scope.systems) | Q(version__in=scope.versions)
    rows = Risk.objects.filter(about, team=scope.team_id).order_by("pk")
    controls = RiskControl.objects.filter(removed_at=None).select_related("checked_by")
    parts = (
        Prefetch("controls", queryset=controls, to_attr="at_work"),
        Prefetch("ratings", queryset=RiskRating.objects.select_related("rated_by"), to_attr="judged"),
    )
    related = ("system", "version__model", "owner", "decided_by")
    return [_risk(one) for one in rows.select_related(*related).prefetch_related(*parts)]


def _risk(one: Risk) -> dict[str, Any]:
    kind, subject = ("system", one.system) if one.system is not None else ("version", one.version)
    controls: list[RiskControl] = getattr(one, "at_work", [])
    ratings: list[RiskRating] = getattr(one, "judged", [])
    return {
        "id": one.pk,
        "title": one.title,
        "description": one.description,
        "category": one.category,
        "category_label": one.get_category_display(),
        "about": {"kind": kind, "id": subject.pk if subject else None, "label": str(subject or "")},
        "owner": person(one.owner),
        "likelihood": one.likelihood,
        "impact": one.impact,
        "level": LEVELS[one.inherent_level],
        "residual_likelihood": one.residual_likelihood,
        "residual_impact": one.residual_impact,
        "residual_level": LEVELS.get(one.residual_level, ""),
        "treatment": one.treatment,
        "treatment_label": one.get_treatment_display(),
        "plan": one.plan,
        "controls": [_control(control) for control in controls],
        "ratings": [_rating(rating) for rating in ratings],
    } | _course(one)


def _course(one: Risk) -> dict[str, Any]:
    """How the risk went: its state, who decided, and when it is looked at again."""
    return {
        "state": one.state,
        "state_label": one.get_state_display(),
        "review_on": one.review_on.isoformat() if one.review_on else None,
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
        "decided_by": person(one.decided_by),
        "decided_at": moment(one.decided_at),
        "decision_reason": one.decision_reason,
        "reopened_at": moment(one.reopened_at),
        "reopened_because": one.reopened_because,
    }


def _control(one: RiskControl) -> dict[str, Any]:
    return {
        "title": one.title,
        "description": one.description,
        "rule": one.rule,
        "state": one.state,
        "state_label": one.get_state_display(),
        "found": one.found,
        "found_digest": one.found_digest,
        "checked_at": moment(one.checked_at),
        "checked_by": person(one.checked_by),
    }


def _rating(one: RiskRating) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "kind_label": one.get_kind_display(),
        "likelihood": one.likelihood,
        "impact": one.impact,
        "level": LEVELS[one.level],
        "because": one.because,
        "rated_by": person(one.rated_by),
        "rated_at": moment(one.rated_at),
    }


def incidents_of(scope: Scope, drifts: Iterable[DriftRun]) -> list[Incident]:
    """The team's incidents about any of these things; of an incident's own snapshot that incident too."""
    things: list[Model] = [*scope.systems, *scope.watched, *scope.deployments, *scope.former_deployments]
    things += [*scope.datasets, *drifts]
    named = Q(pk=scope.incident.pk) if scope.incident else Q(pk__in=[])
    by_table: dict[str, set[str]] = {}
    for thing in things:
        by_table.setdefault(thing._meta.label_lower, set()).add(str(thing.pk))
    by_table[RegisteredModel._meta.label_lower] = {str(version.model_id) for version in scope.watched}
    for table, pks in by_table.items():
        named |= Q(subject_type=table, subject_id__in=pks)
    rows = Incident.objects.filter(named, team=scope.team_id)
    return list(rows.select_related(*RELATED).prefetch_related(*PARTS))
