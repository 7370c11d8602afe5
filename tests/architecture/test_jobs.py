"""Every job that the portal can send has a worker that knows it, and every task is a job with a queue."""

import json
import subprocess
import sys

import pytest

from apps.core.queue import QUEUES
from apps.core.runs import run_models
from genaiops_site import launch
from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def registered() -> set[str]:
    """The names of the tasks in the workers' application, asked in a process of its own as a worker would be."""
    code = (
        "import json\nfrom workers.celery import app\napp.loader.import_default_modules()\n"
        "app.finalize()\nprint(json.dumps([name for name in app.tasks if not name.startswith('celery.')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_every_job_has_a_task(registered: set[str]) -> None:
    assert set(QUEUES) - registered == set()


def test_every_task_is_a_job_with_a_queue(registered: set[str]) -> None:
    assert registered - set(QUEUES) == set()


def test_every_kind_of_run_names_a_job() -> None:
    assert {kind: model.job for kind, model in run_models().items() if model.job not in QUEUES} == {}


def test_every_queue_has_a_worker_in_the_launcher() -> None:
    assert set(QUEUES.values()) == set(launch.QUEUES)
