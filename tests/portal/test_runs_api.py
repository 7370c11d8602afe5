"""Runs of every kind in one list, and the trail, over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import AUDITOR, ENGINEER, ROLES, allows
from apps.accounts.services import role_revoke
from apps.audit.models import AuditEntry
from apps.audit.rules import TABLE, guard_statements, unguard_statements
from apps.audit.services import SYSTEM
from apps.catalog.models import ScanRun
from apps.catalog.services import scan_start
from apps.core.runs import run_models
from apps.jobs.services import run_fail
from apps.portal.queries import mark_of, runs_below
from tests.makers import (
    claim,
    make_approved,
    make_client,
    make_data,
    make_deployment,
    make_evaluation,
    make_person,
    make_scan,
    make_team,
    make_tuned,
)

pytestmark = pytest.mark.django_db
RUNS, AUDIT = "/api/v1/runs/", "/api/v1/audit/"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(engineer: User) -> APIClient:
    return make_client(engineer)


@pytest.fixture
def runs(engineer: User, team: Team) -> None:
    """Imports, a tuning run, an evaluation, a scan and a serving run."""
    tuned = make_tuned(engineer, team)
    make_evaluation(engineer, tuned)
    make_scan(engineer, tuned.dataset_version)
    make_deployment(engineer, make_approved(team, by=engineer))


def test_runs_of_all_kinds_stand_in_one_list_newest_first(client: APIClient, runs: None) -> None:
    listed = client.get(RUNS).json()
    times = [run["created_at"] for run in listed["results"]]
    assert times == sorted(times, reverse=True)
    assert {run["kind"] for run in listed["results"]} == {"import", "tuning", "evaluation", "scan", "serving"}
    assert listed["next"] is None
    for run in listed["results"]:
        assert client.get(run["url"]).json()["id"] == run["id"]


def test_the_list_is_paged_without_gaps_even_at_equal_times(client: APIClient, engineer: User, team: Team) -> None:
    for _ in range(3):
        make_tuned(engineer, team)
        make_scan(engineer, make_data(engineer, team))
    moment = timezone.now()
    everything = runs_below(engineer, None, limit=100)
    for run in everything:
        type(run)._default_manager.update(created_at=moment)
    seen: list[tuple[str, int]] = []
    address: str | None = f"{RUNS}?page_size=2"
    while address:
        page = client.get(address).json()
        seen += [(run["kind"], run["id"]) for run in page["results"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == len(everything)
    last = runs_below(engineer, None, limit=100)[-1]
    assert runs_below(engineer, mark_of(last)) == []


def test_the_list_is_narrowed(client: APIClient, runs: None, team: Team) -> None:
    assert {run["kind"] for run in client.get(f"{RUNS}?kind=scan").json()["results"]} == {"scan"}
    assert {run["state"] for run in client.get(f"{RUNS}?state=queued").json()["results"]} == {"queued"}
    assert client.get(f"{RUNS}?team={make_team().pk}").json()["results"] == []
    assert client.get(f"{RUNS}?team={team.pk}").json()["results"]
    assert client.get(f"{RUNS}?kind=nonsense").status_code == 404


def test_a_list_of_runs_costs_one_query_a_kind(
    client: APIClient, engineer: User, team: Team, runs: None, django_assert_max_num_queries: Any
) -> None:
    client.get(RUNS)
    costs = []
    for _ in range(2):
        with django_assert_max_num_queries(3 + len(run_models())) as captured:
            client.get(RUNS)
        costs.append(len(captured))
        make_scan(engineer, make_data(engineer, team))
    assert costs[0] == costs[1]


def test_runs_of_others_are_not_there(client: APIClient) -> None:
    other = make_team()
    scan = make_scan(make_person(ENGINEER, team=other), make_data(make_person(ENGINEER, team=other), other))
    assert client.get(RUNS).json()["results"] == []
    for path in ("", "cancel/", "retry/"):
        method = client.post if path else client.get
        assert method(f"{RUNS}scan/{scan.pk}/{path}").status_code == 404


def test_a_waiting_run_is_cancelled_and_started_again(client: APIClient, engineer: User, team: Team) -> None:
    run = scan_start(by=engineer, version=make_data(engineer, team))
    cancelled = client.post(f"{RUNS}scan/{run.pk}/cancel/", {"reason": "wrong data"})
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert AuditEntry.objects.get(action="run.cancel").reason == "wrong data"
    assert client.post(f"{RUNS}scan/{run.pk}/cancel/").json()["code"] == "run.ended"
    again = client.post(f"{RUNS}scan/{run.pk}/retry/")
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    assert client.post(f"{RUNS}scan/{run.pk}/retry/").json()["code"] == "run.state"


def test_a_failed_run_shows_why(client: APIClient, engineer: User, team: Team) -> None:
    run = claim(scan_start(by=engineer, version=make_data(engineer, team)))
    run.advance(0.5, "half-way")
    run_fail(run=run, code="data.mixed", message="Row 3 has other columns.")
    shown = client.get(f"{RUNS}scan/{run.pk}/").json()
    assert (shown["state"], shown["error_code"], shown["error"]) == ("failed", "data.mixed", "Row 3 has other columns.")
    assert "half-way" in shown["log"]
    assert shown["seconds"] >= 0
    assert "claim_token" not in shown


def test_a_cancelled_run_is_told_to_its_worker(client: APIClient, engineer: User, team: Team) -> None:
    run = claim(scan_start(by=engineer, version=make_data(engineer, team)))
    shown = client.post(f"{RUNS}scan/{run.pk}/cancel/").json()
    assert (shown["state"], shown["cancel_requested_at"] is not None) == ("running", True)
    assert not run.advance(0.6, "still at it")
    assert ScanRun.objects.get(pk=run.pk).progress == 0.0


# --- the trail -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_the_trail_of_a_team_is_for_those_who_may_read_it(role: str, team: Team) -> None:
    elsewhere = make_team()
    for place in (team, elsewhere):
        make_data(make_person(ENGINEER, team=place), place)
    entries = make_client(make_person(role, team=team)).get(AUDIT).json()["results"]
    assert {entry["team_id"] for entry in entries} == ({team.pk} if allows([role], "trail.view") else set())


def test_an_engineer_sees_what_they_did_themselves(client: APIClient, engineer: User, team: Team) -> None:
    make_data(engineer, team)
    make_data(make_person(ENGINEER, team=team), team)
    entries = client.get(AUDIT).json()["results"]
    assert {entry["actor"] for entry in entries} == {f"user:{engineer.pk}"}
    assert {entry["actor_name"] for entry in entries} == {engineer.name}


def test_entries_of_no_team_are_for_superusers(team: Team) -> None:
    make_person()
    auditor = make_person(AUDITOR, team=team)
    assert all(entry["team_id"] for entry in make_client(auditor).get(AUDIT).json()["results"])
    root = User.objects.create_superuser("root@example.org", None, name="Root")
    actions = {entry["action"] for entry in make_client(root).get(AUDIT).json()["results"]}
    assert {"person.create", "token.create", "role.grant"} <= actions


def test_the_trail_ends_with_the_role(team: Team) -> None:
    auditor = make_person(AUDITOR, team=team)
    client = make_client(auditor)
    assert client.get(AUDIT).json()["results"]
    role_revoke(by=SYSTEM, user=auditor, team=team, role=AUDITOR)
    assert client.get(AUDIT).json()["results"] == []
    assert client.get(f"{AUDIT}verify/").status_code == 403


def test_the_trail_is_filtered_and_read_one_by_one(engineer: User, team: Team) -> None:
    data = make_data(engineer, team)
    client = make_client(make_person(AUDITOR, team=team))
    (entry,) = client.get(f"{AUDIT}?object_type=catalog.datasetversion&object_id={data.pk}").json()["results"]
    assert (entry["action"], entry["actor_name"]) == ("dataset_version.create", engineer.name)
    assert client.get(f"{AUDIT}{entry['sequence']}/").json() == entry
    assert len(client.get(f"{AUDIT}?actor=user:{engineer.pk}").json()["results"]) == 2
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert client.get(AUDIT, {"since": tomorrow}).json()["results"] == []
    assert client.get(AUDIT, {"until": tomorrow, "action": "dataset.create"}).json()["results"]


def test_the_trail_costs_the_same_however_long(engineer: User, team: Team, django_assert_max_num_queries: Any) -> None:
    client = make_client(make_person(AUDITOR, team=team))
    make_data(engineer, team)
    client.get(AUDIT)
    costs = []
    for _ in range(2):
        with django_assert_max_num_queries(4) as captured:
            client.get(AUDIT)
        costs.append(len(captured))
        for _ in range(3):
            make_data(make_person(ENGINEER, team=team), team)
    assert costs[0] == costs[1]


def test_nothing_writes_the_trail_by_api(client: APIClient) -> None:
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"{AUDIT}1/").status_code in {404, 405}
        assert method(AUDIT).status_code == 405


def test_the_chain_is_verified_over_the_api(engineer: User, team: Team) -> None:
    make_data(engineer, team)
    client = make_client(make_person(AUDITOR, team=team))
    verdict = client.get(f"{AUDIT}verify/").json()
    assert (verdict["is_intact"], verdict["rows"]) == (True, AuditEntry.objects.count())
    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
        cursor.execute(f"UPDATE {TABLE} SET reason = 'x' WHERE sequence = 2")
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)
    verdict = client.get(f"{AUDIT}verify/").json()
    assert (verdict["is_intact"], verdict["broken_at"]) == (False, 2)
