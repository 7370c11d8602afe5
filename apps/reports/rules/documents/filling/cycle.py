"""One cycle of monitoring after placing on the market: what was measured in it, what fell outside, what was done.

A cycle is the DAYS before the moment of the snapshot. Article 72 names no length; a quarter is what plans usually say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number
from apps.monitoring.rules import PERFORMANCE
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, Picture, Table
from apps.reports.rules.documents.filling import watched
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import counted, day, exact, is_within, read
from apps.reports.rules.documents.filling.registry import FILLERS, condition, filler

DAYS = 90
MOST_ALERTS = 200  # rows of the table; more are counted


def period_of(facts: Facts) -> tuple[datetime, datetime] | None:
    """First and last moment of the cycle; None where the snapshot does not say when it was taken."""
    end = read(facts.taken_at)
    if end is None:
        return None
    return end - timedelta(days=DAYS), end


def within(facts: Facts) -> Facts:
    """The snapshot as far as it speaks of the cycle: its measurements, evaluations and alerts, and incidents that were
    open at some time in it. Versions that were replaced in it are told beside those at work, with the day until which
    they were."""
    period = period_of(facts)
    if period is None:
        return facts
    until = {one["version"]["id"]: _worked_until(one) for one in facts.former_versions}
    versions = [
        version
        | {name: [run for run in version.get(name) or () if _is_of(run, period)] for name in ("drift", "evaluations")}
        for version in (*facts.versions, *(_former(one, until) for one in facts.former_versions))
    ]
    places = [*facts.deployments, *(_dated(one, until) for one in facts.former_deployments)]
    monitoring = facts.monitoring
    seen = [*(monitoring.get("alerts") or ()), *(_dated(one, until) for one in monitoring.get("former_alerts") or ())]
    alerts = [one for one in seen if is_within(one["finished_at"], *period)]
    incidents = [one for one in facts.incidents if _was_open(one, period)]
    more: dict[str, Any] = {"versions": versions, "deployments": places, "incidents": incidents}
    told = monitoring | {"alerts": alerts, "former_alerts": []}
    return Facts(facts.raw | more | {"monitoring": told, "former_versions": [], "former_deployments": []})


def _worked_until(version: Json) -> str:
    """The day on which a former version was last taken out."""
    return day(max((part["until"] for part in version["works_in"] if part["until"]), default=None))


def _former(version: Json, until: Mapping[int, str]) -> Json:
    """A former version whose name says until when it was at work, in all that is told of it."""
    own = version["version"]
    runs = {name: [_dated(run, until) for run in version.get(name) or ()] for name in ("drift", "evaluations")}
    return version | runs | {"version": own | {"label": _ended(own["label"], until[own["id"]])}}


def _dated(row: Json, until: Mapping[int, str]) -> Json:
    return row | {"version_label": _ended(row["version_label"], until[row["version_id"]])}


def _ended(label: str, day_of_end: str) -> str:
    return f"{label} (at work until {day_of_end})"


def _is_of(run: Json, period: tuple[datetime, datetime]) -> bool:
    return is_within(run["finished_at"], *period)


def _was_open(incident: Json, period: tuple[datetime, datetime]) -> bool:
    opened, closed = read(incident["opened_at"]), read(incident["closed_at"])
    return opened is not None and opened <= period[1] and (closed is None or closed >= period[0])


@filler("cycle.period")
def period(facts: Facts) -> Filled:
    """The period that the report speaks of."""
    found = period_of(facts)
    if found is None:
        return NOTHING
    begin, end = found
    rows = (
        ("From", exact(begin.isoformat())),
        ("To", exact(end.isoformat())),
        ("Length", f"{number((end - begin).days)} days"),
    )
    words = (
        f"A cycle is the {DAYS} days before the moment of the snapshot. For another period, make this report from a "
        "snapshot of another day."
    )
    return Filled((FactList(rows), Paragraph(words)), (Known(MEASURED, "Moment of the snapshot", facts.taken_at),))


@filler("cycle.scope")
def scope(facts: Facts) -> Filled:
    """Deployments that were in use in the cycle."""
    found = period_of(facts)
    places = [place for place in within(facts).deployments if found and ran(place, *found)]
    if not places:
        return NOTHING
    rows = tuple(
        (
            place["name"],
            place["version_label"],
            place["environment"],
            day(place["created_at"]),
            day(place["stopped_at"]) if place["stopped_at"] else "Still running",
            ", ".join(one["name"] for one in place["applications"]) or "None on record",
        )
        for place in places
    )
    columns = ("Deployment", "Version", "Where", "Since", "Until", "Called by")
    known = tuple(
        Known(MEASURED, f"Deployment {one['name']}", one["created_at"], one["manifest_digest"]) for one in places
    )
    return Filled((Table("In use in this cycle", columns, rows),), known)


def ran(place: Json, begin: datetime, end: datetime) -> bool:
    begun, stopped = read(place["created_at"]), read(place["stopped_at"])
    return begun is not None and begun <= end and (stopped is None or stopped >= begin)


@filler("cycle.measurements")
def measurements(facts: Facts) -> Filled:
    """Drift measurements of the cycle."""
    runs = within(facts).drift
    if not runs:
        return NOTHING
    missing = () if any(run["is_own_traffic"] for run in runs) else (OTHER_DATA,)
    known = tuple(map(watched.known_by, runs))
    return Filled((watched.runs_table("Drift measurements of this cycle", runs),), known, missing)


OTHER_DATA = "No measurement of this cycle is of data that comes from the versions' own use."


@filler("cycle.thresholds")
def thresholds(facts: Facts) -> Filled:
    """Baselines and thresholds beside what was seen in the cycle."""
    runs = watched.newest_by_version(within(facts).drift)
    if not runs:
        return NOTHING
    tables = (watched.baselines_table(runs), *map(watched.thresholds_table, runs))
    return Filled(tables, tuple(map(watched.known_by, runs)))


@filler("cycle.performance")
def performance(facts: Facts) -> Filled:
    """Performance of the models in use, estimated or realised."""
    runs = within(facts).drift
    rows = tuple(row for run in runs for row in _performance(run))
    if not rows:
        return NOTHING
    columns = ("Version", "Figure", "Lowest", "Newest", "Lower threshold", "Upper threshold", "Outside")
    known = tuple(map(watched.known_by, runs))
    missing = tuple(f"Not measured: {words}." for words in watched.skipped_in(runs))
    return Filled((Table("Performance in use", columns, rows, frozenset(range(2, 7))),), known, missing)


def _performance(run: Json) -> Iterator[tuple[str, ...]]:
    for one in watched.measures_of(run):
        observed = [chunk for chunk in one["chunks"] if chunk["period"] == watched.OBSERVED]
        values = [chunk["value"] for chunk in observed if chunk["value"] is not None]
        if one["metric"] in PERFORMANCE and values:
            name, lower, upper, _, _, outside = watched.measure_row(one)
            yield run["version_label"], name, number(min(values)), number(values[-1]), lower, upper, outside


@filler("cycle.alerts")
def alerts(facts: Facts) -> Filled:
    """Alerts of the cycle."""
    inside = within(facts)
    if not inside.drift:
        return NOTHING
    found = inside.monitoring.get("alerts") or []
    known = tuple(map(watched.known_by, inside.drift))
    if not found:
        return Filled((Paragraph("No value of this cycle lay outside its thresholds."),), known)
    rows = tuple(
        (str(one["drift"]), one["version_label"], one["measure"], str(one["number"]), _when(one), one["words"])
        for one in found[:MOST_ALERTS]
    )
    words = f"Outside their thresholds: {counted(len(found), 'value')}; listed: {len(rows)}."
    columns = ("Measurement", "Version", "Measure", "Chunk", "Period", "Value")
    return Filled((Paragraph(words), Table("Alerts of this cycle", columns, rows)), known)


def _when(alert: Json) -> str:
    if alert["start_at"] and alert["end_at"]:
        return f"{alert['start_at']} to {alert['end_at']}"
    return f"Rows {number(alert['first_row'])} to {number(alert['last_row'])}"


def _inside(name: str, facts: Facts) -> Filled:
    """What another filler says of the cycle alone."""
    return FILLERS[name](within(facts))


for _name, _about in (
    ("monitoring.kpis", "Figures of operation"),
    ("evaluation.results", "Results of evaluations"),
    ("incidents.list", "Incidents"),
):
    _function = partial(_inside, _name)
    _function.__doc__ = f"{_about} of the cycle."
    filler(f"cycle.{_name.replace('.', '-')}")(_function)


@filler("cycle.drawings")
def drawings(facts: Facts) -> Filled:
    """Drawings of the measures of the cycle."""
    found = _inside("monitoring.drift", facts)
    return replace(found, blocks=tuple(block for block in found.blocks if isinstance(block, Picture)))


@condition("cycle.had_use")
def had_use(facts: Facts) -> tuple[bool, str]:
    """Whether anything was deployed in the cycle."""
    found = period_of(facts)
    if found is None or any(ran(place, *found) for place in within(facts).deployments):
        return True, ""
    return False, f"No version was deployed on the platform between {_day(found[0])} and {_day(found[1])}."


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


@condition("cycle.had_incidents")
def had_incidents(facts: Facts) -> tuple[bool, str]:
    """Whether any incident was open in the cycle."""
    if within(facts).incidents:
        return True, ""
    return False, "No incident about these systems, versions, deployments or data was open in this cycle."


@filler("plan.cycles")
def cycles(facts: Facts) -> Filled:
    """Results of each cycle of monitoring so far."""
    found, drift = period_of(facts), facts.drift
    moments = [moment for run in drift if (moment := read(run["finished_at"]))]
    if found is None or not moments:
        return NOTHING
    rows = [_cycle(facts, begin, end) for begin, end in _back_from(found[1], min(moments))]
    columns = ("From", "To", "Measurements", "Values outside", "Evaluations", "Incidents open")
    table = Table(f"Cycles of {DAYS} days, the newest first", columns, tuple(rows), frozenset(range(2, 6)))
    return Filled((table,), tuple(map(watched.known_by, drift)))


MOST_CYCLES = 40  # ten years


def _back_from(end: datetime, first: datetime) -> Iterator[tuple[datetime, datetime]]:
    for _ in range(MOST_CYCLES):
        yield end - timedelta(days=DAYS), end
        end -= timedelta(days=DAYS)
        if end < first:
            return


def _cycle(facts: Facts, begin: datetime, end: datetime) -> tuple[str, ...]:
    runs = [run for run in facts.drift if is_within(run["finished_at"], begin, end)]
    tests = [run for run in facts.evaluations if is_within(run["finished_at"], begin, end)]
    outside = sum((run["result"] or {}).get("alerts") or 0 for run in runs)
    incidents = sum(_was_open(one, (begin, end)) for one in facts.incidents)
    return (_day(begin), _day(end), number(len(runs)), number(outside), number(len(tests)), number(incidents))
