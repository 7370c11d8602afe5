"""Frameworks that people load: who may, what is refused, and how they read afterwards."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.checklist.models import FrameworkFile
from apps.checklist.queries import GENAIOPS, framework, frameworks
from apps.checklist.queries.frameworks import framework_seen_versions, shipped, unreadable
from apps.checklist.services import framework_load
from apps.core.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_browser, make_client, make_person, make_team
from tests.people import People

FIRST = text_of(raw_framework())
SECOND = text_of(raw_framework(group("first", question("a-1", "Is it still so?"), question("a-2")), version=2))


@pytest.fixture
def officer(people: People) -> User:
    return make_person("compliance_officer", team=people.team)


@pytest.fixture
def client(officer: User) -> APIClient:
    return make_client(officer)


def test_what_is_loaded_reads_like_what_is_shipped(officer: User) -> None:
    row = framework_load(by=officer, text=FIRST.encode(), name="rules.yaml")
    assert (row.urn, row.version, row.loaded_by) == (URN, 1, officer)
    assert framework(URN).digest == framework(URN, 1).digest == row.digest
    assert URN in [one.urn for one in frameworks()]
    entry = AuditEntry.objects.get(action="framework.load")
    assert entry.data["digest"] == row.digest
    framework_load(by=officer, text=SECOND)
    assert [one.framework.version for one in framework_seen_versions(URN)] == [2, 1]
    assert framework(URN).version == 2
    assert framework(URN, 1).questions["a-1"].text == "Is it so?", "an earlier version stands"


def test_only_those_with_the_right_load(people: People) -> None:
    for person in (people.olga, people.rui, people.xena, make_person("auditor", team=people.team)):
        with pytest.raises(Refused):
            framework_load(by=person, text=FIRST)
    assert not FrameworkFile.objects.exists()


def test_a_file_that_breaks_rules_is_refused_with_its_lines(officer: User) -> None:
    with pytest.raises(Invalid) as refused:
        framework_load(by=officer, text=FIRST.replace("declared", "guessed"), name="rules.yaml")
    assert "rules.yaml, line " in refused.value.message
    assert not FrameworkFile.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((URN, GENAIOPS), "framework.reserved"),
        (("nothing", "nothing"), "framework.exists"),
        (("Is it so?", "Is it otherwise?"), "framework.exists"),
    ],
)
def test_what_is_here_never_changes(officer: User, change: tuple[str, str], code: str) -> None:
    framework_load(by=officer, text=FIRST)
    with pytest.raises(Conflict) as refused:
        framework_load(by=officer, text=FIRST.replace(*change))
    assert refused.value.code == code


def test_a_version_is_read_once(officer: User, django_assert_num_queries: Any) -> None:
    framework_load(by=officer, text=FIRST)
    framework(URN, 1)
    with django_assert_num_queries(0):
        framework(URN, 1)
        framework(GENAIOPS)
    with pytest.raises(NotFound):
        framework(URN, 2)
    framework_load(by=officer, text=SECOND)
    assert framework(URN, 2).version == 2, "that it was not there is not remembered"


def test_a_row_that_is_no_longer_readable_says_so(officer: User) -> None:
    FrameworkFile.objects.create(urn=URN, version=1, title="Old", digest="0" * 64, text="urn: x", loaded_by=officer)
    with pytest.raises(Unavailable) as refused:
        framework(URN, 1)
    assert refused.value.code == "framework.unreadable"
    assert URN not in [one.urn for one in frameworks()], "all others can be read as before"
    assert "Old, version 1 was loaded under rules" in unreadable()[0]
    assert "can no longer be read" in make_browser(officer).get("/checklists/frameworks/").content.decode()


def test_over_the_api(client: APIClient, people: People) -> None:
    base = "/api/v1/frameworks/"
    checked = client.post(f"{base}check/", {"text": FIRST}, format="json")
    assert (checked.status_code, checked.json()["question_count"]) == (200, 1)
    assert not FrameworkFile.objects.exists(), "checking writes nothing"
    assert client.post(base, {"text": FIRST}, format="json").status_code == 201
    assert client.post(base, {"text": SECOND}, format="json").json()["version"] == 2
    outsider = make_client(people.xena)
    assert [one["version"] for one in outsider.get(f"{base}{URN}/versions/").json()] == [2, 1]
    report = outsider.get(f"{base}{URN}/changes/", {"before": 1, "after": 2}).json()
    assert (report["counts"]["reworded"], report["counts"]["added"]) == (1, 1)
    assert report["changes"][0]["text_before"] == "Is it so?"
    assert outsider.post(base, {"text": FIRST}, format="json").status_code == 403
    assert outsider.post(f"{base}check/", {"text": FIRST}, format="json").status_code == 403
    assert APIClient().get(base).status_code == 401


def test_bad_input_over_the_api(client: APIClient) -> None:
    base = "/api/v1/frameworks/"
    assert client.post(base, {}, format="json").status_code == 400
    assert client.post(base, {"text": FIRST, "team": 1}, format="json").status_code == 400
    bomb = client.post(base, {"text": "a: &a [x]\nb: *a\n", "name": "bomb.yaml"}, format="json")
    assert (bomb.status_code, bomb.json()["code"]) == (422, "framework.invalid")
    assert "bomb.yaml, line 1" in bomb.json()["title"]
    for asked in ({}, {"before": 2, "after": 1}, {"before": 1, "after": "x"}, {"before": 1, "after": 99}):
        assert client.get(f"{base}{GENAIOPS}/changes/", asked).status_code in (400, 404)
    assert client.get(f"{base}urn:nobody:x/versions/").status_code == 404


def test_from_the_command_line(officer: User, tmp_path: Path) -> None:
    path, said = tmp_path / "rules.yaml", StringIO()
    path.write_text(FIRST, encoding="utf-8")
    call_command("framework_load", str(path), check=True, stdout=said)
    assert "1 groups, 1 questions" in said.getvalue()
    call_command("framework_load", str(path), email=officer.email, stdout=said)
    assert FrameworkFile.objects.get().loaded_by == officer
    path.write_text(FIRST.replace("declared", "guessed"), encoding="utf-8")
    for how in ({"check": True}, {"email": officer.email}):
        with pytest.raises(CommandError, match=r"rules\.yaml, line") as refused:
            call_command("framework_load", str(path), **how)
        assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="Nobody has this"):
        call_command("framework_load", str(path), email="nobody@example.org")
    with pytest.raises(CommandError, match="No such file"):
        call_command("framework_load", str(tmp_path / "none.yaml"), check=True)


def test_shipped_files_keep_the_rules_among_each_other() -> None:
    assert (GENAIOPS, 1) in shipped()
    assert all(one.urn.startswith("urn:genaiops:") for one in shipped().values())


def test_an_outsider_of_every_team_reads_frameworks_and_loads_none(db: None) -> None:
    person = make_person("auditor", team=make_team())
    assert make_client(person).get("/api/v1/frameworks/").status_code == 200
