"""The drawn lineage of a model version: sources, data, base models and runs on the left; evaluations, the decision,
deployments and applications on the right.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from apps.accounts.queries import team_ids_seen_by
from apps.catalog.models import DatasetVersion, Source, VersionSource
from apps.checklist.models import SignOff
from apps.checklist.rules import APPROVED
from apps.core.charts import Chart, Edge, Node, graph
from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.registry.models import LineageLink, ModelVersion, SystemVersion, TuningRun
from apps.registry.queries import ancestors_of
from apps.registry.rules import TUNED_FROM
from apps.serving.models import Application, Deployment
from apps.serving.queries import state_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

Page = tuple[str, Sequence[int | str]]  # a page by its name, with the number of what it shows
MOST_NODES = 40
MOST_EVALUATIONS = 3
UNNAMED = "Something of another team"
_TONES = {"ready": "good", "failed": "bad", "blocked": "bad", "starting": "info"}


def lineage_graph(
    user: "User | AnonymousUser",
    version: ModelVersion,
    deployments: Sequence[Deployment],
    children: Sequence[ModelVersion],
) -> Chart:
    """The graph around `version`. What belongs to teams that the person is not in stands there without a link."""
    drawing = Drawing(set(team_ids_seen_by(user)) | {version.team_id})
    own = drawing.version(version, kind="This version", tone="info")
    line = [version, *ancestors_of(version)]
    rows = LineageLink.objects.filter(version__in=line).order_by("pk")
    for link in rows.select_related("version__model", "base_version__model", "dataset_version__dataset", "tuning_run"):
        drawing.origin(link)
    drawing.settle()
    drawing.data_sources()
    decided = _decided(drawing, own, version)
    for deployment in deployments:
        drawing.deployment(decided, deployment)
    for part in version.systems.filter(until=None).select_related("system"):
        drawing.join(decided, drawing.system(part), "works in")
    for child in children:
        drawing.join(own, drawing.version(child, kind="Tuned from it"), "base of")
    return drawing.finish()


def _decided(drawing: "Drawing", own: str, version: ModelVersion) -> str:
    """Draw evaluations and the approval behind the version; what runs hangs on the last of them that decides."""
    runs = EvaluationRun.objects.filter(version=version, state=SUCCEEDED).defer("log", "result", "config")
    measured = [drawing.evaluation(run) for run in runs.order_by("-pk")[:MOST_EVALUATIONS]]
    for key in measured:
        drawing.join(own, key, "measured")
    if version.stage != ModelVersion.Stage.APPROVED:
        return own
    decisions = SignOff.objects.filter(assessment__version=version, decision=APPROVED, is_final=True)
    last = decisions.select_related("decided_by").order_by("-decided_at").first()
    if last is None:
        return own
    key = drawing.approval(last)
    for source in measured or [own]:
        drawing.join(source, key, "decided on")
    return key


class Drawing:
    """Nodes and edges as they are found; what is named twice stands there once. With `hides`, things of other teams
    than `teams` lose their names as well as their links.
    """

    def __init__(self, teams: Collection[int], *, hides: bool = False) -> None:
        self.teams, self.hides = teams, hides
        self.nodes: dict[str, Node] = {}
        self.edges: dict[tuple[str, str], Edge] = {}
        self.runs: dict[int, str] = {}
        self.sources: list[tuple[int, str, str]] = []

    def join(self, source: str, target: str, label: str) -> None:
        self.edges.setdefault((source, target), Edge(source, target, label))

    def _add(self, key: str, label: str, kind: str, url: str, tone: str = "neutral") -> str:
        self.nodes.setdefault(key, Node(key, label, kind, url, tone))
        return key

    def thing(self, key: str, label: str, kind: str, team: int, page: Page, tone: str) -> str:
        """One box with a link to its page, as far as the person may know of it."""
        is_seen = team in self.teams
        url = reverse(page[0], args=page[1]) if is_seen else ""
        return self._add(key, label if is_seen or not self.hides else UNNAMED, kind, url, tone)

    def version(self, version: ModelVersion, *, kind: str = "Base model", tone: str = "neutral") -> str:
        page = ("portal:version-detail", [version.pk])
        return self.thing(f"version {version.pk}", str(version), kind, version.team_id, page, tone)

    def data(self, data: DatasetVersion, *, kind: str = "Data", tone: str = "neutral") -> str:
        page = ("catalog:version-detail", [data.pk])
        return self.thing(f"data {data.pk}", str(data), kind, data.team_id, page, tone)

    def source(self, source: Source, *, tone: str = "neutral") -> str:
        page = ("catalog:source-detail", [source.pk])
        return self.thing(f"source {source.pk}", source.name, "Source", source.team_id, page, tone)

    def run(self, run: TuningRun) -> str:
        page: Page = ("portal:run-detail", [run.kind, run.pk])
        return self.thing(f"run {run.pk}", f"Tuning {run.pk}", "Run", run.team_id, page, "neutral")

    def evaluation(self, run: EvaluationRun) -> str:
        page: Page = ("portal:run-detail", [run.kind, run.pk])
        return self.thing(f"evaluation {run.pk}", f"Evaluation {run.pk}", "Measured", run.team_id, page, "neutral")

    def approval(self, decision: SignOff) -> str:
        url = reverse("checklist:assessment-detail", args=[decision.assessment_id])
        kind = f"Approved {decision.decided_at:%d %b %Y}"
        return self._add(f"approval {decision.pk}", f"by {decision.decided_by}", kind, url, "good")

    def system(self, part: SystemVersion) -> str:
        system = part.system
        page = ("systems:system-detail", [system.pk])
        return self.thing(f"system {system.pk}", system.name, "AI system", system.team_id, page, "neutral")

    def data_sources(self) -> None:
        """Lead the sources of the data that is drawn to it; one query."""
        drawn = {int(key.split()[1]): key for key in self.nodes if key.startswith("data ")}
        links = VersionSource.objects.filter(version__in=drawn).select_related("source").order_by("pk")
        for link in links:
            if link.source.team_id in self.teams:
                self.join(self.source(link.source), drawn[link.version_id], "source of")

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

    def deployment(self, source: str, deployment: Deployment) -> None:
        """A deployment behind the version or the decision that it stands on, with the applications that call it."""
        state = state_of(deployment)
        page = ("serving:deployment-detail", [deployment.pk])
        team, tone = deployment.team_id, _TONES.get(state, "neutral")
        key = f"deployment {deployment.pk}"
        self.join(source, self.thing(key, deployment.name, f"Deployment, {state}", team, page, tone), "runs as")
        for application in deployment.applications.all():
            self.join(key, self._application(application, page), "called by")

    def _application(self, application: Application, page: Page) -> str:
        kind = "Application, acknowledged" if application.acknowledged_at else "Application, silent"
        tone = "good" if application.acknowledged_at else "warning"
        return self.thing(f"application {application.pk}", application.name, kind, application.team_id, page, tone)

    def finish(self, title: str = "What came from what") -> Chart:
        """The chart of the first boxes that were found, with the arrows between them."""
        kept = dict(list(self.nodes.items())[:MOST_NODES])
        edges = [edge for edge in self.edges.values() if edge.source in kept and edge.target in kept]
        return graph(title, nodes=list(kept.values()), edges=edges)
