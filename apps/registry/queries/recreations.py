"""Reading repetitions of tuning runs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.core.errors import NotFound
from apps.core.rules import SUCCEEDED
from apps.registry.models import RecreationRun, TuningRun
from apps.registry.queries.models import MISSING, tunings_seen_by

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def recreations_seen_by(user: "User | AnonymousUser") -> QuerySet[RecreationRun]:
    """Repetitions of the person's teams."""
    runs = RecreationRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("tuning__base_version__model", "created_by")


def tuning_seen(user: "User | AnonymousUser", pk: int) -> TuningRun:
    """One tuning run. Raises NotFound when it is not there or not to be seen."""
    found = tunings_seen_by(user).select_related("team", "output_model").filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def recreations_of(tunings: Iterable[int]) -> dict[int, RecreationRun]:
    """The newest finished repetition of each of these tuning runs, by the tuning's id; one query."""
    runs = RecreationRun.objects.filter(tuning_id__in=list(tunings), state=SUCCEEDED).defer("log")
    runs = runs.select_related("created_by")
    return {run.tuning_id: run for run in runs.order_by("finished_at", "pk")}
