"""Reading aliases: where each points now, where it pointed at a time, and who moved it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery

from apps.core.errors import NotFound
from apps.registry.models import AliasMove, ModelAlias, ModelVersion, RegisteredModel


def aliases_of(model: RegisteredModel) -> QuerySet[ModelAlias]:
    """The aliases of a model, by name, each with its version."""
    return ModelAlias.objects.filter(model=model).select_related("version__model", "moved_by").order_by("name")


def alias_names_of(version: ModelVersion) -> list[str]:
    """The aliases that point at a version now."""
    return list(ModelAlias.objects.filter(version=version).order_by("name").values_list("name", flat=True))


def alias_names(versions: Iterable[ModelVersion]) -> dict[int, list[str]]:
    """The aliases that point at each of these versions now; one query."""
    found: dict[int, list[str]] = {}
    rows = ModelAlias.objects.filter(version__in=list(versions)).order_by("name")
    for pk, name in rows.values_list("version_id", "name"):
        found.setdefault(pk, []).append(name)
    return found


def alias_marks(models: Iterable[RegisteredModel]) -> dict[int, list[tuple[str, int]]]:
    """The aliases of each of these models, with the number of the version; one query."""
    found: dict[int, list[tuple[str, int]]] = {}
    rows = ModelAlias.objects.filter(model__in=list(models)).order_by("name")
    for pk, name, number in rows.values_list("model_id", "name", "version__number"):
        found.setdefault(pk, []).append((name, number))
    return found


def alias_moves_of(model: RegisteredModel, name: str = "") -> QuerySet[AliasMove]:
    """The history of a model's aliases, or of one of them, newest first."""
    rows = AliasMove.objects.filter(model=model).select_related("previous__model", "version__model", "moved_by")
    rows = rows.filter(name=name) if name else rows
    return rows.order_by("-moved_at", "-pk")


def aliases_at(model: RegisteredModel, at: datetime) -> list[AliasMove]:
    """What each alias meant at a time: its last move until then, of those that pointed somewhere; one query."""
    last = AliasMove.objects.filter(model=model, name=OuterRef("name"), moved_at__lte=at).order_by("-moved_at", "-pk")
    rows = alias_moves_of(model).filter(moved_at__lte=at).annotate(last=Subquery(last.values("pk")[:1]))
    return list(rows.filter(pk=F("last"), version__isnull=False).order_by("name"))


def alias_at(model: RegisteredModel, name: str, at: datetime) -> AliasMove | None:
    """The move by which an alias pointed where it did at a time; None when it pointed nowhere then."""
    last = alias_moves_of(model, name).filter(moved_at__lte=at).first()
    return last if last is not None and last.version is not None else None


def alias_named(model: RegisteredModel, name: str) -> ModelAlias:
    """One alias of a model. Raises NotFound (`alias.missing`)."""
    found = aliases_of(model).filter(name=name).first()
    if found is None:
        raise alias_missing(name)
    return found


def alias_meant(model: RegisteredModel, name: str, at: datetime) -> AliasMove:
    """What an alias meant at a time. Raises NotFound where it pointed nowhere then."""
    found = alias_at(model, name, at)
    if found is None:
        raise NotFound(f"“{name}” pointed at no version then.", code="alias.missing")
    return found


def alias_missing(name: str) -> NotFound:
    """The refusal for an alias that is not there, in MLflow's words."""
    return NotFound(f"Registered model alias {name} not found.", code="alias.missing")
