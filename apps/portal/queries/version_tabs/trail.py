"""The tab of the trail: everything that was done to the version and to what belongs to it."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.checklist.models import Assessment
from apps.evaluation.models import EvaluationRun
from apps.monitoring.models import DriftRun
from apps.registry.models import ImportRun, ModelVersion, RegisteredModel, TuningRun, VersionDocument
from apps.reports.models import ReportRun, Snapshot
from apps.reports.rules.documents.spec import VERSION
from apps.serving.models import Application, Deployment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def trail(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """What was done to it, newest first."""
    return {"entries": trail_of(version).order_by("-sequence")}


def trail_of(version: ModelVersion) -> QuerySet[AuditEntry]:
    """Entries about the version and what belongs to it: import, tuning, evaluations, assessment, deployments with
    their applications, drift, documents, snapshots, cards that were read in, moves of aliases; oldest first."""
    belongs: tuple[tuple[type[Any], Q], ...] = (
        (ImportRun, Q(version=version)),
        (TuningRun, Q(output_version=version)),
        (EvaluationRun, Q(version=version)),
        (Assessment, Q(version=version)),
        (Deployment, Q(version=version)),
        (Application, Q(deployment__version=version)),
        (DriftRun, Q(version=version)),
        (ReportRun, Q(version=version)),
        (Snapshot, Q(subject_kind=VERSION, subject_id=version.pk)),
        (VersionDocument, Q(version=version)),
    )
    subjects: list[tuple[str, list[int]]] = [(ModelVersion._meta.label_lower, [version.pk])]
    for model, which in belongs:
        rows = model._default_manager.filter(which)
        subjects.append((model._meta.label_lower, list(rows.values_list("pk", flat=True))))
    return entries_about(subjects) | _alias_moves(version)


def _alias_moves(version: ModelVersion) -> QuerySet[AuditEntry]:
    """Aliases of the model that were led to this version or away from it: the trail keeps them with the model."""
    about = AuditEntry.objects.filter(
        object_type=RegisteredModel._meta.label_lower, object_id=str(version.model_id), action__startswith="alias."
    )
    return about.filter(Q(data__to=version.number) | Q(data__from=version.number)).order_by("sequence")
