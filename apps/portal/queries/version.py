"""What the page of one model version shows, a tab at a time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from apps.audit.models import AuditEntry
from apps.audit.queries import entries_about
from apps.checklist.models import Assessment
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import evaluations_of
from apps.monitoring.models import DriftRun
from apps.monitoring.queries import drifts_of
from apps.registry.models import LineageLink, ModelFile, ModelVersion, TuningRun
from apps.registry.queries import lineage_of, tuning_of, version_seen
from apps.reports.models import ReportRun
from apps.serving.models import Deployment
from apps.serving.queries import deployments_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

TABS = ("checklist", "lineage", "evaluations", "tuning", "deployments", "monitoring", "documents", "trail")


@dataclass(frozen=True)
class VersionPage:
    """One model version and what the chosen tab needs; fields of other tabs stay empty."""

    version: ModelVersion
    tab: str
    assessment: Assessment | None
    files: list[ModelFile] = field(default_factory=list)
    lineage: list[LineageLink] = field(default_factory=list)
    descendants: list[LineageLink] = field(default_factory=list)
    tuning: TuningRun | None = None
    evaluations: list[EvaluationRun] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    drifts: list[DriftRun] = field(default_factory=list)
    reports: list[ReportRun] = field(default_factory=list)
    trail: "QuerySet[AuditEntry] | None" = None


def version_page_for(user: "User | AnonymousUser", pk: int, tab: str) -> VersionPage:
    """The page of one version. Raises NotFound when it is not to be seen; an unknown tab shows the checklist."""
    version = version_seen(user, pk)
    tab = tab if tab in TABS else TABS[0]
    assessment = Assessment.objects.filter(version=version).select_related("created_by", "submitted_by").first()
    return VersionPage(version=version, tab=tab, assessment=assessment, **_READ[tab](version))


def _lineage(version: ModelVersion) -> dict[str, Any]:
    descendants = LineageLink.objects.filter(base_version=version).select_related("version__model")
    return {
        "lineage": lineage_of(version),
        "descendants": list(descendants[:50]),
        "tuning": tuning_of(version),
        "deployments": list(deployments_of(version)),
        "files": list(version.files.all()[:200]),
    }


def _trail(version: ModelVersion) -> dict[str, Any]:
    return {"trail": trail_of(version).order_by("-sequence")}


def trail_of(version: ModelVersion) -> QuerySet[AuditEntry]:
    """Entries about the version and what belongs to it: tuning, evaluations, assessment, deployments, drift, packs."""
    subjects: list[tuple[str, list[int]]] = [("registry.modelversion", [version.pk])]
    for model, lookup in (
        (TuningRun, {"output_version": version}),
        (EvaluationRun, {"version": version}),
        (Assessment, {"version": version}),
        (Deployment, {"version": version}),
        (DriftRun, {"version": version}),
        (ReportRun, {"version": version}),
    ):
        rows: QuerySet[Any] = model._default_manager.filter(**lookup)
        subjects.append((model._meta.label_lower, list(rows.values_list("pk", flat=True))))
    return entries_about(subjects)


_READ = {
    "checklist": lambda version: {},
    "lineage": _lineage,
    "evaluations": lambda version: {"evaluations": list(evaluations_of(version)[:50])},
    "tuning": lambda version: {"tuning": tuning_of(version)},
    "deployments": lambda version: {"deployments": list(deployments_of(version)[:50])},
    "monitoring": lambda version: {"drifts": list(drifts_of(version)[:50])},
    "documents": lambda version: {"reports": list(version.reports.select_related("created_by")[:50])},
    "trail": _trail,
}
