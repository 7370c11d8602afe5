"""What a dataset version was made of: the sources it holds rows of, and the versions it was derived from."""

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.catalog.models import DatasetVersion, Derivation, Source, VersionSource
from apps.catalog.rules import REDACTED, ROLLED_BACK
from apps.core.errors import Conflict, Invalid, NotFound
from apps.incidents.services import require_free

_ROUNDING = 1e-6
# These operations leave every row where it came from; after others, nobody has counted again.
_SAME_ROWS = (ROLLED_BACK, REDACTED)
MOST_STEPS = 10_000  # versions that are looked at for a circle


@transaction.atomic
def version_source_link(
    *, by: User, version: DatasetVersion, source: Source, share: float | None = None
) -> VersionSource:
    """Say that a version holds rows of a source, and which share of them; said again, the share is replaced.

    Raises Invalid for shares that are no share or come to more than all rows.
    """
    require(by, "source.edit", version.team_id, shared=version.dataset)
    require(by, "team.view", source.team_id)
    require_free(version)
    DatasetVersion.objects.select_for_update().get(pk=version.pk)
    _check_shares(version, source, share)
    link, _ = VersionSource.objects.update_or_create(
        version=version, source=source, defaults={"share": share}, create_defaults={"share": share, "created_by": by}
    )
    data = {"source": source.pk, "share": None if share is None else repr(share)}
    record(action="dataset_version.source_link", obj=version, by=by, data=data)
    return link


def _check_shares(version: DatasetVersion, source: Source, share: float | None) -> None:
    if share is None:
        return
    if not 0 <= share <= 1:
        raise Invalid("A share lies between 0 and 1.", code="source.share")
    others = VersionSource.objects.filter(version=version, share__isnull=False).exclude(source=source)
    total = share + sum(one or 0.0 for one in others.values_list("share", flat=True))
    if total > 1 + _ROUNDING:
        raise Invalid(f"The shares of all sources come to {total:.0%} of the rows.", code="source.shares")


@transaction.atomic
def version_source_unlink(*, by: User, version: DatasetVersion, source: Source) -> None:
    """Take back that a version holds rows of a source. Raises NotFound where nobody said so."""
    require(by, "source.edit", version.team_id, shared=version.dataset)
    require_free(version)
    gone, _ = VersionSource.objects.filter(version=version, source=source).delete()
    if not gone:
        raise NotFound("This version is not linked to that source.", code="source.not_linked")
    record(action="dataset_version.source_unlink", obj=version, by=by, data={"source": source.pk})


@transaction.atomic
def derivation_add(*, by: User, version: DatasetVersion, origin: DatasetVersion, how: str = "") -> Derivation:
    """Say that a version was made out of another. Raises Conflict where that is said already or closes a circle."""
    require(by, "source.edit", version.team_id, shared=version.dataset)
    require(by, "team.view", origin.team_id, shared=origin.dataset)
    require_free(version)
    in_turn(version.team)
    list(DatasetVersion.objects.select_for_update().filter(pk__in=[version.pk, origin.pk]).order_by("pk"))
    if Derivation.objects.filter(version=version, origin=origin).exists():
        raise Conflict(f"{version} is on record as derived from {origin} already.", code="derivation.exists")
    if version.pk in _descent_of(origin):
        raise Conflict(
            f"{origin} was itself made out of {version}: nothing is made out of what came of it.",
            code="derivation.circle",
            remedy="Take back the derivation that is wrong first.",
        )
    made = Derivation.objects.create(version=version, origin=origin, how=how.strip()[:300], created_by=by)
    record(action="dataset_version.derivation_add", obj=version, by=by, data={"origin": origin.pk})
    return made


def _descent_of(version: DatasetVersion) -> set[int]:
    """The version and everything that it was made out of."""
    found, frontier = {version.pk}, {version.pk}
    while frontier and len(found) < MOST_STEPS:
        origins = Derivation.objects.filter(version_id__in=frontier).values_list("origin_id", flat=True)
        frontier = set(origins) - found
        found |= frontier
    return found


@transaction.atomic
def derivation_remove(*, by: User, version: DatasetVersion, origin: DatasetVersion) -> None:
    """Take back that a version was made out of another. Raises NotFound where nobody said so."""
    require(by, "source.edit", version.team_id, shared=version.dataset)
    require_free(version)
    gone, _ = Derivation.objects.filter(version=version, origin=origin).delete()
    if not gone:
        raise NotFound("This version is not on record as derived from that one.", code="derivation.missing")
    record(action="dataset_version.derivation_remove", obj=version, by=by, data={"origin": origin.pk})


@transaction.atomic
def provenance_carry(*, by: User, version: DatasetVersion, parent: DatasetVersion | None) -> None:
    """Give a new commit the sources and derivations of its parent; its maker has been asked who may commit.

    Shares go along only where the rows stayed the same: after other changes nobody has counted them again.
    """
    if parent is None:
        return
    keeps_shares = version.operation in _SAME_ROWS
    links = [
        VersionSource(
            version=version, source_id=link.source_id, share=link.share if keeps_shares else None, created_by=by
        )
        for link in parent.source_links.all()
    ]
    origins = [
        Derivation(version=version, origin_id=one.origin_id, how=one.how, created_by=by)
        for one in parent.derived_from.all()
    ]
    VersionSource.objects.bulk_create(links, ignore_conflicts=True)
    Derivation.objects.bulk_create(origins, ignore_conflicts=True)
    if links or origins:
        data = {"parent": parent.pk, "sources": len(links), "derivations": len(origins)}
        record(action="dataset_version.provenance", obj=version, by=by, data=data)
