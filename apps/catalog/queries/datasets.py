"""Reading datasets, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from apps.accounts.queries import shared_ids, team_ids_seen_by
from apps.catalog.models import Branch, Dataset, DatasetVersion
from apps.catalog.rules import MAIN
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MISSING = "There is no such object, or you may not see it."


def datasets_seen_by(user: "User | AnonymousUser") -> QuerySet[Dataset]:
    """Datasets of the person's teams and those shared with them one by one."""
    return Dataset.objects.filter(Q(team_id__in=team_ids_seen_by(user)) | Q(pk__in=shared_ids(user, Dataset)))


def datasets_listed_for(user: "User | AnonymousUser") -> QuerySet[Dataset]:
    """The dataset list: each with its number of versions and the number of the latest on any branch.

    `newest_pk` is the version that counts: the newest of the main branch. `latest_branch` is where the latest stands.
    """
    latest = DatasetVersion.objects.filter(dataset=OuterRef("pk")).order_by("-number")
    main = Branch.objects.filter(dataset=OuterRef("pk"), name=MAIN)
    return (
        datasets_seen_by(user)
        .select_related("team")
        .annotate(version_count=Count("versions"), latest_number=Max("versions__number"))
        .annotate(newest_pk=Subquery(main.values("head_id")[:1]), latest_branch=Subquery(latest.values("branch")[:1]))
        .order_by("-created_at", "-pk")
    )


def dataset_versions_seen_by(user: "User | AnonymousUser") -> QuerySet[DatasetVersion]:
    """Versions of every dataset that the person sees."""
    seen = Q(team_id__in=team_ids_seen_by(user)) | Q(dataset_id__in=shared_ids(user, Dataset))
    return DatasetVersion.objects.filter(seen).select_related("dataset", "team", "created_by")


def dataset_seen(user: "User | AnonymousUser", pk: int) -> Dataset:
    """One dataset. Raises NotFound when it is not there or not to be seen."""
    found = datasets_seen_by(user).select_related("team", "created_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def dataset_version_seen(user: "User | AnonymousUser", pk: int) -> DatasetVersion:
    """One dataset version. Raises NotFound when it is not there or not to be seen."""
    found = dataset_versions_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found
