"""Measurements of versions that were taken out of a system, in short: what a plan's cycles are counted from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.core.rules import SUCCEEDED
from apps.evaluation.models import EvaluationRun
from apps.monitoring.models import DriftRun
from apps.reports.queries.words import moment

_COMMON = ("pk", "version_id", "version__model__name", "version__number", "finished_at")


def past_runs(ended: Mapping[int, datetime]) -> list[dict[str, Any]]:
    """Every finished measurement of drift and evaluation of these versions, whose values say when each was taken out;
    two queries. `digest` is that of the data looked at, or of the model measured.
    """
    if not ended:
        return []
    drift = DriftRun.objects.filter(version__in=ended, state=SUCCEEDED).order_by("finished_at", "pk")
    tests = EvaluationRun.objects.filter(version__in=ended, state=SUCCEEDED).order_by("finished_at", "pk")
    return [
        *(_run("drift", row, ended) for row in drift.values_list(*_COMMON, "analysis__digest", "result__alerts")),
        *(_run("evaluation", (*row, 0), ended) for row in tests.values_list(*_COMMON, "model_digest")),
    ]


def _run(kind: str, row: tuple[Any, ...], ended: Mapping[int, datetime]) -> dict[str, Any]:
    pk, version, name, number, finished_at, digest, alerts = row
    return {
        "kind": kind,
        "id": pk,
        "version_id": version,
        "version_label": f"{name} v{number}",
        "until": moment(ended[version]),
        "finished_at": moment(finished_at),
        "alerts": alerts or 0,
        "digest": digest,
    }
