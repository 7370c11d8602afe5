"""How the documents about a thing of a room would stand if they were made now, as the newest check found."""

from dataclasses import dataclass
from typing import Any

from apps.auditors.queries.documents import About, subject_of
from apps.auditors.queries.room import Room
from apps.reports.queries.preparing import Edition, editions_offered
from apps.reports.queries.standing import Offer, Standings, standings_now
from apps.reports.queries.subjects import Subject, is_of_small_provider


@dataclass(frozen=True)
class RoomStanding:
    """One thing of the room with what its documents would lack. `chosen` is the document whose gaps are told, with its
    editions and how the one that was asked for stands.
    """

    about: About
    subject: Subject
    offers: list[Offer]
    standings: Standings
    chosen: Offer | None
    editions: list[Edition]
    edition: Edition | None
    standing: dict[str, Any] | None


def standing_of(
    room: Room, subject: tuple[str, int], document: str = "", audience: str = "", is_simplified: bool = False
) -> RoomStanding:
    """What the documents about one thing of the room would lack. Raises NotFound for any other thing."""
    row = subject_of(room, *subject)
    about, standings = About(subject[0], row.pk, str(row)[:300]), standings_now(row)
    offers = [Offer(kind, standings.of(kind.slug)) for kind in about.kinds if kind.spec is not None]
    chosen = next((one for one in offers if one.kind.slug == document), None)
    editions = editions_offered(chosen.kind, is_of_small_provider(row)) if chosen else []
    asked = (audience, is_simplified)
    edition = next((one for one in editions if (one.audience, one.is_simplified) == asked), next(iter(editions), None))
    standing = standings.of(document, edition.audience, edition.is_simplified) if edition else None
    return RoomStanding(about, row, offers, standings, chosen, editions, edition, standing)
