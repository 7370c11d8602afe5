"""The key that checkpoints are signed with: outside the database, made at the first use, replaced by `key_rotate`."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit.models import Checkpoint
from apps.audit.queries.checkpoints import folder
from apps.audit.rules.checkpoints import key_id, private_from, private_pem, public_pem
from apps.audit.services.once import OWNER_ONLY, write_once
from apps.audit.services.recording import SYSTEM, record
from apps.core.errors import Conflict, Unavailable


def signing_key() -> Ed25519PrivateKey:
    """The private key, made by itself unless `TRAIL_KEY_FILE` names one; its public half is kept for good.

    Raises Unavailable when the named file is not there or holds no Ed25519 key.
    """
    path = Path(settings.TRAIL_KEY_FILE)
    if not path.exists() and settings.TRAIL_KEY_IS_OWN:
        _make(path)
    try:
        key = private_from(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"The key that the trail is signed with cannot be read ({type(error).__name__}).",
            code="trail.no_key",
            remedy="Check TRAIL_KEY_FILE: an Ed25519 private key as PEM, readable by portal and workers alone.",
        ) from None
    _publish(key)
    return key


def _make(path: Path) -> None:
    try:
        write_once(path, [private_pem(Ed25519PrivateKey.generate())], mode=OWNER_ONLY)
    except Conflict:  # portal and workers may start together: the first one's key stands
        return


def _publish(key: Ed25519PrivateKey) -> None:
    """Keep the public half beside those of former keys: old checkpoints are verified by it for years."""
    public = key.public_key()
    path = folder("public-keys") / f"{key_id(public)}.pem"
    if path.exists():
        return
    try:
        write_once(path, [public_pem(public).encode()])
    except Conflict:
        return


def key_rotate(*, by: Any = SYSTEM, now: datetime | None = None) -> str:
    """Put a new key in the place of the one that the portal made itself, and tell the new one's id. The old private
    half is gone afterwards, its public half stays. The trail names both, so sign a checkpoint before and behind.

    Raises Conflict where the key is the administrator's own file: that one they replace themselves.
    """
    if not settings.TRAIL_KEY_IS_OWN:
        raise Conflict(
            "The trail's key is a file of your own (TRAIL_KEY_FILE).",
            code="trail.key_is_yours",
            remedy="Put another key into that file; the public half of the old one is kept.",
        )
    old, new = signing_key(), Ed25519PrivateKey.generate()
    path, at = Path(settings.TRAIL_KEY_FILE), now or timezone.now()
    draft = path.with_name(f"{path.stem}.{at:%Y%m%dT%H%M%S%f}.new")
    write_once(draft, [private_pem(new)], mode=OWNER_ONLY)
    told = {"old": key_id(old.public_key()), "new": key_id(new.public_key())}
    with transaction.atomic():
        record(action="checkpoint.rotate", obj=Checkpoint(pk=0), by=by, data=told)
        _publish(new)
        draft.replace(path)
    return told["new"]
