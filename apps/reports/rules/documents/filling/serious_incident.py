"""What the record holds on the incident that a report under Article 73 is about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from apps.checklist.rules.status import DECLARED, MEASURED
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
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import exact, read, who
from apps.reports.rules.documents.filling.registry import condition, filler

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
    return Filled((FactList(tuple(rows)),), (recorded(one),), missing)


def _first_report(facts: Facts, one: Json) -> list[tuple[str, str]]:
    first = next((report["sent_at"] for report in sent(one)), None)
    told = standing(one["aware_at"], one["clock"]["due_at"], first, facts.taken_at)
    return [("First report sent", exact(first) if first else "Not yet"), ("How the clock stands", told)]


def standing(aware: str, due: str | None, done: str | None, now: str) -> str:
    """How a clock stood at the moment of the snapshot."""
    begun, end, at = read(aware), read(due), read(now)
    if begun is None or end is None or at is None or end <= begun:
        return "—"
    found = hand(begun, end, read(done), at)
    return _STANDS[found.state].format(found.words)


def recorded(one: Json) -> Known:
    """That an incident was put on record, by a person or by the platform."""
    by = who(one["opened_by"], "the platform itself")
    how, source = DECLARED if one["opened_by"] else MEASURED, f"Incident {one['id']}, opened by {by}"
    return Known(how, source, one["opened_at"], record_digest(one))


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
    return Filled((FactList(tuple(rows)), *words), (recorded(one),))


@filler("incident.measured")
def measured(facts: Facts) -> Filled:
    """What the platform itself found."""
    one = subject_of(facts)
    if one is None or not one["details"]:
        return NOTHING
    known = Known(
        MEASURED if one["opened_by"] is None else DECLARED,
        f"Figures of incident {one['id']}",
        one["opened_at"],
        record_digest(one),
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
        return Filled((FactList(rows),), (recorded(one),))
    rows = (("State", one["state_label"]), ("Closed", f"{exact(one['closed_at'])}, by {who(one['closed_by'])}"))
    known = Known(
        DECLARED, f"Closing of incident {one['id']}, by {who(one['closed_by'])}", one["closed_at"], record_digest(one)
    )
    return Filled((FactList(rows), Paragraph(one["resolution"], is_quoted=True)), (known,))


@filler("incident.ended")
def ended(facts: Facts) -> Filled:
    """That it has ended, and how."""
    one, told = subject_of(facts), state(facts)
    if one is None or one["closed_at"]:
        return told
    return replace(told, missing=("The incident is still open.",))


@condition("incident.has_figures")
def has_figures(facts: Facts) -> tuple[bool, str]:
    """Whether the incident holds figures."""
    one = subject_of(facts)
    if one is None or one["details"]:
        return True, ""
    return False, "The incident holds no figures; its account rests on what people said, and on the other points here."


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
