"""What the overview shows: what needs this person today."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils import timezone

from apps.accounts.queries import team_ids_seen_by, team_ids_where
from apps.checklist.models import Assessment
from apps.checklist.queries import framework
from apps.checklist.queries.assessments import Posture, PostureRow, posture
from apps.checklist.rules import SUBMITTED, Group
from apps.core.models import Run
from apps.core.rules import FAILED, LOST, OPEN, QUEUED, RUNNING
from apps.core.runs import run_models
from apps.registry.models import TuningRun

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 8
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Overview:
    """What needs the person, and what goes on."""

    decisions: list[Assessment]
    may_decide: bool
    open_runs: list[Run]
    failed_runs: list[Run]
    energy_kwh: float
    tunings: int
    posture: Posture
    groups: tuple[Group, ...]
    stale: list[PostureRow]
    red: list[PostureRow]


def overview_for(user: "User | AnonymousUser") -> Overview:
    """The overview; a constant number of queries, each bounded."""
    teams = team_ids_seen_by(user)
    since = timezone.now() - MONTH
    decisions = Assessment.objects.filter(team_id__in=teams, state=SUBMITTED).order_by("submitted_at")
    matrix = posture(user)
    assessed = [row for row in matrix.rows if row.assessment is not None]
    month = TuningRun.objects.filter(team_id__in=teams, finished_at__gt=since)
    return Overview(
        decisions=list(decisions.select_related("version__model", "submitted_by")[:MOST]),
        may_decide=bool(team_ids_where(user, "assessment.decide")),
        open_runs=_runs(teams, [QUEUED, RUNNING]),
        failed_runs=[run for run in _runs(teams, [FAILED, LOST]) if run.created_at > since],
        energy_kwh=month.aggregate(total=Sum("energy_kwh"))["total"] or 0.0,
        tunings=month.count(),
        posture=matrix,
        groups=framework().groups,
        stale=[row for row in assessed if any(cell.is_stale for cell in row.cells)],
        red=[row for row in assessed if row.assessment is not None and not row.assessment.gate.is_green],
    )


def _runs(teams: list[int], states: list[str]) -> list[Run]:
    """The newest runs in these states; a deployment that is being served is no open work."""
    found: list[Run] = []
    for kind, model in run_models().items():
        if kind == "serving" and set(states) <= OPEN:
            continue
        rows = model._default_manager.filter(team_id__in=teams, state__in=states).defer("log", "result", "config")
        found += rows.order_by("-created_at")[:MOST]
    return sorted(found, key=lambda run: run.created_at, reverse=True)[:MOST]
