"""The door of scheduled checkpoints."""

from celery import shared_task

from apps.audit.services.checkpoints import checkpoint_make
from apps.core.queue import SIGN_TRAIL


@shared_task(name=SIGN_TRAIL)
def checkpoint() -> int:
    """Sign the trail; tells how many rows the new checkpoint covers, 0 where nothing was recorded since the last."""
    made = checkpoint_make()
    return made.rows if made is not None else 0
