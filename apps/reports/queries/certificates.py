"""The organisation's public keys and certificates: what packs and documents of this portal are recognised by."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.audit.queries.checkpoints import newest_checkpoint, public_key_texts
from apps.core.errors import NotFound
from apps.reports.models import SealCertificate


@dataclass(frozen=True)
class SealKey:
    """The public half of a key that packs and the audit trail are sealed with. Its id is its fingerprint."""

    id: str
    pem: str
    is_in_use: bool


@dataclass(frozen=True)
class Whose:
    """Whether a key is this organisation's: in words, and since when or until when it was used."""

    is_ours: bool
    words: str
    retired_at: datetime | None = None


def certificates() -> QuerySet[SealCertificate]:
    """Every certificate that documents were signed with, newest first. They are public."""
    return SealCertificate.objects.all()


def certificate_named(fingerprint: str) -> SealCertificate:
    """One certificate. Raises NotFound."""
    found = SealCertificate.objects.filter(fingerprint=fingerprint).first()
    if found is None:
        raise NotFound("This portal has signed nothing with such a certificate.")
    return found


def seal_keys() -> list[SealKey]:
    """Every key that packs and checkpoints were sealed with, the one in use first. They are public."""
    newest = newest_checkpoint()
    used = newest.key if newest is not None else ""
    found = [SealKey(name, pem, name == used) for name, pem in public_key_texts().items()]
    return sorted(found, key=lambda key: (not key.is_in_use, key.id))


def whose_certificate(fingerprint: str) -> Whose:
    """Whose key a document was signed with."""
    found = SealCertificate.objects.filter(fingerprint=fingerprint).first() if fingerprint else None
    if found is None:
        return Whose(False, "This portal does not know the key.")
    told = "This organisation's key" + (", since replaced by another." if found.retired_at else ", in use now.")
    return Whose(True, told, found.retired_at)


def whose_seal(key: str) -> Whose:
    """Whose key a pack was sealed with."""
    known = {each.id: each for each in seal_keys()} if key else {}
    if key not in known:
        return Whose(False, "This portal does not know the key.")
    told = ", in use now." if known[key].is_in_use else ", since replaced by another."
    return Whose(True, f"This organisation's key{told}")
