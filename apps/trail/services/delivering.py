"""Handing the trail on to syslog and webhook, entry by entry, behind those who append: they never wait for it.

The position of each receiver is kept, so that nothing is lost: after a crash the entries since the last kept position
are sent again, with the same ids.
"""

import hashlib
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.audit.queries import fields_between
from apps.audit.queries.exports import event_source
from apps.audit.rules.events import cloud_event
from apps.audit.services import WORKER, record
from apps.trail.models import TrailDelivery
from apps.trail.services.senders import NotTaken, Send, syslog, webhook

logger = logging.getLogger(__name__)
HELD = timedelta(minutes=5)  # that a worker may be silent before another one takes its place
KEPT_EVERY = 50  # entries that a crash may have sent twice, at the most
MOST_ENTRIES = 5_000  # of one turn; the next one goes on
FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0  # seconds after a failure, doubled with each one
Sender = Callable[[], AbstractContextManager[Send]]
TARGETS: dict[str, tuple[Sender, str]] = {
    "syslog": (syslog, "TRAIL_SYSLOG_URL"),
    "webhook": (webhook, "TRAIL_WEBHOOK_URL"),
}


def deliveries_send() -> int:
    """Send what each receiver that is set was not sent yet; how many entries were taken. Who sends already, waits after
    a failure, or asked for no more, is left alone.
    """
    return sum(_turn(target, sender) for target, (sender, name) in TARGETS.items() if getattr(settings, name))


def _turn(target: str, sender: Sender) -> int:
    delivery = _held(target)
    if delivery is None:
        return 0
    before = delivery.position
    try:
        with sender() as send:
            _send_all(delivery, send)
    except NotTaken as refused:
        delivery.failures = 0 if delivery.position > before else delivery.failures
        _note_failure(delivery, refused)
    finally:
        TrailDelivery.objects.filter(pk=delivery.pk).update(held_until=None, position=delivery.position)
    return delivery.position - before


def _held(target: str) -> TrailDelivery | None:
    """The receiver's row in this worker's hands; None when it is not to be sent to now."""
    now, digest = timezone.now(), address_digest(target)
    delivery, _ = TrailDelivery.objects.get_or_create(
        target=target, defaults={"address_digest": digest, "next_at": now}
    )
    if delivery.address_digest != digest:  # another receiver, who knows nothing yet
        TrailDelivery.objects.filter(pk=delivery.pk).update(
            address_digest=digest, position=0, failures=0, problem="", next_at=now, ended_at=None
        )
    free = Q(held_until=None) | Q(held_until__lt=now)
    rows = TrailDelivery.objects.filter(free, pk=delivery.pk, next_at__lte=now, ended_at=None)
    return TrailDelivery.objects.get(pk=delivery.pk) if rows.update(held_until=now + HELD) else None


def address_digest(target: str) -> str:
    """By which a change of the receiver is noticed; the address may hold a secret."""
    return hashlib.sha256(getattr(settings, TARGETS[target][1]).encode()).hexdigest()


def _send_all(delivery: TrailDelivery, send: Send) -> None:
    source = event_source()
    first = delivery.position + 1
    for number, entry in enumerate(fields_between(first, first + MOST_ENTRIES - 1), start=1):
        send(cloud_event(entry, source))
        delivery.position = entry["sequence"]
        if number % KEPT_EVERY == 0:
            _keep(delivery)
    if delivery.position >= first:
        _keep(delivery)


def _keep(delivery: TrailDelivery) -> None:
    now = timezone.now()
    TrailDelivery.objects.filter(pk=delivery.pk).update(
        position=delivery.position, sent_at=now, held_until=now + HELD, failures=0, problem=""
    )
    delivery.failures = 0


def _note_failure(delivery: TrailDelivery, refused: NotTaken) -> None:
    if refused.is_over:
        _end(delivery)
        return
    wait = max(refused.wait, min(FIRST_WAIT * 2 ** min(delivery.failures, 10), LONGEST_WAIT))
    logger.warning("the trail's %s took nothing: %s; again in %.0f s", delivery.target, refused.problem, wait)
    TrailDelivery.objects.filter(pk=delivery.pk).update(
        failures=delivery.failures + 1, problem=refused.problem[:80], next_at=timezone.now() + timedelta(seconds=wait)
    )


@transaction.atomic
def _end(delivery: TrailDelivery) -> None:
    """The receiver wants no more (HTTP 410), until the administrator sets another one."""
    TrailDelivery.objects.filter(pk=delivery.pk).update(ended_at=timezone.now(), problem="HTTP 410")
    record(action="trail.delivery_end", obj=delivery, by=WORKER, data={"position": delivery.position})
