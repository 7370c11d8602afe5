"""Whether the trail is set up in a way that keeps secrets secret and records long enough."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LEAST_YEARS = 10  # documentation of high-risk systems is kept so long: Art. 18 of Regulation (EU) 2024/1689
SYSLOG = ("udp", "tcp", "tls")


def checked_years(years: int) -> int:
    """The years that entries stay in the database. Raises ImproperlyConfigured for fewer than ten."""
    if years < LEAST_YEARS:
        raise ImproperlyConfigured(f"TRAIL_RETENTION_YEARS must be {LEAST_YEARS} or more.")
    return years


def check_receivers(syslog: str, webhook: str, secret: str, may_be_plain: bool) -> None:
    """Raise ImproperlyConfigured for an address of the wrong kind, and for a webhook without a secret. The address is
    not repeated: it may hold a password.
    """
    if syslog and not _is_address(syslog, SYSLOG):
        raise ImproperlyConfigured("TRAIL_SYSLOG_URL must look like tls://host:6514, tcp://host:514 or udp://host:514.")
    if webhook and not _is_address(webhook, ("https", "http") if may_be_plain else ("https",)):
        raise ImproperlyConfigured("TRAIL_WEBHOOK_URL must begin with https:// (or http:// with TRAIL_WEBHOOK_PLAIN).")
    if webhook and len(secret) < 16:
        raise ImproperlyConfigured("TRAIL_WEBHOOK_SECRET must have 16 characters or more where a webhook is set.")


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
