"""What is known, before a document is made, of how it would stand; and the documents and snapshots of one thing."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from apps.accounts.queries import may, team_ids_seen_by
from apps.core.rules import SUCCEEDED
from apps.reports.models import ReadinessRun, ReportRun, Snapshot, SnapshotRun
from apps.reports.queries.kinds import Kind, kinds_about
from apps.reports.queries.packs import Titled, reports_seen_by, titled
from apps.reports.queries.since import Since, recorded_since
from apps.reports.queries.snapshots import snapshots_about
from apps.reports.queries.subjects import MODELS, Subject, kind_of_subject, page_of_subject, subject_seen
from apps.reports.rules.documents.spec import SUBJECTS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 25


def readiness_runs_seen_by(user: "User | AnonymousUser") -> QuerySet[ReadinessRun]:
    """Checks of readiness of the person's teams, newest first."""
    rows = ReadinessRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "created_by")


def snapshot_runs_seen_by(user: "User | AnonymousUser") -> QuerySet[SnapshotRun]:
    """Runs that take or took snapshots for the person's teams, newest first."""
    rows = SnapshotRun.objects.filter(team_id__in=team_ids_seen_by(user))
    return rows.select_related("team", "created_by", "snapshot")


@dataclass(frozen=True)
class Standings:
    """What the newest check found, and the check that is at work or failed since. Either may be None."""

    known: ReadinessRun | None
    latest: ReadinessRun | None
    since: Since | None = None  # what was recorded after the newest check began to read; None where it is not asked

    @property
    def is_open(self) -> bool:
        """Whether a check is at work."""
        return self.latest is not None and self.latest.is_open

    @property
    def has_failed(self) -> bool:
        """Whether the newest check came to no end."""
        return self.latest is not None and not self.latest.is_open and self.latest.state != SUCCEEDED

    def of(self, document: str, audience: str = "", is_simplified: bool = False) -> dict[str, Any] | None:
        """How one edition of a document would stand, as of the newest check."""
        wanted = (document, audience, is_simplified)
        return next(
            (row for row in self.rows if (row["document"], row["audience"], row["is_simplified"]) == wanted), None
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every edition of every document."""
        return (self.known.result or {}).get("documents", []) if self.known else []


def standings_of(kind: str, pk: int) -> Standings:
    """What is known of the documents about a thing that the person was found to see. Two queries."""
    runs = ReadinessRun.objects.filter(subject_kind=kind, subject_id=pk).select_related("created_by")
    newest = runs.defer("log", "result").order_by("-created_at", "-pk").first()
    known = runs.defer("log").filter(state=SUCCEEDED).order_by("-created_at", "-pk").first()
    return Standings(known, newest)


def standings_now(subject: Subject) -> Standings:
    """What is known of the documents about a thing, and whether more was recorded since. The number of queries does not
    depend on how much there is, but for the generations of base models.
    """
    found = standings_of(kind_of_subject(subject), subject.pk)
    return found if found.known is None else replace(found, since=since_check(subject, found.known))


def since_check(subject: Subject, run: ReadinessRun) -> Since:
    """What was recorded about a thing after a check of it began to read."""
    return recorded_since(subject, run.started_at or run.created_at)


def since_of(run: ReadinessRun) -> Since | None:
    """What was recorded after a check about what it looked at; None where that is gone."""
    subject: Subject | None = MODELS[run.subject_kind]._default_manager.filter(pk=run.subject_id).first()
    return None if subject is None else since_check(subject, run)


@dataclass(frozen=True)
class Offer:
    """One kind of document that can be about a thing, and how it would stand."""

    kind: Kind
    standing: dict[str, Any] | None


@dataclass(frozen=True)
class SubjectPage:
    """One thing with the documents that can be made about it, those that were, and its snapshots."""

    kind: str
    kind_label: str
    subject: Subject
    page: str
    offers: list[Offer]
    standings: Standings
    reports: list[Titled]
    snapshots: list[Snapshot]
    freezing: SnapshotRun | None
    may_make: bool


def subject_page(user: "User | AnonymousUser", kind: str, pk: int) -> SubjectPage:
    """Everything about the documents of one thing. Raises NotFound. Constant queries."""
    subject = subject_seen(user, kind, pk)
    standings = standings_now(subject)
    freezing = SnapshotRun.objects.filter(subject_kind=kind, subject_id=pk).order_by("-created_at", "-pk").first()
    return SubjectPage(
        kind=kind,
        kind_label=SUBJECTS[kind],
        subject=subject,
        page=page_of_subject(kind, pk),
        offers=[Offer(one, standings.of(one.slug)) for one in kinds_about(kind)],
        standings=standings,
        reports=titled(reports_about(user, kind, pk)[:MOST], user),
        snapshots=list(snapshots_about(user, kind, pk)[:MOST]),
        freezing=freezing if freezing is not None and freezing.state != SUCCEEDED else None,
        may_make=may(user, "report.create", subject.team_id),
    )


def reports_about(user: "User | AnonymousUser", kind: str, pk: int) -> QuerySet[ReportRun]:
    """The documents about one thing that the person sees, newest first."""
    return reports_seen_by(user).filter(subject_kind=kind, subject_id=pk).defer("log")
