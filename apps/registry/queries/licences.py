"""What model versions were made of, and the terms that they inherit from it."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.queries.licences import HIDDEN, Origins, origins_of
from apps.catalog.rules.licences import licence_of_card
from apps.catalog.rules.propagation import MODEL, Inheritance, Made, Thing, inherit
from apps.registry.models import LineageLink, ModelVersion
from apps.registry.rules import TRAINED_ON, TUNED_FROM

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User
    from apps.catalog.models import DatasetVersion

GENERATIONS = 12  # base models of base models; a longer line than any that is known
NO_NAME = frozenset({"", "other"})  # what a card says as `license` where the licence's name stands beside it
Links = dict[int, list[LineageLink]]


def lineage_links(pks: Iterable[int]) -> Links:
    """Lineage of these versions and of everything they descend from; one query a generation."""
    found: Links = {}
    frontier = set(pks)
    for _ in range(GENERATIONS):
        if not frontier:
            break
        found.update({pk: [] for pk in frontier})
        rows = LineageLink.objects.filter(version_id__in=frontier).select_related(
            "base_version__model", "dataset_version__dataset"
        )
        for link in rows:
            found[link.version_id].append(link)
        bases = {link.base_version_id for pk in frontier for link in found[pk] if link.relation == TUNED_FROM}
        frontier = {pk for pk in bases if pk is not None and pk not in found}
    return found


def datasets_in(links: Links) -> "list[DatasetVersion]":
    """Every dataset version that some model version in this lineage was trained on."""
    every = (link.dataset_version for rows in links.values() for link in rows if link.relation == TRAINED_ON)
    return list({data.pk: data for data in every if data is not None}.values())


def model_thing(version: ModelVersion, links: Links, origins: Origins, seen: Collection[int] | None = None) -> Thing:
    """The tree of one version: its data and its base models, with theirs. With `seen`, things of other teams than
    these lose their names.
    """
    return _thing(version, links, origins, seen, frozenset())


def _thing(
    version: ModelVersion, links: Links, origins: Origins, seen: Collection[int] | None, above: frozenset[int]
) -> Thing:
    above = above | {version.pk}
    parts = []
    for link in links.get(version.pk, []):
        data, base = link.dataset_version, link.base_version
        if link.relation == TRAINED_ON and data is not None:
            how = "tuned on" if version.relation == "finetune" else "trained on"
            parts.append(Made(how, origins.thing(data.pk, seen)))
        if link.relation == TUNED_FROM and base is not None and base.pk not in above:
            parts.append(Made("tuned from", _thing(base, links, origins, seen, above)))
    is_seen = seen is None or version.team_id in seen
    label = str(version) if is_seen else HIDDEN
    return Thing(MODEL, version.pk, label, licence_on_record(version), tuple(parts))


def licence_on_record(version: ModelVersion) -> str:
    """The licence of a version as an expression; where its card says no more than "other", the one that it names."""
    values = version.facts.get("card_values")
    name = str(values.get("license_name") or "") if isinstance(values, dict) else ""
    if version.licence.strip().casefold() not in NO_NAME or not name.strip():
        return version.licence
    return licence_of_card("other", name)


def model_licence_verdict(
    user: "User | AnonymousUser", version: ModelVersion, uses: Sequence[str] | None = None
) -> Inheritance:
    """The terms that a model version inherits, held against what its model is meant for or against `uses`."""
    links = lineage_links([version.pk])
    seen = {*team_ids_seen_by(user), version.team_id}
    thing = model_thing(version, links, origins_of(datasets_in(links)), seen)
    return inherit(thing, version.model.intended_uses if uses is None else uses)
