"""Retention: what leaves the database verifies outside of it, and the chain goes on."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.audit.models import AuditEntry, AuditSegment
from apps.audit.queries import chain_verify
from apps.audit.queries.examining import examine_end
from apps.audit.queries.segments import file_problem, segment_path
from apps.audit.services.archives import archive
from apps.audit.services.checkpoints import checkpoint_make
from apps.core.errors import Conflict, Invalid
from tests.audit.test_checkpoints import append, examined, place  # noqa: F401

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2010, 5, 1, tzinfo=UTC)
LIMIT = datetime(2012, 1, 1, tzinfo=UTC)


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six entries of 2010, and two of today."""
    with monkeypatch.context() as then:
        then.setattr("apps.audit.services.recording.timezone.now", lambda: LONG_AGO)
        append(6)
    append(2)


def test_old_entries_go_to_a_file_that_verifies_and_the_chain_goes_on(old: None, place: Path) -> None:  # noqa: F811
    segment = archive(before=LIMIT)
    assert segment is not None and (segment.first, segment.last) == (1, 6)
    assert AuditEntry.objects.order_by("sequence").first().sequence == 7  # type: ignore[union-attr]
    assert file_problem(segment_path(segment)) == ""
    assert chain_verify().is_intact and chain_verify().first == 7
    found = examined()
    assert found.is_intact and (found.archived, found.verdict.first, found.verdict.rows) == (6, 1, 10)
    assert examine_end().is_intact
    append(3)
    checkpoint_make()
    assert examined().is_intact
    assert archive(before=LIMIT) is None


def test_segments_join_each_other(old: None, place: Path) -> None:  # noqa: F811
    archive(before=LIMIT)
    much_later = timezone.now() + timedelta(days=365 * 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.audit.services.archives.timezone.now", lambda: much_later)
        second = archive(before=much_later - timedelta(days=365 * 11))
    assert second is not None and second.first == 7
    assert second.previous == AuditSegment.objects.get(last=6).head
    found = examined()
    assert found.is_intact and found.archived == second.last


@pytest.mark.parametrize("before", [timedelta(days=1), timedelta(days=3_600), timedelta(days=-5)])
def test_a_date_younger_than_the_retention_is_refused(old: None, before: timedelta) -> None:
    number = AuditEntry.objects.count()
    with pytest.raises(Invalid, match="kept in the database for 10 years"):
        archive(before=timezone.now() - before)
    assert AuditEntry.objects.count() == number


def test_nothing_leaves_when_the_written_file_does_not_verify(old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.audit.services.archives._packed", lambda lines: [b"half of it"])
    with pytest.raises(Conflict, match="does not verify"):
        archive(before=LIMIT)
    assert AuditEntry.objects.filter(sequence=1).exists() and not AuditSegment.objects.exists()


def test_an_archive_that_broke_off_behind_its_file_is_taken_up(old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(*given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as then, pytest.raises(KeyboardInterrupt), transaction.atomic():
        then.setattr("apps.audit.services.archives._take_out", broken_off)
        archive(before=LIMIT)
    assert AuditEntry.objects.filter(sequence=1).exists()
    assert archive(before=LIMIT) is not None
    assert examined().is_intact


def test_the_database_still_refuses_to_lose_what_is_not_archived(old: None) -> None:
    archive(before=LIMIT)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(sequence=7).delete()


def test_a_changed_or_missing_segment_is_named(old: None, place: Path) -> None:  # noqa: F811
    segment = archive(before=LIMIT)
    assert segment is not None
    path = segment_path(segment)
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-9])
    assert "entries 1–6 was changed" in examined().faults[0] and not examined().is_intact
    path.unlink()
    found = examined()
    assert "entries 1–6 is missing" in found.faults[0]
    assert found.verdict.is_intact and found.verdict.first == 7


def test_entries_taken_out_without_an_archive_are_missed(old: None) -> None:
    """Somebody forges the anchor: there is no file behind it."""
    last = AuditEntry.objects.get(sequence=4)
    AuditSegment.objects.create(
        first=1, last=4, previous="0" * 64, head=last.digest, name="none.gz", sha256="", size=0, at=timezone.now()
    )
    AuditEntry.objects.filter(sequence__lte=4).delete()
    assert chain_verify().is_intact  # the quick walk begins behind the anchor
    assert "entries 1–4 is missing" in examined().faults[0]


def test_the_command_archives_and_the_file_verifies_by_itself(old: None, place: Path) -> None:  # noqa: F811
    out = StringIO()
    with pytest.raises(CommandError, match="kept in the database"):
        call_command("audit_archive", "--before", f"{timezone.now():%Y-%m-%d}", stdout=out)
    call_command("audit_archive", "--before", "2012-01-01", stdout=out)
    call_command("audit_archive", "--before", "2012-01-01", stdout=out)
    assert "Entries 1 to 6" in out.getvalue() and "No entry is that old" in out.getvalue()
    (file,) = (place / "trail/segments").glob("*.gz")
    call_command("audit_verify", "--file", str(file), stdout=out)
    assert "OK: 6 entries" in out.getvalue()
    proof = json.loads(file.with_name(file.name.replace(".jsonl.gz", ".json")).read_bytes())
    assert proof["checkpoint"]["rows"] == 6 and list(proof["public_keys"]) == [proof["checkpoint"]["key"]]
