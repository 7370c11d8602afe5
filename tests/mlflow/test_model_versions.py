"""Every call about versions of models that MLflow's client can make, made by that client."""

import time

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

from apps.audit.models import AuditEntry  # noqa: E402
from apps.registry.models import ModelVersion, RegisteredModel  # noqa: E402
from tests.makers import make_approved, make_deployment, make_person, make_version  # noqa: E402
from tests.people import People  # noqa: E402

ELSEWHERE = "s3://bucket/model"


@pytest.fixture
def client(people: People, speak_as) -> MlflowClient:
    client = speak_as(people.olga)
    client.create_registered_model("scoring")
    return client


def refused(call, *args, **kwargs) -> tuple[str, str]:
    """The error word and the sentence of a call that must be refused."""
    with pytest.raises(MlflowException) as raised:
        call(*args, **kwargs)
    return raised.value.error_code, raised.value.message


def test_create_and_get(client: MlflowClient, people: People) -> None:
    made = client.create_model_version(
        "scoring", ELSEWHERE, tags={"größe": "süß"}, description="erste", run_link="https://example.org/run"
    )
    found = client.get_model_version("scoring", "1")
    for version in (made, found):
        assert (version.name, version.version, version.current_stage) == ("scoring", "1", "None")
        assert (version.source, version.run_id, version.status) == (ELSEWHERE, "", "READY")
        assert (version.description, version.tags, version.run_link) == (
            "erste",
            {"größe": "süß"},
            "https://example.org/run",
        )
        assert version.creation_timestamp > 1_700_000_000_000
    kept = ModelVersion.objects.get()
    assert (kept.created_by, kept.team, kept.stage, kept.manifest_digest) == (people.olga, people.team, "draft", "")
    assert AuditEntry.objects.filter(action="version.create", object_id=str(kept.pk)).count() == 1
    assert client.create_model_version("scoring", ELSEWHERE).version == "2"
    assert client.get_latest_versions("scoring")[0].version == "2"


@pytest.mark.parametrize(
    "source",
    ["/etc/passwd", "file:///etc/passwd", "./model", "model", "C:\\model", "mlflow-artifacts:/../../etc", "runs:/x/y"]
    + ["models:/m-" + "0" * 32, "runs:/" + "0" * 32 + "/model", "models:/nothing/1", "", "s3://" + "x" * 500],
)
def test_sources_that_nobody_else_could_fetch_are_refused(client: MlflowClient, source: str) -> None:
    word, _ = refused(client.create_model_version, "scoring", source)
    assert word in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST")
    assert not ModelVersion.objects.exists()


def test_what_is_not_there(client: MlflowClient) -> None:
    for call, args in (
        (client.create_model_version, ["nope", ELSEWHERE]),
        (client.get_model_version, ["scoring", "7"]),
        (client.get_model_version, ["scoring", "99999999999"]),
        (client.update_model_version, ["scoring", "7", "text"]),
        (client.delete_model_version, ["scoring", "7"]),
        (client.set_model_version_tag, ["scoring", "7", "k", "v"]),
        (client.get_model_version_download_uri, ["scoring", "7"]),
    ):
        assert refused(call, *args)[0] == "RESOURCE_DOES_NOT_EXIST", call
    assert refused(client.get_model_version, "scoring", "seven")[0] == "INVALID_PARAMETER_VALUE"


def test_update_and_tags(client: MlflowClient) -> None:
    client.create_model_version("scoring", ELSEWHERE, description="first")
    assert client.update_model_version("scoring", "1", "second").description == "second"
    client.set_model_version_tag("scoring", "1", "task", "chat")
    client.set_model_version_tag("scoring", "1", "task", "search")
    client.set_model_version_tag("scoring", "1", "long", "x" * 100_000)
    assert client.get_model_version("scoring", "1").tags == {"task": "search", "long": "x" * 100_000}
    client.delete_model_version_tag("scoring", "1", "long")
    client.delete_model_version_tag("scoring", "1", "long")
    assert client.get_model_version("scoring", "1").tags == {"task": "search"}
    assert refused(client.set_model_version_tag, "scoring", "1", "k", "x" * 100_001)[0] == "INVALID_PARAMETER_VALUE"


def test_a_deleted_version_takes_its_aliases_along_and_its_number_is_not_used_again(client: MlflowClient) -> None:
    for _ in range(2):
        client.create_model_version("scoring", ELSEWHERE)
    client.set_registered_model_alias("scoring", "blue", "2")
    client.delete_model_version("scoring", "2")
    assert client.get_registered_model("scoring").aliases == {}
    assert refused(client.get_model_version, "scoring", "2")[0] == "RESOURCE_DOES_NOT_EXIST"
    assert client.get_latest_versions("scoring")[0].version == "1"
    assert client.create_model_version("scoring", ELSEWHERE).version == "3"
    kept = ModelVersion.objects.get(number=2)
    assert kept.deleted_at is not None
    assert RegisteredModel.objects.get().alias_moves.count() == 2


def test_search(client: MlflowClient) -> None:
    client.create_registered_model("other")
    for number in range(1, 6):
        client.create_model_version("scoring", f"s3://bucket/{number}", tags={"parity": str(number % 2)})
    client.create_model_version("other", ELSEWHERE)

    def found(text: str, **more: object) -> list[str]:
        return [f"{one.name} {one.version}" for one in client.search_model_versions(text, **more)]

    assert found("name = 'other'") == ["other 1"]
    assert found("name = 'scoring'") == [f"scoring {number}" for number in (5, 4, 3, 2, 1)]
    assert found("name = 'scoring'", order_by=["version_number ASC"], max_results=2) == ["scoring 1", "scoring 2"]
    assert found("name = 'nothing'") == []
    assert found("name LIKE 'sco%' AND version_number >= 4") == ["scoring 5", "scoring 4"]
    assert found("name IN ('other') ") == ["other 1"]
    assert found("source_path = 's3://bucket/3'") == ["scoring 3"]
    assert found("name = 'scoring' AND tag.parity = '0'") == ["scoring 4", "scoring 2"]
    assert found("tags.parity != '0' AND version_number < 4", order_by=["version_number"]) == ["scoring 1", "scoring 3"]
    assert len(found("")) == 6
    for wrong in ("version_number = 'x'", "colour = 'x'", "name = 'a' AND", "run_id > 3", "metrics.x > 1"):
        assert refused(client.search_model_versions, wrong)[0] == "INVALID_PARAMETER_VALUE", wrong


def test_search_page_by_page(client: MlflowClient) -> None:
    for _ in range(7):
        client.create_model_version("scoring", ELSEWHERE)
    for text in ("name = 'scoring'", ""):
        seen, token = [], None
        while True:
            page = client.search_model_versions(text, max_results=3, page_token=token)
            seen += [version.version for version in page]
            token = page.token
            if not token:
                break
        assert seen == ["7", "6", "5", "4", "3", "2", "1"]


def test_a_tag_with_a_long_value_is_found_by_the_whole_of_it(client: MlflowClient) -> None:
    start = "x" * 150
    for end in ("a", "b"):
        client.create_model_version("scoring", ELSEWHERE, tags={"text": start + end})
    assert [one.version for one in client.search_model_versions(f"tag.text = '{start}b'")] == ["2"]


def test_stages_are_decisions_and_mlflow_reads_them(client: MlflowClient, people: People) -> None:
    client.create_model_version("scoring", ELSEWHERE)
    with pytest.warns(FutureWarning):
        assert client.transition_model_version_stage("scoring", 1, "staging").current_stage == "Staging"
        assert ModelVersion.objects.get().stage == "candidate"
        word, message = refused(client.transition_model_version_stage, "scoring", 1, "Production")
        assert word == "PERMISSION_DENIED"
        assert "sign-off" in message and "checklist" in message
        assert refused(client.transition_model_version_stage, "scoring", 1, "None")[0] == "PERMISSION_DENIED"
        assert refused(client.transition_model_version_stage, "scoring", 1, "Great")[0] == "INVALID_PARAMETER_VALUE"
        assert refused(client.transition_model_version_stage, "scoring", 1, "Archived")[0] == "PERMISSION_DENIED"
    assert ModelVersion.objects.get().stage == "candidate"


def test_whoever_may_retire_a_version_may_archive_it(client: MlflowClient, people: People, speak_as) -> None:
    client.create_model_version("scoring", ELSEWHERE)
    officer = speak_as(make_person("compliance_officer", team=people.team))
    with pytest.warns(FutureWarning):
        assert officer.transition_model_version_stage("scoring", 1, "Archived").current_stage == "Archived"
    assert AuditEntry.objects.get(action="version.retire").reason


def test_an_approved_version_is_told_as_production(people: People, speak_as) -> None:
    approved = make_approved(people.team, by=people.olga, approver=people.rui)
    client = speak_as(people.olga)
    name = approved.model.name
    assert client.get_model_version(name, str(approved.number)).current_stage == "Production"
    with pytest.warns(FutureWarning):
        latest = client.get_latest_versions(name, stages=["Production"])
    assert [one.version for one in latest] == [str(approved.number)]


def test_a_protected_alias_refuses_the_unmodified_client_until_the_version_is_approved(
    people: People, speak_as
) -> None:
    draft = make_version(people.olga, people.team)
    name = draft.model.name
    client = speak_as(people.olga)
    for alias in ("champion", "production"):
        word, message = refused(client.set_registered_model_alias, name, alias, "1")
        assert word == "PERMISSION_DENIED"
        assert "not approved" in message and f"/{draft.pk}/" in message
    assert client.get_registered_model(name).aliases == {}
    client.set_registered_model_alias(name, "challenger", "1")
    approved = make_approved(people.team, by=people.olga, approver=people.rui)
    client.set_registered_model_alias(approved.model.name, "champion", str(approved.number))
    assert client.get_registered_model(approved.model.name).aliases == {"champion": str(approved.number)}


def test_what_is_in_use_is_not_deleted(people: People, speak_as) -> None:
    approved = make_approved(people.team, by=people.olga, approver=people.rui)
    name, number = approved.model.name, str(approved.number)
    client = speak_as(people.olga)
    client.set_registered_model_alias(name, "champion", number)
    assert refused(client.delete_model_version, name, number)[0] == "RESOURCE_CONFLICT"
    assert refused(client.delete_registered_model, name)[0] == "RESOURCE_CONFLICT"
    client.delete_registered_model_alias(name, "champion")
    deployment = make_deployment(people.olga, approved)
    word, message = refused(client.delete_model_version, name, number)
    assert (word, deployment.name in message) == ("RESOURCE_CONFLICT", True)
    assert refused(client.delete_registered_model, name)[0] == "RESOURCE_CONFLICT"
    assert ModelVersion.objects.get(pk=approved.pk).deleted_at is None


def test_an_outsider_and_an_auditor(client: MlflowClient, people: People, speak_as) -> None:
    client.create_model_version("scoring", ELSEWHERE)
    auditor = speak_as(make_person("auditor", team=people.team))
    assert auditor.get_model_version("scoring", "1").version == "1"
    assert refused(auditor.create_model_version, "scoring", ELSEWHERE)[0] == "PERMISSION_DENIED"
    assert refused(auditor.delete_model_version, "scoring", "1")[0] == "PERMISSION_DENIED"
    assert refused(auditor.set_registered_model_alias, "scoring", "blue", "1")[0] == "PERMISSION_DENIED"
    outsider = speak_as(people.xena)
    assert refused(outsider.get_model_version, "scoring", "1")[0] == "RESOURCE_DOES_NOT_EXIST"
    assert outsider.search_model_versions("name = 'scoring'") == []


def test_the_last_change_is_told_in_milliseconds(client: MlflowClient) -> None:
    client.create_model_version("scoring", ELSEWHERE)
    before = time.time() * 1000
    client.update_model_version("scoring", "1", "changed")
    version = client.get_model_version("scoring", "1")
    assert version.creation_timestamp <= before <= version.last_updated_timestamp + 1 < before + 60_000


def test_a_run_and_its_files_become_a_version_without_a_copy(client: MlflowClient, people: People) -> None:
    run = client.create_run(client.create_experiment("tries"))
    key = run.info.run_id
    client.log_text(key, "{}", "model/config.json")
    client.log_text(key, "weights", "model/deep/model.safetensors")
    client.log_text(key, "other", "elsewhere.txt")
    made = client.create_model_version("scoring", f"runs:/{key}/model", run_id=key)
    assert made.run_id == key
    kept = ModelVersion.objects.get()
    assert sorted(kept.files.values_list("path", flat=True)) == ["config.json", "deep/model.safetensors"]
    assert (kept.tracking_run.uuid, bool(kept.manifest_digest), kept.held_files) == (key, True, 0)
    assert client.get_model_version_download_uri("scoring", "1") == f"mlflow-artifacts:/registered/{kept.model_id}/1"
    assert [one.version for one in client.search_model_versions(f"run_id = '{key}'")] == ["1"]
    copied = client.copy_model_version("models:/scoring/1", "copied")
    assert copied.source == "models:/scoring/1"
    assert ModelVersion.objects.get(model__name="copied").manifest_digest == kept.manifest_digest
    word, _ = refused(client.create_model_version, "scoring", f"runs:/{key}/model", run_id="0" * 32)
    assert word == "INVALID_PARAMETER_VALUE"
