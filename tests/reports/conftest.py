"""Worlds and packs for the tests of reports. Rendering takes seconds, so one rendered pack serves all who read it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from apps.core import storage
from apps.reports.models import ReportRun
from apps.reports.services import report_start
from apps.reports.tasks import render
from tests.kept import kept
from tests.reports.world import World, approve, make_world


@dataclass(frozen=True)
class Pack:
    """A finished audit pack of an approved and deployed version."""

    document: bytes
    archive: bytes
    content: bytes
    result: dict[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """The snapshot, read afresh."""
        return json.loads(self.content)


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's transaction holds SQLite's write lock: a heartbeat from another connection would wait for its end."""
    monkeypatch.setattr(settings, "RUN_HEARTBEAT_SECONDS", 3600)


@pytest.fixture
def world(db: None) -> World:
    """Everything but a checklist."""
    return make_world()


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """For modules whose tests all begin with the same world: it takes longer to make than to look at."""
    with kept(django_db_blocker, make_world) as made:
        yield made


@pytest.fixture
def approved(world: World) -> World:
    """Everything, approved and deployed."""
    approve(world)
    return world


@pytest.fixture(scope="session")
def pack(django_db_setup: None, django_db_blocker: Any) -> Pack:
    """One pack for all who only read it; the world behind it is rolled back."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "RUN_HEARTBEAT_SECONDS", 3600)
        made = make_world()
        approve(made)
        run = make_report(made)
        found = Pack(_stored(run.pdf_digest), _stored(run.zip_digest), _stored(run.json_digest), run.result)
        transaction.set_rollback(True)
    return found


def _stored(digest: str) -> bytes:
    with storage.open(digest) as stream:
        return stream.read()


def make_report(world: World) -> ReportRun:
    """A finished audit pack, made by the worker's own task."""
    run = report_start(by=world.olga, version=world.version)
    render(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    return run
