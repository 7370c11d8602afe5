"""The proof of many entries at once: each leads to a signed checkpoint, and none of the others is told."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone

from apps.audit.models import AuditEntry, AuditSegment
from apps.audit.queries.checkpoints import checkpoint_over, public_keys, statement_of
from apps.audit.queries.proofs import digests_under, extract_proof, proof_of
from apps.audit.rules import TABLE, guard_statements, unguard_statements
from apps.audit.rules.checkpoints import statement_from, statement_problem
from apps.audit.rules.merkle import path_to, paths_to, root_by, root_of
from apps.audit.services import SYSTEM, record
from apps.audit.services.checkpoints import checkpoint_make
from tests.makers import make_team


@pytest.fixture(autouse=True)
def place(settings: LazySettings, tmp_path: Path) -> None:
    settings.TRAIL_FOLDER = str(tmp_path / "trail")
    settings.TRAIL_KEY_FILE, settings.TRAIL_KEY_IS_OWN = str(tmp_path / "keys/trail.pem"), True


def append(number: int) -> None:
    team = make_team()
    for n in range(number - 1):
        with transaction.atomic():
            record(action="team.touch", obj=team, by=SYSTEM, data={"n": n})


def holds(proof: dict, sequence: int) -> bool:
    """Whether an entry's path leads to a checkpoint whose signature holds; told from the proof and the keys alone."""
    statements = {one["rows"]: statement_from(one) for one in proof["checkpoints"]}
    row = next(row for row in proof["paths"] if row["sequence"] == sequence)
    statement = statements[row["rows"]]
    digest = bytes.fromhex(AuditEntry.objects.get(sequence=sequence).digest)
    size, at = statement.rows - statement.since, sequence - statement.since - 1
    return not statement_problem(statement, public_keys()) and root_by(digest, at, size, row["path"]) == statement.root


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100])
def test_many_paths_are_those_of_each_by_itself(size):
    digests = [bytes([number]) * 32 for number in range(size)]
    found = paths_to(digests, range(size))
    assert found == {place: path_to(digests, place) for place in range(size)}
    assert {root_by(digests[place], place, size, path) for place, path in found.items()} == {root_of(digests)}


@pytest.mark.django_db
def test_every_entry_leads_to_its_checkpoint_and_no_other_entry_is_told():
    append(7)
    checkpoint_make()
    append(5)
    checkpoint_make()
    wanted = [2, 3, 7, 9, 12]
    proof = extract_proof(reversed(wanted))
    assert [row["sequence"] for row in proof["paths"]] == wanted
    assert all(holds(proof, sequence) for sequence in wanted)
    assert (len(proof["checkpoints"]), proof["unsigned"]) == (2, [])
    assert "team" not in json.dumps(proof)
    single = proof_of(AuditEntry.objects.get(sequence=3)).as_json()
    assert single["path"] == proof["paths"][1]["path"]


@pytest.mark.django_db
def test_entries_without_a_checkpoint_are_named():
    append(3)
    checkpoint_make()
    append(3)
    proof = extract_proof([2, 6])
    assert ([row["sequence"] for row in proof["paths"]], proof["unsigned"]) == ([2], [6])
    assert extract_proof([])["paths"] == []


@pytest.mark.django_db
def test_entries_that_were_rewritten_after_they_were_signed_get_no_proof():
    append(4)
    checkpoint_make()
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        cursor.execute(f"UPDATE {TABLE} SET digest = %s WHERE sequence = 2", ["f" * 64])
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)
    assert extract_proof([2, 3])["unsigned"] == [2, 3]


@pytest.mark.django_db
def test_where_rows_are_archived_the_exported_digests_stand_in_for_them():
    append(6)
    checkpoint_make()
    checkpoint = checkpoint_over(5)
    whole = digests_under(checkpoint)
    last = AuditEntry.objects.get(sequence=2)
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        cursor.execute(f"DELETE FROM {TABLE} WHERE sequence <= 2")
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)
    assert digests_under(checkpoint) == whole[2:], "rows that were taken out without an archive have no stand-in"
    AuditSegment.objects.create(
        first=1, last=2, previous="0" * 64, head=last.digest, name="old.gz", sha256="", size=0, at=timezone.now()
    )
    assert digests_under(checkpoint) == whole
    proof = extract_proof([4])
    assert proof["checkpoints"] == [statement_of(checkpoint).as_json()]
    assert holds(proof, 4)
