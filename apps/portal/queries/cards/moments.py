"""Times as exports write them."""

from collections.abc import Iterable
from datetime import UTC, datetime


def stamp(when: datetime | None) -> str:
    """ISO 8601 in UTC, to the second, as SPDX wants it; empty for none."""
    return "" if when is None else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """The last of them; None where there is none."""
    return max((moment for moment in moments if moment is not None), default=None)
