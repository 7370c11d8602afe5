"""What stands on the page before a document is made: its editions, how it would stand, and those made before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import may
from apps.core.errors import Conflict, NotFound
from apps.reports.models import Snapshot
from apps.reports.queries.kinds import Kind, kind_named
from apps.reports.queries.packs import Titled, titled
from apps.reports.queries.snapshots import snapshot_facts, snapshot_seen, snapshots_about
from apps.reports.queries.standing import Standings, reports_about, standings_now
from apps.reports.queries.subjects import is_of_small_provider, subject_seen
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.spec import AUDIT_PACK, DocumentSpec
from apps.reports.rules.documents.standing import edition_standing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

LARGEST_READ = 8 * 1024 * 1024  # bytes of a snapshot that a page looks through while somebody waits
MOST = 10
FULL_LABEL, SIMPLIFIED_LABEL = "Whole document", "Simplified, for small providers"


@dataclass(frozen=True)
class Edition:
    """One edition of a document: for whom, and whether it is the simplified one."""

    audience: str
    is_simplified: bool
    label: str

    @property
    def query(self) -> str:
        """How the address names it."""
        return f"audience={self.audience}" + ("&simplified=1" if self.is_simplified else "")


@dataclass(frozen=True)
class Preparation:
    """A document that could be made, of the present or of a snapshot. `standing` is None where it is not known."""

    kind: Kind
    subject_kind: str
    subject_id: int
    label: str
    edition: Edition
    editions: list[Edition]
    standing: dict[str, Any] | None
    standings: Standings
    snapshot: Snapshot | None
    snapshots: list[Snapshot]
    made: list[Titled]
    may_make: bool


def preparation_of_present(
    user: "User | AnonymousUser", kind: str, pk: int, slug: str, audience: str, is_simplified: bool
) -> Preparation:
    """A document about a thing as it is at present. Raises NotFound."""
    subject, document = subject_seen(user, kind, pk), _about(slug, kind)
    editions = editions_offered(document, is_of_small_provider(subject))
    edition, standings = _chosen(editions, audience, is_simplified), standings_now(subject)
    return Preparation(
        kind=document,
        subject_kind=kind,
        subject_id=pk,
        label=str(subject),
        edition=edition,
        editions=editions,
        standing=standings.of(slug, edition.audience, edition.is_simplified),
        standings=standings,
        snapshot=None,
        snapshots=list(snapshots_about(user, kind, pk)[:MOST]) if slug != AUDIT_PACK else [],
        made=titled(reports_about(user, kind, pk).filter(document=slug)[:MOST]),
        may_make=may(user, "report.create", subject.team_id),
    )


def preparation_of_snapshot(
    user: "User | AnonymousUser", pk: int, slug: str, audience: str, is_simplified: bool
) -> Preparation:
    """A document from a snapshot. Raises NotFound."""
    snapshot = snapshot_seen(user, pk)
    document = _about(slug, snapshot.subject_kind)
    if document.slug == AUDIT_PACK:
        raise NotFound("An audit pack is made of the present.")
    facts = snapshot_facts(snapshot) if snapshot.size <= LARGEST_READ else None
    editions = editions_offered(document, facts is not None and facts.is_of_small_provider)
    edition = _chosen(editions, audience, is_simplified)
    standing = None
    if facts is not None and document.spec is not None:
        standing = _standing(document.spec, facts, snapshot, edition)
    return Preparation(
        kind=document,
        subject_kind=snapshot.subject_kind,
        subject_id=snapshot.subject_id,
        label=snapshot.subject_label,
        edition=edition,
        editions=editions,
        standing=standing,
        standings=Standings(None, None),
        snapshot=snapshot,
        snapshots=[],
        made=titled(snapshot.documents.filter(document=slug).select_related("created_by").defer("log")[:MOST]),
        may_make=may(user, "report.create", snapshot.team_id),
    )


def _standing(spec: DocumentSpec, facts: Facts, snapshot: Snapshot, edition: Edition) -> dict[str, Any]:
    audience, is_simplified = edition.audience, edition.is_simplified
    return edition_standing(spec, facts, snapshot.digest, audience=audience, is_simplified=is_simplified)


def standing_from(snapshot: Snapshot, slug: str, audience: str, is_simplified: bool) -> dict[str, Any]:
    """How a document would stand if it were made from this snapshot. Raises NotFound for a document or an edition that
    it cannot have, and Conflict for a snapshot that is too large to be looked through while somebody waits.
    """
    document = _about(slug, snapshot.subject_kind)
    if snapshot.size > LARGEST_READ:
        raise Conflict("This snapshot is too large to be looked through at once.", remedy="Make the document itself.")
    facts = snapshot_facts(snapshot)
    editions = editions_offered(document, facts.is_of_small_provider)
    edition = _chosen(editions, audience, is_simplified)
    if document.spec is None or (edition.audience, edition.is_simplified) != (audience, is_simplified):
        raise NotFound("This document has no such edition.", code="document.audience")
    return _standing(document.spec, facts, snapshot, edition)


def editions_offered(kind: Kind, is_small: bool) -> list[Edition]:
    """The editions of a kind of document that this subject can have."""
    found = [Edition("", False, "For everybody" if kind.audiences else FULL_LABEL)]
    found += [Edition(one.id, False, one.title) for one in kind.audiences]
    return [*found, Edition("", True, SIMPLIFIED_LABEL)] if kind.has_simplified and is_small else found


def _chosen(editions: list[Edition], audience: str, is_simplified: bool) -> Edition:
    return next(
        (one for one in editions if (one.audience, one.is_simplified) == (audience, is_simplified)), editions[0]
    )


def _about(slug: str, subject_kind: str) -> Kind:
    kind = kind_named(slug)
    if subject_kind not in kind.subjects:
        raise NotFound(f"“{kind.title}” cannot be about this.", code="document.subject")
    return kind
