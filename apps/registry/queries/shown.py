"""Models and versions with their tags and aliases, as rows for tools that ask many times a second.

Only the columns that are shown are read, tags and aliases come along in the same question, and how many versions there
are does not matter: each is found by index.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.core.errors import NotFound
from apps.core.prepared import Prepared, PreparedByKeys, Row, RowsAlong, unpacked
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
RECENT = ("-updated_at", "-number", "-pk")  # as the index has it: MLflow's next key is the name
_STAGES = tuple(ModelVersion.Stage)
_LATEST = tuple(f"latest_{stage}" for stage in _STAGES)


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


def _version_columns(versions: QuerySet[ModelVersion]) -> "QuerySet[ModelVersion, tuple[Any, ...]]":
    """What is read of versions."""
    tags = VersionTag.objects.filter(version=OuterRef("pk")).values("key", "value")
    aliases = ModelAlias.objects.filter(version=OuterRef("pk")).values("name")
    along = {"tags_along": RowsAlong(tags), "aliases_along": RowsAlong(aliases)}
    return versions.annotate(**along).values_list(*_VERSION, *along)


def _version_of_row(row: Sequence[Any]) -> VersionShown:
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
    lambda team, name, number: _version_columns(
        ModelVersion.objects.filter(
            model__team_id=team, model__name=name, model__deleted_at=None, number=number, deleted_at=None
        )
    ).order_by(),
    team=int,
    name=str,
    number=int,
)
_BY_ALIAS = Prepared(
    lambda team, name, alias: _version_columns(
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
# The model's number first, on its own: then the versions are read in the order of the model's index.
_OF_MODEL = Prepared(
    lambda team, name: _version_columns(
        ModelVersion.objects.filter(
            team_id=team,
            deleted_at=None,
            model_id=Subquery(
                RegisteredModel.objects.filter(team_id=team, name=name, deleted_at=None, is_prompt=False)
                .order_by()
                .values("pk")
            ),
        )
    ).order_by(*RECENT),
    team=int,
    name=str,
)
_VERSIONS = PreparedByKeys(lambda pks: _version_columns(ModelVersion.objects.filter(pk__in=pks)).order_by())
_MODELS = PreparedByKeys(lambda pks: _model_columns(RegisteredModel.objects.filter(pk__in=pks)).order_by())
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
    return _version_of_row(rows[0])


def version_shown_by_alias(user: User, team_id: int, name: str, alias: str) -> VersionShown:
    """The version that an alias points at now; one query. Raises NotFound (`alias.missing`)."""
    rows = _BY_ALIAS.rows(team=team_id, name=name, alias=alias) if may(user, "team.view", team_id) else []
    if not rows:
        if not RegisteredModel.objects.filter(team_id=team_id, name=name, deleted_at=None).exists():
            raise model_missing(name)
        raise NotFound(f"Registered model alias {alias} not found.", code="alias.missing")
    return _version_of_row(rows[0])


def version_fresh(version: ModelVersion, tags: Mapping[str, str]) -> VersionShown:
    """A version that was made a moment ago, as it was made: nothing is read."""
    facts = {name: getattr(version, name) for name in _VERSION if "__" not in name}
    run = version.tracking_run
    facts |= {"model__name": version.model.name, "tracking_run__uuid": run.uuid if run is not None else None}
    return VersionShown(facts, sorted([key, value] for key, value in tags.items()), [])


def versions_recent(user: User, team_id: int, name: str, most: int) -> list[VersionShown]:
    """The first so many versions of the model of this name, the last changed first; one query.

    Empty where there is no such model; a prompt is none.
    """
    rows = _OF_MODEL.first_rows(most, team=team_id, name=name) if may(user, "team.view", team_id) else []
    return [_version_of_row(row) for row in rows]


def version_reshown(version: ModelVersion) -> VersionShown:
    """A version that was read or made a moment ago, as it is now."""
    return versions_shown([version.pk])[0]


def versions_shown(pks: Sequence[int]) -> list[VersionShown]:
    """The versions with these numbers in the table, in the order of the numbers; one query for each thousand."""
    found = {row[0]: _version_of_row(row) for row in _VERSIONS.rows(pks)}
    return [found[pk] for pk in pks if pk in found]


def model_shown(user: User, team_id: int, name: str) -> ModelShown:
    """One model by name; two queries. Raises NotFound."""
    rows = _BY_NAME.rows(team=team_id, name=name) if may(user, "team.view", team_id) else []
    if not rows:
        raise model_missing(name)
    return _models_of_rows(rows)[0]


def models_shown(pks: Sequence[int]) -> list[ModelShown]:
    """The models with these numbers in the table, in the order of the numbers; two queries for each thousand."""
    found = {one.row["pk"]: one for one in _models_of_rows(_MODELS.rows(pks))}
    return [found[pk] for pk in pks if pk in found]


def _models_of_rows(rows: list[Row]) -> list[ModelShown]:
    wanted = [pk for row in rows for pk in row[-len(_LATEST) :] if pk is not None]
    latest = {one.row["pk"]: one for one in versions_shown(wanted)}
    return [_model_of_row(row, latest) for row in rows]


def _model_of_row(row: Sequence[Any], latest: dict[int, VersionShown]) -> ModelShown:
    columns, (tags, aliases), newest = row[: len(_MODEL)], row[len(_MODEL) : -len(_LATEST)], row[-len(_LATEST) :]
    versions = [latest[pk] for pk in newest if pk in latest]
    facts = dict(zip(_MODEL, columns, strict=True))
    return ModelShown(facts, sorted(unpacked(tags)), sorted(unpacked(aliases)), versions)
