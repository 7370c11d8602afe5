"""Drawings of what was measured: scores with intervals, loss curves."""

from typing import Any

from apps.core.charts import Axis, Bar, Chart, Series, bar_chart, line_chart
from apps.evaluation.rules import BASELINE, LOWER_IS_BETTER, METRICS, VERSION

# Metrics on one scale share a drawing.
SCALES = (
    ("Share of answers, 0 to 1", ("exact_match", "rouge_l")),
    ("BLEU, 0 to 100", ("bleu",)),
    ("Loss, nats per token", ("loss",)),
    ("Perplexity", ("perplexity",)),
)
CURVES = (("Training rows", "train_loss_curve"), ("Held-out rows", "eval_loss_curve"))


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
    series = [
        Series(label, [point[0] for point in result[key]], [point[1] for point in result[key]])
        for label, key in CURVES
        if result.get(key)
    ]
    if not series:
        return None
    return line_chart("Loss during tuning", x=Axis("Optimizer step"), y=Axis("Loss", "nats per token"), series=series)
