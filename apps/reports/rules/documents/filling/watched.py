"""What drift measurements of a snapshot say, as rows: measures with their thresholds, methods, dates."""

from typing import Any

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import UNKNOWN, digest_short, number
from apps.monitoring.rules import METRICS, name_of
from apps.reports.rules.documents.content import Known, Table
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day

OBSERVED = "analysis"


def newest_by_version(runs: list[Json]) -> list[Json]:
    """The newest finished measurement of each version: one of its own traffic before any other."""
    found: dict[int, Json] = {}
    for run in sorted(runs, key=_freshness):
        found[run["version_id"]] = run
    return list(found.values())


def _freshness(run: Json) -> tuple[bool, str, int]:
    return (bool(run["is_own_traffic"]), str(run["finished_at"] or ""), int(run["id"]))


def measures_of(run: Json) -> list[Json]:
    """The measures of one measurement with all their chunks."""
    found: list[Json] = (run["result"] or {}).get("measures", [])
    return found


def thresholds_table(run: Json) -> Table:
    """Every measure of one measurement: its thresholds, what was seen, and how often that lay outside."""
    rows = tuple(measure_row(one) for one in measures_of(run))
    columns = ("Measure", "Lower threshold", "Upper threshold", "Lowest seen", "Highest seen", "Outside")
    title = f"Thresholds and values: {run['version_label']}, measurement {run['id']} of {day(run['finished_at'])}"
    return Table(title, columns, rows, frozenset(range(1, 6)))


def measure_row(one: Json) -> tuple[str, ...]:
    """Name, lower and upper threshold, lowest and highest observed value, and how many chunks lay outside."""
    observed = [chunk for chunk in one["chunks"] if chunk["period"] == OBSERVED]
    values = [chunk["value"] for chunk in observed if chunk["value"] is not None]
    return (
        name_of(one),
        _threshold(observed, "lower_threshold"),
        _threshold(observed, "upper_threshold"),
        number(min(values, default=None)),
        number(max(values, default=None)),
        f"{sum(bool(chunk['alert']) for chunk in observed)} of {len(observed)}",
    )


def _threshold(chunks: list[Json], which: str) -> str:
    values = {chunk[which] for chunk in chunks}
    if values in (set(), {None}):
        return UNKNOWN
    return number(values.pop()) if len(values) == 1 else "varies"


def baselines_table(runs: list[Json]) -> Table:
    """What each measurement was held against: the reference, with its digest, and the rows in a chunk."""
    rows = tuple(
        (
            run["version_label"],
            run["reference"]["label"],
            digest_short(run["reference"]["digest"]),
            number((run["result"] or {}).get("reference_rows")),
            number((run["result"] or {}).get("chunk_size")),
        )
        for run in runs
    )
    columns = ("Version", "Baseline", "SHA-256", "Rows", "Rows in a chunk")
    return Table("Baselines", columns, rows, frozenset({3, 4}))


def runs_table(title: str, runs: list[Json]) -> Table:
    """Measurements one below the other: when, of what, whether of the version's own use, how many values outside."""
    rows = tuple(
        (
            str(run["id"]),
            day(run["finished_at"]),
            run["version_label"],
            run["analysis"]["label"],
            "Yes" if run["is_own_traffic"] else "No",
            number((run["result"] or {}).get("analysis_chunks")),
            number((run["result"] or {}).get("alerts")),
        )
        for run in runs
    )
    columns = ("No.", "Made on", "Version", "Data looked at", "Its own traffic", "Chunks", "Values outside")
    return Table(title, columns, rows, frozenset({5, 6}))


def known_by(run: Json) -> Known:
    """How a figure of a measurement is known; its digest is that of the data looked at."""
    source = f"Drift measurement {run['id']} of {run['version_label']}"
    return Known(MEASURED, source, str(run["finished_at"] or ""), str(run["analysis"]["digest"]))


def methods_of(runs: list[Json]) -> list[tuple[str, str]]:
    """Each method in use with the tools and their versions."""
    found: dict[str, Any] = {}
    for run in runs:
        tools = ", ".join(
            f"{name} {version}" for name, version in ((run["result"] or {}).get("versions") or {}).items()
        )
        for measure in measures_of(run):
            found.setdefault(METRICS.get(str(measure["metric"]), str(measure["metric"])), tools or "tool not recorded")
    return list(found.items())


def skipped_in(runs: list[Json]) -> list[str]:
    """What could not be measured, each with the reason."""
    return list(dict.fromkeys(words for run in runs for words in (run["result"] or {}).get("skipped") or []))


def only_other_data(facts: Facts) -> bool:
    """Whether every measurement is of data that does not come from the versions' own use."""
    return bool(facts.drift) and not any(run["is_own_traffic"] for run in facts.drift)
