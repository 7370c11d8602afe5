"""What the record holds on the incident that a report under Article 73 is about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.incidents.rules import INITIAL
from apps.incidents.rules.clocks import LATE, MET, MET_LATE, RUNNING, hand
from apps.reports.rules.documents.content import (
    NOTHING,
    Block,
    Bullets,
    FactList,
    Filled,
    Known,
    Paragraph,
    Table,
)
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day, exact, read, who
from apps.reports.rules.documents.filling.registry import condition, filler

MOST_ENTRIES = 60  # of the trail after the organisation came to know of it
_STANDS = {RUNNING: "Still running: {}", LATE: "Overdue: {}", MET: "Told in time", MET_LATE: "Told late: {}"}
_PLAIN = str | int | float


def subject_of(facts: Facts) -> Json | None:
    """The incident that the snapshot is of; None where it is of something else."""
    if facts.kind != "incident":
        return None
    return next((one for one in facts.incidents if str(one["id"]) == str(facts.subject.get("id"))), None)


def sent(incident: Json) -> list[Json]:
    """The reports that went out, the first first."""
    return sorted((one for one in incident["reports"] if one["sent_at"]), key=lambda one: str(one["sent_at"]))


@filler("incident.clock")
def clock(facts: Facts) -> Filled:
    """Which report is due to the authority, and by when."""
    one = subject_of(facts)
    if one is None:
        return NOTHING
    due = one["clock"]
    rows = [("Became known", exact(one["aware_at"]))]
    missing: tuple[str, ...] = ()
    if due["is_due"]:
        rows += [
            ("Kind of report", f"{due['title']} ({due['reference']})"),
            ("What that means", due["when"]),
            ("Days from awareness", str(due["days"])),
            ("Report due by", exact(due["due_at"])),
        ]
        rows += _first_report(facts, one)
    else:
        missing = ("Nobody has said that a report to the authority is due, so no clock runs.",)
    return Filled((FactList(tuple(rows)),), (_recorded(one),), missing)


def _first_report(facts: Facts, one: Json) -> list[tuple[str, str]]:
    first = next((report["sent_at"] for report in sent(one)), None)
    told = _standing(one["aware_at"], one["clock"]["due_at"], first, facts.taken_at)
    return [("First report sent", exact(first) if first else "Not yet"), ("How the clock stands", told)]


def _standing(aware: str, due: str | None, done: str | None, now: str) -> str:
    """How a clock stood at the moment of the snapshot."""
    begun, end, at = read(aware), read(due), read(now)
    if begun is None or end is None or at is None or end <= begun:
        return "—"
    found = hand(begun, end, read(done), at)
    return _STANDS[found.state].format(found.words)


def _recorded(one: Json) -> Known:
    by = who(one["opened_by"], "the platform itself")
    return Known(DECLARED if one["opened_by"] else MEASURED, f"Incident {one['id']}, opened by {by}", one["opened_at"])


@filler("incident.overview")
def overview(facts: Facts) -> Filled:
    """What happened, as it was put on record."""
    one = subject_of(facts)
    if one is None:
        return NOTHING
    rows = [
        ("Incident", f"{one['id']}: {one['title']}"),
        ("Kind", one["kind_label"]),
        ("Severity", one["severity_label"]),
        ("Became known", exact(one["aware_at"])),
        ("Put on record", f"{exact(one['opened_at'])}, by {who(one['opened_by'], 'the platform itself')}"),
        ("What it is about", one["subject"]["label"] or "Not said"),
        ("State", one["state_label"]),
    ]
    words = [Paragraph(one["description"], is_quoted=True)] if one["description"] else []
    return Filled((FactList(tuple(rows)), *words), (_recorded(one),))


@filler("incident.measured")
def measured(facts: Facts) -> Filled:
    """What the platform itself found."""
    one = subject_of(facts)
    if one is None or not one["details"]:
        return NOTHING
    known = Known(
        MEASURED if one["opened_by"] is None else DECLARED, f"Figures of incident {one['id']}", one["opened_at"]
    )
    return Filled(tuple(_details(one["details"])), (known,))


def _details(details: Json) -> Iterator[Block]:
    plain = tuple((_label(name), str(value)) for name, value in details.items() if isinstance(value, _PLAIN))
    if plain:
        yield FactList(plain)
    for name, value in details.items():
        if isinstance(value, list) and value:
            yield from _listed(_label(name), value)


def _listed(title: str, value: list[Any]) -> Iterator[Block]:
    rows = [item for item in value if isinstance(item, dict)]
    if rows:
        columns = tuple(dict.fromkeys(name for row in rows for name in row))
        cells = tuple(tuple("—" if row.get(name) is None else str(row[name]) for name in columns) for row in rows)
        yield Table(title, tuple(map(_label, columns)), cells)
    if plain := [str(item) for item in value if isinstance(item, _PLAIN)]:
        yield Bullets(tuple(f"{title}: {item}" for item in plain))


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


@filler("incident.state")
def state(facts: Facts) -> Filled:
    """Whether it goes on, and how it ended."""
    one = subject_of(facts)
    if one is None:
        return NOTHING
    if not one["closed_at"]:
        rows = (("State", one["state_label"]), ("Ended", f"Not by {exact(facts.taken_at)}"))
        return Filled((FactList(rows),), (_recorded(one),))
    rows = (("State", one["state_label"]), ("Closed", f"{exact(one['closed_at'])}, by {who(one['closed_by'])}"))
    known = Known(DECLARED, f"Closing of incident {one['id']}, by {who(one['closed_by'])}", one["closed_at"])
    return Filled((FactList(rows), Paragraph(one["resolution"], is_quoted=True)), (known,))


@filler("incident.holds")
def holds(facts: Facts) -> Filled:
    """What is kept as evidence, unchanged."""
    one = subject_of(facts)
    if one is None or not one["holds"]:
        return NOTHING
    rows = tuple(
        (
            hold["label"],
            f"{exact(hold['placed_at'])}, by {who(hold['placed_by'])}",
            hold["reason"],
            f"Released {exact(hold['released_at'])}: {hold['released_because']}" if hold["released_at"] else "In force",
        )
        for hold in one["holds"]
    )
    table = Table("Kept as evidence", ("What", "Since", "Why", "State"), rows)
    words = Paragraph("While a hold is in force, the platform refuses every change to and removal of what is held.")
    known = tuple(Known(MEASURED, f"Hold on {hold['label']}", hold["placed_at"]) for hold in one["holds"])
    return Filled((words, table), known)


@filler("incident.actions")
def actions(facts: Facts) -> Filled:
    """Corrective actions with owner, deadline and outcome."""
    one = subject_of(facts)
    if one is None or not one["actions"]:
        return NOTHING
    rows = tuple(_action(action) for action in one["actions"])
    open_ones = sum(not action["done_at"] for action in one["actions"])
    missing = (f"{open_ones} of {len(rows)} corrective actions are not done.",) if open_ones else ()
    columns = ("Action", "Owner", "Due", "Carried by", "Done", "Outcome")
    known = tuple(
        Known(DECLARED, f"Corrective action “{one['title']}”", one["done_at"] or one["added_at"])
        for one in one["actions"]
    )
    return Filled((Table("Corrective actions", columns, rows),), known, missing)


def _action(action: Json) -> tuple[str, ...]:
    carried = action["subject"]["label"] or "—"
    return (
        action["title"],
        who(action["owner"]),
        action["due_on"] or "No date",
        carried,
        day(action["done_at"]) if action["done_at"] else "Not yet",
        action["outcome"] or "—",
    )


@filler("incident.duties")
def duties(facts: Facts) -> Filled:
    """Others who have to be told, and whether they were."""
    one = subject_of(facts)
    if one is None or not one["duties"]:
        return NOTHING
    rows = tuple(
        (
            duty["title"],
            duty["reference"] or "—",
            exact(duty["due_at"]),
            f"{exact(duty['done_at'])}, by {who(duty['done_by'])}" if duty["done_at"] else "Not yet",
            _standing(one["aware_at"], duty["due_at"], duty["done_at"], facts.taken_at),
            duty["note"] or "—",
        )
        for duty in one["duties"]
    )
    waiting = [duty["title"] for duty in one["duties"] if not duty["done_at"]]
    missing = (f"Not told yet: {', '.join(waiting)}.",) if waiting else ()
    columns = ("Whom", "Under", "Due by", "Told", "How the clock stands", "Note")
    return Filled((Table("Parallel duties", columns, rows),), (_recorded(one),), missing)


@filler("incident.reports")
def reports(facts: Facts) -> Filled:
    """Reports that went to the authority, with the digest of what was sent."""
    one = subject_of(facts)
    if one is None:
        return NOTHING
    found = sent(one)
    if not found:
        return Filled(
            (Paragraph(f"No report had gone to an authority by {exact(facts.taken_at)}."),), (_recorded(one),)
        )
    rows = tuple(
        (
            report["kind_label"],
            f"{exact(report['sent_at'])}, by {who(report['sent_by'])}",
            report["reference"] or "—",
            report["digest"],
        )
        for report in found
    )
    known = tuple(
        Known(DECLARED, f"{report['kind_label']}, sent", report["sent_at"], report["digest"]) for report in found
    )
    columns = ("Report", "Sent", "The authority's reference", "SHA-256 of its words")
    return Filled((Table("Reports sent", columns, rows),), known)


@filler("incident.earlier")
def earlier(facts: Facts) -> Filled:
    """The initial report that went to the authority before this one."""
    told = reports(facts)
    one = subject_of(facts)
    if one is None or any(report["kind"] == INITIAL for report in sent(one)):
        return told
    return replace(told, missing=("No initial report is marked as sent.",))


@filler("incident.changes")
def changes(facts: Facts) -> Filled:
    """Every act on record about the system since the incident became known."""
    one = subject_of(facts)
    aware = read(one["aware_at"]) if one else None
    if one is None or aware is None:
        return NOTHING
    entries = facts.trail.get("entries") or []
    since = [entry for entry in entries if (at := read(entry.get("at"))) is not None and at >= aware]
    known = Known(MEASURED, "Audit trail", facts.taken_at, str((facts.trail.get("head") or {}).get("digest") or ""))
    if not since:
        return Filled((Paragraph("The trail holds no act on what is reported here since then."),), (known,))
    people = facts.trail.get("people") or {}
    rows = tuple(
        (exact(entry["at"]), entry["action"], entry.get("object_label") or "—", _actor(people, entry["actor"]))
        for entry in since[-MOST_ENTRIES:]
    )
    words = f"{len(since)} acts on record since the incident became known; the last {len(rows)} are shown."
    table = Table("Acts since awareness", ("When", "Act", "On", "By"), rows)
    return Filled((Paragraph(words), table), (known,))


def _actor(people: Json, actor: str) -> str:
    person = people.get(actor)
    return str(person["name"]) if person else actor


@condition("incident.is_final_due")
def is_final_due(facts: Facts) -> tuple[bool, str]:
    """Whether a complete report has to follow."""
    one = subject_of(facts)
    if one is not None and any(report["kind"] == "final" for report in sent(one)):
        return False, "The complete report was sent already; it stands among the reports."
    return True, ""


@condition("incident.has_duties")
def has_duties(facts: Facts) -> tuple[bool, str]:
    """Whether others have to be told as well."""
    one = subject_of(facts)
    if one is None or one["duties"] or not one["closed_at"]:
        return True, ""
    return False, "The incident was closed without a duty to tell another authority or other people on record."
