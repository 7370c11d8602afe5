"""How the documents about a thing of a room would stand if they were made now, as the newest check found."""

from dataclasses import dataclass

from apps.auditors.queries.documents import About, subject_of
from apps.auditors.queries.room import Room
from apps.reports.queries.editions import Choice, choices_of
from apps.reports.queries.standing import Standings, standings_now
from apps.reports.queries.subjects import Subject, is_of_small_provider


@dataclass(frozen=True)
class RoomStanding:
    """One thing of the room with what each edition of each document about it would lack. `chosen` is the one whose gaps
    are told.
    """

    about: About
    subject: Subject
    standings: Standings
    choices: list[Choice]
    chosen: Choice | None


def standing_of(room: Room, subject: tuple[str, int], document: str = "") -> RoomStanding:
    """What the documents about one thing of the room would lack; `document` names an edition as `Chosen.key` does.
    Raises NotFound for any other thing.
    """
    row = subject_of(room, *subject)
    standings = standings_now(row)
    choices = choices_of(
        subject[0],
        is_of_small_provider(row),
        lambda one: standings.of(one.document, one.audience, one.is_simplified),
    )
    chosen = next((one for one in choices if one.chosen.key == document), None)
    return RoomStanding(About(subject[0], row.pk, str(row)[:300]), row, standings, choices, chosen)
