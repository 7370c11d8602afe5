"""The rows since the newest signed checkpoint: read alone, however long the trail is, and every change among them or of
the checkpoint itself is found.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEntry, AuditHead, Checkpoint
from apps.audit.queries import as_fields
from apps.audit.queries.examining import Examined, examine_news, newest_held
from apps.audit.rules import TABLE, entry_digest
from apps.audit.services.archives import archive
from apps.audit.services.checkpoints import checkpoint_make
from tests.audit.test_archives import LIMIT, old  # noqa: F401 - a fixture among them
from tests.audit.test_checkpoints import append, place, unguarded  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.django_db


def news() -> Examined:
    return examine_news(newest_held())


def test_only_the_rows_since_the_checkpoint_are_read() -> None:
    append(30)
    checkpoint_make()
    append(4)
    found = news()
    assert found.is_intact
    assert (found.verdict.first, found.verdict.last, found.verdict.rows) == (30, AuditEntry.objects.count(), 6)
    assert found.signed_to == 30


def test_it_costs_as_much_in_a_long_trail_as_in_a_short_one() -> None:
    def cost() -> tuple[int, int]:
        checkpoint_make()
        append(3)
        with CaptureQueriesContext(connection) as asked:
            found = news()
        assert found.is_intact
        return len(asked), found.verdict.rows

    append(10)
    first = cost()
    for _ in range(4):
        append(50)
        checkpoint_make()
    assert cost() == first


def _edit(run: Callable[..., None], row: int) -> None:
    run(f"UPDATE {TABLE} SET reason = 'other' WHERE sequence = %s", [row])


def _edit_with_digest(run: Callable[..., None], row: int) -> None:
    _edit(run, row)
    run(f"UPDATE {TABLE} SET digest = %s WHERE sequence = %s",
        [entry_digest(as_fields(AuditEntry.objects.get(sequence=row))), row])  # fmt: skip


@pytest.mark.parametrize("edit", [_edit, _edit_with_digest])
@pytest.mark.parametrize("row", [8, 10])
def test_an_edited_row_is_found(edit: Callable[..., None], row: int) -> None:
    """Row 8 is the one that the checkpoint was signed over."""
    append(8)
    checkpoint_make()
    append(4)
    with unguarded() as run:
        edit(run, row)
    found = news()
    assert not found.is_intact
    assert found.verdict.broken_at in (row, row + 1)


@pytest.mark.parametrize("last", [3, 7, 9])
def test_a_tail_that_was_cut_off_is_found(last: int) -> None:
    append(8)
    checkpoint_make()
    append(4)
    with unguarded() as run:
        run(f"DELETE FROM {TABLE} WHERE sequence > %s", [last])
        if last < 8:
            AuditHead.objects.update(sequence=last, digest=AuditEntry.objects.get(sequence=last).digest)
    found = news()
    assert not found.is_intact
    assert found.verdict.broken_at == last + 1
    if last < 8:
        assert f"the chain ends at {last}" in found.verdict.problem


def test_a_checkpoint_that_was_taken_out_or_edited_in_the_database_is_found() -> None:
    append(8)
    checkpoint_make()
    checkpoint = Checkpoint.objects.get()
    Checkpoint.objects.update(root="0" * 64)
    assert any("its signature does not hold" in fault for fault in news().faults)
    Checkpoint.objects.all().delete()
    assert news().faults == [
        f"The checkpoint of {checkpoint.rows} rows was exported, and somebody took it out of the database."
    ]


def test_an_exported_checkpoint_that_was_edited_is_found(place: Path) -> None:  # noqa: F811
    append(8)
    checkpoint_make()
    (file,) = (place / "trail/checkpoints").glob("*.json")
    file.chmod(0o644)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"head": "0" * 64}))
    assert any("its signature does not hold" in fault for fault in news().faults)


def test_without_a_checkpoint_as_many_rows_are_read_as_one_may_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (news().is_intact, news().verdict.rows) == (True, 0)
    append(12)
    assert news().verdict.first == 1
    monkeypatch.setattr("apps.audit.queries.examining.MOST_ROWS", 5)
    found = news()
    assert (found.is_intact, found.verdict.first, found.verdict.last) == (True, 8, 12)


def test_it_goes_on_behind_archived_rows(old: None) -> None:  # noqa: F811
    archive(before=LIMIT)
    found = news()
    assert (found.is_intact, found.verdict.first) == (True, 7)
    append(3)
    checkpoint_make()
    assert news().is_intact
