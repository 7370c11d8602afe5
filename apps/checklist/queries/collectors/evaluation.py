"""The collector that speaks of how well the version does on questions it has not seen."""

import math
from typing import Any

from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.words import counted, joined
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import IMPORTED, MEASURED, UNKNOWN, Finding
from apps.checklist.rules.findings import ASKS, BLOCKS, REMEDY
from apps.checklist.rules.measurements import HELD_OUT, SEEN, UNSEEN
from apps.evaluation.models import EvaluationRun, Score
from apps.evaluation.rules import BASELINE, DIFFERENCE, METRICS, VERSION, verdict

COLLECTOR = "evaluation.metrics"
MOST_SHOWN, MOST_SOURCES = 12, 3


def metrics(facts: Facts) -> list[Finding]:
    """The newest evaluation of the version's present files, rows kept from training before any others. Where there is
    none, the figures that cards and tools brought along, as imported."""
    present = [run for run in facts.evaluations if run.model_digest == facts.version.manifest_digest]
    if not present:
        return _brought_along(facts) or _only_of_other_files(facts)
    rank = {HELD_OUT: 0, UNSEEN: 1, SEEN: 2}
    run = min(present, key=lambda one: rank[rows_are(facts, one)])  # the first of the newest, they come newest first
    scores = list(run.scores.all())
    kind = rows_are(facts, run)
    value: dict[str, Any] = {
        "run": run.pk,
        "rows_are": kind,
        "is_held_out": kind == HELD_OUT,
        "rows_digest": run.rows_digest,
        "scores": [_score_value(score) for score in scores],
    } | _reservations(kind)
    return [
        model_finding(
            COLLECTOR,
            facts.version,
            MEASURED,
            f"Evaluation {run.pk} on {run.dataset_version}; 95 % intervals",
            _words(run, scores, kind),
            speaks_of={"run": run.pk, "rows": run.rows_digest, "scores": [_exact(score) for score in scores]},
            value=value,
        )
    ]


def rows_are(facts: Facts, run: EvaluationRun) -> str:
    """Kept from training; as far as is known not seen; or seen, by the version or by a model it came from."""
    tuning = facts.tuning
    if tuning is not None and tuning.held_out_digest and run.rows_digest == tuning.held_out_digest:
        return HELD_OUT
    trained_on = {data.digest for data in facts.datasets}
    if run.dataset_version.digest in trained_on or run.rows_digest in trained_on:
        return SEEN
    return UNSEEN


def _reservations(kind: str) -> dict[str, str]:
    if kind == SEEN:
        return {
            BLOCKS: "The only measurement is on rows that the model was trained on, which flatters it.",
            REMEDY: "Evaluate this version on rows that were kept from its training.",
        }
    if kind == UNSEEN:
        asks = "The platform cannot tell whether the model has seen these rows before; say why they count as unseen."
        return {ASKS: asks}
    return {}


def _brought_along(facts: Facts) -> list[Finding]:
    """What others measured, with where it was read. Nobody has measured it here, and the answer says so."""
    if not facts.figures:
        return []
    sources = list(dict.fromkeys(figure.source for figure in facts.figures if figure.source))
    shown = "; ".join(figure.words for figure in facts.figures[:MOST_SHOWN])
    more = len(facts.figures) - MOST_SHOWN
    summary = f"Told by others: {shown}{f'; and {more} more' if more > 0 else ''}. The platform has not measured them."
    if facts.evaluations:
        summary += f" Evaluation {facts.evaluations[0].pk} measured other files than the present ones."
    told = [figure.as_json() for figure in facts.figures]
    return [
        model_finding(
            COLLECTOR,
            facts.version,
            IMPORTED,
            f"Read from {joined(sources[:MOST_SOURCES])}" if sources else "Read from what came with the version",
            summary,
            speaks_of=told,
            value={"figures": told[:MOST_SHOWN], "count": len(told)},
        )
    ]


def _only_of_other_files(facts: Facts) -> list[Finding]:
    if not facts.evaluations:
        return []
    run = facts.evaluations[0]
    return [
        model_finding(
            COLLECTOR,
            facts.version,
            UNKNOWN,
            f"Evaluation {run.pk}",
            "The version was evaluated when it had other files; its present files were not.",
            speaks_of={"run": run.pk},
        )
    ]


def _exact(score: Score) -> list[str]:
    return [score.of, score.metric, repr(score.value), repr(score.low), repr(score.high), str(score.n)]


def _number(value: float) -> float | None:
    """JSON knows no infinity; a perplexity can be one."""
    return value if math.isfinite(value) else None


def _score_value(score: Score) -> dict[str, Any]:
    numbers = {name: _number(getattr(score, name)) for name in ("value", "low", "high")}
    return {"of": score.of, "metric": score.metric, "n": score.n, **numbers}


def _words(run: EvaluationRun, scores: list[Score], kind: str) -> str:
    rows = {
        HELD_OUT: "rows that were kept from training",
        UNSEEN: "rows that, as far as is known, the model has not seen",
        SEEN: "rows that the model was trained on",
    }[kind]
    number = max((score.n for score in scores), default=0)
    parts = [f"On {counted(number, 'row')} of {run.dataset_version}, {rows}: {_list(scores, VERSION)}."]
    if run.baseline is not None:
        parts.append(f"{run.baseline} on the same rows: {_list(scores, BASELINE)}.")
        parts += [_difference(score) for score in scores if score.of == DIFFERENCE]
    return " ".join(parts)


def _list(scores: list[Score], of: str) -> str:
    return ", ".join(
        f"{METRICS.get(score.metric, score.metric)} {score.value:.3g} ({score.low:.3g} to {score.high:.3g})"
        for score in scores
        if score.of == of
    )


def _difference(score: Score) -> str:
    name = METRICS.get(score.metric, score.metric)
    found = verdict(score.metric, score.value, score.low, score.high)
    if found == "undecided":
        return f"{name}: no difference beyond chance."
    return f"{name}: {found} by {abs(score.value):.3g}."
