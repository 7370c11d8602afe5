"""The door of serving: claim, keep a model server alive until the deployment is stopped."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from apps.core import queue
from apps.jobs.services.claims import Claim, Stopped, claimed
from apps.serving.models import ServingRun
from apps.serving.queries import is_blocked, require_servable
from apps.serving.rules import SERVED_NAME
from apps.serving.services import serving_block, serving_finish, serving_hand_over, serving_ready
from workers.doors import model_folder, work_folder

_leaving = threading.Event()


@worker_shutting_down.connect
def _leave(**_: Any) -> None:
    """A serving task has no end of its own: without this a worker could never be shut down in peace."""
    _leaving.set()


@shared_task(name=queue.SERVE)
def serve(run_id: int) -> None:
    with claimed(ServingRun, run_id) as claim:
        if claim is None:
            return
        from workers.serving import engine

        run = claim.run
        require_servable(run.deployment)
        with work_folder(run) as folder:
            config = engine.Config(
                model_dir=str(model_folder(run.deployment.version, folder / "model")),
                work_dir=str(folder / "server"),
                name=SERVED_NAME,
            )
            result = engine.run(
                config,
                _telling(claim),
                lambda: claim.should_stop() or _leaving.is_set() or is_blocked(run.deployment),
                lambda url, pid: serving_ready(run=run, url=url, pid=pid),
            )
        if claim.should_stop():
            serving_finish(run=run, result=asdict(result))
        elif is_blocked(run.deployment):
            serving_block(run=run)
            run.deployment.version.refresh_from_db()
            require_servable(run.deployment)  # raises: the run ends with the reason, and can be started again later
        else:
            serving_hand_over(run=run, result=asdict(result))


def _telling(claim: Claim[ServingRun]) -> Callable[[float, str], None]:
    """Progress that does not raise: a stop is this job's proper end, and the engine asks for it at every turn."""

    def progress(fraction: float, message: str) -> None:
        with suppress(Stopped):
            claim.progress(fraction, message)

    return progress
