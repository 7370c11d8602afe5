"""The scheduled check of controls of risks."""

from celery import shared_task

from apps.checklist.services import controls_check
from apps.core.queue import CHECK_CONTROLS


@shared_task(name=CHECK_CONTROLS)
def check_controls() -> int:
    return controls_check()
