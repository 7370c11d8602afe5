"""What dataset versions were made of, as trees that the rules of propagation follow.

The number of queries depends on how many generations of derivations there are, never on how many versions are asked
about.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion, Derivation, Source, VersionSource
from apps.catalog.rules.licences import duties
from apps.catalog.rules.propagation import DATASET, SOURCE, Inheritance, Made, Thing, inherit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

GENERATIONS = 12  # derivations of derivations; a longer line than any that is known
HIDDEN = "something of another team"


@dataclass(frozen=True)
class Origins:
    """What is on record about where these dataset versions came from: sources and derivations, by version."""

    versions: dict[int, DatasetVersion]
    sources: dict[int, list[VersionSource]]
    derivations: dict[int, list[Derivation]]

    def sources_of(self, version: DatasetVersion) -> list[VersionSource]:
        """The version's own links to sources."""
        return self.sources.get(version.pk, [])

    def thing(self, pk: int, seen: Collection[int] | None = None) -> Thing:
        """The tree of one version. With `seen`, things of other teams than these lose their names."""
        return _thing(self, pk, seen, {}, frozenset())


def origins_of(versions: Iterable[DatasetVersion]) -> Origins:
    """Read the sources and derivations of these versions and of everything they were derived from."""
    known = {version.pk: version for version in versions}
    derivations: dict[int, list[Derivation]] = defaultdict(list)
    frontier = set(known)
    for _ in range(GENERATIONS):
        if not frontier:
            break
        rows = Derivation.objects.filter(version_id__in=frontier).select_related("origin__dataset").order_by("pk")
        fresh: dict[int, DatasetVersion] = {}
        for row in rows:
            derivations[row.version_id].append(row)
            if row.origin_id not in known:
                fresh[row.origin_id] = row.origin
        known |= fresh
        frontier = set(fresh)
    links: dict[int, list[VersionSource]] = defaultdict(list)
    if known:
        rows_of = VersionSource.objects.filter(version_id__in=known).order_by("pk")
        for link in rows_of.select_related("source__licence_verified_by"):
            links[link.version_id].append(link)
    return Origins(known, links, derivations)


def _thing(
    origins: Origins, pk: int, seen: Collection[int] | None, made: dict[int, Thing], above: frozenset[int]
) -> Thing:
    if pk in made:
        return made[pk]
    version, above = origins.versions[pk], above | {pk}
    parts = [Made("source", _source_thing(link.source, seen)) for link in origins.sources.get(pk, [])]
    for row in origins.derivations.get(pk, []):
        if row.origin_id not in above and row.origin_id in origins.versions:
            parts.append(Made("derived from", _thing(origins, row.origin_id, seen, made, above)))
    is_seen = seen is None or version.team_id in seen
    made[pk] = Thing(DATASET, pk, str(version) if is_seen else HIDDEN, version.licence, tuple(parts))
    return made[pk]


def _source_thing(source: Source, seen: Collection[int] | None) -> Thing:
    is_seen = seen is None or source.team_id in seen
    is_evidenced = source.licence_verified_at is not None and bool(source.consent_digest)
    label = source.name if is_seen else HIDDEN
    return Thing(SOURCE, source.pk, label, source.licence, is_evidenced=is_evidenced)


def badge_of(found: Inheritance) -> dict[str, Any]:
    """The verdict on everything that is inherited, as the licence badge of lists and pages needs it."""
    is_said = any(held.verdict.expression for held in found.held)
    return {
        "expression": "said" if is_said else "",
        "valid": all(held.verdict.valid for held in found.held),
        "commercial_use": False if found.terms.commercial_use == "forbidden" else None,
        "licence_class": found.terms.licence_class,
    }


def badges_of(versions: Sequence[DatasetVersion]) -> dict[int, dict[str, Any]]:
    """The badge of each version, sources and derivations included. It names nothing, so no team is asked for."""
    origins, wanted = origins_of(versions), [version.pk for version in versions]
    return {pk: badge_of(inherit(origins.thing(pk, ()))) for pk in wanted}


@dataclass(frozen=True)
class ProvenancePart:
    """What the page of a dataset version shows of where it came from and what it inherits."""

    links: list[VersionSource]
    derivations: list[Derivation]
    hidden: int
    inheritance: Inheritance
    duties: list[str]

    @property
    def badge(self) -> dict[str, Any]:
        """The verdict in the words of the licence badge, for all that is inherited."""
        return badge_of(self.inheritance)

    @property
    def shares(self) -> float:
        """The share of the rows whose source is on record."""
        return sum(link.share or 0.0 for link in self.links)


def provenance_part(user: "User | AnonymousUser", version: DatasetVersion) -> ProvenancePart:
    """Sources, derivations and inherited terms of one version; of other teams' things only the terms."""
    origins, seen = origins_of([version]), {*team_ids_seen_by(user), version.team_id}
    derivations = origins.derivations.get(version.pk, [])
    visible = [one for one in derivations if one.origin.team_id in seen]
    found = inherit(origins.thing(version.pk, seen))
    return ProvenancePart(
        links=[link for link in origins.sources_of(version) if link.source.team_id in seen],
        derivations=visible,
        hidden=len(derivations) - len(visible),
        inheritance=found,
        duties=duties(found.terms),
    )


def licence_verdict(user: "User | AnonymousUser", version: DatasetVersion, uses: Sequence[str] = ()) -> Inheritance:
    """The terms that a dataset version inherits, and what they say to the uses; of other teams' things only terms."""
    seen = {*team_ids_seen_by(user), version.team_id}
    return inherit(origins_of([version]).thing(version.pk, seen), uses)
