"""Rows of files that arrive in pieces, whatever they become: how far each has come, how long the rest is waited for.

The bytes themselves lie where `apps.core.arrivals` keeps them; the file's length is the truth, the row follows it.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.utils import timezone

from apps.core import arrivals
from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.formatting import file_size

MOST_EXPIRED = 1_000  # in one sweep
_OPEN: dict[str, Any] = {"ended_at": None}  # each kind says for itself when it ends


class TooLarge(Invalid):
    """More bytes than are accepted (RFC 9110, 15.5.14)."""

    status = 413
    default_code = "upload.too_large"


class Arriving(models.Model):
    """A file that arrives in pieces, possibly over days. `prefix` tells the kinds apart among the arriving files.

    Each kind has a time `ended_at`, set when its file was stored or given up.
    """

    prefix: ClassVar[str]
    ended_at: "models.DateTimeField[datetime | None, datetime | None]"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0, help_text="bytes that have arrived")
    expect_digest = models.CharField(max_length=64, blank=True)
    metadata = models.TextField(blank=True, help_text="the Upload-Metadata header, as it was sent")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    @property
    def is_whole(self) -> bool:
        """Whether every byte has arrived."""
        return self.offset == self.size

    @property
    def share(self) -> float:
        """How much of it has arrived, 0 to 1."""
        return self.offset / self.size if self.size else 1.0

    @property
    def arrival(self) -> str:
        """The name of its file among those that arrive."""
        return f"{self.prefix}-{self.pk.hex}"

    @property
    def expires_at(self) -> datetime:
        """Until when the rest is waited for; every piece puts it off."""
        return self.touched_at + timedelta(days=settings.UPLOAD_DAYS)


A = TypeVar("A", bound=Arriving)


def require_bound(size: int) -> None:
    """Raises TooLarge beyond UPLOAD_MAX_BYTES."""
    if size > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(f"Files are accepted up to {settings.UPLOAD_MAX_BYTES} bytes.")


def require_share(team_id: int, size: int) -> None:
    """Each team may hold so much of the disk with files that are nothing yet: what was announced counts, of all kinds.

    Raises Conflict. The caller lets writes of one team come one after the other.
    """
    most = settings.UPLOAD_TEAM_BYTES
    sums = (
        kind._default_manager.filter(**_OPEN | {"team_id": team_id}).aggregate(held=Sum("size")) for kind in kinds()
    )
    held = sum(found["held"] or 0 for found in sums)
    if most and held + size > most:
        raise Conflict(
            f"The open uploads of this team come to {file_size(held)}; with this file of {file_size(size)} they would "
            f"be more than the {file_size(most)} that a team may hold.",
            code="upload.team_share",
            remedy="Finish or give up other uploads first.",
        )


def kinds() -> list[type[Arriving]]:
    """Every kind of upload that is installed."""
    return [model for model in apps.get_models() if issubclass(model, Arriving)]


def receive(
    upload: Arriving, *, offset: int, length: int, blocks: Iterable[bytes], checksum: arrivals.Checksum | None = None
) -> None:
    """Write a piece of `length` bytes behind the first `offset`, block by block as it comes; see `arrivals.append`.

    Raises TooLarge for a piece that would go beyond the size that was announced.
    """
    if offset + length > upload.size:
        raise TooLarge(f"This file was announced with {upload.size} bytes; the piece would go beyond.")
    if length or arrivals.length(upload.arrival) != offset:  # a whole file may be held by its commit: never wait
        arrivals.append(upload.arrival, offset, blocks, checksum=checksum)


def note_arrival(upload: Arriving) -> bool:
    """Put into the row what the file says. Whether the file has become whole just now."""
    was_whole = upload.is_whole
    upload.offset, upload.touched_at = arrivals.length(upload.arrival), timezone.now()
    upload.save(update_fields=["offset", "touched_at"])
    return upload.is_whole and not was_whole


def arrived(upload: A) -> A:
    """The upload with its true offset: the file's length, whatever the row says after a process was killed."""
    try:
        upload.offset = arrivals.length(upload.arrival)
    except NotFound:
        upload.offset = 0
    return upload


def expired(kind: type[A]) -> "models.QuerySet[A]":
    """Uploads of a kind that nobody has touched for UPLOAD_DAYS."""
    limit = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    return kind._default_manager.filter(**_OPEN, touched_at__lt=limit)[:MOST_EXPIRED]


def expected() -> set[str]:
    """The names of all arriving files that somebody may still go on with, of every kind that is installed."""
    rows = (kind._default_manager.filter(**_OPEN).only("pk").iterator(500) for kind in kinds())
    return {upload.arrival for of_kind in rows for upload in of_kind}
