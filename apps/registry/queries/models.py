"""Reading models and versions, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, QuerySet, Subquery

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.core.errors import NotFound
from apps.registry.models import ImportRun, LineageLink, ModelVersion, RegisteredModel, TuningRun
from apps.registry.rules import TRAINED_ON, TUNED_FROM

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User
    from apps.catalog.models import DatasetVersion

MISSING = "There is no such object, or you may not see it."


def models_seen_by(user: "User | AnonymousUser") -> QuerySet[RegisteredModel]:
    """Models of the person's teams and those shared with them one by one."""
    return models_on_record_for(user).filter(deleted_at=None)


def models_on_record_for(user: "User | AnonymousUser") -> QuerySet[RegisteredModel]:
    """The same, with those that were removed: for their own page and nothing else."""
    shared = shared_ids(user, RegisteredModel)
    return RegisteredModel.objects.filter(Q(team_id__in=team_ids_seen_by(user)) | Q(pk__in=shared))


def models_listed_for(user: "User | AnonymousUser", *, is_removed: bool = False) -> QuerySet[RegisteredModel]:
    """The model list: each with its latest version's id, number and stage, read by index whatever the count.

    `is_removed` asks for the removed ones instead; their versions went with them, so they show none.
    """
    latest = ModelVersion.objects.filter(model=OuterRef("pk"), deleted_at=None).order_by("-number")
    return (
        models_on_record_for(user)
        .filter(deleted_at__isnull=not is_removed)
        .select_related("team")
        .annotate(
            latest_id=Subquery(latest.values("pk")[:1]),
            latest_number=Subquery(latest.values("number")[:1]),
            latest_stage=Subquery(latest.values("stage")[:1]),
        )
        .order_by("-created_at", "-pk")
    )


def versions_seen_by(user: "User | AnonymousUser") -> QuerySet[ModelVersion]:
    """Versions of every model that the person sees, newest first."""
    return versions_on_record_for(user).filter(deleted_at=None)


def versions_on_record_for(user: "User | AnonymousUser") -> QuerySet[ModelVersion]:
    """The same, with those that were removed: for their own page and nothing else."""
    shared = shared_ids(user, RegisteredModel)
    seen = Q(team_id__in=team_ids_seen_by(user))
    if shared:  # an OR over two indexes costs every reader something; only those with shares pay it
        seen |= Q(model_id__in=shared)
    return ModelVersion.objects.filter(seen).select_related("model", "team", "created_by")


def model_seen(user: "User | AnonymousUser", pk: int) -> RegisteredModel:
    """One model. Raises NotFound when it is not there or not to be seen."""
    found = models_seen_by(user).select_related("team", "created_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def version_seen(user: "User | AnonymousUser", pk: int) -> ModelVersion:
    """One version. Raises NotFound when it is not there or not to be seen."""
    found = versions_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def tunings_seen_by(user: "User | AnonymousUser") -> QuerySet[TuningRun]:
    """Tuning runs of the person's teams."""
    runs = TuningRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("base_version__model", "dataset_version__dataset", "output_version__model", "created_by")


def imports_seen_by(user: "User | AnonymousUser") -> QuerySet[ImportRun]:
    """Imports of the person's teams."""
    runs = ImportRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return runs.select_related("version__model", "created_by")


def lineage_of(version: ModelVersion) -> list[LineageLink]:
    """What the version was directly made from, with the objects named."""
    links = version.lineage.select_related("base_version__model", "dataset_version__dataset", "tuning_run")
    return list(links)


def ancestors_of(version: ModelVersion, *, most: int = 50) -> list[ModelVersion]:
    """Every version this one descends from, nearest first, up to `most`; one query a generation."""
    found: dict[int, ModelVersion] = {}
    frontier = [version.pk]
    while frontier and len(found) < most:
        links = LineageLink.objects.filter(version_id__in=frontier, relation=TUNED_FROM)
        parents = ModelVersion.objects.filter(descendants__in=links).select_related("model").distinct()
        fresh = [parent for parent in parents if parent.pk not in found and parent.pk != version.pk]
        found.update({parent.pk: parent for parent in fresh})
        frontier = [parent.pk for parent in fresh]
    return list(found.values())


def training_data_of(version: ModelVersion) -> "list[DatasetVersion]":
    """The dataset versions that this version was itself trained on (not its base models' data)."""
    links = version.lineage.filter(relation=TRAINED_ON).select_related("dataset_version__dataset")
    return [link.dataset_version for link in links if link.dataset_version is not None]


def trained_dataset_ids(versions: list[ModelVersion]) -> set[int]:
    """The ids of every dataset of which some version is known to have trained one of these model versions."""
    links = LineageLink.objects.filter(version__in=versions, relation=TRAINED_ON)
    return set(links.values_list("dataset_version__dataset_id", flat=True))


def tuning_of(version: ModelVersion) -> TuningRun | None:
    """The tuning run that made this version, where one did."""
    return (
        TuningRun.objects.filter(output_version=version)
        .select_related("base_version__model", "dataset_version__dataset", "output_model__team", "created_by")
        .first()
    )


def versions_of(model: RegisteredModel) -> QuerySet[ModelVersion]:
    """The versions of one model, newest first, in the order of the index on (model, number)."""
    return ModelVersion.objects.filter(model=model, deleted_at=None).select_related("created_by").order_by("-number")


def import_marks(versions: list[ModelVersion]) -> dict[int, ImportRun]:
    """The newest import of each of these versions, without its log and result; one query."""
    runs = ImportRun.objects.filter(version__in=versions).defer("log", "result", "config").order_by("pk")
    return {run.version_id: run for run in runs}


def model_pk_of(user: "User | AnonymousUser", version_pk: int | None) -> int | None:
    """The model that a version belongs to, where the person sees it."""
    if version_pk is None:
        return None
    return versions_seen_by(user).filter(pk=version_pk).values_list("model_id", flat=True).first()
