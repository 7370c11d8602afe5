"""The drawn lineage of a model version: base models, data and runs on the left, deployments and applications right."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion
from apps.core.charts import Chart, Edge, Node, graph
from apps.registry.models import LineageLink, ModelVersion, TuningRun
from apps.registry.queries import ancestors_of
from apps.registry.rules import TUNED_FROM
from apps.serving.models import Application, Deployment
from apps.serving.queries import state_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST_NODES = 40
_TONES = {"ready": "good", "failed": "bad", "starting": "info"}


def lineage_graph(
    user: "User | AnonymousUser",
    version: ModelVersion,
    deployments: Sequence[Deployment],
    children: Sequence[ModelVersion],
) -> Chart:
    """The graph around `version`. What belongs to teams that the person is not in stands there without a link."""
    drawing = _Drawing(set(team_ids_seen_by(user)) | {version.team_id})
    drawing.version(version, kind="This version", tone="info")
    line = [version, *ancestors_of(version)]
    rows = LineageLink.objects.filter(version__in=line).order_by("pk")
    for link in rows.select_related("version__model", "base_version__model", "dataset_version__dataset", "tuning_run"):
        drawing.origin(link)
    drawing.settle()
    for deployment in deployments:
        drawing.deployment(version, deployment)
    for child in children:
        drawing.join(drawing.version(version), drawing.version(child, kind="Tuned from it"), "base of")
    return drawing.finish()


class _Drawing:
    """Nodes and edges as they are found; what is named twice stands there once."""

    def __init__(self, teams: set[int]) -> None:
        self.teams = teams
        self.nodes: dict[str, Node] = {}
        self.edges: dict[tuple[str, str], Edge] = {}
        self.runs: dict[int, str] = {}
        self.sources: list[tuple[int, str, str]] = []

    def join(self, source: str, target: str, label: str) -> None:
        self.edges.setdefault((source, target), Edge(source, target, label))

    def _add(self, key: str, label: str, kind: str, url: str, tone: str = "neutral") -> str:
        self.nodes.setdefault(key, Node(key, label, kind, url, tone))
        return key

    def version(self, version: ModelVersion, *, kind: str = "Base model", tone: str = "neutral") -> str:
        url = reverse("portal:version-detail", args=[version.pk]) if version.team_id in self.teams else ""
        return self._add(f"version {version.pk}", str(version), kind, url, tone)

    def data(self, data: DatasetVersion) -> str:
        url = reverse("catalog:version-detail", args=[data.pk]) if data.team_id in self.teams else ""
        return self._add(f"data {data.pk}", str(data), "Data", url)

    def run(self, run: TuningRun) -> str:
        url = reverse("portal:run-detail", args=[run.kind, run.pk]) if run.team_id in self.teams else ""
        return self._add(f"run {run.pk}", f"Tuning {run.pk}", "Run", url)

    def origin(self, link: LineageLink) -> None:
        """Note one link; sources are joined when it is known which run made the version."""
        target = link.version_id
        if link.tuning_run is not None:
            self.runs[target] = self.run(link.tuning_run)
            self.join(self.runs[target], self.version(link.version), "made")
        elif link.base_version is not None:
            how = "tuned" if link.relation == TUNED_FROM else "used"
            self.sources.append((target, self.version(link.base_version), how))
        elif link.dataset_version is not None:
            self.sources.append((target, self.data(link.dataset_version), "trained"))

    def settle(self) -> None:
        """Lead base models and data to the run that used them, or to the version itself where no run is known."""
        for target, source, how in self.sources:
            self.join(source, self.runs.get(target, f"version {target}"), how)

    def deployment(self, version: ModelVersion, deployment: Deployment) -> None:
        state = state_of(deployment)
        url = reverse("serving:deployment-detail", args=[deployment.pk])
        kind = f"Deployment, {state}"
        key = self._add(f"deployment {deployment.pk}", deployment.name, kind, url, _TONES.get(state, "neutral"))
        self.join(f"version {version.pk}", key, "runs as")
        for application in deployment.applications.all():
            self.join(key, self._application(application, url), "called by")

    def _application(self, application: Application, url: str) -> str:
        kind = "Application, acknowledged" if application.acknowledged_at else "Application, silent"
        tone = "good" if application.acknowledged_at else "warning"
        return self._add(f"application {application.pk}", application.name, kind, url, tone)

    def finish(self) -> Chart:
        kept = dict(list(self.nodes.items())[:MOST_NODES])
        edges = [edge for edge in self.edges.values() if edge.source in kept and edge.target in kept]
        return graph("What came from what", nodes=list(kept.values()), edges=edges)
