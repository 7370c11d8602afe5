"""Reading sources, and who may see which."""

from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion, Derivation, Source, VersionSource
from apps.catalog.queries.datasets import MISSING, dataset_versions_seen_by
from apps.core.errors import NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


def sources_seen_by(user: "User | AnonymousUser") -> QuerySet[Source]:
    """Sources of the person's teams, by name."""
    rows = Source.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "created_by", "licence_verified_by").order_by("name", "pk")


def sources_listed_for(user: "User | AnonymousUser") -> QuerySet[Source]:
    """The list of sources: each with the number of dataset versions that hold rows of it."""
    return sources_seen_by(user).annotate(version_count=Count("version_links"))


def source_seen(user: "User | AnonymousUser", pk: int) -> Source:
    """One source. Raises NotFound when it is not there or not to be seen."""
    found = sources_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(MISSING)
    return found


def versions_of_source(user: "User | AnonymousUser", source: Source) -> list[VersionSource]:
    """The dataset versions that hold rows of a source and that the person sees, the newest first."""
    rows = VersionSource.objects.filter(source=source, version__in=dataset_versions_seen_by(user))
    return list(rows.select_related("version__dataset").order_by("-version_id")[:100])


def source_links_of(user: "User | AnonymousUser | None", version: DatasetVersion) -> QuerySet[VersionSource]:
    """The sources that a version holds rows of, the largest share first: its own team's, and those of the person's
    other teams.
    """
    teams = {version.team_id, *(team_ids_seen_by(user) if user else ())}
    rows = VersionSource.objects.filter(version=version, source__team_id__in=teams)
    return rows.select_related("source__team", "source__licence_verified_by", "created_by").order_by("-share", "pk")


def derivations_of(user: "User | AnonymousUser", version: DatasetVersion) -> QuerySet[Derivation]:
    """What a version was made out of, as far as the person sees it."""
    rows = Derivation.objects.filter(version=version, origin__in=dataset_versions_seen_by(user))
    return rows.select_related("origin__dataset", "created_by").order_by("pk")
