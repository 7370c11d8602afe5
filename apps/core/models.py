"""`Run`: the row that every piece of background work is, before it is anything else."""

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F
from django.utils import timezone

from apps.core import rules
from apps.core.errors import Conflict
from apps.core.plain import StoredNumbers, storable
from apps.core.queue import QUEUES


class Run(models.Model):
    """One piece of background work: its input, its state, its result.

    Changes of state are single conditional UPDATEs, so that redelivered messages, two workers or a worker that comes
    back from the dead cannot both win.
    """

    class State(models.TextChoices):
        QUEUED = rules.QUEUED, "Queued"
        RUNNING = rules.RUNNING, "Running"
        SUCCEEDED = rules.SUCCEEDED, "Succeeded"
        FAILED = rules.FAILED, "Failed"
        CANCELLED = rules.CANCELLED, "Cancelled"
        LOST = rules.LOST, "Lost"

    kind: ClassVar[str]
    job: ClassVar[str]
    cancel_needs: ClassVar[str] = "run.cancel"  # the right that stopping it takes, and starting it again
    retry_needs: ClassVar[str] = "run.retry"

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    log = models.TextField(blank=True)
    config = models.JSONField(default=dict, blank=True, decoder=StoredNumbers)
    result = models.JSONField(null=True, blank=True, decoder=StoredNumbers)
    error_code = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)
    energy_kwh = models.FloatField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    claim_token = models.CharField(max_length=64, blank=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} run {self.pk}"

    @property
    def queue(self) -> str:
        """The name of the Celery queue that this run waits in."""
        return QUEUES[self.job]

    @property
    def is_open(self) -> bool:
        """Whether the run is still waiting or at work."""
        return self.state in rules.OPEN

    @property
    def seconds(self) -> float | None:
        """Wall-clock seconds from start to end, or until now while it runs; None before it started."""
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

    @classmethod
    def claim(cls, pk: int, worker: str) -> Self | None:
        """Take a queued run for `worker`. None when it is not queued any more: somebody else has it."""
        now, token = timezone.now(), uuid.uuid4().hex
        taken = cls._default_manager.filter(pk=pk, state=rules.QUEUED).update(
            state=rules.RUNNING,
            claimed_by=worker[:120],
            claim_token=token,
            heartbeat_at=now,
            started_at=now,
            attempts=F("attempts") + 1,
            finished_at=None,
            error="",
            error_code="",
            message="Started",
        )
        return cls._default_manager.get(pk=pk, claim_token=token) if taken else None

    def advance(self, progress: float, message: str) -> bool:
        """Write progress (0–1), a line of log and a heartbeat. False when this claim is over or is to stop."""
        if message != self.message:  # a server that says "ready" every second is one line
            self.log = rules.log_tail(self.log, f"{timezone.now():%H:%M:%S} {message}")
            self.message = message
        return self._update_claimed(
            progress=min(max(progress, 0.0), 1.0), message=message[:300], log=self.log, heartbeat_at=timezone.now()
        )

    def beat(self) -> bool:
        """Write a heartbeat. False when the run is no longer this claim's, or is to be cancelled."""
        return self._update_claimed(heartbeat_at=timezone.now())

    def _update_claimed(self, **values: Any) -> bool:
        mine = type(self)._default_manager.filter(pk=self.pk, state=rules.RUNNING, claim_token=self.claim_token)
        return bool(mine.filter(cancel_requested_at=None).update(**values))

    def end(self, state: str, **values: Any) -> None:
        """Leave `running` for `state`. Raises Conflict when this claim is no longer the valid one, and Invalid for a
        result that cannot be stored.
        """
        values = {"state": state, "finished_at": timezone.now(), **values}
        values |= {name: storable(values[name]) for name in ("result", "error") if name in values}
        if state == rules.SUCCEEDED:
            values |= {"progress": 1.0, "message": values.get("message", "Done")}
        mine = type(self)._default_manager.filter(pk=self.pk, state=rules.RUNNING, claim_token=self.claim_token)
        if not mine.update(**values):
            raise Conflict(f"The {self} was taken over or stopped meanwhile; this result is dropped.", code="run.stale")
        self.refresh_from_db()

    def requeue(self, message: str, *, keep_attempts: bool) -> bool:
        """Put the run back in the queue from its present state. False when it moved on or was cancelled meanwhile."""
        values: dict[str, Any] = {"attempts": self.attempts if keep_attempts else 0}
        return bool(
            type(self)
            ._default_manager.filter(
                pk=self.pk,
                state=self.state,
                claim_token=self.claim_token,
                heartbeat_at=self.heartbeat_at,
                cancel_requested_at=self.cancel_requested_at,
            )
            .update(
                state=rules.QUEUED,
                message=message[:300],
                log=rules.log_tail(self.log, message),
                sent_at=None,
                finished_at=None,
                cancel_requested_at=None,
                **values,
            )
        )
