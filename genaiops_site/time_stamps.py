"""Whether the time stamp server is set up in a way that keeps the account there secret."""

from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured


def check_time_stamps(url: str, user: str) -> None:
    """Raise ImproperlyConfigured for an address that is none of the web's, and for an account over a connection that
    anybody between may read. The address is not repeated: it may hold a password.
    """
    if not url:
        return
    address = _address(url)
    if address is None:
        raise ImproperlyConfigured("SEAL_TIMESTAMP_URL must begin with https:// or http://.")
    if address.scheme == "http" and (user or address.username is not None):
        raise ImproperlyConfigured("SEAL_TIMESTAMP_URL must begin with https:// where an account is set.")


def _address(url: str) -> SplitResult | None:
    """The parts of an address of the web; None for any other text."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return None
    return parts if is_address else None
