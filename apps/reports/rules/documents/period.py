"""The period that a document speaks of, where whoever asks for it chooses one: whole days in UTC, both included."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time


@dataclass(frozen=True)
class Period:
    """From the first moment of one day to the last of another. Raises ValueError for days in the wrong order."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"{self.first} lies after {self.last}")

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def end(self) -> datetime:
        """Its last moment."""
        return datetime.combine(self.last, time.max, UTC)

    @property
    def as_json(self) -> dict[str, str]:
        """`{"from": "2026-07-01", "to": "2026-09-30"}`."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def read_period(told: Mapping[str, str] | None) -> Period | None:
    """The period that was written by `as_json`; None where there is none."""
    return Period(date.fromisoformat(told["from"]), date.fromisoformat(told["to"])) if told else None
