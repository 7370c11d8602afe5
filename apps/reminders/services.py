"""Telling people what is due, and how they want to be told."""

import logging
import secrets
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.rules import secret_digest
from apps.audit.services import WORKER, record
from apps.checklist.queries.staleness import Stale, stale_everywhere
from apps.reminders.models import ReminderChoice, SentReminder
from apps.reminders.queries import dues_for, people_to_remind
from apps.reminders.rules import TOLD_AHEAD, Due

logger = logging.getLogger(__name__)


@transaction.atomic
def reminder_choose(*, by: User, by_mail: bool) -> ReminderChoice:
    """Say whether one is told by mail. Everybody decides for themselves alone."""
    choice, _ = ReminderChoice.objects.update_or_create(user=by, defaults={"by_mail": by_mail})
    record(action="reminder.choose", obj=choice, by=by, data={"by_mail": by_mail})
    return choice


@transaction.atomic
def calendar_make(*, by: User) -> str:
    """Make the secret part of the address of one's calendar; the one before ends. It is shown this once."""
    secret = secrets.token_urlsafe(32)
    given = {"calendar_digest": secret_digest(secret), "calendar_made_at": timezone.now()}
    choice, _ = ReminderChoice.objects.update_or_create(user=by, defaults=given)
    record(action="calendar.make", obj=choice, by=by)
    return secret


@transaction.atomic
def calendar_end(*, by: User) -> ReminderChoice:
    """Take the address of one's calendar back; whoever has it sees nothing more from now on."""
    choice, _ = ReminderChoice.objects.update_or_create(
        user=by, defaults={"calendar_digest": "", "calendar_made_at": None}
    )
    record(action="calendar.end", obj=choice, by=by)
    return choice


def reminders_send(now: datetime | None = None) -> int:
    """Tell everybody by mail what is due and what they were not told yet: a week before, a day before, and once it is
    late. Returns how many mails went out; none where no mail server is set up.

    A mail that the server does not take is tried again the next time.
    """
    if not settings.MAIL_IS_ON:
        return 0
    now = now or timezone.now()
    stale = stale_everywhere()
    return sum(_tell(person, now, stale) for person in people_to_remind())


def _tell(person: User, now: datetime, stale: list[Stale]) -> bool:
    dues = dues_for(person, now + TOLD_AHEAD, stale)
    told = set(SentReminder.objects.filter(user=person).values_list("key", "stage"))
    new = [due for due in dues if any((key, due.stage(now)) not in told for key in due.keys)]
    if not new:
        return False
    try:
        _mail(person, new, now).send()
    except (SMTPException, OSError) as error:
        logger.warning("a reminder was not taken by the mail server: %s", type(error).__name__)
        return False
    reminders_note(user=person, told=[(key, due.stage(now)) for due in new for key in due.keys])
    return True


@transaction.atomic
def reminders_note(*, user: User, told: list[tuple[str, str]]) -> None:
    """Keep what somebody was told, so that they are told once."""
    SentReminder.objects.bulk_create(
        (SentReminder(user=user, key=key, stage=stage) for key, stage in told), ignore_conflicts=True
    )
    record(action="reminder.send", obj=user, by=WORKER, data={"number": len(told)})


def _mail(person: User, dues: list[Due], now: datetime) -> EmailMessage:
    lines = [(due, due.stage(now), f"{settings.BASE_URL.rstrip('/')}{due.page}") for due in dues]
    text = render_to_string("reminders/mail.txt", {"person": person, "lines": lines, "base": settings.BASE_URL})
    number = len(dues)
    subject = f"GenAIOps: {number} thing{'' if number == 1 else 's'} due"
    return EmailMessage(subject, text, to=[person.email])
