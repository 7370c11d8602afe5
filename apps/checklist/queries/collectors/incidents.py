"""The collector that speaks of what went wrong: incidents about a thing, their clocks, and whether they were told.

Incidents are named by number, kind and severity. Who sees the finding need not be one of the team whose words they are.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from apps.checklist.queries.collectors.dataset import data_finding
from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.systems import SystemFacts, system_finding
from apps.checklist.queries.collectors.words import counted, listed
from apps.checklist.queries.facts import DataFacts, Facts
from apps.checklist.rules import DECLARED, UNKNOWN, Finding
from apps.checklist.rules.findings import ASKS, BLOCKS, REMEDY
from apps.core.canonical import digest_of
from apps.incidents.models import Incident
from apps.incidents.rules import KINDS, OPEN, SEVERITIES
from apps.serving.models import Deployment

COLLECTOR = "incidents.record"
METHOD = "The platform's record of incidents, kept by people and by its own alerts; what nobody reported is not in it"
NONE = "No incident is on record. That nothing was reported does not show that it would be noticed."
DEPLOYMENT = Deployment._meta.label_lower
SHOWN, MOST = 5, 100  # incidents that the words name, and that the value holds


def of_version(facts: Facts) -> list[Finding]:
    """About the version, its model, its deployments, their drift, and the systems that it works in. Nothing for a
    version that was never used and has none.
    """
    elsewhere = {str(one.pk) for one in facts.deployments}
    own = [one for one in facts.watched.incidents if one.subject_type != DEPLOYMENT or one.subject_id in elsewhere]
    rows = _once([*own, *facts.watched.incidents_of_systems])
    if not rows and not facts.deployments and not facts.watched.systems:
        return []
    status, summary, speaks_of, value = _found(rows)
    return [model_finding(COLLECTOR, facts.version, status, METHOD, summary, speaks_of=speaks_of, value=value)]


def of_system(facts: SystemFacts) -> list[Finding]:
    """About the system itself, and about every version at work in it."""
    rows = _once([*facts.watched.incidents, *(row for part in facts.parts for row in part.watched.incidents)])
    status, summary, speaks_of, value = _found(rows)
    return [system_finding(COLLECTOR, facts.system, status, METHOD, summary, speaks_of=speaks_of, value=value)]


def of_data(facts: DataFacts) -> list[Finding]:
    """About a dataset version and the dataset that it is of. Silent where there is none."""
    rows = _once(facts.watched.incidents)
    if not rows:
        return []
    status, summary, speaks_of, value = _found(rows)
    [data] = facts.datasets
    digest = digest_of({"data": data.digest, "speaks_of": speaks_of})
    return [data_finding(COLLECTOR, data, status, METHOD, summary, value, digest)]


def _once(rows: Iterable[Incident]) -> list[Incident]:
    """Each incident once, the newest first."""
    return sorted({row.pk: row for row in rows}.values(), key=lambda row: -row.pk)


def _found(rows: list[Incident]) -> tuple[str, str, Any, dict[str, Any]]:
    """Status, words, what they speak of, and the value. The days that are left are not told: a clock that runs changes
    nothing until it is late.
    """
    now = timezone.now()
    told = [_row(row, now) for row in rows]
    late = [row for row in told if row["is_late"]]
    still_open = [row for row in told if row["state"] == OPEN]
    value: dict[str, Any] = {"incidents": told[:MOST], "open": len(still_open), "count": len(told)}
    if late:
        value[BLOCKS] = f"Others had to be told of {_named(late)} by now, and that is not on record."
        value[REMEDY] = "Open the incident, send what is due, and put it on record."
    elif still_open:
        value[ASKS] = f"{_named(still_open).capitalize()} {'is' if len(still_open) == 1 else 'are'} open; say what "
        value[ASKS] += "follows from that."
    # That something went wrong answers nothing by itself; that it was reported is on record by people's word.
    is_answer = any(row["first_report_at"] for row in told)
    return DECLARED if is_answer else UNKNOWN, _words(told) if told else NONE, told, value


def _row(row: Incident, now: datetime) -> dict[str, Any]:
    """One incident without the words of those who wrote of it. Times are ISO 8601, in UTC."""
    sent, duty = getattr(row, "first_sent", None), getattr(row, "next_duty", None)
    is_late = (row.due_at is not None and sent is None and row.due_at < now) or (duty is not None and duty < now)
    return {
        "id": row.pk,
        "kind": row.kind,
        "severity": row.severity,
        "state": row.state,
        "clock": row.clock,
        "aware_at": _iso(row.aware_at),
        "due_at": _iso(row.due_at),
        "first_report_at": _iso(sent),
        "others_due_at": _iso(duty),
        "is_late": is_late,
    }


def _iso(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat() if when else None


def _words(told: list[dict[str, Any]]) -> str:
    still_open = sum(row["state"] == OPEN for row in told)
    parts = [f"{counted(len(told), 'incident')} on record, {still_open or 'none'} open."]
    parts += [_one(row) for row in told[:SHOWN]]
    if len(told) > SHOWN:
        parts.append(f"And {len(told) - SHOWN} earlier.")
    return " ".join(parts)


def _one(row: dict[str, Any]) -> str:
    words = f"Incident {row['id']}: {KINDS[row['kind']].lower()}, {SEVERITIES[row['severity']].lower()}, {row['state']}"
    if row["due_at"] is None:
        return f"{words}; no report to an authority is due{_others(row)}."
    if row["first_report_at"] is None:
        return (
            f"{words}; the first report {'was' if row['is_late'] else 'is'} due by {_day(row['due_at'])}{_others(row)}."
        )
    when = "in time" if row["first_report_at"] <= row["due_at"] else "too late"
    return f"{words}; known since {_day(row['aware_at'])}, first reported on {_day(row['first_report_at'])}, {when}."


def _others(row: dict[str, Any]) -> str:
    return f", and others have to be told by {_day(row['others_due_at'])}" if row["others_due_at"] else ""


def _day(when: str) -> str:
    return f"{when[:16].replace('T', ' ')} UTC"


def _named(rows: list[dict[str, Any]]) -> str:
    """`incident 7`, `incidents 7 and 9`."""
    return f"incident{'' if len(rows) == 1 else 's'} {listed([str(row['id']) for row in rows])}"
