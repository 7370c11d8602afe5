"""What breaks if something goes: the drawing, and what another licence would change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from apps.catalog.models import Dataset, DatasetVersion, Source
from apps.catalog.queries import dataset_seen, dataset_version_seen
from apps.catalog.queries.licences import origins_of
from apps.catalog.queries.sources import source_seen
from apps.catalog.rules.propagation import DATASET, MODEL, SOURCE, Conflict, Made, Thing, chains_of, inherit, words_of
from apps.core.charts import Chart, Node
from apps.core.errors import NotFound
from apps.portal.queries.lineage.downstream import Downstream, Start
from apps.portal.queries.lineage.drawing import Drawing
from apps.registry.models import ModelVersion
from apps.registry.queries import datasets_in, lineage_links, model_thing, version_seen

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

# The word of the address, what people call it, and how one is read.
STARTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "source": ("source", source_seen),
    "dataset": ("dataset", dataset_seen),
    "dataset-version": ("dataset version", dataset_version_seen),
    "model-version": ("model version", version_seen),
}
MOST_EFFECTS = 100


def start_seen(user: "User | AnonymousUser", kind: str, pk: int) -> Start:
    """What the walk starts from. Raises NotFound for a word that is no kind, and for what is not to be seen."""
    if kind not in STARTS:
        raise NotFound(f"There is nothing called “{kind}” to start from.")
    found: Start = STARTS[kind][1](user, pk)
    return found


def impact_graph(found: Downstream) -> Chart:
    """The drawing from the start to the applications."""
    drawing = Drawing(found.seen, hides=True)
    keys = {("start", found.start.pk): _draw_start(drawing, found.start)}
    keys |= {("data", pk): drawing.data(data) for pk, data in found.data.items()}
    if isinstance(found.start, DatasetVersion):
        keys[("data", found.start.pk)] = keys[("start", found.start.pk)]
    if isinstance(found.start, ModelVersion):
        keys[("version", found.start.pk)] = keys[("start", found.start.pk)]
    for pk, version in found.versions.items():
        keys.setdefault(
            ("version", pk), drawing.version(version, kind=version.get_stage_display(), tone=_tone(version))
        )
    for source, target, how in found.made:
        if source in keys and target in keys and keys[source] != keys[target]:
            drawing.join(keys[source], keys[target], how)
    for deployment in found.deployments:
        drawing.deployment(keys[("version", deployment.version_id)], deployment)
    for part in found.systems:
        drawing.join(keys[("version", part.version_id)], drawing.system(part), "works in")
    return drawing.finish("What depends on it")


def _draw_start(drawing: Drawing, start: Start) -> str:
    if isinstance(start, Source):
        return drawing.source(start, tone="info")
    if isinstance(start, DatasetVersion):
        return drawing.data(start, kind="Starts here", tone="info")
    if isinstance(start, ModelVersion):
        return drawing.version(start, kind="Starts here", tone="info")
    drawing.nodes["dataset"] = Node("dataset", start.name, "Dataset", "", "info")
    return "dataset"


def _tone(version: ModelVersion) -> str:
    return "good" if version.stage == ModelVersion.Stage.APPROVED else "neutral"


@dataclass(frozen=True)
class Effect:
    """What another licence would do to one model version: the sentences that would newly stand against its uses, and
    how many of those that stand against them today would fall away.
    """

    version: ModelVersion
    is_named: bool
    blocks_now: int
    new: tuple[str, ...]
    gone: int


def licence_effects(found: Downstream, licence: str | None) -> list[Effect]:
    """For each model version downstream, what would change if what the walk started from had this licence, or with
    None: no licence any more, so that nothing allows its use. Versions with new objections come first.
    """
    versions = list(found.versions.values())[:MOST_EFFECTS]
    if isinstance(found.start, ModelVersion):
        versions.insert(0, found.start)
    links = lineage_links(version.pk for version in versions)
    origins = origins_of(datasets_in(links))
    keys = _keys(found.start)
    effects = []
    for version in versions:
        thing = model_thing(version, links, origins, found.seen)
        new, now, gone = _held_against(thing, version.model.intended_uses, keys, licence)
        effects.append(Effect(version, found.may_name(version), now, new, gone))
    return sorted(effects, key=lambda effect: -len(effect.new))


def _held_against(
    thing: Thing, uses: Sequence[str], keys: frozenset[tuple[str, int]], licence: str | None
) -> tuple[tuple[str, ...], int, int]:
    """The new objections, how many stand today, and how many of those would fall away."""
    now = {_about(one) for one in inherit(thing, uses).blocking}
    if licence is None:
        lost = (chain for chain in chains_of(thing) if chain[-1].thing.key in keys)
        return tuple(f"{words_of(chain)}: nothing allows its use any more." for chain in lost), len(now), 0
    then = inherit(_relicensed(thing, keys, licence), uses).blocking
    new = tuple(one.sentence for one in then if _about(one) not in now)
    return new, len(now), len(now - {_about(one) for one in then})


def _about(conflict: Conflict) -> tuple[object, ...]:
    """What a conflict says, apart from the licence's name: the same objection stays the same."""
    return (conflict.kind, conflict.term, conflict.use, conflict.chain)


def _keys(start: Start) -> frozenset[tuple[str, int]]:
    """The things of a licence tree that the walk started from."""
    if isinstance(start, Source):
        return frozenset({(SOURCE, start.pk)})
    if isinstance(start, ModelVersion):
        return frozenset({(MODEL, start.pk)})
    pks: Iterable[int] = start.versions.values_list("pk", flat=True) if isinstance(start, Dataset) else [start.pk]
    return frozenset((DATASET, pk) for pk in pks)


def _relicensed(thing: Thing, keys: frozenset[tuple[str, int]], licence: str) -> Thing:
    made = tuple(Made(one.how, _relicensed(one.thing, keys, licence)) for one in thing.made_from)
    if thing.key in keys:
        return replace(thing, made_from=made, licence=licence, is_evidenced=False)
    return replace(thing, made_from=made)
