"""Drift over the API: two tables, settings that the engine knows, every value kept at full precision."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.audit.models import AuditEntry
from apps.catalog.models import DatasetVersion
from apps.core.canonical import digest_of
from apps.monitoring.models import DriftRun
from apps.monitoring.queries import drifts_of
from apps.monitoring.services import drift_finish, drift_start
from apps.registry.models import ModelVersion
from tests.makers import claim, make_client, make_data, make_person, make_team, make_version

pytestmark = pytest.mark.django_db
DRIFT = "/api/v1/drift-runs/"
RESULT = {"chunks": [{"start": 0, "jensen_shannon": 0.12345678901234567}, {"start": 5_000, "jensen_shannon": 1 / 3}]}


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
def version(engineer: User, team: Team) -> ModelVersion:
    return make_version(engineer, team)


@pytest.fixture
def table(engineer: User, team: Team) -> DatasetVersion:
    return make_data(engineer, team, [{"x": n, "p": n / 7} for n in range(5)], "table.csv")


def _start(by: User, version: ModelVersion, table: DatasetVersion) -> DriftRun:
    return drift_start(by=by, version=version, reference=table, analysis=table, config={"chunk_size": 2})


def test_a_measurement_is_started(client: APIClient, version: ModelVersion, table: DatasetVersion) -> None:
    body = {"version": version.pk, "reference": table.pk, "analysis": table.pk, "note": "car loans"}
    answer = client.post(DRIFT, body | {"config": {"chunk_size": 5_000}})
    assert answer.status_code == 202, answer.content
    run = answer.json()
    assert (run["state"], run["is_own_traffic"], run["note"]) == ("queued", False, "car loans")
    shown = client.get(f"{DRIFT}{run['id']}/").json()
    assert shown["config"] == {"chunk_size": 5_000}
    assert AuditEntry.objects.get(action="drift.start").data["reference"] == table.digest


def test_every_value_is_kept_as_it_was_measured(
    client: APIClient, engineer: User, version: ModelVersion, table: DatasetVersion
) -> None:
    run = _start(engineer, version, table)
    drift_finish(run=claim(run), result=RESULT)
    assert client.get(f"{DRIFT}{run.pk}/").json()["result"] == RESULT
    assert AuditEntry.objects.get(action="drift.finish").data["result_digest"] == digest_of(RESULT)
    assert list(drifts_of(version)) == [run]


def test_drift_is_measured_on_tables(
    client: APIClient, engineer: User, team: Team, version: ModelVersion, table: DatasetVersion
) -> None:
    lines = make_data(engineer, team)
    for reference, analysis in ((lines, table), (table, lines)):
        body = {"version": version.pk, "reference": reference.pk, "analysis": analysis.pk, "config": {}}
        answer = client.post(DRIFT, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "drift.format")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"config": {"chunksize": 1}}, 422),
        ({"config": "x"}, 400),
        ({"config": None}, 400),
        ({"reference": 999_999}, 404),
        ({"is_own_traffic": "perhaps"}, 400),
        ({"note": "x" * 2_001}, 400),
    ],
)
def test_wrong_input_is_refused(
    client: APIClient, version: ModelVersion, table: DatasetVersion, change: dict[str, Any], status: int
) -> None:
    body = {"version": version.pk, "reference": table.pk, "analysis": table.pk, "config": {}}
    assert client.post(DRIFT, body | change).status_code == status
    assert not DriftRun.objects.exists()


def test_the_list_leaves_out_results_and_costs_the_same(
    client: APIClient, engineer: User, version: ModelVersion, table: DatasetVersion, django_assert_max_num_queries: Any
) -> None:
    drift_finish(run=claim(_start(engineer, version, table)), result=RESULT)
    (listed,) = client.get(f"{DRIFT}?version={version.pk}&is_own_traffic=false").json()["results"]
    assert "result" not in listed
    costs = []
    for _ in range(2):
        with django_assert_max_num_queries(5) as captured:
            client.get(DRIFT)
        costs.append(len(captured))
        for _ in range(3):
            _start(engineer, version, table)
    assert costs[0] == costs[1]
