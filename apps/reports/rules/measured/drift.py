"""A drift measurement on paper: drawings of what matters, and every chunk's value in tables that fit the page."""

from typing import Any

from apps.core.charts import sparkline
from apps.monitoring.rules import METRICS, measure_chart, name_of

MEANINGS = {
    "jensen_shannon": "how far a column's values moved from the reference: 0 equal, 1 nothing in common",
    "reconstruction_error": "how badly all columns together still fit the pattern of the reference",
    "estimated_roc_auc": "how well the model still tells classes apart, estimated from its own probabilities (CBPE)",
    "realised_roc_auc": "the same, counted from outcomes that have become known",
}
COLUMNS = 6  # measures beside each other in a table of the page's width
DECIMALS = 6


def view(run: dict[str, Any]) -> dict[str, Any]:
    """What the report shows of one measurement."""
    result = run["result"] or {}
    measures = result.get("measures", [])
    overall = [measure for measure in measures if not measure["column"]]
    columns = [measure for measure in measures if measure["column"]]
    return {
        "run": run,
        "result": result,
        "meanings": [
            {"name": METRICS[key], "text": text}
            for key, text in MEANINGS.items()
            if any(m["metric"] == key for m in measures)
        ],
        "charts": [measure_chart(one) for one in overall] + [measure_chart(one) for one in columns if one["alerts"]],
        "columns": [_column(one) for one in columns],
        "tables": [_table(measures[start : start + COLUMNS]) for start in range(0, len(measures), COLUMNS)],
    }


def _column(measure: dict[str, Any]) -> dict[str, Any]:
    values = [chunk["value"] for chunk in measure["chunks"]]
    watched = [
        chunk["value"] for chunk in measure["chunks"] if chunk["period"] == "analysis" and chunk["value"] is not None
    ]
    return {
        "name": measure["column"],
        "type": measure["column_type"],
        "trend": sparkline(values, title=name_of(measure)),
        "highest": max(watched, default=None),
        "upper": next((c["upper_threshold"] for c in measure["chunks"] if c["upper_threshold"] is not None), None),
        "alerts": measure["alerts"],
        "alert_words": f"{measure['alerts']} of {sum(one['period'] == 'analysis' for one in measure['chunks'])}",
    }


def _table(measures: list[dict[str, Any]]) -> dict[str, Any]:
    """Chunks down, measures across; the thresholds last."""
    columns = [{chunk["key"] + chunk["period"]: chunk for chunk in measure["chunks"]} for measure in measures]
    rows = [
        {
            "number": place + 1,
            "chunk": chunk,
            "cells": [_cell(column.get(chunk["key"] + chunk["period"])) for column in columns],
        }
        for place, chunk in enumerate(measures[0]["chunks"])
    ]
    return {
        "heads": [_head(measure) for measure in measures],
        "rows": rows,
        "lower": [_threshold(measure, "lower_threshold") for measure in measures],
        "upper": [_threshold(measure, "upper_threshold") for measure in measures],
    }


def _head(measure: dict[str, Any]) -> dict[str, str]:
    """A column's own name may break after each underscore, so that it fits above its figures."""
    metric = METRICS.get(measure["metric"], measure["metric"])
    if not measure["column"]:
        return {"title": metric, "note": ""}
    return {"title": measure["column"].replace("_", "_\u200b"), "note": metric.removesuffix(" distance")}


def _cell(chunk: dict[str, Any] | None) -> dict[str, Any]:
    if chunk is None or chunk["value"] is None:
        return {"text": "—", "is_alert": False}
    return {"text": f"{chunk['value']:.{DECIMALS}f}", "is_alert": chunk["alert"]}


def _threshold(measure: dict[str, Any], which: str) -> str:
    """The threshold of the analysis period; `varies` where it is not one number."""
    values = {chunk[which] for chunk in measure["chunks"] if chunk["period"] == "analysis"}
    if values in (set(), {None}):
        return "—"
    return f"{values.pop():.{DECIMALS}f}" if len(values) == 1 else "varies"
