"""One cycle of monitoring after placing on the market: what was measured in it, what fell outside, what was done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number
from apps.monitoring.rules import PERFORMANCE
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, Picture, Table
from apps.reports.rules.documents.filling import watched
from apps.reports.rules.documents.filling.cycle_period import DAYS, period_of, untold_before, within
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import counted, day, exact, read
from apps.reports.rules.documents.filling.registry import FILLERS, condition, filler

MOST_ALERTS = 200  # rows of the table; more are counted
BY_ITSELF = f"No period was chosen for this report: its cycle is the {DAYS} days before the moment of the snapshot."
CHOSEN = "The period was chosen when this report was asked for; its days are counted in UTC."
UNTOLD = (
    "The snapshot names versions that were taken out of the system only since {}. What was measured of earlier ones is"
    " not in this report; make it of the present, for the same period, to have it."
)


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
        ("Length", counted((end - begin).days + (facts.period is not None), "day")),
    )
    untold = untold_before(facts)
    missing = (UNTOLD.format(_day(untold)),) if untold else ()
    words = Paragraph(CHOSEN if facts.period else BY_ITSELF)
    known = Known(MEASURED, "Moment of the snapshot", facts.taken_at)
    return Filled((FactList(rows), words), (known,), missing)


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
