"""What a system writes down by itself, and how long it stays (Articles 12, 19 and 26(6))."""

from collections.abc import Iterable

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.changes import trail_known
from apps.reports.rules.documents.filling.deployment import unsaid_keeping
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.registry import filler

# What the first word of an action tells of. What is in none of these is work on the documentation.
_AREAS = {
    "Operation: start, stop and blocking of deployments, applications that call them": ("deployment", "application"),
    "Which version is in use": ("alias", "system"),
    "Models: versions, files, signatures, decisions": (
        "model", "version", "held_file", "file_scan", "file_check", "file_upload", "signing",
    ),
    "Training": ("tuning",),
    "Data: versions, sources, scans": ("dataset", "dataset_version", "scan", "source", "commit", "redaction"),
    "Tests": ("evaluation",),
    "Monitoring: comparisons of data in use with the reference": ("drift",),
    "Incidents, and objects held for an investigation": ("incident", "incident_report", "hold", "duty", "action"),
    "Risks, controls and exceptions": ("risk", "control", "waiver"),
}  # fmt: skip
_REST = "Assessments, evidence and documents"
_AREA_OF = {word: area for area, words in _AREAS.items() for word in words}
# Areas in which a risk or a substantial modification shows.
_RISKY = frozenset(
    area for word in ("deployment", "alias", "version", "drift", "incident", "risk") for area in (_AREA_OF[word],)
)


@filler("records.kinds")
def kinds(facts: Facts) -> Filled:
    """Events that were recorded without anybody's doing, by kind."""
    entries = facts.trail.get("entries") or []
    if not entries:
        return NOTHING
    table = _table("Events in the audit trail about this subject", _grouped(entries))
    note = Paragraph(
        "Each entry is written in the same transaction as what it tells of, carries the digest of the entry before it,"
        " and can be neither changed nor removed without a trace."
    )
    return Filled((table, note), (trail_known(facts),))


@filler("records.risky_events")
def risky_events(facts: Facts) -> Filled:
    """Recorded events that show a risk or a substantial change."""
    groups = _grouped(facts.trail.get("entries") or [])
    risky = {area: times for area, times in groups.items() if area in _RISKY}
    if not risky:
        return NOTHING
    return Filled((_table("Events that show a risk or a change", risky),), (trail_known(facts),))


def _grouped(entries: Iterable[Json]) -> dict[str, list[str]]:
    """The times of entries by the area that they tell of, in the order of the areas."""
    found: dict[str, list[str]] = {area: [] for area in (*_AREAS, _REST)}
    for one in entries:
        found[_AREA_OF.get(one["action"].partition(".")[0], _REST)].append(one["at"])
    return {area: times for area, times in found.items() if times}


def _table(title: str, groups: dict[str, list[str]]) -> Table:
    rows = tuple((name, number(len(times)), day(min(times)), day(max(times))) for name, times in groups.items())
    return Table(title, ("Events", "Times", "First", "Last"), rows, frozenset({1}))


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
    return Filled((FactList(tuple(rows)),), (trail_known(facts),), unsaid_keeping(facts))
