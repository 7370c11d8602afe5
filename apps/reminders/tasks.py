"""The scheduled reminders."""

from celery import shared_task

from apps.core.queue import REMIND
from apps.reminders.services import reminders_send


@shared_task(name=REMIND)
def remind() -> int:
    return reminders_send()
