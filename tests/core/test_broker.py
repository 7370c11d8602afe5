"""The broker is a messenger: away, it delays runs and loses none."""

import json
import time
from collections.abc import Iterator

import pytest
import redis
from celery import current_app
from django.db import transaction
from kombu import pools

from apps.accounts.rules import ENGINEER
from apps.catalog.models import ScanRun
from apps.catalog.services import scan_start
from apps.core.queue import CPU, SCAN
from apps.jobs.services import runs_sweep
from tests.makers import make_data, make_person, make_team
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)


class Broker:
    """Which broker this process's Celery application talks to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch

    def use(self, url: str) -> None:
        self.patch.setenv("CELERY_BROKER_URL", url)
        self.forget()

    def forget(self) -> None:
        pools.reset()
        current_app._after_fork()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    used = Broker(monkeypatch)
    yield used
    monkeypatch.undo()
    used.forget()


def _start() -> ScanRun:
    team = make_team()
    engineer = make_person(ENGINEER, team=team)
    return scan_start(by=engineer, version=make_data(engineer, team))


def test_without_a_broker_the_run_waits_in_the_database(broker: Broker) -> None:
    broker.use(f"redis://127.0.0.1:{free_port()}/0")
    began = time.monotonic()
    scan = _start()
    scan.refresh_from_db()
    assert (scan.state, scan.sent_at) == ("queued", None)
    assert "nothing is lost" in scan.message
    assert time.monotonic() - began < 5, "the request of whoever started it must not hang"


@pytest.mark.redis
def test_the_run_is_sent_when_the_broker_is_back(broker: Broker, redis_url: str) -> None:
    broker.use(f"redis://127.0.0.1:{free_port()}/0")
    scan = _start()
    assert runs_sweep() == 0
    broker.use(redis_url)
    server = redis.Redis.from_url(redis_url)
    server.delete(CPU)
    assert runs_sweep() == 1
    scan.refresh_from_db()
    assert scan.sent_at is not None
    message = json.loads(server.lpop(CPU))
    assert message["headers"]["task"] == SCAN
    assert message["headers"]["argsrepr"] == f"[{scan.pk}]", "the message carries the row's id and nothing else"
    assert runs_sweep() == 0, "what was sent a moment ago is not sent again"


@pytest.mark.redis
def test_nothing_is_sent_before_the_commit_or_after_a_rollback(broker: Broker, redis_url: str) -> None:
    broker.use(redis_url)
    server = redis.Redis.from_url(redis_url)
    server.delete(CPU)
    team = make_team()
    engineer = make_person(ENGINEER, team=team)
    data = make_data(engineer, team)
    with pytest.raises(RuntimeError), transaction.atomic():
        scan_start(by=engineer, version=data)
        raise RuntimeError("rolled back")
    with transaction.atomic():
        scan_start(by=engineer, version=data)
        assert server.llen(CPU) == 0
    assert server.llen(CPU) == 1
    assert ScanRun.objects.count() == 1
