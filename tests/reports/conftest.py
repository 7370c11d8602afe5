"""Worlds for the tests of reports."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.kept import kept
from tests.reports.world import World, approve, make_world


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
