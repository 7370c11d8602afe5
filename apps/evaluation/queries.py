"""Reading evaluations, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun, Score
from apps.registry.models import ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def evaluations_seen_by(user: "User | AnonymousUser") -> QuerySet[EvaluationRun]:
    """Evaluations of the person's teams, with what they measured."""
    runs = EvaluationRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("version__model", "baseline__model", "dataset_version__dataset", "created_by")


def evaluations_of(version: ModelVersion) -> QuerySet[EvaluationRun]:
    """All evaluations of one version with their scores, newest first."""
    scores = Prefetch("scores", queryset=Score.objects.order_by("pk"))
    runs = EvaluationRun.objects.filter(version=version).prefetch_related(scores)
    return runs.select_related("baseline__model", "dataset_version__dataset", "created_by")


def latest_evaluation(version: ModelVersion) -> EvaluationRun | None:
    """The newest successful evaluation on held-out rows, or on any rows where none was held out."""
    done = evaluations_of(version).filter(state=SUCCEEDED)
    return done.order_by("-is_held_out", "-finished_at").first()
