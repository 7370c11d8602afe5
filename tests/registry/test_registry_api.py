"""Models over the API: registered, imported, moved from stage to stage, tuned, with their lineage."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import AUDITOR, COMPLIANCE, ENGINEER
from apps.accounts.services import access_share
from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Refused
from apps.registry import rules
from apps.registry.models import ImportRun, ModelVersion
from apps.registry.queries import ancestors_of
from apps.registry.services import tuning_finish, tuning_start, version_approve, version_import
from tests.makers import (
    FACTS,
    claim,
    make_approved,
    make_client,
    make_data,
    make_folder,
    make_model,
    make_person,
    make_team,
    make_tuned,
    make_version,
)

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(engineer: User) -> APIClient:
    return make_client(engineer)


def test_a_model_is_registered_once(client: APIClient, team: Team) -> None:
    body = {"team": team.pk, "name": "Desk", "intended_purpose": "answers from the handbook"}
    made = client.post(f"{API}models/", body)
    assert (made.status_code, made.json()["intended_purpose"]) == (201, body["intended_purpose"])
    assert client.post(f"{API}models/", body).json()["code"] == "model.exists"
    assert client.post(f"{API}models/", body | {"team": make_team().pk}).status_code == 404


def test_an_import_makes_a_version_that_a_worker_fills(client: APIClient, engineer: User, team: Team) -> None:
    model, data = make_model(engineer, team), make_data(engineer, team)
    body = {"source": "organisation/model", "licence": "apache-2.0", "trained_on": [data.pk]}
    answer = client.post(f"{API}models/{model.pk}/versions/", body)
    assert answer.status_code == 202
    run = answer.json()
    assert (run["kind"], run["state"], run["version"]["label"]) == ("import", "queued", f"{model.name} v1")
    version = client.get(f"{API}model-versions/{run['version']['id']}/").json()
    assert (version["stage"], version["manifest_digest"], version["files"]) == ("draft", "", [])
    assert version["lineage"][0]["dataset_version"]["id"] == data.pk
    assert client.get(run["url"]).status_code == 200


def test_a_filled_version_shows_its_files_and_facts(client: APIClient, engineer: User, team: Team) -> None:
    version = make_version(engineer, team)
    shown = client.get(f"{API}model-versions/{version.pk}/").json()
    assert [file["path"] for file in shown["files"]] == ["config.json", "model.safetensors"]
    files = [(file["path"], file["digest"], file["size"]) for file in shown["files"]]
    assert shown["manifest_digest"] == rules.manifest_digest(files)
    assert shown["size"] == sum(file["size"] for file in shown["files"])
    assert (shown["facts"], shown["parameters"], shown["licence"]) == (FACTS, 1_000_000, "apache-2.0")


def test_the_manifest_digest_does_not_depend_on_the_order() -> None:
    files = [("b", "2", 1), ("a", "1", 1)]
    assert rules.manifest_digest(files) == rules.manifest_digest(reversed(files))
    assert rules.manifest_digest(files) != rules.manifest_digest([("b", "2", 1), ("a", "1", 2)])


@pytest.mark.parametrize("source", ["", "   "])
def test_an_import_needs_a_source(client: APIClient, engineer: User, team: Team, source: str) -> None:
    answer = client.post(f"{API}models/{make_model(engineer, team).pk}/versions/", {"source": source})
    assert answer.status_code == 400
    assert not ImportRun.objects.exists()


def test_an_import_names_only_data_that_is_seen(client: APIClient, engineer: User, team: Team) -> None:
    other = make_team()
    foreign = make_data(make_person(ENGINEER, team=other), other)
    address = f"{API}models/{make_model(engineer, team).pk}/versions/"
    for wrong, status in (([foreign.pk], 404), ([999_999], 404), (["x"], 400), ("1", 400), ([1] * 101, 400)):
        assert client.post(address, {"source": "a/b", "trained_on": wrong}).status_code == status
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize("stage", rules.MOVES)
@pytest.mark.parametrize("to", ["propose", "retire"])
def test_a_stage_changes_only_as_the_table_says(stage: str, to: str, engineer: User, team: Team) -> None:
    version = make_version(engineer, team)
    ModelVersion.objects.filter(pk=version.pk).update(stage=stage)
    client = make_client(make_person(ENGINEER, COMPLIANCE, team=team))
    answer = client.post(f"{API}model-versions/{version.pk}/{to}/", {"reason": "x"} if to == "retire" else None)
    target = {"propose": rules.CANDIDATE, "retire": rules.RETIRED}[to]
    version.refresh_from_db()
    if rules.may_move(stage, target):
        assert (answer.status_code, answer.json()["stage"], version.stage) == (200, target, target)
    else:
        assert (answer.status_code, answer.json()["code"], version.stage) == (409, "version.stage", stage)
        assert answer.json()["remedy"].startswith(f"From {stage} it can become")


def test_no_request_approves_a_version_but_the_sign_off(client: APIClient, engineer: User, team: Team) -> None:
    version = make_version(engineer, team)
    assert client.post(f"{API}model-versions/{version.pk}/approve/", {"reason": "x"}).status_code == 404
    for method in (client.patch, client.put):
        assert method(f"{API}model-versions/{version.pk}/", {"stage": "approved"}).status_code == 405


def test_an_approval_holds_for_the_files_that_were_approved(team: Team) -> None:
    version = make_approved(team)
    assert version.is_deployable
    version.manifest_digest = "0" * 64
    assert not version.is_deployable


def test_retiring_needs_a_reason_that_the_trail_keeps(engineer: User, team: Team) -> None:
    client, version = make_client(make_person(COMPLIANCE, team=team)), make_version(engineer, team)
    assert client.post(f"{API}model-versions/{version.pk}/retire/", {}).status_code == 400
    assert client.post(f"{API}model-versions/{version.pk}/retire/", {"reason": "superseded"}).status_code == 200
    entry = AuditEntry.objects.get(action="version.retire")
    assert (entry.reason, entry.data["from"], entry.data["to"]) == ("superseded", "draft", "retired")


def test_a_tuning_run_makes_a_version_with_its_lineage(client: APIClient, engineer: User, team: Team) -> None:
    body = {
        "base_version": (base := make_version(engineer, team)).pk,
        "dataset_version": (data := make_data(engineer, team)).pk,
        "output_model": make_model(engineer, team).pk,
        "config": {"rank": 8, "seed": 7},
    }
    answer = client.post(f"{API}tuning-runs/", body)
    assert answer.status_code == 202
    shown = client.get(f"{API}tuning-runs/{answer.json()['id']}/").json()
    assert (shown["config"], shown["output_version"]) == (body["config"], None)
    entry = AuditEntry.objects.get(action="tuning.start")
    assert entry.data == {"base": base.manifest_digest, "data": data.digest, "config": body["config"]}
    done = make_tuned(engineer, team)
    shown = client.get(f"{API}tuning-runs/{done.pk}/").json()
    assert (shown["state"], shown["progress"], shown["energy_kwh"]) == ("succeeded", 1.0, 0.25)
    version = client.get(f"{API}model-versions/{done.output_version_id}/").json()
    assert [link["relation"] for link in version["lineage"]] == ["tuned_from", "trained_on", "made_by"]
    assert version["lineage"][0]["base_version"]["id"] == done.base_version_id
    assert version["relation"] == "finetune"


def test_the_lineage_goes_back_to_the_first_base(client: APIClient, engineer: User, team: Team) -> None:
    first = make_tuned(engineer, team)
    second = make_tuned(engineer, team)
    link = second.output_version.lineage.get(relation="tuned_from")
    link.base_version = first.output_version
    link.save()
    graph = client.get(f"{API}model-versions/{second.output_version_id}/lineage/").json()
    assert [item["id"] for item in graph["ancestors"]] == [first.output_version_id, first.base_version_id]
    assert len(graph["links"]) == 3


def test_a_circle_in_the_lineage_does_not_turn_forever(engineer: User, team: Team) -> None:
    tuned = make_tuned(engineer, team)
    tuned.base_version.lineage.create(relation="tuned_from", base_version=tuned.output_version)
    assert ancestors_of(tuned.output_version) == [tuned.base_version]


def test_ancestors_that_are_not_seen_are_not_shown(engineer: User, team: Team) -> None:
    tuned, guest = make_tuned(engineer, team), make_person(AUDITOR, team=make_team())
    administrator = make_person("administrator", team=team)
    access_share(by=administrator, obj=tuned.output_version.model, user=guest)
    graph = make_client(guest).get(f"{API}model-versions/{tuned.output_version_id}/lineage/").json()
    assert graph["ancestors"] == []


def test_tuning_waits_for_the_files_of_its_base(client: APIClient, engineer: User, team: Team) -> None:
    model = make_model(engineer, team)
    empty = version_import(by=engineer, model=model, source="a/b").version
    body = {"base_version": empty.pk, "dataset_version": make_data(engineer, team).pk, "output_model": model.pk}
    answer = client.post(f"{API}tuning-runs/", body)
    assert (answer.status_code, "import" in answer.json()["remedy"]) == (409, True)


def test_tuning_takes_nothing_of_another_team(client: APIClient, engineer: User, team: Team) -> None:
    other = make_team()
    stranger = make_person(ENGINEER, team=other)
    mine = {
        "base_version": make_version(engineer, team).pk,
        "dataset_version": make_data(engineer, team).pk,
        "output_model": make_model(engineer, team).pk,
    }
    theirs = {
        "base_version": make_version(stranger, other).pk,
        "dataset_version": make_data(stranger, other).pk,
        "output_model": make_model(stranger, other).pk,
    }
    for name in mine:
        assert client.post(f"{API}tuning-runs/", mine | {name: theirs[name]}).status_code == 404


def test_numbers_of_versions_follow_each_other(engineer: User, team: Team) -> None:
    model = make_model(engineer, team)
    numbers = [make_version(engineer, team, model=model).number for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_filters_narrow_the_list(client: APIClient, engineer: User, team: Team) -> None:
    draft, approved = make_version(engineer, team), make_approved(team, by=engineer)
    found = client.get(f"{API}model-versions/?stage=approved").json()["results"]
    assert [item["id"] for item in found] == [approved.pk]
    found = client.get(f"{API}model-versions/?model={draft.model_id}&team={team.pk}").json()["results"]
    assert [item["id"] for item in found] == [draft.pk]
    assert client.get(f"{API}model-versions/?manifest_digest={draft.manifest_digest}").json()["results"]


def test_a_late_worker_makes_no_second_version(engineer: User, team: Team) -> None:
    """The result of a claim that is no longer valid is dropped with everything it would have written."""
    run = make_tuned(engineer, team)
    base, data = run.base_version, run.dataset_version
    started = tuning_start(by=engineer, base_version=base, dataset_version=data, output_model=run.output_model)
    held = claim(started)
    type(held).objects.filter(pk=held.pk).update(state="queued")
    before = ModelVersion.objects.count()
    folder = make_folder({"a": b"late"})
    with pytest.raises(Conflict):
        tuning_finish(run=held, folder=folder, held_out=folder / "a", facts=FACTS, result={})
    assert ModelVersion.objects.count() == before


def test_only_an_approver_approves(engineer: User, team: Team) -> None:
    with pytest.raises(Refused):
        version_approve(by=engineer, version=make_version(engineer, team), reason="mine is good")


@pytest.mark.parametrize(
    "listing", ["models/", "model-versions/", "imports/", "tuning-runs/", "models/{model}/versions/"]
)
def test_lists_cost_the_same_however_long(
    listing: str, client: APIClient, engineer: User, team: Team, django_assert_max_num_queries: Any
) -> None:
    address = API + listing.format(model=make_tuned(engineer, team).output_model_id)
    client.get(address)
    costs = []
    for _ in range(2):
        with django_assert_max_num_queries(8) as captured:
            client.get(address)
        costs.append(len(captured))
        for _ in range(3):
            make_tuned(engineer, team)
    assert costs[0] == costs[1]


def test_one_version_costs_few_queries(
    client: APIClient, engineer: User, team: Team, django_assert_max_num_queries: Any
) -> None:
    pk = make_tuned(engineer, team).output_version_id
    client.get(f"{API}me/")
    with django_assert_max_num_queries(10):
        client.get(f"{API}model-versions/{pk}/")
