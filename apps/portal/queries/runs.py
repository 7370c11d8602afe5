"""Runs of every kind in one list."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from apps.accounts.queries import may, team_ids_seen_by
from apps.catalog.models import Branch, CommitRun, DiffRun, ScanRun
from apps.catalog.queries import scan_result, scans_seen_by
from apps.core import formatting
from apps.core.errors import NotFound
from apps.core.models import Run
from apps.core.runs import run_model, run_models
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import evaluation_result
from apps.registry.models import FileCheckRun, FileScanRun, SigningRun, TuningRun
from apps.reports.models import ReadinessRun, ReportRun, SnapshotRun

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


@dataclass(frozen=True)
class Kind:
    """A kind of run in the words of people who do not run workers; `about` is the field that names its subject."""

    name: str
    does: str
    about: str
    joins: tuple[str, ...]


KINDS = {
    "import": Kind("Model import", "Fetches a model's files, checks and stores them.", "version", ("version__model",)),
    "scan": Kind(
        "Data scan",
        "Looks through data for personal data, secrets, copies, signs of poisoning and more.",
        "dataset_version",
        ("dataset_version__dataset",),
    ),
    "commit": Kind("Data commit", "Checks and stores rows as the next version of a dataset.", "dataset", ("dataset",)),
    "diff": Kind(
        "Comparison of data",
        "Compares the rows, columns and figures of two versions.",
        "after",
        ("after__dataset",),
    ),
    "mlflow_import": Kind(
        "History import",
        "Takes experiments, runs and models over from an MLflow server.",
        "address",
        (),
    ),
    "tuning": Kind(
        "Tuning", "Trains a version further on data and makes a new version.", "base_version", ("base_version__model",)
    ),
    "recreation": Kind(
        "Recreation",
        "Repeats a tuning from its recorded inputs and compares what comes out.",
        "tuning",
        ("tuning__base_version__model",),
    ),
    "file_scan": Kind(
        "Model file scan",
        "Looks for code hidden in a version's files, without running any of it.",
        "version",
        ("version__model",),
    ),
    "file_check": Kind(
        "Stored files check",
        "Reads a version's stored files against their digests, and its signatures against the files.",
        "version",
        ("version__model",),
    ),
    "signing": Kind("Signing", "Signs a version's files with the organisation's key.", "version", ("version__model",)),
    "evaluation": Kind(
        "Evaluation",
        "Asks a version questions it never learned, and scores its answers.",
        "version",
        ("version__model",),
    ),
    "serving": Kind("Deployment process", "Keeps a deployed model answering.", "deployment", ("deployment",)),
    "drift": Kind(
        "Drift measurement",
        "Compares data of today with a time when the model was known to work.",
        "version",
        ("version__model",),
    ),
    "trail_check": Kind(
        "Verification of the trail",
        "Reads every entry of the audit trail against its signed checkpoints.",
        "subject",
        (),
    ),
    "report": Kind("Document", "Writes a document, or an audit pack with its evidence.", "subject_label", ()),
    "snapshot": Kind("Snapshot", "Freezes everything on record about one thing.", "subject_label", ()),
    "readiness": Kind("Readiness check", "Looks which points of each document could be filled.", "subject_label", ()),
}


@dataclass(frozen=True)
class RunLine:
    """A run as lists show it: `Data scan 3` and what it is about."""

    run: Run
    title: str
    about: str


def line_of(run: Run) -> RunLine:
    """A run in words; costs no query where the run came from this module's lists."""
    kind = KINDS[run.kind]
    return RunLine(run, f"{kind.name} {run.pk}", str(getattr(run, kind.about)))


@dataclass(frozen=True)
class RunMark:
    """A place in the list of all runs: it is ordered by time downwards, then by kind, then by number downwards."""

    created_at: datetime
    kind: str
    pk: int


def mark_of(run: Run) -> RunMark:
    """Where this run stands in the list."""
    return RunMark(run.created_at, run.kind, run.pk)


def runs_listed_for(
    user: "User | AnonymousUser", *, kind: str = "", state: str = "", limit: int = 50, skip: int = 0
) -> list[Run]:
    """The newest runs that the person sees, of one kind or of all; one query a kind, each bounded by `limit`."""
    return runs_below(user, None, kind=kind, state=state, limit=skip + limit)[skip:]


def runs_below(
    user: "User | AnonymousUser", mark: RunMark | None, *, kind: str = "", limit: int = 50, **equal: Any
) -> list[Run]:
    """The `limit` newest runs that stand below `mark`, whose fields have the values of `equal` (empty ones do not
    count); one query a kind, so the cost does not grow with how far down the list is read."""
    models = [run_model(kind)] if kind else list(run_models().values())
    wanted = {name: value for name, value in equal.items() if value}
    found: list[Run] = []
    for model in models:
        rows = runs_seen(user, model.kind).filter(**wanted).defer("log", "result", "config")
        if mark is not None:
            rows = rows.filter(_below(mark, model.kind))
        found += rows.select_related("created_by", *KINDS[model.kind].joins).order_by("-created_at", "-pk")[:limit]
    found.sort(key=lambda run: run.pk, reverse=True)
    found.sort(key=lambda run: run.kind)
    found.sort(key=lambda run: run.created_at, reverse=True)
    return found[:limit]


def _below(mark: RunMark, kind: str) -> Q:
    older = Q(created_at__lt=mark.created_at)
    if kind == mark.kind:
        return older | Q(created_at=mark.created_at, pk__lt=mark.pk)
    return older | Q(created_at=mark.created_at) if kind > mark.kind else older


def runs_seen(user: "User | AnonymousUser", kind: str) -> QuerySet[Any]:
    """The runs of one kind that the person sees. Raises NotFound for a word that is no kind."""
    model = run_model(kind)
    if model.kind == "scan":  # seen also by those that only the dataset is shared with
        return scans_seen_by(user)
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.filter(team_id__in=team_ids_seen_by(user))


def run_seen(user: "User | AnonymousUser", kind: str, pk: int) -> Run:
    """One run of a kind. Raises NotFound when it is not there or not to be seen."""
    found: Run | None = runs_seen(user, kind).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such run, or you may not see it.")
    return found


def subjects_of(run: Run) -> dict[str, Any]:
    """What the run is about: each object that its row points to, by the field's name."""
    pointers = [field.name for field in run._meta.concrete_fields if field.many_to_one or field.one_to_one]
    return {name: getattr(run, name) for name in pointers if name not in ("team", "created_by")}


@dataclass(frozen=True)
class Subject:
    """One thing that a run worked on or made, with its page; an empty address where it has none."""

    label: str
    name: str
    url: str


_LABELS = {
    "version": "Model version",
    "dataset_version": "Data",
    "base_version": "Tuned from",
    "output_model": "Made for",
    "output_version": "Made",
    "baseline": "Compared with",
    "deployment": "Deployment",
    "reference": "Reference data",
    "analysis": "Observed data",
    "dataset": "Dataset",
    "upload": "File",
    "source_version": "Taken from",
    "tuning": "Repeats",
    "before": "Before",
    "after": "After",
    "snapshot": "Snapshot",
}
_PAGES = {
    "dataset": "catalog:dataset-detail",
    "datasetversion": "catalog:version-detail",
    "modelversion": "portal:version-detail",
    "registeredmodel": "registry:model-detail",
    "deployment": "serving:deployment-detail",
    "snapshot": "reports:snapshot-detail",
}


def subject_links_of(run: Run) -> list[Subject]:
    """What a run worked on and made, for links on its page."""
    return [_subject(name, obj) for name, obj in subjects_of(run).items() if obj is not None]


def _subject(name: str, obj: Any) -> Subject:
    if isinstance(obj, Run):
        return Subject(_LABELS[name], line_of(obj).title, reverse("portal:run-detail", args=[obj.kind, obj.pk]))
    page = _PAGES.get(obj._meta.model_name)
    label = "Made" if (name, obj._meta.model_name) == ("version", "datasetversion") else _LABELS[name]
    return Subject(label, str(obj), reverse(page, args=[obj.pk]) if page else "")


def plain_values(values: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The numbers and short texts of a configuration or a result, as label and value; long parts are left out."""
    found = []
    for name, value in (values or {}).items():
        if isinstance(value, bool):
            found.append((name, "yes" if value else "no"))
        elif isinstance(value, int | float):
            found.append((name, str(value) if name == "seed" else formatting.number(value)))
        elif isinstance(value, str) and 0 < len(value) <= 80 and "/" not in value:
            found.append((name, value))
    return [(formatting.setting(name), value) for name, value in found]


def remedy_link_of(run: Run) -> tuple[str, str] | None:
    """Where the person may clear away what made this run fail: words and address; None where there is no such place."""
    if not isinstance(run, CommitRun) or run.error_code != "merge.conflict" or run.source_version is None:
        return None
    found = dict(Branch.objects.filter(dataset=run.dataset_id).values_list("name", "pk"))
    branch, source = found.get(run.branch), found.get(run.source_version.branch)
    if branch is None or source is None:
        return None
    address = reverse("catalog:merge", args=[run.dataset_id])
    return ("Choose which side to take", f"{address}?source={source}&branch={branch}")


def recreate_url_of(user: "User | AnonymousUser", run: Run) -> str:
    """Where the person asks for a repetition of this run; empty for what cannot be repeated, or not by them."""
    if not isinstance(run, TuningRun) or run.output_version_id is None or not may(user, "tuning.start", run.team_id):
        return ""
    return reverse("registry:recreation-start", args=[run.pk])


def result_seen(user: "User | AnonymousUser", run: Run) -> dict[str, Any] | None:
    """What a run found as this person may see it: what quotes rows of data is told as its own page tells it."""
    if isinstance(run, ScanRun):
        return scan_result(user, run)
    return evaluation_result(user, run) if isinstance(run, EvaluationRun) else run.result


def result_link_of(run: Run) -> tuple[str, str] | None:
    """Where the result of a run is shown at length: words and address; None where this page is all there is."""
    if isinstance(run, DiffRun):
        return ("See what differs", reverse("catalog:diff", args=[run.before_id, run.after_id]))
    made = getattr(run, "output_version_id", None) or getattr(run, "version_id", None)
    places: dict[str, tuple[str, str, object]] = {
        "scan": ("See the findings", "catalog:version-detail", getattr(run, "dataset_version_id", None)),
        "commit": ("See the version", "catalog:version-detail", made),
        "import": ("See the version", "portal:version-detail", made),
        "tuning": ("See the tuned version", "portal:version-detail", getattr(run, "output_version_id", None)),
        "drift": ("See the charts and alerts", "monitoring:drift-detail", run.pk),
        "serving": ("See the deployment", "serving:deployment-detail", getattr(run, "deployment_id", None)),
    }
    if isinstance(run, ReportRun):
        return ("See the document", reverse("reports:report-detail", args=[run.pk]))
    if isinstance(run, SnapshotRun | ReadinessRun):
        return ("See the documents", reverse("reports:subject", args=[run.subject_kind, run.subject_id]))
    if run.kind == "trail_check":
        return ("See the trail", reverse("portal:trail"))
    if isinstance(run, FileScanRun | FileCheckRun | SigningRun):
        return ("See the version's files", reverse("portal:version-tab", args=[run.version_id, "files"]))
    words, name, key = places.get(run.kind, ("", "", None))
    if key is None:
        return None
    return (words, reverse(name, args=[key]) + ("?tab=findings" if run.kind == "scan" else ""))
