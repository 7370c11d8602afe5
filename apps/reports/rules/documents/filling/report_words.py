"""The words that people wrote into the reports on an incident, part by part, and what is still to follow."""

from collections.abc import Iterator

from apps.checklist.rules.status import DECLARED
from apps.incidents.rules import FINAL, INITIAL, INTERIM, REPORTS
from apps.incidents.rules.clocks import book
from apps.reports.rules.documents.content import NOTHING, Bullets, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import Filler, filler
from apps.reports.rules.documents.filling.serious_incident import sent, subject_of

# Which report's words each edition takes: its own, or else the nearest one before it.
EDITIONS = {INITIAL: (INITIAL,), FINAL: (FINAL, INTERIM, INITIAL)}


def _of_kind(incident: Json, kind: str) -> Json | None:
    """The newest report of a kind, whether it was sent or not."""
    found = [one for one in incident["reports"] if one["kind"] == kind]
    return max(found, key=lambda one: (str(one["written_at"]), one["id"]), default=None)


def _words(incident: Json, edition: str, section: str) -> tuple[Json, str] | None:
    """The report whose words hold for a part of an edition, and these words."""
    for kind in EDITIONS[edition]:
        report = _of_kind(incident, kind)
        words = str(report["sections"].get(section) or "").strip() if report else ""
        if report and words:
            return report, words
    return None


def _filler_of(edition: str, section: str, title: str) -> Filler:
    def fill(facts: Facts) -> Filled:
        incident = subject_of(facts)
        found = _words(incident, edition, section) if incident else None
        if found is None:
            return Filled(missing=(f"The {REPORTS[edition].lower()} has no words under “{title}” yet.",))
        report, words = found
        missing = () if report["kind"] == edition else (_taken_from(report, edition),)
        return Filled((Paragraph(words, is_quoted=True),), (_known(report),), missing)

    fill.__doc__ = f"The words of the {REPORTS[edition].lower()} under “{title}”."
    return fill


def _taken_from(report: Json, edition: str) -> str:
    own = REPORTS[edition].lower()
    return (
        f"These are the words of the {report['kind_label'].lower()} of {day(report['written_at'])}; the {own} has none."
    )


def _known(report: Json) -> Known:
    state = "as sent" if report["sent_at"] else f"draft, revision {report['revision']}"
    source = f"{report['kind_label']} ({state}), by {who(report['written_by'])}"
    return Known(DECLARED, source, report["written_at"], report["digest"] or record_digest(report))


for _section in book().sections:
    for _edition in EDITIONS:
        filler(f"incident.{_edition}-{_section.id}")(_filler_of(_edition, _section.id, _section.title))


@filler("incident.follows")
def follows(facts: Facts) -> Filled:
    """What the complete report still has to bring."""
    incident = subject_of(facts)
    if incident is None:
        return NOTHING
    awaited = tuple(_awaited(incident))
    intro = "This is an initial report. Article 73(5) allows it to be incomplete; a complete report follows. " + (
        "Still open when it was made:" if awaited else "Nothing was found open when it was made."
    )
    blocks = (Paragraph(intro), Bullets(awaited)) if awaited else (Paragraph(intro),)
    return Filled(blocks, missing=() if incident["clock"]["is_due"] else (NO_CLOCK,))


TO_COMPLETE = "To be filled in by whoever signs"
NO_CLOCK = "Nobody has said that a report to the authority is due."


def _awaited(incident: Json) -> Iterator[str]:
    """What is open: parts without words, actions, duties, the clock itself."""
    report = _of_kind(incident, INITIAL)
    written = report["sections"] if report else {}
    empty = [one.title for one in book().sections if not str(written.get(one.id) or "").strip()]
    if empty:
        yield f"Parts without words: {', '.join(empty)}."
    for action in incident["actions"]:
        if not action["done_at"]:
            until = f"due on {action['due_on']}" if action["due_on"] else "no date set"
            yield f"Corrective action “{action['title']}” of {who(action['owner'])}, {until}."
    for duty in incident["duties"]:
        if not duty["done_at"]:
            yield f"{duty['title']}: to be told by {exact(duty['due_at'])}."
    if not any(one["kind"] == FINAL for one in sent(incident)):
        yield "The complete report, with the cause at the root and what was put right."


@filler("incident.statement")
def statement(facts: Facts) -> Filled:
    """Who signs the report, and on what day."""
    incident = subject_of(facts)
    if incident is None or not incident["reports"]:
        return NOTHING
    newest = max(incident["reports"], key=lambda one: (str(one["written_at"]), one["id"]))
    rows = [("Written by", f"{who(newest['written_by'])}, {exact(newest['written_at'])}")]
    if newest["sent_at"]:
        rows.append(("Marked as sent by", f"{who(newest['sent_by'])}, {exact(newest['sent_at'])}"))
    rows += [("Name and function of the signatory", TO_COMPLETE), ("Place, date, signature", TO_COMPLETE)]
    missing = () if newest["sent_at"] else ("Nobody has marked the report as sent yet.",)
    return Filled((FactList(tuple(rows)),), (_known(newest),), missing)


@filler("incident.compared")
def compared(facts: Facts) -> Filled:
    """What the complete report says otherwise than the initial one."""
    incident = subject_of(facts)
    first, last = (_of_kind(incident, kind) if incident else None for kind in (INITIAL, FINAL))
    if first is None or last is None:
        return Filled(missing=("There is no initial report and final report to compare yet.",))
    rows = tuple((one.title, _change(first["sections"], last["sections"], one.id)) for one in book().sections)
    columns = ("Part", "Beside the initial report")
    return Filled((Table("Changes since the initial report", columns, rows),), (_known(first), _known(last)))


def _change(before: Json, after: Json, section: str) -> str:
    old, new = (str(told.get(section) or "").strip() for told in (before, after))
    if old == new:
        return "Unchanged" if old else "Empty in both"
    return "Rewritten" if old and new else ("New" if new else "Taken out")
