"""What a system writes down by itself, and how long it stays (Articles 12, 19 and 26(6))."""

from collections.abc import Callable, Iterable

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number, sentence
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.registry import filler

# First words of actions of the trail by which a risk or a substantial modification shows.
_RISKY = {
    "incident": "Incidents",
    "deployment": "Start, stop and blocking of deployments",
    "version": "Decisions on versions, and faults of their files",
    "alias": "Which version is in use under a name",
    "risk": "Risks rated, reopened and decided",
    "hold": "Objects held for an investigation",
    "waiver": "Exceptions from conditions",
    "drift": "Comparisons of data in use with the reference",
}


@filler("records.kinds")
def kinds(facts: Facts) -> Filled:
    """Events that were recorded without anybody's doing, by kind."""
    entries = facts.trail.get("entries") or []
    if not entries:
        return NOTHING
    groups = _grouped(entries, lambda action: sentence(action.replace(".", ": ")))
    table = _table("Events in the audit trail about this subject", groups)
    note = Paragraph(
        "Each entry is written in the same transaction as what it tells of, carries the digest of the entry before it,"
        " and can be neither changed nor removed without a trace."
    )
    return Filled((table, note), (_chain(facts),))


@filler("records.risky_events")
def risky_events(facts: Facts) -> Filled:
    """Recorded events that show a risk or a substantial change."""
    entries = [one for one in facts.trail.get("entries") or [] if one["action"].partition(".")[0] in _RISKY]
    if not entries:
        return NOTHING
    groups = _grouped(entries, lambda action: _RISKY[action.partition(".")[0]])
    return Filled((_table("Events that show a risk or a change", groups),), (_chain(facts),))


def _grouped(entries: Iterable[Json], named: Callable[[str], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in entries:
        found.setdefault(named(one["action"]), []).append(one["at"])
    return found


def _table(title: str, groups: dict[str, list[str]]) -> Table:
    rows = tuple((name, number(len(times)), day(min(times)), day(max(times))) for name, times in sorted(groups.items()))
    return Table(title, ("Event", "Times", "First", "Last"), rows, frozenset({1}))


def _chain(facts: Facts) -> Known:
    head = facts.trail.get("head") or {}
    source = f"Audit trail up to entry {head.get('sequence', 0)}"
    return Known(MEASURED, source, facts.taken_at, str(head.get("digest") or ""))


@filler("records.monitoring")
def monitoring(facts: Facts) -> Filled:
    """Comparisons that read the data of this system's own use."""
    runs = facts.drift
    if not runs:
        return NOTHING
    columns = ("Comparison", "Version", "Reads", "Own use", "Alerts", "Date")
    table = Table("Comparisons with the reference", columns, tuple(_drift(run) for run in runs), frozenset({4}))
    known = tuple(
        Known(MEASURED, f"Drift run {run['id']}", run.get("finished_at") or "", run["analysis"].get("digest") or "")
        for run in runs
    )
    own = any(run.get("is_own_traffic") for run in runs)
    missing = () if own else ("No comparison reads the data of this system's own use.",)
    return Filled((table,), known, missing)


def _drift(run: Json) -> tuple[str, ...]:
    alerts = (run.get("result") or {}).get("alerts")
    own = "yes" if run.get("is_own_traffic") else "no"
    reads, finished = run["analysis"]["label"], day(run.get("finished_at"))
    return (f"Run {run['id']}", run["version_label"], reads, own, number(alerts), finished)


@filler("records.retention")
def retention(facts: Facts) -> Filled:
    """How long the logs are kept by the provider."""
    entries = facts.trail.get("entries") or []
    if not entries:
        return NOTHING
    first = min(one["at"] for one in entries)
    rows = [
        ("Audit trail", "kept for ten years at least; older entries move to archives that can still be verified"),
        ("Oldest entry about this subject", day(first)),
    ]
    return Filled((FactList(tuple(rows)),), (_chain(facts),), tuple(_unsaid(facts.deployments)))


def _unsaid(deployments: list[Json]) -> list[str]:
    names = [str(one["name"]) for one in deployments if not one.get("log_retention_days")]
    return [f"How long the logs of requests to {name} are kept is not on record." for name in names]
