"""Kinds and states of audit accesses, and how long one may last."""

from datetime import datetime, timedelta

ACCOUNT, LINK = "account", "link"
KINDS = {ACCOUNT: "A named person, with a password", LINK: "A link, for whoever was given it"}
OPEN, EXPIRED, REVOKED = "open", "expired", "revoked"
STATES = {OPEN: "Open", EXPIRED: "Expired", REVOKED: "Revoked"}
MOST_SYSTEMS = 50
SECRET_PREFIX = "gaia_"  # noqa: S105 - what everybody may know of a secret: what it opens


def state_of(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> str:
    """Whether an access opens anything at this moment."""
    if revoked_at is not None:
        return REVOKED
    return OPEN if expires_at > now else EXPIRED


def expiry_problem(expires_at: datetime, now: datetime, most_days: int) -> str:
    """Why an access cannot last until then, as a sentence; empty where it can."""
    if expires_at <= now:
        return "An access ends in the future."
    if expires_at > now + timedelta(days=most_days):
        return f"An access lasts {most_days} days at most; then another one is given."
    return ""
