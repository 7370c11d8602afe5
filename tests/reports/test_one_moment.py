"""A snapshot shows one moment: what others write while it is taken is not in it, and they need not wait for it."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import Team
from apps.reports.queries import frozen
from apps.reports.queries.frozen.moment import one_moment
from apps.risks.models import Risk
from apps.risks.services import risk_create
from tests.makers import make_team
from tests.reports.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def meanwhile(write: Any) -> None:
    """Let somebody else write, over a connection of their own."""

    def work() -> None:
        try:
            write()
        finally:
            connection.close()

    other = threading.Thread(target=work)
    other.start()
    other.join(timeout=20)
    assert not other.is_alive(), "the other one waits for the snapshot"


def test_what_others_write_meanwhile_is_not_seen() -> None:
    make_team("Before")
    with one_moment():
        names = list(Team.objects.values_list("name", flat=True))
        meanwhile(lambda: make_team("Meanwhile"))
        assert list(Team.objects.values_list("name", flat=True)) == names
    assert Team.objects.filter(name="Meanwhile").exists()


def test_it_ends_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), one_moment():
        assert Team.objects.count() == 0
        raise ZeroDivisionError
    make_team("After")
    assert Team.objects.count() == 1


def test_a_snapshot_shows_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    told = {"title": "Meanwhile", "likelihood": 1, "impact": 1, "version": world.version}
    find = frozen.findings_of

    def find_slowly(*things: Any) -> Any:
        meanwhile(lambda: risk_create(by=world.olga, team=world.team, **told))
        return find(*things)

    monkeypatch.setattr(frozen, "findings_of", find_slowly)
    taken = frozen.freeze(world.version, by=world.olga, at=AT)
    assert taken["risks"] == []
    assert Risk.objects.get().title == "Meanwhile"
