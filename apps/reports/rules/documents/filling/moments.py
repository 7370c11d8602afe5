"""Times, people and counts of a snapshot as words, and periods between its times."""

from datetime import datetime
from typing import Any

from apps.core.formatting import UNKNOWN, exact_utc, number


def read(moment: str | None) -> datetime | None:
    """A time of a snapshot, ISO 8601 with its zone; None where there is none."""
    return datetime.fromisoformat(moment) if moment else None


def exact(moment: str | None) -> str:
    """`2026-11-22 05:43:41 UTC`; an em dash where there is none."""
    return exact_utc(read(moment))


def day(moment: str | None) -> str:
    """`2026-11-22`; an em dash where there is none."""
    return moment[:10] if moment else UNKNOWN


def is_within(moment: str | None, start: datetime, end: datetime) -> bool:
    """Whether a time lies in a period, both ends included; no time lies in none."""
    found = read(moment)
    return found is not None and start <= found <= end


def who(person: dict[str, Any] | None, otherwise: str = UNKNOWN) -> str:
    """The display name of a person of a snapshot."""
    return str(person["name"]) if person else otherwise


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 incident`, `2 incidents`."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"
