"""Reading the risk register, and who may see which risk."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.registry.models import AISystem, ModelVersion
from apps.risks.models import Risk, RiskControl, RiskRating
from apps.risks.rules import (
    ACCEPTED,
    CLOSED,
    FAILING,
    IMPACTS,
    INHERENT,
    LIKELIHOODS,
    OPEN,
    RESIDUAL,
    SCALE,
    WORKING,
    Cell,
    pairs_at,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MISSING = "There is no such risk, or you may not see it."


def risks_seen_by(user: "User | AnonymousUser") -> QuerySet[Risk]:
    """Risks of the person's teams, the last changed first."""
    rows = Risk.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "owner", "system", "version__model", "decided_by", "created_by")


def risk_seen(user: "User | AnonymousUser", pk: int) -> Risk:
    """One risk. Raises NotFound when it is not there or not to be seen."""
    found = risks_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def _stands_at(likelihood: int, impact: int) -> Q:
    """Risks that stand there as far as is known: with the controls where somebody rated that, else before them."""
    rated = Q(residual_likelihood=likelihood, residual_impact=impact)
    return rated | Q(residual_likelihood=None, likelihood=likelihood, impact=impact)


def risks_at_level(rows: QuerySet[Risk], level: str) -> QuerySet[Risk]:
    """Those whose level is this one, as far as is known."""
    return rows.filter(reduce(or_, (_stands_at(*pair) for pair in pairs_at(level))))


def risks_in_cell(rows: QuerySet[Risk], kind: str, likelihood: int, impact: int) -> QuerySet[Risk]:
    """Those that stand in one field of the matrix."""
    if kind == INHERENT:
        return rows.filter(likelihood=likelihood, impact=impact)
    return rows.filter(_stands_at(likelihood, impact))


def risks_of(subject: AISystem | ModelVersion) -> QuerySet[Risk]:
    """Risks of one system or model version that are not closed. The caller has seen to it that it may be seen."""
    about = {"system": subject} if isinstance(subject, AISystem) else {"version": subject}
    return Risk.objects.filter(**about).exclude(state=CLOSED).select_related("owner")


def risks_on_record(subjects: Q) -> QuerySet[Risk]:
    """Risks of these things that are not closed, in the order of their numbers, with `failing`, how many of the
    controls at work fail. The caller has seen to it that the things may be seen.
    """
    failing = Count("controls", filter=Q(controls__removed_at=None, controls__state=FAILING))
    rows = Risk.objects.filter(subjects).exclude(state=CLOSED).defer("description", "plan", "decision_reason")
    return rows.annotate(failing=failing).order_by("pk")


def controls_of(risk: Risk) -> list[RiskControl]:
    """The controls at work on one risk."""
    return list(risk.controls.filter(removed_at=None).select_related("checked_by", "added_by"))


def control_seen(user: "User | AnonymousUser", risk: Risk, pk: int) -> RiskControl:
    """One control at work on a risk that the person sees. Raises NotFound."""
    found = risk.controls.filter(pk=pk, removed_at=None).select_related("risk__team").first()
    if found is None:
        raise NotFound("There is no such control on this risk.")
    return found


def controls_to_check() -> QuerySet[RiskControl]:
    """Every control at work whose rule the platform checks, with what its risk speaks of."""
    rows = RiskControl.objects.filter(removed_at=None).exclude(rule="").exclude(risk__state=CLOSED)
    return rows.select_related("risk__team", "risk__system", "risk__version__model")


def ratings_of(risk: Risk) -> list[RiskRating]:
    """How the risk was judged, the newest first."""
    return list(risk.ratings.select_related("rated_by")[:50])


def part_of(user: "User", risk: Risk) -> str:
    """What the person did to how the risk stands, in words; empty where nothing: a rating that stands is theirs, their
    word that a control works, or that they took one away since the last rating.
    """
    ratings = list(risk.ratings.order_by("rated_at", "pk").values_list("kind", "rated_by", "rated_at"))
    if user.pk in {kind: rater for kind, rater, _ in ratings}.values():
        return "rated it"
    if risk.controls.filter(removed_at=None, rule="", state=WORKING, checked_by=user).exists():
        return "said that one of its controls works"
    if ratings and risk.controls.filter(removed_by=user, removed_at__gte=ratings[-1][2]).exists():
        return "took one of its controls away"
    return ""


def reviews_come(on: date) -> list[Risk]:
    """Accepted risks whose day of review has come, of all teams: for the platform's own check."""
    return list(Risk.objects.filter(state=ACCEPTED, review_on__lte=on).order_by("pk"))


def review_due(user: "User | AnonymousUser") -> QuerySet[Risk]:
    """Risks whose day of review has come, the longest overdue first."""
    due = risks_seen_by(user).exclude(state=CLOSED).filter(review_on__lte=timezone.localdate())
    return due.order_by("review_on", "pk")


def open_risk_count(user: "User | AnonymousUser") -> int:
    """How many risks of the person's teams are open."""
    return Risk.objects.filter(team_id__in=team_ids_seen_by(user), state=OPEN).count()


@dataclass(frozen=True)
class Matrix:
    """How many risks stand where: the likeliest row first, the mildest column first."""

    kind: str
    rows: tuple[tuple[int, str, tuple[Cell, ...]], ...]
    columns: tuple[tuple[int, str], ...]
    total: int


def matrix(rows: QuerySet[Risk], kind: str = RESIDUAL) -> Matrix:
    """The matrix over these risks, in one query."""
    fields = ("likelihood", "impact", "residual_likelihood", "residual_impact")
    counted: Counter[tuple[int, int]] = Counter()
    for one, two, later_one, later_two, number in rows.order_by().values_list(*fields).annotate(Count("pk")):
        is_later = kind == RESIDUAL and later_one is not None
        counted[(later_one, later_two) if is_later else (one, two)] += number
    lines = tuple(
        (one, LIKELIHOODS[one], tuple(Cell(one, two, counted[(one, two)]) for two in SCALE)) for one in reversed(SCALE)
    )
    return Matrix(kind, lines, tuple(IMPACTS.items()), sum(counted.values()))
