"""The drawings of a report: scores with intervals, loss curves, what came from what."""

from typing import Any

from apps.core.charts import Axis, Bar, Chart, Edge, Node, Series, bar_chart, graph, line_chart
from apps.evaluation.rules import BASELINE, LOWER_IS_BETTER, METRICS, VERSION

# Metrics on one scale share a drawing.
SCALES = (
    ("Share of answers, 0 to 1", ("exact_match", "rouge_l")),
    ("BLEU, 0 to 100", ("bleu",)),
    ("Loss, nats per token", ("loss",)),
    ("Perplexity", ("perplexity",)),
)
MOST_NODES = 40


def score_charts(run: dict[str, Any]) -> list[Chart]:
    """Version and baseline side by side with their 95 % intervals, one drawing for each scale."""
    by_key = {(score["metric"], score["of"]): score for score in run["scores"]}
    known = {metric for _, metrics in SCALES for metric in metrics}
    others = tuple(
        (METRICS.get(name, name), (name,)) for name in dict.fromkeys(m for m, _ in by_key) if name not in known
    )
    charts = []
    for scale, metrics in (*SCALES, *others):
        bars = [
            _bar(by_key[metric, of], of) for metric in metrics for of in (VERSION, BASELINE) if (metric, of) in by_key
        ]
        if bars:
            better = "lower is better" if metrics[0] in LOWER_IS_BETTER else "higher is better"
            charts.append(bar_chart(f"{scale.partition(',')[0]} ({better})", value=Axis(scale), bars=bars))
    return charts


def _bar(score: dict[str, Any], of: str) -> Bar:
    series = "This version" if of == VERSION else "Baseline"
    label = METRICS.get(score["metric"], score["metric"]).partition(" (")[0]
    return Bar(label, score["value"], score["low"], score["high"], series)


def loss_curves(tuning: dict[str, Any] | None) -> Chart | None:
    """Loss on training rows and on held-out rows over the steps of the tuning."""
    result = (tuning or {}).get("result") or {}
    curves = (("Training rows", "train_loss_curve"), ("Held-out rows", "eval_loss_curve"))
    series = [
        Series(label, [point[0] for point in result[key]], [point[1] for point in result[key]])
        for label, key in curves
        if result.get(key)
    ]
    if not series:
        return None
    return line_chart("Loss during tuning", x=Axis("Optimizer step"), y=Axis("Loss", "nats per token"), series=series)


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
