"""Rows that a walk along the chain does not meet, or cannot read: each is named, none ends a verification early."""

from collections.abc import Callable

import pytest
from django.db import connection

from apps.audit.models import AuditEntry
from apps.audit.queries import as_fields
from apps.audit.queries.examining import Examined, examine_end, examine_news, newest_held
from apps.audit.rules import TABLE, entry_digest
from apps.audit.services.archives import archive
from apps.audit.services.checkpoints import checkpoint_make
from tests.audit.test_archives import LIMIT, old  # noqa: F401 - a fixture among them
from tests.audit.test_checkpoints import append, examined, place, unguarded  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's columns refuse such values")


def news() -> Examined:
    return examine_news(newest_held())


def put_in(number: int) -> None:
    """An entry that nobody recorded, right in itself."""
    first = AuditEntry.objects.order_by("sequence").first()
    assert first is not None
    fields = as_fields(first) | {"sequence": number, "reason": "never was"}
    AuditEntry.objects.create(**fields | {"digest": entry_digest(fields)})


@pytest.mark.parametrize("look", [examined, news, examine_end])
@pytest.mark.parametrize("number", [0, -5])
def test_an_entry_before_the_first_is_named(look: Callable[[], Examined], number: int) -> None:
    append(4)
    checkpoint_make()
    put_in(number)
    found = look()
    assert found.faults == [f"Entry {number} was put in: the chain in the database begins behind it."]
    assert not found.is_intact


@pytest.mark.parametrize("look", [examined, news, examine_end])
def test_an_entry_under_an_archived_number_is_named(look: Callable[[], Examined], old: None) -> None:  # noqa: F811
    archive(before=LIMIT)
    append(3)
    checkpoint_make()
    assert look().is_intact
    put_in(3)
    assert look().faults == ["Entry 3 was put in: the chain in the database begins behind it."]


@on_sqlite
@pytest.mark.parametrize(
    "change",
    ["at = 'never'", "at = ''", "reason = CAST(x'ff' AS TEXT)", """data = '{"a": 1e999}'""", """data = '"\\ud800"'"""],
)
@pytest.mark.parametrize("row", [3, 10])
def test_a_row_that_cannot_be_read_is_named(change: str, row: int) -> None:
    """Row 3 is signed, row 10 is not yet."""
    append(8)
    checkpoint_make()
    append(4)
    with unguarded() as run:
        run(f"UPDATE {TABLE} SET {change} WHERE sequence = {row}")
    found = examined()
    assert (found.is_intact, found.verdict.broken_at) == (False, row)
    assert examine_end().verdict.broken_at == row
    if row > 8:
        assert news().verdict.broken_at == row


@on_sqlite
def test_a_checkpoint_whose_time_is_none_is_named() -> None:
    append(8)
    checkpoint_make()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_checkpoint SET at = 'never'")
    assert any("its signature does not hold" in fault for fault in examined().faults)
