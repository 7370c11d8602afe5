"""Exported files: sealed, readable by others, and telling what was done to them."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.audit.models import AuditEntry
from apps.audit.queries.checkpoints import public_keys
from apps.audit.rules import entry_digest
from apps.audit.rules.events import cloud_event, syslog_message
from apps.audit.rules.extracts import Checked, check_extract
from apps.audit.services import SYSTEM, record
from apps.audit.services.keys import key_rotate
from tests.audit.test_checkpoints import append, place  # noqa: F401
from tests.makers import make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed_by_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.audit.rules.extracts.SEALED", 4)


def exported(tmp_path: Path, *options: str, name: str = "trail.jsonl") -> list[str]:
    call_command("audit_export", str(tmp_path / name), *options, stdout=StringIO())
    return (tmp_path / name).read_text().splitlines()


def check(lines: list[str]) -> Checked:
    return check_extract(lines, public_keys())


@pytest.mark.parametrize("form", ["jsonl", "cloudevents"])
def test_an_untouched_extract_holds(tmp_path: Path, sealed_by_four: None, form: str) -> None:
    append(10)
    lines = exported(tmp_path, "--format", form)
    assert len(lines) == 10 + 3
    found = check(lines)
    assert (found.rows, found.problem, found.is_complete) == (10, "", True)


def test_an_extract_of_a_few_entries_holds_as_well(tmp_path: Path) -> None:
    append(4)
    team = make_team("Second")
    lines = exported(tmp_path, "--action", "team.create", "--object-type", "accounts.team")
    assert [json.loads(line)["sequence"] for line in lines[:-1]] == [1, AuditEntry.objects.get(object_id=team.pk).pk]
    assert check(lines).about == {"action": "team.create", "object_type": "accounts.team"}
    assert "entry 1 is missing" in check(lines[1:]).problem


def _edit(lines: list[str]) -> None:
    entry = json.loads(lines[5])
    entry["reason"] = "nothing happened"
    lines[5] = json.dumps(entry)


def _edit_with_digest(lines: list[str]) -> None:
    entry = json.loads(lines[5]) | {"reason": "nothing happened"}
    lines[5] = json.dumps(entry | {"digest": entry_digest(entry)})


def _insert(lines: list[str]) -> None:
    entry = json.loads(lines[3]) | {"sequence": 99, "action": "role.grant"}
    lines.insert(3, json.dumps(entry | {"digest": entry_digest(entry)}))


def _double(lines: list[str]) -> None:
    lines.insert(4, lines[3])


def _reorder(lines: list[str]) -> None:
    lines[2], lines[3] = lines[3], lines[2]


def _delete(lines: list[str]) -> None:
    del lines[6]


def _delete_with_its_seal(lines: list[str]) -> None:
    del lines[5:10]


def _cut(lines: list[str]) -> None:
    del lines[8:]


def _cut_behind_a_seal(lines: list[str]) -> None:
    del lines[10:]


def _spoil(lines: list[str]) -> None:
    lines[6] = lines[6][:-5]


def _reseal(lines: list[str]) -> None:
    seal = json.loads(lines[4])
    seal["seal"]["entries"][1][1] = "0" * 64
    lines[4] = json.dumps(seal)


@pytest.mark.parametrize(
    ("change", "row", "words"),
    [
        (_edit, 5, "content no longer has its digest"),
        (_edit_with_digest, 5, "was rewritten"),
        (_insert, 99, "was put in"),
        (_double, 4, "was put in|second time|out of order"),
        (_reorder, 4, "out of order"),
        (_delete, 6, "is missing"),
        (_delete_with_its_seal, 5, "taken out"),
        (_cut, 5, "cut off"),
        (_cut_behind_a_seal, 9, "cut off"),
        (_spoil, 5, "cannot be read"),
        (_reseal, 1, "does not hold"),
    ],
)
def test_each_change_to_an_extract_is_named(
    tmp_path: Path, sealed_by_four: None, change: Any, row: int, words: str
) -> None:
    append(10)
    lines = exported(tmp_path)
    change(lines)
    (tmp_path / "changed.jsonl").write_text("\n".join(lines) + "\n")
    found = check(lines)
    assert found.broken_at == row
    with pytest.raises(CommandError, match=words):
        call_command("audit_verify", "--file", str(tmp_path / "changed.jsonl"))


def test_a_seal_of_another_portal_is_none(tmp_path: Path) -> None:
    append(3)
    lines = exported(tmp_path)
    assert "none of this portal's" in check_extract(lines, {}).problem
    key_rotate()
    assert check(lines).problem == ""
    assert "behind the end" in check([*lines, lines[0]]).problem


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    append(2)
    exported(tmp_path)
    with pytest.raises(CommandError, match="never overwritten"):
        exported(tmp_path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("audit_verify", "--file", str(tmp_path / "none.jsonl"))


def test_an_export_is_bounded_by_days(tmp_path: Path) -> None:
    append(3)
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
    assert len(exported(tmp_path, "--since", tomorrow)) == 1
    assert len(exported(tmp_path, "--until", tomorrow, name="b.jsonl")) == 4


def test_events_have_what_cloudevents_asks_for(tmp_path: Path, settings: Any) -> None:
    settings.BASE_URL = "https://genaiops.example.org"
    append(2)
    event, *_ = map(json.loads, exported(tmp_path, "--format", "cloudevents"))
    entry = AuditEntry.objects.get(sequence=1)
    assert event["specversion"] == "1.0" and event["type"] == "genaiops.team.create.v1"
    assert event["source"] == "https://genaiops.example.org/audit/" and event["id"] == entry.digest
    assert event["subject"] == f"accounts.team/{entry.object_id}" and event["sequence"] == f"{1:020d}"
    assert datetime.fromisoformat(event["time"]) == entry.at
    assert event["datacontenttype"] == "application/json" and event["data"]["digest"] == entry.digest
    assert all(name.isascii() and name.islower() and name.isalnum() and len(name) <= 20 for name in event)


def test_a_syslog_message_has_its_header_and_fits_a_datagram() -> None:
    team = make_team()
    with transaction.atomic():
        entry = record(action="team.touch", obj=team, by=SYSTEM, data={"long": "x" * 5_000})
    from apps.audit.queries import as_fields

    event = cloud_event(as_fields(entry), "https://x/audit/")
    whole = syslog_message(event, "host name")
    head, _, text = whole.partition(b"\xef\xbb\xbf")
    assert head.decode() == f'<110>1 {event["time"]} hostname genaiops - team.touch [meta sequenceId="2"] '
    assert json.loads(text) == event
    short = syslog_message(event, "host", most=2_000)
    kept = json.loads(short.partition(b"\xef\xbb\xbf")[2])
    assert len(short) < 2_000 and kept["id"] == entry.digest and kept["data"]["is_shortened"] is True
