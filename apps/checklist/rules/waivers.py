"""Waivers: a conflict of licences may stand for a while, for a reason, because a second person allowed it."""

from datetime import date

IN_FORCE, EXPIRED, REVOKED = "in force", "expired", "revoked"
MOST_DAYS = 366  # a conflict that is to stand longer is looked at again at least once a year


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
