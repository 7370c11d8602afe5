"""Freeing the room of content that never became a version."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.audit.services import SYSTEM, record
from apps.catalog.models import ChunkSweep
from apps.core import sweeping
from apps.core.references import digests_referred_to

logger = logging.getLogger(__name__)


def chunks_sweep(*, is_trial: bool = False) -> sweeping.Swept:
    """Remove the chunks of files that nothing refers to and nobody has touched for CHUNK_KEEP_DAYS.

    Such are left by merges and redactions that were refused at their end, and by commits that broke off. What was
    removed is told in a row, in the trail and in the log; `is_trial` counts, and removes nothing.
    """
    before = timezone.now() - timedelta(days=settings.CHUNK_KEEP_DAYS)
    swept = sweeping.sweep(before, digests_referred_to, is_trial=is_trial)
    if swept.lists and not is_trial:
        _tell(swept)
    return swept


@transaction.atomic
def _tell(swept: sweeping.Swept) -> None:
    row = ChunkSweep.objects.create(lists=swept.lists, chunks=swept.chunks, size=swept.size)
    record(action="storage.sweep", obj=row, by=SYSTEM, data={"chunks": swept.chunks, "size": swept.size})
    logger.info("Swept %s chunks of %s files: %s bytes", swept.chunks, swept.lists, swept.size)
