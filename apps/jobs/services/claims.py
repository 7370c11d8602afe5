"""How a worker holds a run: claim it, show signs of life, stop when asked, and end it with a result or a reason.

Every Celery door, in `workers/*/tasks.py` and in `apps/*/tasks.py`, goes through `claimed`.
"""

import logging
import os
import platform
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection

from apps.core.errors import Conflict
from apps.core.models import Run
from apps.jobs.services.runs import run_fail, run_stop

logger = logging.getLogger(__name__)
R = TypeVar("R", bound=Run)
NOTE_SECONDS = 0.5  # the page polls once a second or slower


class Stopped(Exception):
    """Somebody cancelled the run, or another worker holds it now."""


class Claim(Generic[R]):
    """A run in this worker's hands. `progress` raises Stopped once the work should end."""

    def __init__(self, run: R) -> None:
        self.run = run
        self.is_over = threading.Event()
        self._noted_at = 0.0

    def progress(self, fraction: float, message: str) -> None:
        """Write progress (0–1) and a message; at most twice a second, as pages do not look more often."""
        if self.is_over.is_set():
            raise Stopped
        now = time.monotonic()
        if fraction < 1 and now - self._noted_at < NOTE_SECONDS:
            return
        self._noted_at = now
        if not self.run.advance(fraction, message):
            self.is_over.set()
            raise Stopped

    def should_stop(self) -> bool:
        """Whether the work should end, for engines that ask instead of reporting progress."""
        return self.is_over.is_set()


def worker_name() -> str:
    """How this process signs a claim."""
    return f"{platform.node()}:{os.getpid()}"


@contextmanager
def claimed(model: type[R], run_id: int) -> Iterator[Claim[R] | None]:
    """Hold a run while its work is done. Yields None when somebody else has it: then there is nothing to do.

    Exceptions with a `code` and a `message` (DomainError, and the engines' EngineError) become the run's error; any
    other becomes "internal" and goes to the worker's log with its traceback. Nothing is raised to Celery: the row
    says what happened.
    """
    run = model.claim(run_id, worker_name())
    if run is None:
        yield None
        return
    claim = Claim(run)
    beating = threading.Event()
    heart = threading.Thread(target=_beat, args=(claim, beating), daemon=True)
    heart.start()
    try:
        yield claim
    except Stopped:
        _end_stopped(claim)
    except Exception as error:  # noqa: BLE001 - whatever an engine raises must end in the row
        _end_failed(claim, error)
    finally:
        beating.set()
        heart.join()


def _beat(claim: Claim[R], beating: threading.Event) -> None:
    """Write a heartbeat until the work ends; notice when the run was cancelled or given to another worker.

    A database that is away for a moment ends nothing: the next beat tries again over a connection of its own.
    """
    try:
        while not beating.wait(settings.RUN_HEARTBEAT_SECONDS):
            try:
                is_held = claim.run.beat()
            except DatabaseError as error:
                logger.warning("%s: no heartbeat (%s), trying again", claim.run, type(error).__name__)
                connection.close()
                continue
            if not is_held:
                claim.is_over.set()
                return
    finally:
        connection.close()


def _end_stopped(claim: Claim[R]) -> None:
    claim.run.refresh_from_db(fields=["cancel_requested_at"])
    if claim.run.cancel_requested_at is None:
        logger.warning("%s is held by another worker now", claim.run)
        return
    try:
        run_stop(run=claim.run)
    except Conflict:  # it is another worker's run that somebody cancelled
        logger.warning("%s is held by another worker now", claim.run)


def _end_failed(claim: Claim[R], error: Exception) -> None:
    code, message = getattr(error, "code", ""), getattr(error, "message", "")
    if not (isinstance(code, str) and code and isinstance(message, str) and message):
        # Where it happened, and no more: an exception's own words may quote the data that was worked on.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s failed: %s\n%s", claim.run, type(error).__name__, where)
        code, message = (
            "internal",
            f"The job stopped on an unexpected {type(error).__name__}; the worker's log has more.",
        )
    try:
        run_fail(run=claim.run, code=code, message=message)
    except Conflict:
        logger.warning("%s is held by another worker now", claim.run)
