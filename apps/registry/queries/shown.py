"""Models and versions with their tags and aliases, as rows for tools that ask many times a second.

Only the columns that are shown are read, tags and aliases come along in the same question, and how many versions there
are does not matter: each is found by index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.core.errors import NotFound
from apps.core.prepared import Prepared, RowsAlong, unpacked
from apps.registry.models import ModelAlias, ModelTag, ModelVersion, RegisteredModel, VersionTag
from apps.registry.queries.names import MOST_NUMBER, model_missing, version_missing

_MODEL = ("pk", "name", "description", "created_at", "updated_at")
_VERSION = (
    "pk",
    "model_id",
    "model__name",
    "number",
    "stage",
    "description",
    "source",
    "run_link",
    "held_files",
    "broken_at",
    "created_at",
    "updated_at",
    "tracking_run__uuid",
)
_STAGES = tuple(ModelVersion.Stage)
_LATEST = tuple(f"latest_{stage}" for stage in _STAGES)
AT_ONCE = 5_000  # numbers in one question; databases take only so many


@dataclass(frozen=True)
class VersionShown:
    """One version: its columns, its tags and the aliases that point at it."""

    row: dict[str, Any]
    tags: list[list[str]]
    aliases: list[str]


@dataclass(frozen=True)
class ModelShown:
    """One model: its columns, its tags, its aliases with numbers, and the newest version of every stage."""

    row: dict[str, Any]
    tags: list[list[str]]
    aliases: list[list[Any]]
    latest: list[VersionShown]


def version_columns(versions: QuerySet[ModelVersion]) -> "QuerySet[ModelVersion, tuple[Any, ...]]":
    """What is read of versions."""
    tags = VersionTag.objects.filter(version=OuterRef("pk")).values("key", "value")
    aliases = ModelAlias.objects.filter(version=OuterRef("pk")).values("name")
    along = {"tags_along": RowsAlong(tags), "aliases_along": RowsAlong(aliases)}
    return versions.annotate(**along).values_list(*_VERSION, *along)


def version_of_row(row: Sequence[Any]) -> VersionShown:
    """One version, from the columns of `version_columns`."""
    *columns, tags, aliases = row
    names = sorted(name for (name,) in unpacked(aliases))
    return VersionShown(dict(zip(_VERSION, columns, strict=True)), sorted(unpacked(tags)), names)


def _model_columns(models: QuerySet[RegisteredModel]) -> "QuerySet[RegisteredModel, tuple[Any, ...]]":
    tags = ModelTag.objects.filter(model=OuterRef("pk")).values("key", "value")
    aliases = ModelAlias.objects.filter(model=OuterRef("pk")).values("name", "version__number")
    along = {"tags_along": RowsAlong(tags), "aliases_along": RowsAlong(aliases)}
    newest = ModelVersion.objects.filter(model=OuterRef("pk"), deleted_at=None).order_by("-number").values("pk")
    latest = {f"latest_{stage}": Subquery(newest.filter(stage=stage)[:1]) for stage in _STAGES}
    return models.annotate(**along, **latest).values_list(*_MODEL, *along, *latest)


_BY_NUMBER = Prepared(
    lambda team, name, number: version_columns(
        ModelVersion.objects.filter(
            model__team_id=team, model__name=name, model__deleted_at=None, number=number, deleted_at=None
        )
    ).order_by(),
    team=int,
    name=str,
    number=int,
)
_BY_ALIAS = Prepared(
    lambda team, name, alias: version_columns(
        ModelVersion.objects.filter(
            aliases__name=alias,
            aliases__model__team_id=team,
            aliases__model__name=name,
            aliases__model__deleted_at=None,
        )
    ).order_by(),
    team=int,
    name=str,
    alias=str,
)
_BY_PK = Prepared(lambda pk: version_columns(ModelVersion.objects.filter(pk=pk)).order_by(), pk=int)
_BY_NAME = Prepared(
    lambda team, name: _model_columns(
        RegisteredModel.objects.filter(team_id=team, name=name, deleted_at=None)
    ).order_by(),
    team=int,
    name=str,
)


def version_shown(user: User, team_id: int, name: str, number: int) -> VersionShown:
    """One version by number; one query. Raises NotFound."""
    seen = number <= MOST_NUMBER and may(user, "team.view", team_id)
    rows = _BY_NUMBER.rows(team=team_id, name=name, number=number) if seen else []
    if not rows:
        raise version_missing(name, number)
    return version_of_row(rows[0])


def version_shown_by_alias(user: User, team_id: int, name: str, alias: str) -> VersionShown:
    """The version that an alias points at now; one query. Raises NotFound (`alias.missing`)."""
    rows = _BY_ALIAS.rows(team=team_id, name=name, alias=alias) if may(user, "team.view", team_id) else []
    if not rows:
        if not RegisteredModel.objects.filter(team_id=team_id, name=name, deleted_at=None).exists():
            raise model_missing(name)
        raise NotFound(f"Registered model alias {alias} not found.", code="alias.missing")
    return version_of_row(rows[0])


def version_reshown(version: ModelVersion) -> VersionShown:
    """A version that was read or made a moment ago, as it is now."""
    return version_of_row(_BY_PK.rows(pk=version.pk)[0])


def model_shown(user: User, team_id: int, name: str) -> ModelShown:
    """One model by name; two queries. Raises NotFound."""
    rows = _BY_NAME.rows(team=team_id, name=name) if may(user, "team.view", team_id) else []
    if not rows:
        raise model_missing(name)
    latest = [_BY_PK.rows(pk=pk)[0] for pk in rows[0][-len(_LATEST) :] if pk is not None]
    return _model_of_row(rows[0], {row[0]: version_of_row(row) for row in latest})


def models_shown(models: QuerySet[RegisteredModel]) -> list[ModelShown]:
    """These models in their order; two queries."""
    rows = list(_model_columns(models))
    wanted = [pk for row in rows for pk in row[-len(_LATEST) :] if pk is not None]
    latest = _versions_by_pk(wanted)
    return [_model_of_row(row, latest) for row in rows]


def _model_of_row(row: Sequence[Any], latest: dict[int, VersionShown]) -> ModelShown:
    columns, (tags, aliases), newest = row[: len(_MODEL)], row[len(_MODEL) : -len(_LATEST)], row[-len(_LATEST) :]
    versions = [latest[pk] for pk in newest if pk in latest]
    facts = dict(zip(_MODEL, columns, strict=True))
    return ModelShown(facts, sorted(unpacked(tags)), sorted(unpacked(aliases)), versions)


def _versions_by_pk(pks: Iterable[int]) -> dict[int, VersionShown]:
    wanted = list(pks)
    found: dict[int, VersionShown] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = ModelVersion.objects.filter(pk__in=wanted[start : start + AT_ONCE])
        found |= {row[0]: version_of_row(row) for row in version_columns(some).order_by()}
    return found
