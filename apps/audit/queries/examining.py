"""The whole trail, read to its last row: archived segments, the database, and every signed checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from apps.audit.models import AuditEntry, AuditHead, AuditSegment, Checkpoint
from apps.audit.queries.chain import anchor, fields_between, head, with_end
from apps.audit.queries.checkpoints import Held, checkpoints_held
from apps.audit.queries.segments import entries_in, segment_problem
from apps.audit.rules import GENESIS, Verdict
from apps.audit.rules.checkpoints import MOST_ROWS
from apps.audit.rules.examining import Signed, examine

QUICK = 5_000  # rows that are read while somebody waits
QUICK_CHECKPOINTS = 10
TOLD_EVERY = 500
MOST_TOLD = 10  # entries that were put in and are named
OnProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class Examined:
    """What was found, and what was looked at to find it. `signed_to`: the last row under a checkpoint to rely on."""

    verdict: Verdict
    faults: list[str] = field(default_factory=list)
    archived: int = 0
    checkpoints: int = 0
    exported: int = 0
    signed_to: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether nothing at all was found."""
        return self.verdict.is_intact and not self.faults

    @property
    def unsigned(self) -> int:
        """Rows at the end that were read and stand under no signed checkpoint yet."""
        return max(self.verdict.last - max(self.signed_to, self.verdict.first - 1), 0)

    def as_json(self) -> dict[str, Any]:
        """The result as a run keeps it and the API gives it."""
        names = ("is_intact", "faults", "archived", "checkpoints", "exported", "signed_to", "unsigned")
        told: dict[str, Any] = {name: getattr(self, name) for name in names}
        walked = ("rows", "first", "last", "broken_at", "problem", "head")
        return told | {name: getattr(self.verdict, name) for name in walked}


def examine_all(on_progress: OnProgress) -> Examined:
    """Read every row there is, archived ones first, and hold each against what was signed. `on_progress` may raise to
    stop.
    """
    on_progress(0.0, "Reading the signed checkpoints")
    held = checkpoints_held()
    faults = [*held.faults, *_removed(held), *_put_in()]
    segments = _sound_segments(faults)
    start, previous = (segments[0].first, segments[0].previous) if segments else _after_anchor()
    signed, before = Signed(held.witnesses, start), head()
    total = before.sequence - start + 1 if before else 1
    entries = chain(chain.from_iterable(map(entries_in, segments)), fields_between(anchor()[0] + 1))
    verdict = examine(entries, signed, start=start, previous=previous, on_row=_teller(on_progress, total))
    verdict = with_end(before, verdict, head())
    archived = max(min(verdict.last, anchor()[0]) - start + 1, 0)
    return _examined(held, verdict, signed, faults, archived)


def examine_end() -> Examined:
    """The newest rows and the newest checkpoints only: quick enough to wait for, and no proof of what lies before."""
    before = head()
    start = max((before.sequence if before else 0) - QUICK, anchor()[0]) + 1
    held = checkpoints_held(after=start, newest=QUICK_CHECKPOINTS)
    return _from_row(start, before, held, held.faults)


def newest_held() -> Held:
    """The newest checkpoint of the database and the newest exported one, each with its signature looked at. Asked
    before rows are read as of one moment, it speaks of none that was not there yet.
    """
    return checkpoints_held(after=anchor()[0], newest=1)


def examine_news(held: Held) -> Examined:
    """The rows since the newest checkpoint of `held`, from the one that it was signed over to the last, however long
    the trail is: no more than one checkpoint may cover. It is no proof of what lies before.
    """
    before, last = head(), AuditEntry.objects.values_list("sequence", flat=True).first() or 0
    signed = max((witness.statement.rows for witness in held.witnesses), default=0)
    start = max(min(signed, last), last - MOST_ROWS + 1, anchor()[0] + 1)
    return _from_row(start, before, held, [*held.faults, *_removed(held)])


def _from_row(start: int, before: AuditHead | None, held: Held, faults: list[str]) -> Examined:
    """The rows from this one to the end, held against the checkpoints."""
    first, previous = _after_anchor()
    if start > first:
        previous = next((row["digest"] for row in fields_between(start - 1, start - 1)), "")
    signed = Signed(held.witnesses, start)
    verdict = examine(fields_between(start), signed, start=start, previous=previous)
    return _examined(held, with_end(before, verdict, head()), signed, [*faults, *_put_in()], 0)


def _after_anchor() -> tuple[int, str]:
    last, digest = anchor()
    return last + 1, digest


def _examined(held: Held, verdict: Verdict, signed: Signed, faults: list[str], archived: int) -> Examined:
    signed_to = min(signed.last, verdict.last)
    return Examined(verdict, faults, archived, held.in_database, held.exported, signed_to)


def _removed(held: Held) -> list[str]:
    """Checkpoints that were exported and that the database no longer has."""
    found = {witness.statement.rows for witness in held.witnesses}
    rows = Checkpoint.objects.filter(rows__gte=min(found, default=0)).values_list("rows", flat=True)
    missing = sorted(found - set(rows))
    return [
        f"The checkpoint of {rows} rows was exported, and somebody took it out of the database." for rows in missing
    ]


def _put_in() -> list[str]:
    """Rows under numbers that the chain in the database has left behind or never had: no walk along it meets them, but
    pages and extracts would show them.
    """
    rows = AuditEntry.objects.filter(sequence__lte=anchor()[0]).order_by("sequence")
    return [
        f"Entry {number} was put in: the chain in the database begins behind it."
        for number in rows.values_list("sequence", flat=True)[:MOST_TOLD]
    ]


def _sound_segments(faults: list[str]) -> list[AuditSegment]:
    """The archived segments that can be read and join up to the database; what is wrong with others is a fault."""
    sound: list[AuditSegment] = []
    before, digest = 0, GENESIS
    for segment in AuditSegment.objects.order_by("last"):
        problem = segment_problem(segment)
        if (segment.first, segment.previous) != (before + 1, digest):
            problem = problem or f"does not join entry {before}"
        if problem:
            faults.append(f"The archived segment of entries {segment.first}–{segment.last} {problem}.")
            sound = []
        else:
            sound.append(segment)
        before, digest = segment.last, segment.head
    return sound


def _teller(on_progress: OnProgress, total: int) -> Callable[[int], None]:
    def tell(rows: int) -> None:
        if rows % TOLD_EVERY == 0:
            on_progress(min(rows / total, 0.99), f"{rows:,} of about {total:,} entries read")

    return tell
