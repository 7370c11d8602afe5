"""Verifying the whole trail as a run, its pages and its API: who may, what they see, and what is said."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse

from apps.accounts.rules import APPROVER, AUDITOR, ENGINEER
from apps.audit.models import AuditEntry, Checkpoint
from apps.audit.queries.checkpoints import public_keys
from apps.audit.queries.examining import examine_all
from apps.audit.rules.checkpoints import public_from, statement_from, statement_problem
from apps.audit.rules.extracts import check_extract
from apps.audit.rules.merkle import root_by
from apps.core.errors import Conflict, NotFound, Refused
from apps.core.rules import CANCELLED, FAILED, SUCCEEDED
from apps.jobs.services import run_cancel
from apps.jobs.services.claims import Stopped
from apps.trail.models import TrailCheckRun
from apps.trail.queries import checks_seen_by
from apps.trail.services import checkpoint_ask, trail_check_start
from apps.trail.tasks import check
from tests.audit.test_checkpoints import chain, place, rechain, unguarded  # noqa: F401
from tests.makers import make_browser, make_client, make_model, make_person, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
AUDIT, CHECKS, POINTS = "/api/v1/audit/", "/api/v1/audit-checks/", "/api/v1/audit-checkpoints/"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def auditor(people: People) -> Any:
    return make_person(AUDITOR, team=people.team, name="Ada")


def ran(run: TrailCheckRun) -> TrailCheckRun:
    check(run.pk)
    run.refresh_from_db()
    return run


def test_a_check_reads_everything_and_says_so(people: People, auditor: Any) -> None:
    checkpoint_ask(by=auditor)
    run = ran(trail_check_start(by=auditor))
    assert run.state == SUCCEEDED and run.result["is_intact"]
    assert run.result["rows"] == run.result["last"] == AuditEntry.objects.get(action="trail.check").pk
    assert run.result["checkpoints"] == run.result["exported"] == 1
    assert AuditEntry.objects.filter(action="trail.check_finish", data__is_intact=True).exists()


def test_a_check_names_the_rewritten_entry_and_its_page_says_so(people: People, auditor: Any) -> None:
    checkpoint_ask(by=auditor)
    rows = chain()
    rows[3]["reason"] = "nothing happened"
    rechain(rows)
    run = ran(trail_check_start(by=auditor))
    assert run.state == SUCCEEDED and run.result["broken_at"] == 4
    page = make_browser(auditor).get(reverse("portal:run-detail", args=["trail_check", run.pk])).text
    assert "The trail was changed" in page and "Entry 4 is the first" in page


def test_a_check_may_be_asked_for_by_readers_alone(people: People, auditor: Any) -> None:
    with pytest.raises(Refused):
        trail_check_start(by=people.olga)
    with pytest.raises(NotFound):
        trail_check_start(by=auditor, team=people.other_team)
    trail_check_start(by=auditor)
    with pytest.raises(Conflict, match="already"):
        trail_check_start(by=auditor)
    assert checks_seen_by(people.rui).count() == 1 and checks_seen_by(people.xena).count() == 0


def test_an_auditor_cancels_what_they_asked_for(people: People, auditor: Any) -> None:
    run = trail_check_start(by=auditor)
    run_cancel(by=auditor, run=run)
    assert ran(run).state == CANCELLED


def test_a_check_at_work_stops_when_asked(monkeypatch: pytest.MonkeyPatch, people: People, auditor: Any) -> None:
    monkeypatch.setattr("apps.audit.queries.examining.TOLD_EVERY", 1)
    run = trail_check_start(by=auditor)
    told: list[str] = []

    def stop(share: float, message: str) -> None:
        told.append(message)
        if len(told) == 3:
            raise Stopped

    with pytest.raises(Stopped):
        examine_all(stop)
    assert "2 of about" in told[2]
    monkeypatch.setattr("apps.trail.tasks.examine_all", lambda progress: (_ for _ in ()).throw(OSError()))
    assert ran(run).state == FAILED and run.error_code == "internal"


def test_checks_over_the_api(people: People, auditor: Any) -> None:
    client = make_client(auditor)
    started = client.post(CHECKS, {})
    assert started.status_code == 202
    ran(TrailCheckRun.objects.get(pk=started.json()["id"]))
    found = client.get(f"{CHECKS}{started.json()['id']}/").json()
    assert found["result"]["is_intact"] and found["kind"] == "trail_check"
    assert client.post(CHECKS, {"team": people.other_team.pk}).status_code == 404
    assert client.post(CHECKS, {"nonsense": 1}).status_code == 400
    assert make_client(people.olga).post(CHECKS, {}).status_code == 403
    assert make_client(people.xena).get(CHECKS).json()["results"] == []


def test_checkpoints_and_keys_over_the_api(people: People, auditor: Any) -> None:
    client = make_client(auditor)
    made = client.post(POINTS)
    assert made.status_code == 201 and made.json()["rows"] == Checkpoint.objects.get().rows
    assert client.post(POINTS).json() == made.json()
    (listed,) = client.get(POINTS).json()["results"]
    (key,) = client.get("/api/v1/audit-keys/").json()
    assert listed == made.json() and key["id"] == listed["key"]
    engineer = make_client(people.olga)
    assert engineer.post(POINTS).status_code == engineer.get("/api/v1/audit-keys/").status_code == 403
    assert engineer.get(POINTS).json()["results"] == []


def test_a_proof_can_be_recomputed_by_anybody(people: People, auditor: Any) -> None:
    make_model(people.olga, people.team)
    checkpoint_ask(by=auditor)
    entry = AuditEntry.objects.filter(team_id=people.team.pk).first()
    assert entry is not None
    proof = make_client(auditor).get(f"{AUDIT}{entry.pk}/proof/").json()
    statement = statement_from(proof["checkpoint"])
    assert statement_problem(statement, {statement.key: public_from(proof["public_key"].encode())}) == ""
    digest, size = bytes.fromhex(proof["entry"]["digest"]), statement.rows - statement.since
    assert root_by(digest, proof["place"], size, proof["path"]) == statement.root
    file = make_browser(auditor).get(reverse("portal:trail-entry", args=[entry.pk]), {"format": "json"})
    assert json.loads(file.content) == proof
    assert "This entry is proved" in make_browser(auditor).get(reverse("portal:trail-entry", args=[entry.pk])).text
    assert make_client(people.xena).get(f"{AUDIT}{entry.pk}/proof/").status_code == 404
    assert make_browser(people.xena).get(reverse("portal:trail-entry", args=[entry.pk])).status_code == 404


def test_the_proof_of_a_changed_entry_does_not_hold(people: People, auditor: Any) -> None:
    make_model(people.olga, people.team)
    entry = AuditEntry.objects.filter(team_id=people.team.pk).first()
    assert entry is not None
    page = reverse("portal:trail-entry", args=[entry.pk])
    assert "Not signed yet" in make_browser(auditor).get(page).text
    checkpoint_ask(by=auditor)
    rows = chain()
    rows[entry.pk - 1]["reason"] = "nothing happened"
    rechain(rows)
    assert "over other entries" in make_client(auditor).get(f"{AUDIT}{entry.pk}/proof/").json()["problem"]
    with unguarded() as run:
        run("UPDATE audit_auditentry SET reason = 'once more' WHERE sequence = %s", [entry.pk])
    assert "This entry does not verify" in make_browser(auditor).get(page).text


@pytest.mark.parametrize("form", ["jsonl", "cloudevents"])
def test_entries_are_taken_along_sealed_and_bounded_to_what_one_sees(people: People, auditor: Any, form: str) -> None:
    make_model(people.olga, people.team)
    make_model(people.xena, people.other_team)
    browser = make_browser(auditor)
    answer = browser.get(reverse("portal:trail-export", args=[form]), {"object_type": "registry.registeredmodel"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert "attachment" in answer["Content-Disposition"] and len(lines) == 2
    found = check_extract(lines, public_keys())
    assert (found.rows, found.problem) == (1, "") and found.about["reader"] == f"user:{auditor.pk}"
    assert AuditEntry.objects.filter(action="trail.export", actor=f"user:{auditor.pk}").exists()


def test_entries_over_the_api_as_a_file(people: People, auditor: Any) -> None:
    make_model(people.olga, people.team)
    client = make_client(auditor)
    answer = client.get(f"{AUDIT}export/", {"form": "cloudevents", "action": "model.create"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer["Content-Type"].startswith("application/cloudevents") and len(lines) == 2
    assert client.get(f"{AUDIT}export/", {"form": "pdf"}).status_code == 400
    assert client.get(f"{AUDIT}export/", {"since": "yesterday"}).status_code == 400
    assert browserless_unknown_form(auditor) == 422


def browserless_unknown_form(user: Any) -> int:
    return int(make_browser(user).get(reverse("portal:trail-export", args=["pdf"])).status_code)


def test_the_trail_is_filtered_by_person_and_day(people: People, auditor: Any) -> None:
    make_model(people.olga, people.team)
    browser, url = make_browser(auditor), reverse("portal:trail")
    page = browser.get(url, {"actor": f"user:{people.olga.pk}"}).text
    assert "model.create" in page and "Olga</option>" in page and "Xena" not in page
    assert "No entry matches" in browser.get(url, {"until": "2020-01-01"}).text
    assert "No entry matches" in browser.get(url, {"since": "2900-01-01"}).text
    for nonsense in ({"since": "9999-12-31"}, {"until": "9999-12-31"}, {"since": "x"}, {"actor": "user:x"}):
        assert browser.get(url, nonsense).status_code == 200


def test_the_checkpoint_page_signs_and_tells_the_keys(people: People, auditor: Any) -> None:
    browser, url = make_browser(auditor), reverse("portal:checkpoint-list")
    assert "Nothing is signed yet" in browser.get(url).text
    assert "entries are signed" in browser.post(url, follow=True).text
    page = browser.get(url).text
    assert "BEGIN PUBLIC KEY" in page and "PRIVATE" not in page
    assert "nothing to sign" in browser.post(url, follow=True).text
    assert make_browser(people.olga).get(url).status_code == 403
    assert make_browser(people.olga).post(url).status_code == 403


def test_the_pages_start_a_check_and_a_quick_look(people: People, settings: LazySettings) -> None:
    browser = make_browser(people.rui)
    answer = browser.post(reverse("portal:trail-check"), follow=True)
    assert "The whole trail is being read" in answer.text
    quick = browser.post(reverse("portal:trail-verify")).text
    assert "What was not looked at" in quick and "The trail is intact" in quick
    assert make_browser(people.olga).post(reverse("portal:trail-check")).status_code == 403


def test_the_quick_look_over_the_api_says_what_it_left_out(
    monkeypatch: pytest.MonkeyPatch, people: People, auditor: Any
) -> None:
    monkeypatch.setattr("apps.audit.queries.examining.QUICK", 3)
    told = make_client(auditor).get(f"{AUDIT}verify/").json()
    assert told["is_intact"] and told["rows"] == 3 and told["not_looked_at"].startswith("entries before")


def test_the_entry_page_costs_the_same_however_long_the_trail(people: People, auditor: Any, place: Path) -> None:  # noqa: F811
    make_model(people.olga, people.team)
    entry = AuditEntry.objects.filter(team_id=people.team.pk).first()
    assert entry is not None
    checkpoint_ask(by=auditor)
    url, browser = reverse("portal:trail-entry", args=[entry.pk]), make_browser(auditor)
    few = queries_of(browser, url)
    for _ in range(5):
        make_model(people.olga, people.team)
    checkpoint_ask(by=auditor)
    assert queries_of(browser, url) == few <= 10


@pytest.mark.parametrize("role", [ENGINEER, APPROVER])
def test_only_readers_are_offered_what_they_may(people: People, role: str) -> None:
    page = make_browser(make_person(role, team=people.team)).get(reverse("portal:trail")).text
    assert ("Verify the whole trail" in page) == (role == APPROVER)
