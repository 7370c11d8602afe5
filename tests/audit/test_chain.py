"""The trail: appended in the transaction of the write, refused to change, and verified row by row."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, close_old_connections, connection, transaction

from apps.accounts.models import Team
from apps.audit.models import AuditEntry, AuditHead
from apps.audit.queries import as_fields, chain_verify
from apps.audit.rules import GENESIS, TABLE, entry_digest, guard_statements, unguard_statements
from apps.audit.services import SYSTEM, record
from tests.makers import make_team

pytestmark = pytest.mark.django_db(transaction=True)


def _append(number: int) -> None:
    team = make_team()
    for n in range(number - 1):
        with transaction.atomic():
            record(action="team.touch", obj=team, by=SYSTEM, data={"n": n, "share": 0.1 + 0.2, "whole": 3.0})


@contextmanager
def _unguarded() -> Iterator[Callable[[str, list[object]], None]]:
    """What somebody with the database's password could do: drop the guards, change rows, put the guards back."""
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        yield lambda sql, values: cursor.execute(sql, values) and None
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)


def test_an_untouched_chain_is_intact() -> None:
    _append(5)
    verdict = chain_verify()
    assert (verdict.is_intact, verdict.rows) == (True, 5)
    assert verdict.head == AuditEntry.objects.get(sequence=5).digest
    first = AuditEntry.objects.get(sequence=1)
    assert first.previous == GENESIS
    assert first.digest == entry_digest(as_fields(first))


def test_an_empty_chain_is_intact() -> None:
    assert chain_verify().is_intact


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET reason = 'nothing happened' WHERE sequence = 2",
        f"DELETE FROM {TABLE} WHERE sequence = 2",
        f"DELETE FROM {TABLE}",
    ],
)
def test_the_database_refuses_to_change_or_delete(statement: str) -> None:
    _append(3)
    with pytest.raises(DatabaseError, match="only be appended"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert chain_verify().rows == 3


def test_postgresql_refuses_truncate() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has TRUNCATE; run the suite with DATABASE_URL pointing to one")
    _append(2)
    with pytest.raises(DatabaseError, match="only be appended"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE}")


def test_the_orm_cannot_change_an_entry_either() -> None:
    _append(2)
    entry = AuditEntry.objects.get(sequence=1)
    entry.reason = "changed"
    with pytest.raises(DatabaseError):
        entry.save()
    with pytest.raises(DatabaseError):
        AuditEntry.objects.filter(sequence=1).delete()


@pytest.mark.parametrize(
    ("column", "value"),
    [("reason", "rewritten"), ("actor", "user:999"), ("at", "2020-01-01 00:00:00+00:00"), ("data", '{"n": 77}')],
)
def test_a_changed_row_is_named(column: str, value: str) -> None:
    _append(5)
    with _unguarded() as run:
        run(f"UPDATE {TABLE} SET {column} = %s WHERE sequence = 3", [value])
    verdict = chain_verify()
    assert (verdict.is_intact, verdict.broken_at) == (False, 3)
    assert "content" in verdict.problem


def test_a_row_changed_with_its_digest_breaks_the_next() -> None:
    _append(5)
    entry = AuditEntry.objects.get(sequence=3)
    entry.reason = "rewritten"
    with _unguarded() as run:
        run(
            f"UPDATE {TABLE} SET reason = %s, digest = %s WHERE sequence = 3",
            ["rewritten", entry_digest(as_fields(entry))],
        )
    assert chain_verify().broken_at == 4


def test_a_removed_row_is_named() -> None:
    _append(5)
    with _unguarded() as run:
        run(f"DELETE FROM {TABLE} WHERE sequence = %s", [2])
    verdict = chain_verify()
    assert (verdict.is_intact, verdict.broken_at) == (False, 2)
    assert "missing" in verdict.problem


def test_a_cut_tail_is_found() -> None:
    _append(5)
    with _unguarded() as run:
        run(f"DELETE FROM {TABLE} WHERE sequence > %s", [3])
    verdict = chain_verify()
    assert (verdict.is_intact, verdict.broken_at) == (False, 4)


def test_an_inserted_row_is_named() -> None:
    """Somebody makes room in the middle and puts a row there, whose own digest is right."""
    _append(5)
    forged = AuditEntry.objects.get(sequence=2)
    forged.sequence, forged.previous, forged.action = 3, forged.digest, "role.grant"
    forged.digest = entry_digest(as_fields(forged))
    with _unguarded() as run:
        for sequence in (5, 4, 3):
            run(f"UPDATE {TABLE} SET sequence = %s WHERE sequence = %s", [sequence + 1, sequence])
        forged.save(force_insert=True)
    verdict = chain_verify()
    assert (verdict.is_intact, verdict.broken_at) == (False, 4)


def test_an_appended_forgery_is_found() -> None:
    """A row put at the end past `record` does not move the mark of the chain's end."""
    _append(3)
    forged = AuditEntry.objects.get(sequence=3)
    forged.sequence, forged.previous = 4, forged.digest
    forged.digest = entry_digest(as_fields(forged))
    forged.save(force_insert=True)
    assert (chain_verify().is_intact, chain_verify().broken_at) == (False, 4)


def test_reordered_rows_are_named() -> None:
    _append(5)
    with _unguarded() as run:
        for old, new in ((3, 99), (4, 3), (99, 4)):
            run(f"UPDATE {TABLE} SET sequence = %s WHERE sequence = %s", [new, old])
    assert (chain_verify().is_intact, chain_verify().broken_at) == (False, 3)


def test_a_missing_or_changed_mark_of_the_end_is_found() -> None:
    _append(3)
    AuditHead.objects.update(digest="0" * 64)
    assert not chain_verify().is_intact
    AuditHead.objects.all().delete()
    assert not chain_verify().is_intact


def test_the_command_names_the_first_broken_row() -> None:
    _append(4)
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert "4" in out.getvalue()
    with _unguarded() as run:
        run(f"UPDATE {TABLE} SET action = %s WHERE sequence = 2", ["nothing"])
    with pytest.raises(CommandError, match="2"):
        call_command("audit_verify", stdout=StringIO())


def test_record_outside_a_transaction_is_refused() -> None:
    team = make_team()
    with pytest.raises(transaction.TransactionManagementError):
        record(action="team.touch", obj=team, by=SYSTEM)


def test_a_rolled_back_write_leaves_no_row() -> None:
    make_team()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_team("Nobody's")
        raise RuntimeError("the write failed after it was recorded")
    assert not Team.objects.filter(name="Nobody's").exists()
    verdict = chain_verify()
    assert (verdict.is_intact, verdict.rows) == (True, 1)


def test_writers_at_the_same_moment_are_put_in_order() -> None:
    team = make_team()
    failed: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    record(action="team.touch", obj=team, by=SYSTEM)
        except Exception as error:  # noqa: BLE001 - reported by the test below
            failed.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    verdicts = [chain_verify() for _ in range(5)]  # verifying while others write is no false alarm
    for thread in threads:
        thread.join()
    assert failed == []
    assert all(verdict.is_intact for verdict in verdicts)
    assert chain_verify().rows == 41


def test_numbers_survive_the_database_as_they_were_chained() -> None:
    team = make_team()
    data = {"tiny": 1e-7, "huge": 1e22, "third": 1 / 3, "minus": -0.0, "deep": [{"x": [1.0, 2.5]}], "text": "ä€😀"}
    with transaction.atomic():
        record(action="team.touch", obj=team, by=SYSTEM, data=data)
    assert chain_verify().is_intact
