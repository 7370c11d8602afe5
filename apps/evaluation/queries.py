"""Reading evaluations, and who may see which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet

from apps.accounts.queries import may, team_ids_seen_by
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun, Score
from apps.evaluation.rules import BASELINE, DIFFERENCE, METRICS, VERSION, verdict
from apps.registry.models import ModelVersion
from apps.registry.queries import tuning_of, versions_seen_by

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


def may_read_answers(user: "User | AnonymousUser", run: EvaluationRun) -> bool:
    """Whether the person may read the rows that an evaluation quotes and what was answered to them: those of their team
    who may read raw data, of the data too. A version that learned rows may answer with them, and where a quoted row
    stands in its data is not on record, so that what scans found in it cannot be hidden alone.
    """
    return all(may(user, "dataset.read_raw", team) for team in (run.team_id, run.dataset_version.team_id))


def evaluation_result(user: "User | AnonymousUser", run: EvaluationRun) -> dict[str, Any] | None:
    """What an evaluation found as this person may see it: without the right to raw rows `examples` is empty, and
    `examples_hidden` says how many there are.
    """
    result: dict[str, Any] | None = run.result
    if result is None or may_read_answers(user, run):
        return result
    return result | {"examples": [], "examples_hidden": len(result.get("examples") or [])}


def latest_evaluation(version: ModelVersion) -> EvaluationRun | None:
    """The newest successful evaluation on held-out rows, or on any rows where none was held out."""
    done = evaluations_of(version).filter(state=SUCCEEDED)
    return done.order_by("-is_held_out", "-finished_at").first()


def evaluations_listed_for(user: "User | AnonymousUser") -> QuerySet[EvaluationRun]:
    """The evaluation list, with scores and without logs and results."""
    scores = Prefetch("scores", queryset=Score.objects.order_by("pk"))
    return evaluations_seen_by(user).defer("log", "result", "config").prefetch_related(scores)


@dataclass(frozen=True)
class Verdict:
    """One metric of an evaluation: the version, the baseline and their difference, and what that says.

    `says` is `better`, `worse` or `undecided`; empty without a baseline.
    """

    metric: str
    label: str
    version: Score
    baseline: Score | None
    difference: Score | None
    says: str


def verdicts_of(run: EvaluationRun) -> list[Verdict]:
    """What an evaluation found, metric by metric, in the order in which they were measured."""
    by_key = {(score.of, score.metric): score for score in run.scores.all()}
    return [
        _verdict(score, by_key.get((BASELINE, metric)), by_key.get((DIFFERENCE, metric)))
        for (of, metric), score in by_key.items()
        if of == VERSION
    ]


def _verdict(score: Score, baseline: Score | None, difference: Score | None) -> Verdict:
    label = METRICS.get(score.metric, score.metric)
    says = verdict(score.metric, difference.value, difference.low, difference.high) if difference else ""
    return Verdict(score.metric, label, score, baseline, difference, says)


def usual_subjects(user: "User | AnonymousUser", version_pk: int | None) -> dict[str, int | None]:
    """The version with the data it was tuned on and the version it was tuned from, as keys; empty where not seen."""
    version = versions_seen_by(user).filter(pk=version_pk).first() if version_pk else None
    tuning = tuning_of(version) if version else None
    if version is None or tuning is None:
        return {}
    return {
        "version": version.pk,
        "baseline": tuning.base_version_id,
        "dataset_version": tuning.dataset_version_id,
    }
