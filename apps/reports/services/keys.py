"""The key that documents are signed with: outside the database, made at the first use, replaced by `seal_rotate`."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit.services import SYSTEM, record
from apps.audit.services.once import OWNER_ONLY, write_once
from apps.core.errors import Conflict, Unavailable
from apps.reports.models import SealCertificate
from apps.reports.queries.organisation import organisation
from apps.reports.rules.certificates import (
    KeyPair,
    Unusable,
    algorithm_of,
    as_pem,
    certificates_pem,
    fingerprint_of,
    pair_from,
    self_made,
)


def key_pair() -> KeyPair:
    """The organisation's key out of its file, made by itself unless `SEAL_KEY_FILE` names one.

    Raises Unavailable when the named file is not there or cannot be used.
    """
    path = Path(settings.SEAL_KEY_FILE)
    if not path.exists() and settings.SEAL_KEY_IS_OWN:
        _make(path)
    try:
        return pair_from(path.read_bytes(), settings.SEAL_KEY_PASSWORD)
    except OSError as error:
        raise _unavailable(f"it cannot be opened ({type(error).__name__})") from None
    except Unusable as error:
        raise _unavailable(str(error)) from None


def _unavailable(why: str) -> Unavailable:
    return Unavailable(
        f"The key that documents are signed with cannot be used: {why}.",
        code="seal.no_key",
        remedy="Check SEAL_KEY_FILE: a private key and its certificate, as PEM or PKCS #12, readable by workers alone.",
    )


def holder_name() -> str:
    """Whom the self-made certificate names."""
    told = organisation()
    host = urlsplit(settings.BASE_URL).hostname or "this portal"
    return settings.SEAL_NAME or (told.name if told is not None else f"GenAIOps at {host}")


def _make(path: Path) -> None:
    try:
        write_once(path, [as_pem(self_made(holder_name(), timezone.now()))], mode=OWNER_ONLY)
    except Conflict:  # workers may start together: the first one's key stands
        return


def certificate_register(*, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], origin: str) -> str:
    """Publish the certificate in use, once, and tell its fingerprint. The one before it counts as retired from now."""
    fingerprint = fingerprint_of(certificate)
    if SealCertificate.objects.filter(fingerprint=fingerprint, retired_at=None).exists():
        return fingerprint
    with transaction.atomic():
        _publish(certificate, chain, origin, SYSTEM, timezone.now())
    return fingerprint


def _publish(
    certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], origin: str, by: Any, now: datetime
) -> SealCertificate:
    fingerprint = fingerprint_of(certificate)
    SealCertificate.objects.filter(retired_at=None).exclude(fingerprint=fingerprint).update(retired_at=now)
    row, _ = SealCertificate.objects.update_or_create(
        fingerprint=fingerprint,
        defaults={"retired_at": None},
        create_defaults={
            "pem": certificates_pem([certificate, *chain]),
            "subject": certificate.subject.rfc4514_string()[:300],
            "issuer": certificate.issuer.rfc4514_string()[:300],
            "algorithm": algorithm_of(certificate),
            "not_before": certificate.not_valid_before_utc,
            "not_after": certificate.not_valid_after_utc,
            "origin": origin,
            "created_at": now,
        },
    )
    told = {"fingerprint": fingerprint, "subject": row.subject, "origin": origin}
    record(action="seal.certify", obj=row, by=by, data=told)
    return row


def seal_rotate(*, by: Any = SYSTEM, now: datetime | None = None) -> SealCertificate:
    """Put a new key and certificate in the place of those that the portal made itself. The old private half is gone
    afterwards; its certificate stays published, and what it signed still verifies.

    Raises Conflict where the key is the organisation's own file or device: that one they replace themselves.
    """
    if not settings.SEAL_KEY_IS_OWN or settings.SEAL_PKCS11_MODULE:
        raise Conflict(
            "The key that documents are signed with is your own (SEAL_KEY_FILE or SEAL_PKCS11_MODULE).",
            code="seal.key_is_yours",
            remedy="Put another key in its place; the certificate of the old one stays published.",
        )
    at = now or timezone.now()
    old, new, path = key_pair(), self_made(holder_name(), at), Path(settings.SEAL_KEY_FILE)
    certificate_register(certificate=old.certificate, chain=old.chain, origin=SealCertificate.OWN)
    draft = path.with_name(f"{path.stem}.{at:%Y%m%dT%H%M%S%f}.new")
    write_once(draft, [as_pem(new)], mode=OWNER_ONLY)
    with transaction.atomic():
        row = _publish(new.certificate, (), SealCertificate.OWN, by, at)
        draft.replace(path)
    return row
