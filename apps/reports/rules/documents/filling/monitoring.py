"""What is watched while versions are in use: drift, alerts, and how the last months went."""

from apps.core.formatting import number
from apps.monitoring.rules import measure_chart
from apps.reports.rules.documents.content import Block, Bullets, Filled, Known
from apps.reports.rules.documents.filling import watched
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import fact_list, picture, table
from apps.reports.rules.documents.filling.governance import AI_ACT
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.registry import condition, filler

NEVER = Filled(missing=("No drift measurement has been made.",))
STAND_IN = "Every drift measurement so far is of data that does not come from the versions' own use."
RMF = "urn:genaiops:framework:nist-ai-rmf"
MOST_CHARTS = 6  # drawings of one measurement; the tables hold every measure
MOST_ALERTS = 200  # lines of the list of alerts, the newest


def _known(facts: Facts) -> tuple[Known, ...]:
    return tuple(watched.known_by(run) for run in facts.drift)


def _missing(facts: Facts) -> tuple[str, ...]:
    return (STAND_IN,) if watched.only_other_data(facts) else ()


@filler("monitoring.plan")
def plan(facts: Facts) -> Filled:
    """What is watched, against what, and how often."""
    runs = watched.newest_by_version(facts.drift)
    if not runs:
        return NEVER
    methods = tuple(f"{name} ({tools})" for name, tools in watched.methods_of(runs))
    blocks: tuple[Block, ...] = (watched.baselines_table(runs), *(watched.thresholds_table(run) for run in runs))
    blocks += (Bullets(methods),) if methods else ()
    return Filled(blocks, tuple(watched.known_by(run) for run in runs), _missing(facts))


@filler("monitoring.drift")
def drift(facts: Facts) -> Filled:
    """Drift measurements and what they found."""
    if not facts.drift:
        return NEVER
    drawn = tuple(block for run in watched.newest_by_version(facts.drift) for block in _drawings(run))
    skipped = tuple(watched.skipped_in(facts.drift))
    listed = (Bullets(tuple(f"Not measured: {words}." for words in skipped)),) if skipped else ()
    runs = watched.runs_table("Drift measurements", facts.drift)
    return Filled((runs, *drawn, *listed), _known(facts), _missing(facts))


def _drawings(run: Json) -> tuple[Block, ...]:
    """All columns together and the performance, and then the columns that alerted."""
    measures = watched.measures_of(run)
    chosen = [one for one in measures if not one["column"]] + [
        one for one in measures if one["column"] and one["alerts"]
    ]
    return tuple(block for one in chosen[:MOST_CHARTS] for block in picture(measure_chart(one)))


@filler("monitoring.alerts")
def alerts(facts: Facts) -> Filled:
    """Values outside their thresholds."""
    if not facts.drift:
        return NEVER
    found: list[Json] = sorted(
        facts.monitoring.get("alerts") or [], key=lambda one: str(one["finished_at"]), reverse=True
    )
    rows = [
        (one["version_label"], one["measure"], _when(one), one["words"], "yes" if one["is_own_traffic"] else "no")
        for one in found[:MOST_ALERTS]
    ]
    columns = ("Version", "Measure", "Period", "Value", "Its own traffic")
    title = "Values outside their thresholds" + (
        f", the newest of {number(len(found))}" if len(found) > len(rows) else ""
    )
    shown: tuple[Block, ...] = table(title, columns, rows)
    if not rows:
        shown = (Bullets((f"No value of {number(len(facts.drift))} measurements lay outside its thresholds.",)),)
    return Filled(shown, _known(facts), _missing(facts))


def _when(one: Json) -> str:
    if one["start_at"]:
        return f"{one['start_at']} to {one['end_at']}"
    return f"chunk {one['number']} (rows {number(one['first_row'])} to {number(one['last_row'])})"


@filler("monitoring.kpis")
def kpis(facts: Facts) -> Filled:
    """Figures of operation: what drift runs estimate of the performance in use."""
    if not facts.drift:
        return NEVER
    rows = [
        (run["version_label"], day(run["finished_at"]), *watched.measure_row(one)[:1], *watched.measure_row(one)[3:])
        for run in facts.drift
        for one in watched.measures_of(run)
        if one["metric"].endswith("_roc_auc")
    ]
    columns = ("Version", "Measured", "Figure", "Lowest", "Highest", "Outside")
    is_told = facts.is_said(RMF, "measure-2.4") or facts.is_said(AI_ACT, "annex-iv-9", "art-72-2")
    missing = () if is_told else ("Figures of use, such as calls, speed and cost, are not on record.",)
    return Filled(table("Performance in use", columns, rows, {3, 4, 5}), _known(facts) if rows else (), missing)


@filler("monitoring.cycle")
def cycle(facts: Facts) -> Filled:
    """What happened since the first measurement."""
    if not facts.drift:
        return NEVER
    times = sorted(str(run["finished_at"]) for run in facts.drift)
    opened = [one for one in facts.incidents if str(one["opened_at"]) >= times[0]]
    reopened = [one for one in facts.risks if one["reopened_at"] and one["reopened_at"] >= times[0]]
    rows = (
        ("From", day(times[0])),
        ("To", day(facts.taken_at)),
        ("Drift measurements", number(len(facts.drift))),
        ("Values outside their thresholds", number(len(facts.monitoring.get("alerts") or ()))),
        ("Incidents opened", number(len(opened))),
        ("Risks reopened", number(len(reopened))),
    )
    return fact_list(rows, *_known(facts), missing=_missing(facts))


@condition("monitoring.exists")
def exists(facts: Facts) -> tuple[bool, str]:
    """Whether anything was measured in use."""
    return bool(facts.drift), f"No drift measurement of {facts.label} has been made."
