"""Reading drift measurements, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.monitoring.models import DriftRun
from apps.registry.models import ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def drifts_seen_by(user: "User | AnonymousUser") -> QuerySet[DriftRun]:
    """Drift measurements of the person's teams."""
    return _whole(DriftRun.objects.filter(team_id__in=team_ids_seen_by(user)))


def drifts_of(version: ModelVersion) -> QuerySet[DriftRun]:
    """All drift measurements of one version, newest first."""
    return _whole(DriftRun.objects.filter(version=version))


def _whole(runs: QuerySet[DriftRun]) -> QuerySet[DriftRun]:
    return runs.select_related("version__model", "reference__dataset", "analysis__dataset", "created_by")
