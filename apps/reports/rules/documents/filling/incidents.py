"""Incidents about the subject and its parts: what happened, who was told by when, and what was put right."""

from apps.checklist.rules.status import DECLARED
from apps.core.formatting import number
from apps.reports.rules.documents.content import Filled, Known, Paragraph
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import table
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import condition, filler


@filler("incidents.list")
def listed(facts: Facts) -> Filled:
    """Incidents, with severity, clocks and what was done."""
    known = tuple(
        Known(DECLARED, f"Incident {one['id']}", one["opened_at"] or "", record_digest(one)) for one in facts.incidents
    )
    if not facts.incidents:
        words = "No incident is on record. That nothing was reported does not show that it would be noticed."
        return Filled((Paragraph(words),), (Known(DECLARED, "Record of incidents", facts.taken_at),))
    rows = [_line(one) for one in facts.incidents]
    cures = [
        (one["id"], action["title"], who(action["owner"]), action["due_on"], day(action["done_at"]), action["outcome"])
        for one in facts.incidents
        for action in one["actions"]
    ]
    measures = table("What is done so that it does not happen again", _ACTIONS, cures, {0})
    title = f"{number(len(rows))} incident{'' if len(rows) == 1 else 's'}"
    return Filled((*table(title, _COLUMNS, rows, {0}), *measures), known, tuple(_missing(facts)))


_COLUMNS = ("No.", "What happened", "Kind", "Severity", "About", "Known since", "Report due", "State", "Outcome")
_ACTIONS = ("Incident", "Action", "Owner", "Due", "Done", "Outcome")


def _line(one: Json) -> tuple[object, ...]:
    clock = one["clock"]
    due = exact(clock["due_at"]) if clock["is_due"] else "no report due"
    state = f"{one['state_label']} on {day(one['closed_at'])}" if one["closed_at"] else one["state_label"]
    labels = (one["kind_label"], one["severity_label"], one["subject"]["label"])
    return (one["id"], one["title"], *labels, exact(one["aware_at"]), due, state, one["resolution"])


def _missing(facts: Facts) -> list[str]:
    """Reports that are due and were not sent, and actions that are past their day."""
    found = []
    for one in facts.incidents:
        is_sent = any(report["sent_at"] for report in one["reports"])
        if one["clock"]["is_due"] and not is_sent:
            found.append(f"Incident {one['id']}: no report was sent; it is due on {exact(one['clock']['due_at'])}.")
        late = [each for each in one["actions"] if each["due_on"] and not each["done_at"]]
        found += [
            f"Incident {one['id']}: “{each['title']}” was due on {each['due_on']}."
            for each in late
            if facts.taken_at and each["due_on"] < facts.taken_at[:10]
        ]
    return found


@condition("incidents.exist")
def exist(facts: Facts) -> tuple[bool, str]:
    """Whether an incident is on record."""
    return bool(facts.incidents), f"No incident about {facts.label} is on record."
