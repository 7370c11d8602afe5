"""Everything that came of a source, a dataset, a version of one, or a model version: what breaks if it goes.

The number of queries depends on how many generations there are, never on how many things are found. What belongs to
teams that the person is not in is counted and keeps its place, without its name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import Dataset, DatasetVersion, Derivation, Source, VersionSource
from apps.catalog.queries.licences import GENERATIONS
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.registry.models import LineageLink, ModelAlias, ModelVersion, SystemVersion
from apps.registry.rules import MADE_BY, TRAINED_ON
from apps.serving.models import Deployment, ServingRun
from apps.serving.queries import state_of
from apps.tracking.models import RunInput

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 400  # things of one kind that are read; a page that is cut off says so
Start = Source | Dataset | DatasetVersion | ModelVersion
Node = tuple[str, int]


@dataclass
class Downstream:
    """What came of one thing, each kind in the order in which it was found.

    `made` are (from, to, how), between (kind, number) pairs; `seen` are the teams whose things may be named.
    """

    start: Start
    seen: frozenset[int]
    data: dict[int, DatasetVersion] = field(default_factory=dict)
    versions: dict[int, ModelVersion] = field(default_factory=dict)
    evaluations: list[EvaluationRun] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    systems: list[SystemVersion] = field(default_factory=list)
    aliases: list[ModelAlias] = field(default_factory=list)
    made: list[tuple[Node, Node, str]] = field(default_factory=list)
    is_cut: bool = False

    @property
    def approved(self) -> list[ModelVersion]:
        """The versions whose approval rests on the thing."""
        return [version for version in self.versions.values() if version.stage == ModelVersion.Stage.APPROVED]

    @property
    def running(self) -> list[Deployment]:
        """The deployments that answer, are about to, or would if their files were right."""
        return [item for item in self.deployments if state_of(item) in ("ready", "starting", "blocked")]

    @property
    def is_empty(self) -> bool:
        """Whether nothing on record came of it."""
        return not (self.data or self.versions or self.evaluations)

    def may_name(self, thing: Any) -> bool:
        """Whether the person may read the name of a thing found here."""
        return thing.team_id in self.seen


def downstream_of(user: "User | AnonymousUser", start: Start) -> Downstream:
    """Walk from `start` to the applications that call what was made of it."""
    found = Downstream(start, frozenset({*team_ids_seen_by(user), start.team_id}))
    if isinstance(start, ModelVersion):
        own_data: dict[int, DatasetVersion] = {}
        bases: dict[int, ModelVersion] = {start.pk: start}
    else:
        own_data, bases = _first_data(found, start), {}
    _walk_data(found, own_data)
    _walk_models(found, {**own_data, **found.data}, bases)
    every = [*found.versions, *bases]
    _evaluations(found, [*own_data, *found.data], every)
    _uses(found, every)
    return found


def _first_data(found: Downstream, start: Source | Dataset | DatasetVersion) -> dict[int, DatasetVersion]:
    """The dataset versions that the walk begins with; those of a source or dataset count as found."""
    if isinstance(start, DatasetVersion):
        return {start.pk: start}
    rows: Iterable[DatasetVersion]
    if isinstance(start, Source):
        links = VersionSource.objects.filter(source=start).select_related("version__dataset").order_by("pk")
        rows = [link.version for link in _some(found, links)]
        label = "source of"
    else:
        rows = _some(found, DatasetVersion.objects.filter(dataset=start).select_related("dataset").order_by("pk"))
        label = "version"
    for data in rows:
        found.data[data.pk] = data
        found.made.append((("start", start.pk), ("data", data.pk), label))
    return dict(found.data)


def _walk_data(found: Downstream, frontier: dict[int, DatasetVersion]) -> None:
    """Versions derived from these, committed on top of them, or merged out of them."""
    known = set(frontier)
    for _ in range(GENERATIONS):
        if not frontier:
            return
        pks = list(frontier)
        derived = Derivation.objects.filter(origin__in=pks).select_related("version__dataset").order_by("pk")
        steps = [(row.origin_id, row.version, "derived") for row in _some(found, derived)]
        later = DatasetVersion.objects.filter(Q(parent__in=pks) | Q(merged__in=pks)).select_related("dataset")
        for row in _some(found, later.order_by("pk")):
            steps += [(pk, row, "next version") for pk in (row.parent_id,) if pk in frontier]
            steps += [(pk, row, "merged") for pk in (row.merged_id,) if pk in frontier]
        frontier = {}
        for origin, version, how in steps:
            found.made.append((("data", origin), ("data", version.pk), how))
            if version.pk not in known:
                known.add(version.pk)
                found.data[version.pk] = frontier[version.pk] = version


def _walk_models(found: Downstream, data: dict[int, DatasetVersion], bases: dict[int, ModelVersion]) -> None:
    """Model versions trained on the data, and everything that descends from those and from `bases`."""
    frontier = set(bases)
    for step, version in _trained(found, list(data)):
        found.made.append((step, ("version", version.pk), "trained"))
        if version.pk not in found.versions:
            found.versions[version.pk] = version
            frontier.add(version.pk)
    for _ in range(GENERATIONS):
        if not frontier:
            return
        links = LineageLink.objects.filter(base_version__in=frontier).exclude(relation=MADE_BY)
        frontier = set()
        for link in _some(found, links.select_related("version__model").order_by("pk")):
            found.made.append((("version", link.base_version_id or 0), ("version", link.version_id), "tuned"))
            if link.version_id not in found.versions and link.version_id not in bases:
                found.versions[link.version_id] = link.version
                frontier.add(link.version_id)


def _trained(found: Downstream, data: list[int]) -> list[tuple[Node, ModelVersion]]:
    """Versions trained on the data: as lineage has it, and as their own tool logged it with the data's digest."""
    links = LineageLink.objects.filter(dataset_version__in=data, relation=TRAINED_ON).select_related("version__model")
    steps = [(("data", link.dataset_version_id or 0), link.version) for link in _some(found, links.order_by("pk"))]
    told = {(step, version.pk) for step, version in steps}
    inputs = RunInput.objects.filter(dataset_version__in=data)
    runs = {row.run_id: row.dataset_version_id or 0 for row in _some(found, inputs.order_by("pk"))}
    logged = ModelVersion.objects.filter(tracking_run__in=runs).select_related("model").order_by("pk")
    for version in _some(found, logged):
        step = ("data", runs[version.tracking_run_id or 0])
        if (step, version.pk) not in told:
            steps.append((step, version))
    return steps


def _evaluations(found: Downstream, data: list[int], versions: list[int]) -> None:
    rows = EvaluationRun.objects.filter(Q(dataset_version__in=data) | Q(version__in=versions), state=SUCCEEDED)
    rows = rows.select_related("version__model", "dataset_version__dataset").defer("log", "result", "config")
    found.evaluations = _some(found, rows.order_by("pk"))


def _uses(found: Downstream, versions: list[int]) -> None:
    """Deployments with the applications that call them, systems at present, and aliases."""
    newest = ServingRun.objects.order_by("-pk").defer("log", "result", "config")
    rows = Deployment.objects.filter(version__in=versions).select_related("version__model").order_by("pk")
    rows = rows.prefetch_related("applications", Prefetch("runs", queryset=newest, to_attr="newest_runs"))
    found.deployments = _some(found, rows)
    parts = SystemVersion.objects.filter(version__in=versions, until=None).select_related("system", "version__model")
    found.systems = _some(found, parts.order_by("pk"))
    names = ModelAlias.objects.filter(version__in=versions).select_related("version__model")
    found.aliases = _some(found, names.order_by("pk"))


def _some(found: Downstream, rows: Any) -> list[Any]:
    """At most `MOST` rows, with a note where there were more."""
    kept: Sequence[Any] = list(rows[: MOST + 1])
    found.is_cut = found.is_cut or len(kept) > MOST
    return list(kept[:MOST])
