"""What is due, how pressing it is, and when somebody is told again."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

CLOCK, DUTY, ACTION, REVIEW, WAIVER, DECISION, STALE, PART, TALK, EVIDENCE = (
    "clock",
    "duty",
    "action",
    "review",
    "waiver",
    "decision",
    "stale",
    "part",
    "talk",
    "evidence",
)
KINDS = {
    CLOCK: "Report to an authority",
    DUTY: "Others to be told",
    ACTION: "Corrective action",
    REVIEW: "Review of a risk",
    WAIVER: "Waiver ends",
    DECISION: "Decision waits",
    STALE: "No longer current",
    PART: "To be answered",
    TALK: "Somebody wrote to you",
    EVIDENCE: "Evidence expires",
}
LATE, SOON, LATER, OPEN = "late", "soon", "later", "open"
STAGES = {LATE: "Overdue", SOON: "Within a day", LATER: "Ahead", OPEN: "Waits"}
TOLD_AHEAD = timedelta(days=7)  # how long before it is due somebody is told by mail
LISTED_AHEAD = timedelta(days=31)  # how far the page looks


@dataclass(frozen=True)
class Due:
    """One thing that waits for a person. `at` is None where it waits without a day; `changes` are what
    somebody is told of once each, where it is told again with every further one.
    """

    kind: str
    number: int
    title: str
    page: str
    team: str
    at: datetime | None = None
    changes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is, for as long as it is due."""
        return f"{self.kind}:{self.number}"

    @property
    def keys(self) -> list[str]:
        """What somebody was told once they were told of it."""
        return [f"{self.key}:{change}" for change in self.changes] or [self.key]

    @property
    def label(self) -> str:
        """Its kind in words."""
        return KINDS[self.kind]

    def stage(self, now: datetime) -> str:
        """How pressing it is."""
        if self.at is None:
            return OPEN
        if self.at < now:
            return LATE
        return SOON if self.at - now <= timedelta(days=1) else LATER


def end_of(day: date) -> datetime:
    """The last moment of a day, in the site's time zone: what is due on a day is late on the next."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def in_order(dues: list[Due]) -> list[Due]:
    """The most pressing first; what waits without a day comes last."""
    return sorted(dues, key=lambda due: (due.at is None, due.at or timezone.now(), due.key))
