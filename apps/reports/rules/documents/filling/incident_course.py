"""What followed an incident: evidence held, corrective actions, others who were told, reports sent, and later acts."""

from dataclasses import replace

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.incidents.rules import INITIAL
from apps.reports.rules.documents.content import NOTHING, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day, exact, read, who
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.documents.filling.serious_incident import recorded, sent, standing, subject_of

MOST_ENTRIES = 60  # of the trail after the organisation came to know of it
ALTERABLE = ("registry.", "serving.", "catalog.")  # whose tables hold what an investigation looks at


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
    known = tuple(
        Known(MEASURED, f"Hold on {hold['label']}", hold["placed_at"], record_digest(hold)) for hold in one["holds"]
    )
    return Filled((words, table), known)


@filler("incident.actions")
def actions(facts: Facts) -> Filled:
    """Corrective actions with owner, deadline and outcome."""
    one = subject_of(facts)
    if one is None or not one["actions"]:
        return NOTHING
    rows = tuple(_action(action) for action in one["actions"])
    open_ones = sum(not action["done_at"] for action in one["actions"])
    missing = (f"Corrective actions that are not done: {open_ones} of {len(rows)}.",) if open_ones else ()
    columns = ("Action", "Owner", "Due", "Carried by", "Done", "Outcome")
    known = tuple(
        Known(DECLARED, f"Corrective action “{one['title']}”", one["done_at"] or one["added_at"], record_digest(one))
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
            standing(one["aware_at"], duty["due_at"], duty["done_at"], facts.taken_at),
            duty["note"] or "—",
        )
        for duty in one["duties"]
    )
    waiting = [duty["title"] for duty in one["duties"] if not duty["done_at"]]
    missing = (f"Not told yet: {', '.join(waiting)}.",) if waiting else ()
    columns = ("Whom", "Under", "Due by", "Told", "How the clock stands", "Note")
    return Filled((Table("Parallel duties", columns, rows),), (recorded(one),), missing)


@filler("incident.reports")
def reports(facts: Facts) -> Filled:
    """Reports that went to the authority, with the digest of what was sent."""
    one = subject_of(facts)
    if one is None:
        return NOTHING
    found = sent(one)
    if not found:
        return Filled((Paragraph(f"No report had gone to an authority by {exact(facts.taken_at)}."),), (recorded(one),))
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
    """Every act on record that may have altered the system since the incident became known."""
    one = subject_of(facts)
    aware = read(one["aware_at"]) if one else None
    if one is None or aware is None:
        return NOTHING
    entries = facts.trail.get("entries") or []
    about = [entry for entry in entries if str(entry.get("object_type")).startswith(ALTERABLE)]
    since = [entry for entry in about if (at := read(entry.get("at"))) is not None and at >= aware]
    known = Known(MEASURED, "Audit trail", facts.taken_at, str((facts.trail.get("head") or {}).get("digest") or ""))
    if not since:
        words = "The trail holds no act on the system, its models, data or deployments since the incident became known."
        return Filled((Paragraph(words),), (known,))
    people = facts.trail.get("people") or {}
    rows = tuple(
        (exact(entry["at"]), entry["action"], entry.get("object_label") or "—", _actor(people, entry["actor"]))
        for entry in since[-MOST_ENTRIES:]
    )
    words = (
        "Acts on the system, its models, data and deployments since the incident became known: "
        f"{len(since)}{'' if len(rows) == len(since) else f', of which the last {len(rows)} are shown'}."
    )
    table = Table("Acts since awareness", ("When", "Act", "On", "By"), rows)
    return Filled((Paragraph(words), table), (known,))


def _actor(people: Json, actor: str) -> str:
    person = people.get(actor)
    return str(person["name"]) if person else actor
