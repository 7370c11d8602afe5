"""Who may see which assessment, and what pages, API and reports read of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.queries import may, shared_ids, team_ids_seen_by
from apps.catalog.models import Dataset
from apps.checklist.models import Answer, Assessment, SignOff, Waiver
from apps.checklist.queries.frameworks import framework
from apps.checklist.queries.policies import team_ids_signed_by
from apps.checklist.queries.views import views_of
from apps.checklist.rules import APPROVED, SUBMITTED, UNKNOWN, AssessmentView, Gate, Question
from apps.checklist.rules.frameworks import DATASET, DEPLOYMENT, SYSTEM, VERSION
from apps.checklist.rules.subjects import FIELDS, GENAIOPS
from apps.core.errors import NotFound
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.queries import tuning_of, versions_seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

# What the page names of each kind of subject, read with the assessment.
SUBJECTS_READ = ("version__model", "system", "dataset_version__dataset", "deployment__version__model")
_THROUGH = tuple(f"assessment__{name}" for name in SUBJECTS_READ)
_MADE = {
    VERSION: "made this version",
    SYSTEM: "described this system",
    DATASET: "brought this data",
    DEPLOYMENT: "made this deployment",
}
MISSING = "There is no such object, or you may not see it."


def with_names(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """The rows with everything read that their views ask for."""
    return rows.select_related(*SUBJECTS_READ, "team", "created_by", "submitted_by")


def assessments_seen_by(user: "User | AnonymousUser") -> QuerySet[Assessment]:
    """Assessments of the person's teams, and of models and data that were shared with them, newest first."""
    seen = Q(team_id__in=team_ids_seen_by(user))
    if shared := shared_ids(user, RegisteredModel):
        seen |= Q(version__model_id__in=shared)
    if data := shared_ids(user, Dataset):
        seen |= Q(dataset_version__dataset_id__in=data)
    return with_names(Assessment.objects.filter(seen))


def answers_seen_by(user: "User | AnonymousUser") -> QuerySet[Answer]:
    """Every revision of the answers in the assessments that the person sees."""
    rows = Answer.objects.filter(assessment__in=assessments_seen_by(user))
    return rows.select_related(*_THROUGH, "answered_by")


def sign_offs_seen_by(user: "User | AnonymousUser") -> QuerySet[SignOff]:
    """The decisions on the assessments that the person sees."""
    rows = SignOff.objects.filter(assessment__in=assessments_seen_by(user))
    return rows.select_related(*_THROUGH, "decided_by")


def waivers_seen_by(user: "User | AnonymousUser") -> QuerySet[Waiver]:
    """The waivers on the assessments that the person sees, newest first."""
    rows = Waiver.objects.filter(assessment__in=assessments_seen_by(user))
    return rows.select_related(*_THROUGH, "granted_by", "revoked_by")


def waiver_seen(user: "User | AnonymousUser", pk: int, assessment: Assessment) -> Waiver:
    """One waiver on this assessment. Raises NotFound when it is not there or not to be seen."""
    found = waivers_seen_by(user).filter(pk=pk, assessment=assessment).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def assessment_seen(user: "User | AnonymousUser", pk: int) -> Assessment:
    """One assessment. Raises NotFound when it is not there or not to be seen."""
    found = assessments_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def assessment_of(version: ModelVersion, urn: str = GENAIOPS) -> Assessment | None:
    """The assessment of a version against a framework, where there is one."""
    return with_names(Assessment.objects.filter(version=version, framework=urn)).first()


def assessments_waiting_for(user: "User | AnonymousUser") -> QuerySet[Assessment]:
    """Assessments that wait for a sign-off which a policy of their team takes from the person, the longest waiting
    first; their own submissions and those that they have signed left out."""
    given = SignOff.objects.filter(
        assessment=OuterRef("pk"), decided_by=user.pk, decided_at__gte=OuterRef("submitted_at"), decision=APPROVED
    )
    waiting = Assessment.objects.filter(~Exists(given), team_id__in=team_ids_signed_by(user), state=SUBMITTED)
    own = Q(submitted_by=user.pk)
    for name in FIELDS.values():
        own |= Q(**{f"{name}__created_by": user.pk})
    return with_names(waiting.exclude(own)).order_by("submitted_at", "pk")


def assessment_view(user: "User | AnonymousUser", assessment: Assessment) -> AssessmentView:
    """The assessment as it stands now, for a page, the API or a report. Raises NotFound when not to be seen."""
    may_see = may(user, "team.view", assessment.team_id) or assessments_seen_by(user).filter(pk=assessment.pk).exists()
    if not may_see:
        raise NotFound(MISSING)
    return present_view(assessment)


def present_view(assessment: Assessment) -> AssessmentView:
    """The assessment as it stands now, for services and workers, which have checked who asks."""
    return views_of([assessment])[assessment.pk]


def gate_of(assessment: Assessment) -> Gate:
    """Whether the assessment's version may be approved at this moment, with every reason against it."""
    return present_view(assessment).gate


def approval_is_current(assessment: Assessment) -> bool:
    """Whether an approval was given and nothing it rested on has changed since."""
    return present_view(assessment).is_approval_current


def answer_history(assessment: Assessment, question: str) -> list[Answer]:
    """Every revision of one answer with its evidence, the newest first."""
    rows = assessment.answers.filter(question=question).order_by("-revision")
    return list(rows.select_related("answered_by").prefetch_related("evidence__given_by"))


def makers_of(assessment: Assessment, view: AssessmentView | None = None) -> dict[int, str]:
    """Everybody whose own work the assessment is, by id, with what they did: they may not decide on it. Who wrote what
    it takes over from elsewhere is read of its `view`.
    """
    taken = [one.answer for one in view.questions if one.taken_from is not None] if view is not None else []
    found = {one.answered_by_id: "wrote answers that it takes over" for one in taken if one and one.answered_by_id}
    answers = assessment.answers.filter(is_current=True)
    for pk in answers.filter(evidence__given_by__isnull=False).values_list("evidence__given_by", flat=True):
        found[pk] = "gave evidence for it"
    for pk in answers.filter(answered_by__isnull=False).values_list("answered_by", flat=True):
        found[pk] = "wrote answers in it"
    if assessment.submitted_by_id is not None:
        found[assessment.submitted_by_id] = "submitted it"
    if assessment.version is not None and (tuning := tuning_of(assessment.version)) is not None:
        found[tuning.created_by_id] = "started the tuning of this version"
    found[assessment.subject.created_by_id] = _MADE[assessment.subject_kind]
    return found


@dataclass(frozen=True)
class PostureCell:
    """How one question is answered for one version."""

    question: str
    status: str
    is_stale: bool


@dataclass(frozen=True)
class PostureRow:
    """One version with a cell for each question; without an assessment all cells are unknown."""

    version: ModelVersion
    assessment: AssessmentView | None
    cells: tuple[PostureCell, ...]


@dataclass(frozen=True)
class Posture:
    """The newest versions a person sees, against the questions of the GenAIOps checklist."""

    questions: tuple[Question, ...]
    rows: tuple[PostureRow, ...]


def posture(user: "User | AnonymousUser", limit: int = 12) -> Posture:
    """The matrix of the overview: the newest `limit` versions by the questions. Constant queries."""
    questions = tuple(framework(GENAIOPS).questions.values())
    versions = list(versions_seen_by(user).order_by("-created_at", "-pk")[:limit])
    assessments = list(with_names(Assessment.objects.filter(version__in=versions, framework=GENAIOPS)))
    views = {view.version_id: view for view in views_of(assessments).values() if view.version_id is not None}
    return Posture(questions, tuple(_row(version, views.get(version.pk), questions) for version in versions))


def _row(version: ModelVersion, view: AssessmentView | None, questions: tuple[Question, ...]) -> PostureRow:
    answered = {} if view is None else {question.id: question for question in view.questions}
    cells = tuple(
        PostureCell(question.id, answered[question.id].status, answered[question.id].is_stale)
        if question.id in answered
        else PostureCell(question.id, UNKNOWN, False)
        for question in questions
    )
    return PostureRow(version, view, cells)
