"""The scores of an evaluation as rows of a table: version, baseline, difference, each with its interval."""

from typing import Any

from apps.core import formatting
from apps.evaluation.rules import BASELINE, DIFFERENCE, LOWER_IS_BETTER, METRICS, VERSION

VERDICTS = {
    "better": "better than the baseline",
    "worse": "worse than the baseline",
    "undecided": "no difference can be told",
}
TONES = {"better": "good", "worse": "bad", "undecided": "neutral"}


def table(run: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a metric, in the order they were stored."""
    by_key = {(score["metric"], score["of"]): score for score in run["scores"]}
    return [_row(metric, by_key) for metric in dict.fromkeys(score["metric"] for score in run["scores"])]


def _row(metric: str, by_key: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    difference = by_key.get((metric, DIFFERENCE))
    verdict = difference["verdict"] if difference else ""
    return {
        "key": metric,
        "metric": METRICS.get(metric, metric),
        "better": "lower" if metric in LOWER_IS_BETTER else "higher",
        "version": _cell(by_key.get((metric, VERSION))),
        "baseline": _cell(by_key.get((metric, BASELINE))),
        "difference": _cell(difference, signed=True),
        "verdict": VERDICTS.get(verdict, ""),
        "tone": TONES.get(verdict, "neutral"),
    }


def _cell(score: dict[str, Any] | None, *, signed: bool = False) -> dict[str, str] | None:
    if score is None:
        return None
    plus = "+" if signed and score["value"] > 0 else ""
    ends = f"{formatting.number(score['low'])} to {formatting.number(score['high'])}"
    return {"value": plus + formatting.number(score["value"]), "interval": ends}
