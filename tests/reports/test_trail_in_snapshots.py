"""What a snapshot says of the audit trail: every entry proven, the chain's state told as far as it was looked at, and
that at a cost which does not grow with the trail.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Team
from apps.audit.models import AuditEntry
from apps.audit.queries import as_fields
from apps.audit.rules import TABLE, entry_digest, guard_statements, unguard_statements
from apps.audit.services import SYSTEM, record
from apps.audit.services.checkpoints import checkpoint_make
from apps.core import storage
from apps.reports.models import Snapshot
from apps.reports.queries.frozen import freeze
from apps.reports.rules.documents.filling.chain import chain_gaps, chain_words
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.services import snapshots
from apps.trail.models import TrailCheckRun
from apps.trail.services import trail_check_start
from apps.trail.tasks import check
from tests.reports.documents import frozen
from tests.reports.small_facts import small, trail
from tests.reports.world import World

pytestmark = pytest.mark.django_db
Json = dict[str, Any]


@pytest.fixture
def world(kept_world: World, settings: LazySettings, tmp_path: Path) -> World:
    settings.TRAIL_FOLDER = str(tmp_path / "trail")
    settings.TRAIL_KEY_FILE, settings.TRAIL_KEY_IS_OWN = str(tmp_path / "trail.pem"), True
    return deepcopy(kept_world)


def others_work(number: int) -> None:
    """Entries about what no snapshot of the world speaks of."""
    team = Team.objects.create(name=f"Elsewhere {AuditEntry.objects.count()}", slug=f"e{AuditEntry.objects.count()}")
    with transaction.atomic():
        for n in range(number):
            record(action="team.touch", obj=team, by=SYSTEM, data={"n": n})


def content(snapshot: Snapshot) -> Json:
    with storage.open(snapshot.digest) as stream:
        return json.loads(stream.read())


def told(world: World) -> Json:
    """What a snapshot that is taken now says of the trail."""
    return content(frozen(world.version, world.olga))["audit_trail"]


def test_only_what_was_recorded_since_the_last_checkpoint_is_read(world: World) -> None:
    others_work(40)
    found = told(world)
    chain, signed = found["whole_chain"], found["checkpoint"]["rows"]
    assert (chain["is_intact"], chain["problem"], chain["verified"]) == (True, "", None)
    assert chain["read"] == {"first": signed, "last": found["head"]["sequence"]}
    assert chain["entries"] == found["head"]["sequence"] > chain["signed_to"] == signed > 40


def test_a_snapshot_asks_and_reads_as_much_in_a_long_trail_as_in_a_short_one(world: World) -> None:
    def cost() -> tuple[int, int]:
        checkpoint_make()
        with CaptureQueriesContext(connection) as asked:
            found = freeze(world.version, by=world.olga, at=world.version.created_at)["audit_trail"]
        read = found["whole_chain"]["read"]
        return len(asked), read["last"] - read["first"]

    first = cost()
    others_work(300)
    assert cost() == first


def test_a_verification_of_the_whole_trail_is_told_with_its_entry(world: World) -> None:
    run = trail_check_start(by=world.ada)
    check(run.pk)
    run.refresh_from_db()
    entry = AuditEntry.objects.get(action="trail.check_finish")
    verified = told(world)["whole_chain"]["verified"]
    assert (verified["entry"], verified["is_intact"], verified["rows"]) == (entry.sequence, True, run.result["rows"])
    assert verified["head"] == run.result["head"] and verified["at"] == entry.at.isoformat(timespec="microseconds")


def test_a_verification_that_found_a_change_is_told(world: World) -> None:
    run = TrailCheckRun.objects.create(team=world.team, created_by=world.ada)
    found = {"is_intact": False, "rows": 3, "head": "0" * 64, "broken_at": 3}
    with transaction.atomic():
        record(action="trail.check_finish", obj=run, by=SYSTEM, data=found)
    chain = told(world)["whole_chain"]
    assert not chain["is_intact"]
    assert "the verification of the whole trail on" in chain["problem"]


def test_an_entry_of_the_extract_that_was_altered_long_ago_is_named(world: World) -> None:
    """It lies before the rows that are read, and is read as it is one of the extract's own."""
    told(world)
    altered = AuditEntry.objects.filter(action="version.create").order_by("sequence").first()
    assert altered is not None
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        cursor.execute(f"UPDATE {TABLE} SET reason = 'other' WHERE sequence = %s", [altered.sequence])
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)
    found = told(world)
    assert found["whole_chain"]["read"]["first"] > altered.sequence
    assert found["whole_chain"]["problem"] == f"entry {altered.sequence}: its content no longer has its digest"


def rewritten(where: str, values: list[Any], change: str = "") -> None:
    """What somebody with the database's password does to entries, the guards taken away and put back."""
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        cursor.execute(f"{change or 'DELETE FROM ' + TABLE} WHERE {where}", values)
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)


def test_an_old_entry_that_was_rewritten_with_its_digest_made_anew_is_named(world: World) -> None:
    told(world)
    altered = AuditEntry.objects.filter(action="version.create").order_by("sequence").first()
    assert altered is not None
    altered.reason = "other"
    digest = entry_digest(as_fields(altered))
    rewritten("sequence = %s", ["other", digest, altered.sequence], f"UPDATE {TABLE} SET reason = %s, digest = %s")
    chain = told(world)["whole_chain"]
    assert chain["read"]["first"] > altered.sequence and not chain["is_intact"]
    assert f"entry {altered.sequence}: the signed checkpoint behind it was signed over other" in chain["problem"]


def test_an_old_entry_that_was_deleted_is_told_where_the_checkpoint_over_it_proves_others(world: World) -> None:
    told(world)
    gone = AuditEntry.objects.filter(action="version.create").order_by("sequence").first()
    assert gone is not None
    rewritten("sequence = %s", [gone.sequence])
    chain = told(world)["whole_chain"]
    assert not chain["is_intact"] and "was signed over other entries than are there" in chain["problem"]


def test_a_rewritten_word_on_a_verification_is_not_believed(world: World) -> None:
    run = TrailCheckRun.objects.create(team=world.team, created_by=world.ada)
    found = {"is_intact": False, "rows": 3, "head": "0" * 64, "broken_at": 3}
    with transaction.atomic():
        entry = record(action="trail.check_finish", obj=run, by=SYSTEM, data=found)
    told(world)
    entry.data = found | {"is_intact": True}
    new = [json.dumps(entry.data), entry_digest(as_fields(entry)), entry.sequence]
    rewritten("sequence = %s", new, f"UPDATE {TABLE} SET data = %s, digest = %s")
    chain = told(world)["whole_chain"]
    assert (chain["is_intact"], chain["verified"]) == (False, None)
    assert f"entry {entry.sequence}, which tells of a verification, is not the one" in chain["problem"]


def test_what_is_recorded_between_signing_and_reading_is_proven_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*about: Any, **more: Any) -> Json:
        with transaction.atomic():
            record(action="version.touch", obj=world.version, by=world.olga)
        return freeze(*about, **more)

    monkeypatch.setattr(snapshots, "freeze", meanwhile)
    found = told(world)
    late = AuditEntry.objects.get(action="version.touch").sequence
    assert late in {entry["sequence"] for entry in found["entries"]}
    assert {row["sequence"] for row in found["proof"]["paths"]} == {entry["sequence"] for entry in found["entries"]}
    assert found["proof"]["unsigned"] == []
    assert found["checkpoint"]["rows"] >= late and found["checkpoint"]["key"] in found["public_keys"]


CHAIN: Json = {
    "is_intact": True,
    "entries": 4_720,
    "problem": "",
    "read": {"first": 4_701, "last": 4_720},
    "signed_to": 4_701,
}
VERIFIED = {
    "entry": 4_650,
    "at": "2026-11-03T10:00:00.000000+00:00",
    "is_intact": True,
    "rows": 4_649,
    "head": "0" * 64,
}


def words(**chain: Any) -> str:
    return chain_words(small(audit_trail=trail(whole_chain=chain)))


def test_the_words_say_no_more_than_was_looked_at() -> None:
    said = words(**CHAIN, verified=VERIFIED)
    assert "entries 4,701 to 4,720 of it were read, and what was read holds." in said
    assert "Signed checkpoints cover it up to entry 4,701." in said
    assert "All of it was last verified on 2026-11-03 10:00:00 UTC: 4,649 entries, intact (entry 4,650)." in said
    assert "Verify the whole trail" in words(**CHAIN, verified=None)
    assert "No part of it is signed yet." in words(**CHAIN | {"signed_to": 0}, verified=None)


def test_older_snapshots_read_the_whole_chain_and_say_so() -> None:
    old = {"is_intact": True, "entries": 12, "problem": ""}
    assert words(**old) == "The whole chain of 12 entries was read when the snapshot was taken, and holds."
    assert words(**old | {"is_intact": False, "problem": "entry 3: it is missing"}).endswith("entry 3: it is missing.")


def test_a_broken_chain_is_a_gap_and_none_at_all_says_nothing() -> None:
    broken = small(audit_trail=trail(whole_chain=CHAIN | {"is_intact": False, "problem": "x", "verified": None}))
    assert chain_gaps(broken) == ("The audit trail was found not to be intact.",)
    assert "what was read does not hold: x." in chain_words(broken)
    assert chain_words(Facts({"audit_trail": {}})) == ""
