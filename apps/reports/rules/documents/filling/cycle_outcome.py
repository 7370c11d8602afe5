"""What followed from one cycle of monitoring: triggers that went off, measures, risks seen anew, and the sum of it."""

from collections.abc import Iterator
from datetime import datetime

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, Bullets, Filled, Known, Table
from apps.reports.rules.documents.filling.cycle_period import period_of, within
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import counted, day, is_within, who
from apps.reports.rules.documents.filling.registry import filler


@filler("cycle.actions")
def actions(facts: Facts) -> Filled:
    """What was done about alerts and incidents of the cycle."""
    rows = [
        (one["title"], action["title"], who(action["owner"]), action["due_on"] or "No date", _done(action))
        for one in within(facts).incidents
        for action in one["actions"]
    ]
    if not rows:
        return NOTHING
    waiting = sum(row[-1] == NOT_DONE for row in rows)
    missing = (f"Corrective actions that are not done: {waiting} of {len(rows)}.",) if waiting else ()
    columns = ("Incident", "Corrective action", "Owner", "Due", "Outcome")
    known = tuple(
        Known(DECLARED, f"Incident {one['id']}", one["opened_at"], record_digest(one))
        for one in within(facts).incidents
    )
    return Filled((Table("Corrective actions", columns, tuple(rows)),), known, missing)


NOT_DONE = "Not done yet"


def _done(action: Json) -> str:
    return f"{day(action['done_at'])}: {action['outcome']}" if action["done_at"] else NOT_DONE


@filler("cycle.risks")
def risks(facts: Facts) -> Filled:
    """Risks that were reopened, decided on or rated anew in the cycle."""
    found = period_of(facts)
    rows = tuple(row for risk in facts.risks if found for row in _moves(risk, *found))
    if not rows:
        return NOTHING
    known = (Known(DECLARED, "Risk register", facts.taken_at, record_digest(facts.risks)),)
    return Filled((Table("What changed in the risks", ("Risk", "When", "What", "Why"), rows),), known)


def _moves(risk: Json, begin: datetime, end: datetime) -> Iterator[tuple[str, str, str, str]]:
    if is_within(risk["reopened_at"], begin, end):
        yield risk["title"], day(risk["reopened_at"]), "Reopened", risk["reopened_because"]
    if is_within(risk["decided_at"], begin, end):
        yield risk["title"], day(risk["decided_at"]), risk["state_label"], risk["decision_reason"]
    for rating in risk["ratings"]:
        if is_within(rating["rated_at"], begin, end):
            what = f"Rated {rating['level'].lower()} ({rating['likelihood']} × {rating['impact']})"
            yield risk["title"], day(rating["rated_at"]), f"{what}, {rating['kind_label'].lower()}", rating["because"]


@filler("cycle.triggers")
def triggers(facts: Facts) -> Filled:
    """Which triggers of the plan went off in the cycle."""
    inside, found = within(facts), period_of(facts)
    if not inside.versions:
        return NOTHING
    failing = [one for risk in facts.risks for one in risk["controls"] if one["state"] == "failing"]
    red = [one for one in facts.assessments if one.get("gate") and not one["gate"]["is_green"]]
    reopened = [one for one in facts.risks if found and is_within(one["reopened_at"], *found)]
    rows = (
        ("A value outside its thresholds", _times(len(inside.monitoring.get("alerts") or ()))),
        ("An incident put on record, open or closed", _times(len(inside.incidents))),
        ("An incident with a clock under Article 73", _times(sum(one["clock"]["is_due"] for one in inside.incidents))),
        ("A risk reopened", _times(len(reopened))),
        ("A check of a risk that fails now", _times(len(failing))),
        ("A gate that is red now", _times(len(red))),
        ("An answer that is stale now", _times(_stale(facts))),
    )
    known = Known(MEASURED, "Alerts, incidents, risks and gates at the moment of the snapshot", facts.taken_at)
    return Filled((Table("Triggers", ("Trigger", "Went off"), rows),), (known,))


def _times(count: int) -> str:
    return "No" if not count else f"{number(count)} ×"


def _stale(facts: Facts) -> int:
    groups = [group for one in facts.assessments for group in one["groups"]]
    return sum(bool(question["is_stale"]) for group in groups for question in group["questions"])


@filler("cycle.conclusion")
def conclusion(facts: Facts) -> Filled:
    """What the figures of the cycle add up to."""
    inside = within(facts)
    if not inside.versions:
        return NOTHING
    items = [
        f"Made: {counted(len(inside.drift), 'drift measurement')}, {counted(len(inside.evaluations), 'evaluation')}.",
        f"Outside their thresholds: {counted(len(inside.monitoring.get('alerts') or ()), 'value')}.",
        f"Open at some time: {counted(len(inside.incidents), 'incident')}, still open: "
        f"{number(sum(not one['closed_at'] for one in inside.incidents))}.",
    ]
    known = Known(MEASURED, "Counted from the snapshot", facts.taken_at)
    return Filled((Bullets(tuple(items)),), (known,))
