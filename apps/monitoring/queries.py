"""Reading drift measurements, and who may see which."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT

from apps.accounts.queries import team_ids_seen_by
from apps.core.charts import Axis, Chart, Series, line_chart
from apps.core.errors import NotFound
from apps.core.rules import SUCCEEDED
from apps.monitoring.models import DriftRun
from apps.monitoring.rules import measure_chart, name_of, severity_of
from apps.registry.models import ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


MOST_SHOWN, MOST_KEPT = 10, 100  # alerts that the words of an incident name, and that its details keep


def drifts_seen_by(user: "User | AnonymousUser") -> QuerySet[DriftRun]:
    """Drift measurements of the person's teams."""
    return _whole(DriftRun.objects.filter(team_id__in=team_ids_seen_by(user)))


def drifts_of(version: ModelVersion) -> QuerySet[DriftRun]:
    """All drift measurements of one version, newest first."""
    return _whole(DriftRun.objects.filter(version=version))


def _whole(runs: QuerySet[DriftRun]) -> QuerySet[DriftRun]:
    return runs.select_related("version__model", "reference__dataset", "analysis__dataset", "created_by")


def drifts_listed_for(user: "User | AnonymousUser") -> QuerySet[DriftRun]:
    """The list of measurements: without logs, and of the result only its summary is read."""
    return _summed_up(drifts_seen_by(user))


def _summed_up(rows: QuerySet[DriftRun]) -> QuerySet[DriftRun]:
    rows = rows.defer("log", "result", "config")
    return rows.annotate(alerts=KT("result__alerts"), chunks=KT("result__analysis_chunks"))


def newest_drifts(versions: Collection[int]) -> dict[int, DriftRun]:
    """The newest finished measurement of each of these versions, by its id: one of the version's own traffic before any
    other. Of the result only `alerts`, `chunks` and `by_measure`, the alerts by measure, are read. One query.
    """
    finished = DriftRun.objects.filter(version=OuterRef("pk"), state=SUCCEEDED)
    newest = finished.order_by("-is_own_traffic", "-finished_at", "-pk").values("pk")[:1]
    chosen = ModelVersion.objects.filter(pk__in=versions).annotate(newest=Subquery(newest)).values("newest")
    rows = _summed_up(DriftRun.objects.filter(pk__in=chosen)).annotate(by_measure=F("result__alerts_by_measure"))
    return {run.version_id: run for run in rows.select_related("reference__dataset", "analysis__dataset")}


def drift_seen(user: "User | AnonymousUser", pk: int) -> DriftRun:
    """One measurement. Raises NotFound when it is not there or not to be seen."""
    found = drifts_seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such object, or you may not see it.")
    return found


@dataclass(frozen=True)
class Alert:
    """One chunk of the observed period outside its thresholds."""

    measure: str
    number: int
    start_at: str
    end_at: str
    first_row: int
    last_row: int
    value: float
    lower: float | None
    upper: float | None

    @property
    def is_above(self) -> bool:
        """Whether the value lies above the upper threshold; otherwise it lies below the lower one."""
        return self.upper is not None and self.value > self.upper

    @property
    def words(self) -> str:
        """`0.3457, above 0.2`."""
        where, threshold = ("above", self.upper) if self.is_above else ("below", self.lower)
        return f"{self.value:.6g}, {where} {threshold:.6g}" if threshold is not None else f"{self.value:.6g}"


@dataclass(frozen=True)
class DriftPage:
    """What the page of one measurement shows."""

    performance: list[Chart]
    together: list[Chart]
    columns: list[Chart]
    quiet: list[str]
    alerts: list[Alert]


def drift_page(run: DriftRun) -> DriftPage:
    """The drawings and alerts of one measurement; empty lists until it has a result.

    Columns that alerted are drawn first.
    """
    measures: list[dict[str, Any]] = (run.result or {}).get("measures", [])
    columns = sorted((m for m in measures if m["column"]), key=lambda measure: -int(measure["alerts"]))
    performance = [m for m in measures if m["metric"].endswith("_roc_auc")]
    together = [m for m in measures if not m["column"] and m not in performance]
    beside = [_beside(performance)] if len(performance) > 1 else []
    return DriftPage(
        performance=[*beside, *(measure_chart(measure) for measure in performance)],
        together=[measure_chart(measure) for measure in together],
        columns=[measure_chart(measure) for measure in columns],
        quiet=[measure["column"] for measure in columns if not measure["alerts"]],
        alerts=alerts_in([*performance, *together, *columns]),
    )


def alerts_in(measures: Iterable[Mapping[str, Any]]) -> list[Alert]:
    """Every value of the observed period that lies outside its thresholds, measure by measure."""
    return [alert for measure in measures for alert in _alerts(measure)]


@dataclass(frozen=True)
class Told:
    """What is told of the alerts of one measurement when an incident is put on record, with the figures themselves."""

    title: str
    severity: str
    description: str
    details: dict[str, Any]


def told_of(run: DriftRun) -> Told | None:
    """What an incident about this measurement says; None while it has no alert."""
    measures: list[dict[str, Any]] = (run.result or {}).get("measures", [])
    alerts = alerts_in(measures)
    if not alerts:
        return None
    shown = [f"{one.measure}, chunk {one.number}: {one.words}." for one in alerts[:MOST_SHOWN]]
    more = [f"And {len(alerts) - MOST_SHOWN} more."] if len(alerts) > MOST_SHOWN else []
    values = f"{len(alerts)} {'value' if len(alerts) == 1 else 'values'}"
    return Told(
        title=f"Drift {run.pk}: {values} of {run.version} outside the thresholds"[:200],
        severity=severity_of(measures),
        description="\n".join([f"{run.analysis} was held against {run.reference}.", *shown, *more]),
        details={
            "version": run.version_id,
            "reference": run.reference.digest,
            "observed": run.analysis.digest,
            "alert_count": len(alerts),
            "alerts": [asdict(one) | {"words": one.words} for one in alerts[:MOST_KEPT]],
        },
    )


def _beside(measures: list[dict[str, Any]]) -> Chart:
    """What was estimated beside what came true, over the chunks that have both."""
    series = [
        Series(name_of(one), range(1, len(one["chunks"]) + 1), [chunk["value"] for chunk in one["chunks"]])
        for one in measures
    ]
    return line_chart("ROC AUC, estimated and realised", x=Axis("Chunk"), y=Axis("ROC AUC"), series=series)


def _alerts(measure: Mapping[str, Any]) -> list[Alert]:
    return [
        Alert(
            measure=name_of(measure),
            number=place,
            start_at=(chunk["start_at"] or "")[:10],
            end_at=(chunk["end_at"] or "")[:10],
            first_row=chunk["start_index"],
            last_row=chunk["end_index"],
            value=chunk["value"],
            lower=chunk["lower_threshold"],
            upper=chunk["upper_threshold"],
        )
        for place, chunk in enumerate(measure["chunks"], 1)
        if chunk["alert"] and chunk["period"] == "analysis"
    ]
