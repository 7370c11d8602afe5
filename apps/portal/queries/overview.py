"""What the overview shows: what needs this person today."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from apps.accounts.queries import team_ids_seen_by, team_ids_where
from apps.checklist.models import Assessment
from apps.checklist.queries import framework
from apps.checklist.queries.assessments import SUBJECTS_READ, PostureRow, posture
from apps.checklist.rules import STATUSES, SUBMITTED, AssessmentView, Group, Question
from apps.core.models import Run
from apps.core.rules import FAILED, LOST, OPEN, QUEUED, RUNNING
from apps.core.runs import run_models
from apps.incidents.models import Incident
from apps.incidents.queries import clocks_running, open_incident_count
from apps.portal.queries.runs import KINDS, RunLine, line_of
from apps.registry.models import ModelVersion, TuningRun
from apps.registry.queries import waiting_for
from apps.reminders.queries import dated_soon
from apps.reminders.rules import Due

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 8
MOST_CLOCKS = 100
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class MatrixCell:
    """One answer in the posture matrix: its state, the question with the answer's state in words, where it stands."""

    state: str
    label: str
    url: str
    starts_group: bool


@dataclass(frozen=True)
class MatrixRow:
    """One version of the posture matrix."""

    version: ModelVersion
    assessment: AssessmentView | None
    url: str
    cells: list[MatrixCell]


@dataclass(frozen=True)
class Overview:
    """What needs the person, and what goes on."""

    decisions: list[Assessment]
    may_decide: bool
    open_runs: list[RunLine]
    failed_runs: list[RunLine]
    energy_kwh: float
    tunings: int
    matrix: list[MatrixRow]
    groups: tuple[Group, ...]
    stale: list[PostureRow]
    red: list[PostureRow]
    unsettled: list[PostureRow]
    held_files: int
    incidents: int
    clocks: list[Incident]
    dues: list[Due]

    @property
    def is_clock_late(self) -> bool:
        """Whether an authority should have had a report by now."""
        return any(one.due_at is not None and one.due_at < timezone.now() for one in self.clocks)

    @property
    def late(self) -> int:
        """How much of what is due for the person should have been done by now."""
        return sum(due.at is not None and due.at < timezone.now() for due in self.dues)


def overview_for(user: "User | AnonymousUser") -> Overview:
    """The overview; a constant number of queries, each bounded."""
    teams = team_ids_seen_by(user)
    since = timezone.now() - MONTH
    decisions = Assessment.objects.filter(team_id__in=teams, state=SUBMITTED).order_by("submitted_at")
    matrix = posture(user)
    assessed = [row for row in matrix.rows if row.assessment is not None]
    not_green = [row for row in assessed if row.assessment is not None and not row.assessment.gate.is_green]
    month = TuningRun.objects.filter(team_id__in=teams, finished_at__gt=since)
    return Overview(
        decisions=list(decisions.select_related(*SUBJECTS_READ, "submitted_by")[:MOST]),
        may_decide=bool(team_ids_where(user, "assessment.decide")),
        open_runs=_runs(teams, [QUEUED, RUNNING]),
        failed_runs=[line for line in _runs(teams, [FAILED, LOST]) if line.run.created_at > since],
        energy_kwh=month.aggregate(total=Sum("energy_kwh"))["total"] or 0.0,
        tunings=month.count(),
        matrix=[_matrix_row(row, matrix.questions) for row in matrix.rows],
        groups=framework().groups,
        stale=[row for row in assessed if any(cell.is_stale for cell in row.cells)],
        red=[row for row in not_green if row.version.stage != ModelVersion.Stage.APPROVED],
        unsettled=[row for row in not_green if row.version.stage == ModelVersion.Stage.APPROVED],
        held_files=waiting_for(user).count(),
        incidents=open_incident_count(user),
        clocks=list(clocks_running(user)[:MOST_CLOCKS]),
        dues=dated_soon(user) if user.is_authenticated else [],
    )


def _matrix_row(row: PostureRow, questions: tuple[Question, ...]) -> MatrixRow:
    page = reverse("checklist:assessment-detail", args=[row.assessment.pk]) if row.assessment else ""
    firsts = {group.questions[0].id for group in framework().groups}
    cells = []
    for question, cell in zip(questions, row.cells, strict=True):
        words = "stale" if cell.is_stale else STATUSES[cell.status].lower()
        url = f"{page}#{question.id}" if page else ""
        state = "stale" if cell.is_stale else cell.status
        cells.append(MatrixCell(state, f"{question.text} {words.capitalize()}.", url, question.id in firsts))
    return MatrixRow(row.version, row.assessment, page, cells)


def _runs(teams: list[int], states: list[str]) -> list[RunLine]:
    """The newest runs in these states; a deployment that is being served is no open work."""
    found: list[Run] = []
    for kind, model in run_models().items():
        if kind == "serving" and set(states) <= OPEN:
            continue
        rows: QuerySet[Any] = model._default_manager.filter(state__in=states).defer("log", "result", "config")
        rows = rows.filter(team_id__in=teams)
        found += rows.select_related(*KINDS[kind].joins).order_by("-created_at")[:MOST]
    newest = sorted(found, key=lambda run: run.created_at, reverse=True)[:MOST]
    return [line_of(run) for run in newest]
