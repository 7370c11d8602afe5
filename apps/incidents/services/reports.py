"""Reports to authorities: written in parts, frozen when they are marked as sent."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid
from apps.incidents.models import Incident, IncidentReport
from apps.incidents.queries import known_sections
from apps.incidents.rules import FINAL, REPORTS
from apps.incidents.rules.clocks import book
from apps.incidents.services.opening import still_open

SECTION_MOST = 20_000
NEEDED = {"overview", "harm"}
NEEDED_AT_LAST = NEEDED | {"causation", "investigation"}


@transaction.atomic
def report_start(*, by: User, incident: Incident, kind: str) -> IncidentReport:
    """Begin a report. What the last one said is taken over; a first one begins with what the portal knows.

    Raises Conflict where a draft of this kind is there already, Invalid for a kind that is none.
    """
    require(by, "incident.manage", incident.team_id)
    if kind not in REPORTS:
        raise Invalid("There is no such report.", code="report.kind", remedy=f"Say {', '.join(REPORTS)}.")
    incident = still_open(incident)
    if incident.reports.filter(kind=kind, sent_at=None).exists():
        raise Conflict("This report has been begun already.", code="report.exists", remedy="Go on with that one.")
    last = incident.reports.order_by("-written_at", "-pk").first()
    sections = dict(last.sections) if last else known_sections(incident)
    report = IncidentReport.objects.create(incident=incident, kind=kind, sections=sections, written_by=by)
    record(action="incident_report.start", obj=report, by=by, data={"incident": incident.pk, "kind": kind})
    return report


@transaction.atomic
def report_save(
    *, by: User, report: IncidentReport, sections: dict[str, str], expect_revision: int | None = None
) -> IncidentReport:
    """Keep what is written so far. Sections that are not given stay. Raises Conflict for a report that was sent or
    that somebody else changed meanwhile, Invalid for a section that is none.
    """
    require(by, "incident.manage", report.incident.team_id)
    unknown = set(sections) - {one.id for one in book().sections}
    if unknown or any(len(words) > SECTION_MOST for words in sections.values()):
        raise Invalid(
            f"A report has the sections {', '.join(one.id for one in book().sections)}, each of up to "
            f"{SECTION_MOST} characters.",
            code="report.section",
        )
    report = _draft(report, expect_revision)
    report.sections |= {name: words.strip() for name, words in sections.items()}
    report.revision, report.written_by, report.written_at = report.revision + 1, by, timezone.now()
    report.save(update_fields=["sections", "revision", "written_by", "written_at"])
    data = {"revision": report.revision, "digest": digest_of(report.sections)}
    record(action="incident_report.save", obj=report, by=by, data=data)
    return report


@transaction.atomic
def report_send(
    *, by: User, report: IncidentReport, reference: str = "", sent_at: datetime | None = None
) -> IncidentReport:
    """Put on record that the report went to the authority; its words stay as they are from now on.

    Sending is done outside the portal. An incomplete first report is allowed (Article 73(5)); a final one needs the
    cause and what was put right. Raises Invalid for sections that are empty or a time to come, Conflict where it was
    sent already.
    """
    require(by, "incident.manage", report.incident.team_id)
    sent_at = sent_at or timezone.now()
    report = _draft(report)
    if sent_at > timezone.now() or sent_at < report.incident.aware_at:
        raise Invalid(
            "A report goes out after the incident became known, and not in the future.", code="report.sent_at"
        )
    needed = NEEDED_AT_LAST if report.kind == FINAL else NEEDED
    empty = [one.title for one in book().sections if one.id in needed and not report.sections.get(one.id)]
    if empty:
        raise Invalid(f"These parts are still empty: {', '.join(empty)}.", code="report.empty")
    report.sent_at, report.sent_by, report.reference = sent_at, by, reference.strip()[:200]
    report.digest = digest_of({"kind": report.kind, "sections": report.sections})
    report.save(update_fields=["sent_at", "sent_by", "reference", "digest"])
    data = {"incident": report.incident_id, "kind": report.kind, "digest": report.digest}
    record(action="incident_report.send", obj=report, by=by, data=data)
    return report


def _draft(report: IncidentReport, expect_revision: int | None = None) -> IncidentReport:
    report = IncidentReport.objects.select_for_update(of=("self",)).select_related("incident__team").get(pk=report.pk)
    if report.sent_at is not None:
        raise Conflict("This report was sent; its words stay.", code="report.sent", remedy="Begin the next report.")
    if expect_revision is not None and report.revision != expect_revision:
        raise Conflict(
            "Somebody changed this report while you were writing.",
            code="report.changed",
            remedy="Read what it says now, then save yours again if it still holds.",
        )
    return report
