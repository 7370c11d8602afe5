"""Which version a reference means, and which versions came before it."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.catalog.models import Branch, Dataset, DatasetVersion, Tag
from apps.catalog.queries.datasets import datasets_seen_by
from apps.catalog.rules.versions import LEAST_PREFIX, ancestry, is_prefix, merge_base, number_of
from apps.core.errors import Conflict, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def branches_seen_by(user: "User | AnonymousUser") -> QuerySet[Branch]:
    """Branches of every dataset that the person sees."""
    return Branch.objects.filter(dataset__in=datasets_seen_by(user)).select_related("dataset", "head__dataset")


def tags_seen_by(user: "User | AnonymousUser") -> QuerySet[Tag]:
    """Tags of every dataset that the person sees."""
    rows = Tag.objects.filter(dataset__in=datasets_seen_by(user))
    return rows.select_related("dataset", "version__dataset", "created_by")


def version_at(dataset: Dataset, ref: str) -> DatasetVersion:
    """The version that a reference means: a branch (its newest version), a tag, a number (“v3” or “3”), or the first
    eight digits or more of a commit digest, or else of a content digest, of which the newest version is meant.

    Whoever calls this has found the dataset among those that the person sees. Raises NotFound, and Conflict for a
    beginning that several commits share.
    """
    ref = ref.strip()
    version = _by_name(dataset, ref)
    if version is None and (number := number_of(ref)) is not None:
        version = _versions(dataset).filter(number=number).first()
    if version is None and is_prefix(ref):
        version = _by_digest(dataset, ref)
    if version is None:
        raise NotFound(
            f"This dataset has no version that “{ref[:80]}” means.",
            code="ref.missing",
            remedy=f"Give a branch, a tag, a number such as v3, or at least {LEAST_PREFIX} digits of a digest.",
        )
    return version


def _versions(dataset: Dataset) -> QuerySet[DatasetVersion]:
    return DatasetVersion.objects.filter(dataset=dataset).select_related("dataset", "team", "created_by")


def _by_name(dataset: Dataset, name: str) -> DatasetVersion | None:
    return (
        _versions(dataset).filter(heads__name=name, heads__dataset=dataset).first()
        or _versions(dataset).filter(tags__name=name, tags__dataset=dataset).first()
    )


def _by_digest(dataset: Dataset, prefix: str) -> DatasetVersion | None:
    commits = list(_versions(dataset).filter(commit_digest__startswith=prefix)[:2])
    if len(commits) > 1:
        raise Conflict(
            f"Several commits begin with “{prefix}”.", code="ref.ambiguous", remedy="Give more digits of the digest."
        )
    if commits:
        return commits[0]
    return _versions(dataset).filter(digest__startswith=prefix).order_by("-number").first()


def history_at(dataset: Dataset, version: DatasetVersion) -> QuerySet[DatasetVersion]:
    """A version and every version that it came from, by its own line and by merges, the newest first."""
    parents, _ = _lines(dataset)
    return _versions(dataset).filter(pk__in=ancestry(parents, version.pk)).order_by("-number")


def is_ancestor(of: DatasetVersion, version: DatasetVersion) -> bool:
    """Whether `of` came from `version`, or is it."""
    parents, _ = _lines(of.dataset)
    return version.pk in ancestry(parents, of.pk)


def base_of(ours: DatasetVersion, theirs: DatasetVersion) -> DatasetVersion | None:
    """The newest version that both came from; None where they have none in common."""
    parents, numbers = _lines(ours.dataset)
    found = merge_base(parents, ours.pk, theirs.pk, numbers)
    return None if found is None else _versions(ours.dataset).get(pk=found)


def _lines(dataset: Dataset) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
    """What each version was made of, and its number; one query for the whole dataset."""
    parents, numbers = dict[int, tuple[int, ...]](), dict[int, int]()
    for version in DatasetVersion.objects.filter(dataset=dataset).only("parent_id", "merged_id", "number"):
        made_of = (version.parent_id, version.merged_id)
        parents[version.pk] = tuple(one for one in made_of if one is not None)
        numbers[version.pk] = version.number
    return parents, numbers
