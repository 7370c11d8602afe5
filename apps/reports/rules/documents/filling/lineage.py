"""What came from what, drawn: base models, data, tuning, deployments and the applications that call them."""

from apps.checklist.rules.status import MEASURED
from apps.core.charts import Edge, Node, graph
from apps.reports.rules.documents.content import Filled, Known
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import label_of, picture
from apps.reports.rules.documents.filling.registry import filler

MOST_NODES = 40  # boxes that a page can show so that they are still read


class Drawing:
    """Boxes and arrows, each once, in the order in which they were first met."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Edge, None] = {}

    def box(self, key: str, label: str, kind: str, tone: str = "neutral") -> str:
        """A box, unless it is there already."""
        self.nodes.setdefault(key, Node(key, label, kind, tone=tone))
        return key

    def arrow(self, source: str, target: str, how: str) -> None:
        """An arrow between two boxes that are there."""
        if source in self.nodes and target in self.nodes and source != target:
            self.edges[Edge(source, target, how)] = None


@filler("lineage.graph")
def lineage(facts: Facts) -> Filled:
    """What the version was made from, and where it is used."""
    if not facts.versions:
        return Filled(missing=("No model version belongs to it.",))
    drawing = Drawing()
    for version in facts.versions:
        drawing.box(f"version {version['version']['id']}", label_of(version), "This version", "info")
    for version in facts.versions:
        _origins(drawing, facts, version)
    for deployment in facts.deployments:
        _uses(drawing, deployment)
    kept = dict(list(drawing.nodes.items())[:MOST_NODES])
    edges = [edge for edge in drawing.edges if edge.source in kept and edge.target in kept]
    known = tuple(
        Known(MEASURED, f"Lineage of {label_of(one)}", one["version"]["created_at"], one["version"]["manifest_digest"])
        for one in facts.versions
    )
    left = len(drawing.nodes) - len(kept)
    missing = (f"{left} more things do not fit into the drawing.",) if left else ()
    return Filled(picture(graph("What came from what", nodes=list(kept.values()), edges=edges)), known, missing)


def _origins(drawing: Drawing, facts: Facts, version: Json) -> None:
    for step in version["lineage"]:
        drawing.box(f"version {step['id']}", step["label"], "Base model")
    for step in version["lineage"]:
        target = f"version {step['id']}"
        for link in step["made_from"]:
            if link["base_version"] is not None:
                drawing.arrow(f"version {link['base_version']}", target, "tuned")
            data = facts.dataset(link["dataset_version"])
            if data is not None:
                drawing.arrow(drawing.box(f"data {data['id']}", data["label"], "Data"), target, "trained")


def _uses(drawing: Drawing, deployment: Json) -> None:
    key = drawing.box(f"deployment {deployment['id']}", deployment["name"], f"Deployment, {deployment['environment']}")
    drawing.arrow(f"version {deployment['version_id']}", key, "runs as")
    for application in deployment["applications"]:
        user = drawing.box(f"application {application['id']}", application["name"], "Application")
        drawing.arrow(key, user, "called by")
