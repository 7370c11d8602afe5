"""Signed checkpoints: what each change to the chain looks like to them, in the database."""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.audit.models import AuditEntry, AuditHead, Checkpoint
from apps.audit.queries import as_fields
from apps.audit.queries.checkpoints import checkpoints_held, public_keys, statement_of
from apps.audit.queries.examining import Examined, examine_all, examine_end
from apps.audit.rules import TABLE, archive_guard_statements, entry_digest, guard_statements, unguard_statements
from apps.audit.rules.checkpoints import statement_from, statement_problem
from apps.audit.rules.merkle import path_to, root_by, root_of
from apps.audit.services import SYSTEM, record
from apps.audit.services.checkpoints import checkpoint_make, checkpoints_export
from apps.audit.services.keys import key_rotate
from apps.core.errors import Conflict, Unavailable
from tests.makers import make_team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings: LazySettings, tmp_path: Path) -> Path:
    settings.TRAIL_FOLDER = str(tmp_path / "trail")
    settings.TRAIL_KEY_FILE, settings.TRAIL_KEY_IS_OWN = str(tmp_path / "keys/trail.pem"), True
    return tmp_path


def append(number: int) -> None:
    team = make_team()
    for n in range(number - 1):
        with transaction.atomic():
            record(action="team.touch", obj=team, by=SYSTEM, data={"n": n})


@contextmanager
def unguarded() -> Iterator[Callable[..., None]]:
    """What somebody with the database's password could do."""
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        yield lambda sql, values=(): cursor.execute(sql, values) and None
        for statement in guard_statements(connection.vendor) + archive_guard_statements(connection.vendor):
            cursor.execute(statement)


def rechain(rows: list[dict[str, Any]]) -> None:
    """Write the chain anew from these rows, with every number, link and digest right, and the mark of its end."""
    previous = "0" * 64
    with unguarded() as run:
        run(f"DELETE FROM {TABLE}")
        for sequence, fields in enumerate(rows, start=1):
            fields |= {"sequence": sequence, "previous": previous}
            fields["digest"] = previous = entry_digest(fields)
            AuditEntry.objects.create(**fields)
        AuditHead.objects.update(sequence=len(rows), digest=previous)


def chain() -> list[dict[str, Any]]:
    return [as_fields(entry) for entry in AuditEntry.objects.order_by("sequence")]


def examined() -> Examined:
    return examine_all(lambda share, message: None)


def broken(found: Examined) -> int | None:
    assert not found.is_intact
    return found.verdict.broken_at


# --- making them


def test_a_checkpoint_says_what_the_chain_was_and_is_written_outside_the_database(place: Path) -> None:
    append(5)
    made = checkpoint_make()
    assert made is not None and made.rows == 5
    assert made.head == AuditEntry.objects.get(sequence=5).digest
    (file,) = (place / "trail/checkpoints").glob("*.json")
    told = json.loads(file.read_bytes())
    assert statement_from(told) == statement_of(made)
    assert statement_problem(statement_from(told), public_keys()) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o444
    assert file.with_suffix(".digests").stat().st_size == 5 * 32


def test_the_key_is_made_once_for_its_owner_alone(place: Path) -> None:
    append(2)
    checkpoint_make()
    key = place / "keys/trail.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    append(2)
    checkpoint_make()
    assert key.read_bytes() == before and b"PRIVATE" not in b"".join(
        p.read_bytes() for p in (place / "trail").rglob("*.*")
    )


def test_a_key_that_the_administrator_named_is_never_made(settings: LazySettings, place: Path) -> None:
    settings.TRAIL_KEY_IS_OWN = False
    append(2)
    with pytest.raises(Unavailable, match="cannot be read"):
        checkpoint_make()
    assert not (place / "keys/trail.pem").exists() and not Checkpoint.objects.exists()
    (place / "keys").mkdir()
    (place / "keys/trail.pem").write_text("no key")
    with pytest.raises(Unavailable):
        checkpoint_make()
    with pytest.raises(Conflict, match="file of your own"):
        key_rotate()


def test_nothing_new_is_not_signed_again() -> None:
    append(3)
    assert checkpoint_make() is not None
    assert checkpoint_make() is None
    append(2)
    second = checkpoint_make()
    assert second is not None and (second.since, second.rows) == (3, 6)  # the first checkpoint's own entry among them
    assert AuditEntry.objects.filter(action="checkpoint.make").count() == 2


def test_many_rows_come_under_several_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.audit.services.checkpoints.MOST_ROWS", 4)
    append(10)
    checkpoint_make()
    assert sorted(Checkpoint.objects.values_list("since", "rows")) == [(0, 4), (4, 8), (8, 10)]
    assert examined().is_intact


def test_a_changed_chain_is_not_signed() -> None:
    append(4)
    with unguarded() as run:
        run(f"UPDATE {TABLE} SET reason = 'x' WHERE sequence = 2")
    with pytest.raises(Conflict, match="changed at entry 2"):
        checkpoint_make()
    assert not Checkpoint.objects.exists()


def test_an_exported_file_is_never_overwritten(place: Path) -> None:
    append(3)
    checkpoint_make()
    (file,) = (place / "trail/checkpoints").glob("*.json")
    file.chmod(0o644)
    file.write_text("{}")
    checkpoints_export()
    assert file.read_text() == "{}"
    assert "cannot be read" in examined().faults[0]


def test_what_was_not_exported_is_exported_the_next_time(place: Path) -> None:
    append(3)
    checkpoint_make()
    for file in (place / "trail/checkpoints").iterdir():
        file.unlink()
    assert checkpoints_export() == 1
    assert examined().exported == 1


def test_old_checkpoints_hold_after_the_key_was_replaced(place: Path) -> None:
    append(3)
    checkpoint_make()
    old = Checkpoint.objects.get().key
    new = key_rotate()
    checkpoint_make()
    assert new != old and set(public_keys()) == {old, new}
    assert {checkpoint.key for checkpoint in Checkpoint.objects.all()} == {old, new}
    assert AuditEntry.objects.filter(action="checkpoint.rotate", data={"old": old, "new": new}).exists()
    assert examined().is_intact


# --- what they find


def _edited(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows[2]["reason"] = "nothing happened"
    return rows


def _inserted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows[:2], rows[1] | {"action": "role.grant"}, *rows[2:]]


def _deleted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[:2] + rows[3:]


def _reordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows[:2], rows[3], rows[2], *rows[4:]]


@pytest.mark.parametrize("change", [_edited, _inserted, _deleted, _reordered])
@pytest.mark.parametrize("is_in_database", [True, False], ids=["checkpoints stay", "checkpoints removed too"])
def test_a_chain_rewritten_with_all_its_digests_is_named_by_its_row(change: Any, is_in_database: bool) -> None:
    append(8)
    checkpoint_make()
    rechain(change(chain()))
    if not is_in_database:
        Checkpoint.objects.all().delete()
    assert broken(examined()) == 3
    assert broken(examine_end()) == 3


def test_a_cut_tail_is_found_though_the_mark_was_moved() -> None:
    append(8)
    checkpoint_make()
    rechain(chain()[:5])
    Checkpoint.objects.all().delete()
    found = examined()
    assert broken(found) == 6 and "cut off" in found.verdict.problem
    assert "took it out of the database" in found.faults[0]


def test_without_the_exported_files_the_database_still_names_the_stretch(place: Path) -> None:
    append(4)
    checkpoint_make()
    append(4)
    checkpoint_make()
    rechain(chain()[:6] + _edited(chain()[6:]))
    for file in (place / "trail/checkpoints").iterdir():
        file.unlink()
    found = examined()
    assert broken(found) == 9 and "one of the entries 5–9" in found.verdict.problem


def test_an_emptied_trail_is_found() -> None:
    append(4)
    checkpoint_make()
    rechain([])
    Checkpoint.objects.all().delete()
    assert broken(examined()) == 1


def test_a_forged_checkpoint_is_named() -> None:
    append(4)
    checkpoint_make()
    Checkpoint.objects.update(head="f" * 64)
    assert "signature does not hold" in examined().faults[0]
    Checkpoint.objects.update(key="f" * 64)
    assert "none of this portal's" in examined().faults[0]


def test_a_changed_list_of_digests_is_named(place: Path) -> None:
    append(4)
    checkpoint_make()
    (file,) = (place / "trail/checkpoints").glob("*.digests")
    file.chmod(0o644)
    file.write_bytes(b"\0" * 128)
    assert "was changed" in examined().faults[0]
    file.unlink()
    assert "is missing" in examined().faults[0]


def test_a_whole_trail_tells_what_was_read() -> None:
    append(4)
    checkpoint_make()
    append(3)
    told = examined().as_json()
    assert told["is_intact"] and (told["rows"], told["last"], told["signed_to"], told["unsigned"]) == (8, 8, 4, 4)
    assert (told["checkpoints"], told["exported"], told["archived"]) == (1, 1, 0)
    assert checkpoints_held().faults == []


def test_the_quick_look_says_from_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.audit.queries.examining.QUICK", 3)
    append(8)
    checkpoint_make()
    found = examine_end()
    assert found.is_intact and (found.verdict.first, found.verdict.rows, found.verdict.last) == (7, 3, 9)


def test_the_commands_sign_rotate_and_name_what_was_changed(place: Path) -> None:
    out = StringIO()
    call_command("audit_checkpoint", stdout=out)
    append(3)
    call_command("audit_checkpoint", "--rotate-key", stdout=out)
    assert "Nothing was recorded" in out.getvalue() and "rows signed" in out.getvalue()
    call_command("audit_verify", stdout=out)
    assert "OK: 6 rows read" in out.getvalue()
    rechain(_edited(chain()))
    with pytest.raises(CommandError, match="entry 3"):
        call_command("audit_verify", stdout=out)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13])
def test_a_proof_leads_from_each_digest_to_the_root(size: int) -> None:
    digests = [bytes([number]) * 32 for number in range(size)]
    for place_ in range(size):
        path = path_to(digests, place_)
        assert root_by(digests[place_], place_, size, path) == root_of(digests)
        assert root_by(b"\xff" * 32, place_, size, path) != root_of(digests)
    assert root_by(digests[0], size, size, []) == ""


def test_the_tree_is_the_one_of_the_standard() -> None:
    """The test vectors of Certificate Transparency (RFC 6962): the empty tree, and one empty leaf."""
    assert root_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([b""]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
