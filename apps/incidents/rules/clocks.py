"""Clocks of incidents: what has to be told to an authority by when. The law's days are data (codes/clocks-1.yaml)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "codes"
NONE = "none"
RUNNING, LATE, MET, MET_LATE, STILL = "running", "late", "met", "met late", "still"
SOON = 0.25  # of the time is left: the page turns to a warning


@dataclass(frozen=True)
class Clock:
    """A report on the system itself: how many days from awareness to the first one."""

    id: str
    title: str
    days: int
    reference: str
    when: str


@dataclass(frozen=True)
class Duty:
    """Another authority that may have to be told: how many hours from awareness."""

    id: str
    title: str
    hours: int
    reference: str
    when: str


@dataclass(frozen=True)
class Section:
    """One part of a report to an authority."""

    id: str
    title: str
    help: str


@dataclass(frozen=True)
class Book:
    """One version of the file."""

    version: int
    effective: str
    clocks: dict[str, Clock]
    duties: dict[str, Duty]
    sections: tuple[Section, ...]


@cache
def book() -> Book:
    """The newest version. Earlier ones stay in the folder, for incidents name the one that they were put under."""
    return max((_read(path) for path in FOLDER.glob("clocks-*.yaml")), key=lambda one: one.version)


def _read(path: Path) -> Book:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Book(
        version=int(raw["version"]),
        effective=raw["effective"],
        clocks={one["id"]: Clock(**one) for one in raw["clocks"]},
        duties={one["id"]: Duty(**one) for one in raw["duties"]},
        sections=tuple(Section(**one) for one in raw["sections"]),
    )


def due_at(clock: str, aware_at: datetime) -> datetime | None:
    """When the first report is due; None where none is. Raises KeyError for a clock that is none."""
    days = book().clocks[clock].days
    return aware_at + timedelta(days=days) if days else None


def duty_due_at(duty: str, aware_at: datetime) -> datetime:
    """When the first notice of a parallel duty is due. Raises KeyError."""
    return aware_at + timedelta(hours=book().duties[duty].hours)


@dataclass(frozen=True)
class Hand:
    """How a clock stands at a moment."""

    due_at: datetime
    state: str  # running | late | met | met late
    share_gone: float  # 0 to 1 of the time from awareness to due
    words: str  # "3 days 4 hours left", "2 hours late"

    @property
    def tone(self) -> str:
        """How the page shows it."""
        if self.state in (LATE, MET_LATE):
            return "bad"
        if self.state == MET:
            return "good"
        return "warning" if 1 - self.share_gone <= SOON else "info"


def hand(aware_at: datetime, due: datetime, done_at: datetime | None, now: datetime) -> Hand:
    """How a clock stands that runs from awareness until it is met."""
    if done_at is not None:
        state = MET if done_at <= due else MET_LATE
        words = "in time" if state == MET else f"{span(done_at - due)} late"
        return Hand(due, state, 1.0, words)
    gone = (now - aware_at) / (due - aware_at)
    if now > due:
        return Hand(due, LATE, 1.0, f"{span(now - due)} late")
    return Hand(due, RUNNING, min(max(gone, 0.0), 1.0), f"{span(due - now)} left")


def span(time: timedelta) -> str:
    """A length of time in its two largest units: "3 days 4 hours"."""
    minutes = int(time.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "day"), (hours, "hour"), (rest, "minute")]
    told = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts if number]
    return " ".join(told[:2]) or "less than a minute"
