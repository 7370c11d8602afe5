"""Reading experiments and runs, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from apps.accounts.models import Team
from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.core.serializing import LARGEST_KEY
from apps.tracking import rules
from apps.tracking.models import Experiment, LoggedModel, TrackingRun

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MISSING = "There is no such object, or you may not see it."


def experiments_seen_by(user: "User | AnonymousUser") -> QuerySet[Experiment]:
    """Experiments of the person's teams, deleted ones included."""
    return Experiment.objects.filter(team_id__in=team_ids_seen_by(user)).select_related("team", "created_by")


def experiments_listed_for(user: "User | AnonymousUser") -> QuerySet[Experiment]:
    """The experiment list: each with its number of runs and the newest of them."""
    runs = TrackingRun.objects.filter(experiment=OuterRef("pk"), lifecycle=rules.ACTIVE)
    newest = runs.order_by("-started_at", "-pk")
    counted = runs.order_by().values("experiment").annotate(count=Count("pk")).values("count")
    return (
        experiments_seen_by(user)
        .annotate(run_count=Subquery(counted), last_run_at=Subquery(newest.values("started_at")[:1]))
        .order_by("-created_at", "-pk")
    )


def experiment_seen(user: "User | AnonymousUser", pk: int | str) -> Experiment:
    """One experiment. Raises NotFound when it is not there or not to be seen."""
    number = int(pk) if str(pk).isascii() and str(pk).isdigit() and len(str(pk)) < 19 else 0
    found = experiments_seen_by(user).filter(pk=number).first() if 0 < number <= LARGEST_KEY else None
    if found is None:
        raise NotFound(f"No Experiment with id={str(pk)[:40]} exists", code="experiment.unknown")
    return found


def experiment_named(user: "User | AnonymousUser", team: Team, name: str) -> Experiment:
    """A team's experiment by its name, deleted or not. Raises NotFound."""
    found = experiments_seen_by(user).filter(team=team, name=name).first()
    if found is None:
        raise NotFound(f"Could not find experiment with name '{name[:100]}'", code="experiment.unknown")
    return found


def runs_seen_by(user: "User | AnonymousUser") -> QuerySet[TrackingRun]:
    """Runs of the person's teams, deleted ones included."""
    rows = TrackingRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("experiment", "created_by")


def run_seen(user: "User | AnonymousUser", key: str) -> TrackingRun:
    """One run by its 32 digits. Raises NotFound when it is not there or not to be seen."""
    found = runs_seen_by(user).filter(uuid=key).first()
    if found is None:
        raise NotFound(f"Run with id={key[:40]} not found", code="tracking_run.unknown")
    return found


def logged_models_seen_by(user: "User | AnonymousUser", *, deleted_too: bool = False) -> QuerySet[LoggedModel]:
    """Logged models of the person's teams."""
    rows = LoggedModel.objects.filter(team_id__in=team_ids_seen_by(user))
    rows = rows if deleted_too else rows.filter(Q(deleted_at=None))
    return rows.select_related("run", "experiment", "created_by")


def logged_model_seen(user: "User | AnonymousUser", key: str, *, deleted_too: bool = False) -> LoggedModel:
    """One logged model by its m-… id. Raises NotFound."""
    found = logged_models_seen_by(user, deleted_too=deleted_too).filter(model_id=key).first()
    if found is None:
        raise NotFound(f"Logged model with ID '{key[:40]}' not found.", code="logged_model.unknown")
    return found
