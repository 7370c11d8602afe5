"""The drawing of what came from what."""

from typing import Any

from apps.core.charts import Chart, Edge, Node, graph

MOST_NODES = 40


def lineage(facts: dict[str, Any]) -> Chart:
    """What the version was made from and where it is used, from left to right."""
    nodes: dict[str, Node] = {}
    edges: dict[Edge, None] = {}
    for step in facts["lineage"]:
        key = f"version {step['id']}"
        is_subject = step["id"] == facts["version"]["id"]
        nodes[key] = Node(
            key, step["label"], "This version" if is_subject else "Base model", tone="info" if is_subject else "neutral"
        )
    for step in facts["lineage"]:
        for link in step["made_from"]:
            _add_source(nodes, edges, facts, f"version {step['id']}", link)
    subject = f"version {facts['version']['id']}"
    for deployment in facts["deployments"]:
        key = f"deployment {deployment['id']}"
        nodes[key] = Node(key, deployment["name"], f"Deployment, {deployment['environment']}")
        edges[Edge(subject, key, "runs as")] = None
        for application in deployment["applications"]:
            user = f"application {application['id']}"
            nodes[user] = Node(user, application["name"], "Application")
            edges[Edge(key, user, "called by")] = None
    kept = dict(list(nodes.items())[:MOST_NODES])
    return graph(
        "What came from what",
        nodes=list(kept.values()),
        edges=[edge for edge in edges if edge.source in kept and edge.target in kept],
    )


def _add_source(
    nodes: dict[str, Node], edges: dict[Edge, None], facts: dict[str, Any], target: str, link: dict[str, Any]
) -> None:
    if link["base_version"] is not None and f"version {link['base_version']}" in nodes:
        edges[Edge(f"version {link['base_version']}", target, "tuned")] = None
    if link["dataset_version"] is not None:
        label = next((data["label"] for data in facts["datasets"] if data["id"] == link["dataset_version"]), "")
        key = f"data {link['dataset_version']}"
        nodes[key] = Node(key, label or key, "Data")
        edges[Edge(key, target, "trained")] = None
