"""What stands on the page before a document is made: its editions, how it would stand, and those made before."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.accounts.queries import may
from apps.core.errors import Conflict, NotFound
from apps.reports.models import Snapshot
from apps.reports.queries.editions import Choice, Edition, Known, choices_of, editions_offered
from apps.reports.queries.kinds import Kind, kind_named
from apps.reports.queries.packs import Titled, titled
from apps.reports.queries.snapshots import snapshot_facts, snapshot_seen, snapshots_about
from apps.reports.queries.standing import Standings, reports_about, standings_now
from apps.reports.queries.subjects import is_of_small_provider, subject_seen
from apps.reports.rules.documents.chosen import Chosen
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.spec import DocumentSpec
from apps.reports.rules.documents.standing import edition_standing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

LARGEST_READ = 8 * 1024 * 1024  # bytes of a snapshot that a page looks through while somebody waits
MOST = 10


@dataclass(frozen=True)
class Preparation:
    """A document that could be made, of the present or of a snapshot. `standing` is None where it is not known;
    `choices` are what can go into a pack, empty for other documents.
    """

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
    choices: list[Choice]

    @property
    def are_standings_known(self) -> bool:
        """Whether it is known how a pack's documents would stand."""
        return any(one.standing for one in self.choices)


def preparation_of_present(
    user: "User | AnonymousUser", kind: str, pk: int, slug: str, audience: str, is_simplified: bool
) -> Preparation:
    """A document about a thing as it is at present. Raises NotFound."""
    subject, document = subject_seen(user, kind, pk), _about(slug, kind)
    is_small, standings = is_of_small_provider(subject), standings_now(subject)
    editions = editions_offered(document, is_small)
    edition = _chosen(editions, audience, is_simplified)
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
        snapshots=list(snapshots_about(user, kind, pk)[:MOST]),
        made=titled(reports_about(user, kind, pk).filter(document=slug)[:MOST], user),
        may_make=may(user, "report.create", subject.team_id),
        choices=_choices(
            document, kind, is_small, lambda one: standings.of(one.document, one.audience, one.is_simplified)
        ),
    )


def preparation_of_snapshot(
    user: "User | AnonymousUser", pk: int, slug: str, audience: str, is_simplified: bool
) -> Preparation:
    """A document from a snapshot. Raises NotFound."""
    snapshot = snapshot_seen(user, pk)
    document = _about(slug, snapshot.subject_kind)
    facts = snapshot_facts(snapshot) if snapshot.size <= LARGEST_READ else None
    is_small = facts is not None and facts.is_of_small_provider
    editions = editions_offered(document, is_small)
    edition = _chosen(editions, audience, is_simplified)
    return Preparation(
        kind=document,
        subject_kind=snapshot.subject_kind,
        subject_id=snapshot.subject_id,
        label=snapshot.subject_label,
        edition=edition,
        editions=editions,
        standing=_standing_of(Chosen(slug, edition.audience, edition.is_simplified), facts, snapshot),
        standings=Standings(None, None),
        snapshot=snapshot,
        snapshots=[],
        made=titled(snapshot.documents.filter(document=slug).select_related("created_by").defer("log")[:MOST]),
        may_make=may(user, "report.create", snapshot.team_id),
        choices=_choices(document, snapshot.subject_kind, is_small, lambda one: _standing_of(one, facts, snapshot)),
    )


def _choices(document: Kind, subject_kind: str, is_small: bool, known: Known) -> list[Choice]:
    """What can go into it, where it is a pack."""
    return choices_of(subject_kind, is_small, known) if document.spec is None else []


def _standing_of(chosen: Chosen, facts: Facts | None, snapshot: Snapshot) -> dict[str, Any] | None:
    """How an edition of a document from a snapshot would stand; None for a pack, and where the facts are not read."""
    spec = kind_named(chosen.document).spec
    return _standing(spec, facts, snapshot, chosen) if spec is not None and facts is not None else None


def _standing(spec: DocumentSpec, facts: Facts, snapshot: Snapshot, chosen: Chosen) -> dict[str, Any]:
    audience, is_simplified = chosen.audience, chosen.is_simplified
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
    return _standing(document.spec, facts, snapshot, Chosen(slug, audience, is_simplified))


def _chosen(editions: list[Edition], audience: str, is_simplified: bool) -> Edition:
    return next(
        (one for one in editions if (one.audience, one.is_simplified) == (audience, is_simplified)), editions[0]
    )


def _about(slug: str, subject_kind: str) -> Kind:
    kind = kind_named(slug)
    if subject_kind not in kind.subjects:
        raise NotFound(f"“{kind.title}” cannot be about this.", code="document.subject")
    return kind
