"""What each cycle of monitoring has shown so far, versions that were taken out meanwhile among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, Filled, Known, Table
from apps.reports.rules.documents.filling import watched
from apps.reports.rules.documents.filling.cycle_period import DAYS, Span, ended, period_of, was_open
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day, is_within, read
from apps.reports.rules.documents.filling.registry import filler

DRIFT, EVALUATION = "drift", "evaluation"
MOST_CYCLES = 40  # ten years


@dataclass(frozen=True)
class Done:
    """One measurement in short. `until` is when its version was taken out; None of one at work."""

    kind: str
    finished_at: str | None
    alerts: int
    until: datetime | None = None

    def counts_in(self, period: Span) -> bool:
        """Whether it was made in this period, of a version that was at work at some time in it."""
        return is_within(self.finished_at, *period) and (self.until is None or self.until >= period[0])


@filler("plan.cycles")
def cycles(facts: Facts) -> Filled:
    """Results of each cycle of monitoring so far."""
    found, done = period_of(facts), _done(facts)
    moments = [moment for one in done if one.kind == DRIFT and (moment := read(one.finished_at))]
    if found is None or not moments:
        return NOTHING
    rows = tuple(_cycle(facts, done, period) for period in _back_from(found[1], min(moments)))
    columns = ("From", "To", "Measurements", "Values outside", "Evaluations", "Incidents open")
    table = Table(f"Cycles of {DAYS} days, the newest first", columns, rows, frozenset(range(2, 6)))
    past = [one for one in facts.past_runs if one["kind"] == DRIFT]
    return Filled((table,), (*map(watched.known_by, facts.drift), *map(_known, past)))


def _known(run: Json) -> Known:
    label = ended(run["version_label"], day(run["until"]))
    return Known(MEASURED, f"Drift measurement {run['id']} of {label}", run["finished_at"] or "", run["digest"])


def _done(facts: Facts) -> list[Done]:
    """Every measurement of the versions at work, and of those that were taken out at any time."""
    drift = [Done(DRIFT, run["finished_at"], (run["result"] or {}).get("alerts") or 0) for run in facts.drift]
    tests = [Done(EVALUATION, run["finished_at"], 0) for run in facts.evaluations]
    past = [Done(one["kind"], one["finished_at"], one["alerts"], read(one["until"])) for one in facts.past_runs]
    return [*drift, *tests, *past]


def _back_from(end: datetime, first: datetime) -> Iterator[Span]:
    for _ in range(MOST_CYCLES):
        yield end - timedelta(days=DAYS), end
        end -= timedelta(days=DAYS)
        if end < first:
            return


def _cycle(facts: Facts, done: list[Done], period: Span) -> tuple[str, ...]:
    inside = [one for one in done if one.counts_in(period)]
    drift = [one for one in inside if one.kind == DRIFT]
    incidents = sum(was_open(one, period) for one in facts.incidents)
    outside = sum(one.alerts for one in drift)
    figures = (len(drift), outside, len(inside) - len(drift), incidents)
    return (*(moment.date().isoformat() for moment in period), *map(number, figures))
