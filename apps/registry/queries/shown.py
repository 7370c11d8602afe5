"""Models and versions with their tags and aliases, as rows for tools that ask many times a second.

Only the columns that are shown are read, and the number of queries does not depend on how many versions there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.core.errors import NotFound
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
    "manifest_digest",
    "held_files",
    "broken_at",
    "created_at",
    "updated_at",
    "tracking_run__uuid",
)
_STAGES = tuple(ModelVersion.Stage)
AT_ONCE = 5_000  # numbers in one question; databases take only so many


def _batched(pks: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The numbers in groups of at most `size`."""
    return (pks[start : start + size] for start in range(0, len(pks), size))


@dataclass
class VersionShown:
    """One version: its columns, its tags and the aliases that point at it."""

    row: dict[str, Any]
    tags: list[tuple[str, str]] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)


@dataclass
class ModelShown:
    """One model: its columns, its tags, its aliases with numbers, and the newest version of every stage."""

    row: dict[str, Any]
    tags: list[tuple[str, str]] = field(default_factory=list)
    aliases: list[tuple[str, int]] = field(default_factory=list)
    latest: list[VersionShown] = field(default_factory=list)


def version_shown(user: User, team_id: int, name: str, number: int) -> VersionShown:
    """One version by number. Raises NotFound."""
    rows = ModelVersion.objects.filter(
        model__team_id=team_id, model__name=name, model__deleted_at=None, number=number, deleted_at=None
    )
    seen = number <= MOST_NUMBER and may(user, "team.view", team_id)
    found = versions_shown(rows) if seen else []
    if not found:
        raise version_missing(name, number)
    return found[0]


def version_shown_by_alias(user: User, team_id: int, name: str, alias: str) -> VersionShown:
    """The version that an alias points at now. Raises NotFound (`alias.missing`)."""
    rows = ModelVersion.objects.filter(
        aliases__name=alias,
        aliases__model__team_id=team_id,
        aliases__model__name=name,
        aliases__model__deleted_at=None,
    )
    found = versions_shown(rows) if may(user, "team.view", team_id) else []
    if not found:
        if not RegisteredModel.objects.filter(team_id=team_id, name=name, deleted_at=None).exists():
            raise model_missing(name)
        raise NotFound(f"Registered model alias {alias} not found.", code="alias.missing")
    return found[0]


def versions_shown(versions: "QuerySet[ModelVersion] | Sequence[ModelVersion]") -> list[VersionShown]:
    """These versions in their order, with tags and aliases; two queries, and a third for versions at hand."""
    if not isinstance(versions, QuerySet):
        versions = ModelVersion.objects.filter(pk__in=[version.pk for version in versions])
    shown = [VersionShown(row) for row in versions.values(*_VERSION)]
    words = _words_of([one.row["pk"] for one in shown])
    for one in shown:
        one.tags, one.aliases = words[one.row["pk"]]
    return shown


def _words_of(pks: Sequence[int]) -> dict[int, tuple[list[tuple[str, str]], list[str]]]:
    """Tags and aliases of versions, in one query for every few thousand of them."""
    found: dict[int, tuple[list[tuple[str, str]], list[str]]] = defaultdict(lambda: ([], []))
    for some in _batched(pks, AT_ONCE):
        tags = VersionTag.objects.filter(version__in=some).values_list("version_id", Value(0), "key", "value")
        aliases = ModelAlias.objects.filter(version__in=some).values_list("version_id", Value(1), "name", Value(""))
        for pk, is_alias, key, value in tags.order_by().union(aliases.order_by(), all=True):
            if is_alias:
                found[pk][1].append(key)
            else:
                found[pk][0].append((key, value))
    for words in found.values():
        words[0].sort()
        words[1].sort()
    return found


def model_shown(user: User, team_id: int, name: str) -> ModelShown:
    """One model by name. Raises NotFound."""
    rows = RegisteredModel.objects.filter(team_id=team_id, name=name, deleted_at=None)
    found = models_shown(rows) if may(user, "team.view", team_id) else []
    if not found:
        raise model_missing(name)
    return found[0]


def models_shown(models: QuerySet[RegisteredModel]) -> list[ModelShown]:
    """These models in their order. The newest version of each stage is found by index, whatever the count."""
    newest = ModelVersion.objects.filter(model=OuterRef("pk"), deleted_at=None).order_by("-number").values("pk")
    latest = {f"latest_{stage}": Subquery(newest.filter(stage=stage)[:1]) for stage in _STAGES}
    shown = [ModelShown(row) for row in models.values(*_MODEL, **latest)]
    wanted = [one.row[f"latest_{stage}"] for one in shown for stage in _STAGES]
    by_pk = _versions_by_pk(pk for pk in wanted if pk is not None)
    words = _model_words([one.row["pk"] for one in shown])
    for one in shown:
        pks = [one.row[f"latest_{stage}"] for stage in _STAGES]
        one.latest = [by_pk[pk] for pk in pks if pk in by_pk]
        one.tags, one.aliases = words[one.row["pk"]]
    return shown


def _versions_by_pk(pks: Iterable[int]) -> dict[int, VersionShown]:
    wanted = list(pks)
    found = versions_shown(ModelVersion.objects.filter(pk__in=wanted).order_by()) if wanted else []
    return {one.row["pk"]: one for one in found}


def _model_words(pks: Sequence[int]) -> dict[int, tuple[list[tuple[str, str]], list[tuple[str, int]]]]:
    """Tags and aliases of models, in one query."""
    found: dict[int, tuple[list[tuple[str, str]], list[tuple[str, int]]]] = defaultdict(lambda: ([], []))
    if not pks:
        return found
    tags = ModelTag.objects.filter(model__in=pks).values_list("model_id", Value(0), "key", "value")
    aliases = ModelAlias.objects.filter(model__in=pks)
    pointing = aliases.values_list("model_id", "version__number", "name", Value(""))
    for pk, number, key, value in tags.order_by().union(pointing.order_by(), all=True):
        if number:
            found[pk][1].append((key, number))
        else:
            found[pk][0].append((key, value))
    for words in found.values():
        words[0].sort()
        words[1].sort()
    return found
