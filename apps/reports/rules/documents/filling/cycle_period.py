"""Which period a report on monitoring speaks of, and the snapshot as far as it speaks of that.

Where nobody chose one, it is the DAYS before the moment of the snapshot. Article 72 names no length; a quarter is what
plans usually say.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day, is_within, read
from apps.reports.rules.documents.spec import INCIDENT, SYSTEM

DAYS = 90
Span = tuple[datetime, datetime]


def period_of(facts: Facts) -> Span | None:
    """First and last moment of the cycle: of the period that was chosen, no further than the snapshot knows, or of the
    last DAYS. None where the snapshot does not say when it was taken.
    """
    taken, chosen = read(facts.taken_at), facts.period
    if taken is None:
        return None
    if chosen is None:
        return taken - timedelta(days=DAYS), taken
    return chosen.begin, min(chosen.end, taken)


def untold_before(facts: Facts) -> datetime | None:
    """The moment before which versions that were at work then may be missing from the snapshot of a system; None where
    the cycle does not begin before it."""
    period, taken = period_of(facts), read(facts.taken_at)
    if facts.kind != SYSTEM or period is None or taken is None:
        return None
    since = read(facts.former_since) or taken - timedelta(days=DAYS)
    return since if period[0] < since else None


def within(facts: Facts) -> Facts:
    """The snapshot as far as it speaks of the cycle: versions that were at work in it, with their measurements,
    evaluations and alerts, and incidents that were open at some time in it. Versions that were taken out are told
    beside those at work, with the day until which they were."""
    period = period_of(facts)
    if period is None:
        return facts
    until = {one["version"]["id"]: _worked_until(one) for one in facts.former_versions}
    every = [*facts.versions, *(_former(one, until) for one in facts.former_versions)]
    idle = {one["version"]["id"] for one in every if not _was_at_work(facts, one, period)}
    versions = [
        version
        | {name: [run for run in version.get(name) or () if _is_of(run, period)] for name in ("drift", "evaluations")}
        for version in every
        if _was_at_work(facts, version, period)
    ]
    places = [*facts.deployments, *(_dated(one, until) for one in facts.former_deployments)]
    alerts, former = facts.monitoring.get("alerts") or (), facts.monitoring.get("former_alerts") or ()
    seen = [one for one in (*alerts, *(_dated(one, until) for one in former)) if _is_of(one, period)]
    more: dict[str, Any] = {
        "versions": versions,
        "deployments": [place for place in places if place.get("version_id") not in idle],
        "incidents": [one for one in facts.incidents if was_open(one, period)],
        "monitoring": facts.monitoring
        | {"alerts": [one for one in seen if one.get("version_id") not in idle], "former_alerts": []},
    }
    return Facts(facts.raw | more | {"former_versions": [], "former_deployments": []})


def _was_at_work(facts: Facts, version: Json, period: Span) -> bool:
    """Whether a version worked in the system at some time in the period. A snapshot that is not of a system, or of an
    incident in one, speaks of its versions wherever they work."""
    parts = version.get("works_in") or ()
    if facts.kind not in (SYSTEM, INCIDENT) or not parts:
        return True
    return any(_overlaps(part["since"], part["until"], period) for part in parts)


def _overlaps(since: str | None, until: str | None, period: Span) -> bool:
    begun, ended = read(since), read(until)
    return (begun is None or begun <= period[1]) and (ended is None or ended >= period[0])


def _worked_until(version: Json) -> str:
    """The day on which a former version was last taken out."""
    return day(max((part["until"] for part in version["works_in"] if part["until"]), default=None))


def _former(version: Json, until: Mapping[int, str]) -> Json:
    """A former version whose name says until when it was at work, in all that is told of it."""
    own = version["version"]
    runs = {name: [_dated(run, until) for run in version.get(name) or ()] for name in ("drift", "evaluations")}
    return version | runs | {"version": own | {"label": ended(own["label"], until[own["id"]])}}


def _dated(row: Json, until: Mapping[int, str]) -> Json:
    return row | {"version_label": ended(row["version_label"], until[row["version_id"]])}


def ended(label: str, day_of_end: str) -> str:
    """The name of a version that was taken out, with the day."""
    return f"{label} (at work until {day_of_end})"


def _is_of(run: Json, period: Span) -> bool:
    return is_within(run["finished_at"], *period)


def was_open(incident: Json, period: Span) -> bool:
    """Whether an incident was open at some time in a period."""
    opened, closed = read(incident["opened_at"]), read(incident["closed_at"])
    return opened is not None and opened <= period[1] and (closed is None or closed >= period[0])
