"""Waivers: what stands against approval may pass for a while, for a reason, because a second person allowed it."""

from dataclasses import dataclass
from datetime import date, datetime

from apps.checklist.rules.problems import CONFLICT

IN_FORCE, EXPIRED, REVOKED = "in force", "expired", "revoked"
_STATES = {IN_FORCE: "In force", EXPIRED: "Expired", REVOKED: "Taken back"}
MOST_DAYS = 366  # a conflict that is to stand longer is looked at again at least once a year


@dataclass(frozen=True)
class WaiverView:
    """What may stand for a while, with who allowed it, why, and whether that holds today. `conflict` is its key."""

    pk: int
    conflict: str
    question: str
    sentence: str
    reason: str
    expires_on: date
    granted_by: str
    granted_by_id: int
    granted_at: datetime
    revoked_by: str
    revoked_at: datetime | None
    revoked_because: str
    state: str  # in force | expired | revoked
    kind: str = CONFLICT  # what it lets pass, in a word; a whole rule is "rule"

    @property
    def is_in_force(self) -> bool:
        """Whether what it names does not stand against approval because of it."""
        return self.state == IN_FORCE

    @property
    def state_label(self) -> str:
        """How it stands today, in words."""
        return _STATES[self.state]


def waiver_state(expires_on: date, is_revoked: bool, on: date) -> str:
    """How a waiver stands on a day; its last day belongs to it."""
    if is_revoked:
        return REVOKED
    return IN_FORCE if on <= expires_on else EXPIRED


def expiry_problem(expires_on: date, on: date) -> str:
    """Why a waiver cannot end on this day, as a sentence; empty where it can."""
    days = (expires_on - on).days
    if days < 1:
        return "A waiver ends in the future: its last day is tomorrow or later."
    return f"A waiver lasts {MOST_DAYS} days at most; then somebody looks again." if days > MOST_DAYS else ""
