"""Every call about registered models that MLflow's client can make, made by that client."""

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

from apps.accounts.rules import READ  # noqa: E402
from apps.audit.models import AuditEntry  # noqa: E402
from apps.registry.models import RegisteredModel  # noqa: E402
from tests.makers import make_person, make_team  # noqa: E402
from tests.people import People  # noqa: E402

ELSEWHERE = "s3://bucket/model"


@pytest.fixture
def client(people: People, speak_as) -> MlflowClient:
    return speak_as(people.olga)


def refused(call, *args, **kwargs) -> str:
    """The error word of a call that must be refused."""
    with pytest.raises(MlflowException) as raised:
        call(*args, **kwargs)
    return raised.value.error_code


def test_create_and_get(client: MlflowClient, people: People) -> None:
    made = client.create_registered_model("scoring", tags={"task": "chat", "größe": "süß"}, description="Für alle")
    assert (made.name, made.description, made.tags) == ("scoring", "Für alle", {"task": "chat", "größe": "süß"})
    found = client.get_registered_model("scoring")
    assert found.creation_timestamp == made.creation_timestamp > 1_700_000_000_000
    assert (found.description, found.tags, found.aliases, found.latest_versions) == (
        "Für alle",
        {"task": "chat", "größe": "süß"},
        {},
        [],
    )
    model = RegisteredModel.objects.get()
    assert (model.team, model.created_by, model.is_prompt) == (people.team, people.olga, False)
    assert AuditEntry.objects.filter(action="model.create", object_id=str(model.pk)).count() == 1


@pytest.mark.parametrize("name", ["日本語モデル", "a b", "ünï-cödé", "x" * 256, "'quoted\" %name"])
def test_names_of_all_kinds_come_back_as_they_were(client: MlflowClient, name: str) -> None:
    client.create_registered_model(name)
    assert client.get_registered_model(name).name == name


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "x" * 257, "."])
def test_names_that_would_break_addresses_are_refused(client: MlflowClient, name: str) -> None:
    assert refused(client.create_registered_model, name) == "INVALID_PARAMETER_VALUE"
    assert not RegisteredModel.objects.exists()


def test_a_name_is_taken_once(client: MlflowClient) -> None:
    client.create_registered_model("scoring")
    assert refused(client.create_registered_model, "scoring") == "RESOURCE_ALREADY_EXISTS"


def test_what_is_not_there(client: MlflowClient) -> None:
    for call, args in (
        (client.get_registered_model, ["nope"]),
        (client.update_registered_model, ["nope", "text"]),
        (client.rename_registered_model, ["nope", "other"]),
        (client.delete_registered_model, ["nope"]),
        (client.set_registered_model_tag, ["nope", "k", "v"]),
        (client.get_model_version_by_alias, ["nope", "blue"]),
    ):
        assert refused(call, *args) == "RESOURCE_DOES_NOT_EXIST", call


def test_rename_and_update(client: MlflowClient) -> None:
    client.create_registered_model("scoring")
    client.create_registered_model("taken")
    client.create_model_version("scoring", ELSEWHERE)
    before = client.get_registered_model("scoring").last_updated_timestamp
    assert client.update_registered_model("scoring", "what it does").description == "what it does"
    client.rename_registered_model("scoring", "ranking")  # the client returns nothing, whatever it is told
    assert refused(client.rename_registered_model, "ranking", "taken") == "RESOURCE_ALREADY_EXISTS"
    found = client.get_registered_model("ranking")
    assert (found.description, found.latest_versions[0].name) == ("what it does", "ranking")
    assert found.last_updated_timestamp > before
    assert refused(client.get_registered_model, "scoring") == "RESOURCE_DOES_NOT_EXIST"
    actions = list(AuditEntry.objects.filter(action__startswith="model.").values_list("action", flat=True))
    assert {"model.word", "model.rename"} <= set(actions)


def test_delete_frees_the_name_and_erases_nothing(client: MlflowClient) -> None:
    client.create_registered_model("scoring")
    client.create_model_version("scoring", ELSEWHERE)
    client.set_registered_model_alias("scoring", "blue", "1")
    client.delete_registered_model("scoring")
    assert refused(client.get_registered_model, "scoring") == "RESOURCE_DOES_NOT_EXIST"
    assert refused(client.get_model_version, "scoring", "1") == "RESOURCE_DOES_NOT_EXIST"
    assert client.search_model_versions("name = 'scoring'") == []
    client.create_registered_model("scoring")
    assert client.get_registered_model("scoring").latest_versions == []
    old = RegisteredModel.objects.get(deleted_at__isnull=False)
    assert (old.versions.count(), old.alias_moves.count()) == (1, 2)


def test_tags(client: MlflowClient) -> None:
    client.create_registered_model("scoring")
    client.set_registered_model_tag("scoring", "task", "chat")
    client.set_registered_model_tag("scoring", "task", "search")
    client.set_registered_model_tag("scoring", "long", "x" * 100_000)
    assert client.get_registered_model("scoring").tags == {"task": "search", "long": "x" * 100_000}
    client.delete_registered_model_tag("scoring", "task")
    client.delete_registered_model_tag("scoring", "task")
    assert set(client.get_registered_model("scoring").tags) == {"long"}
    assert refused(client.set_registered_model_tag, "scoring", "more", "x" * 100_001) == "INVALID_PARAMETER_VALUE"
    assert refused(client.set_registered_model_tag, "scoring", "k" * 251, "x") == "INVALID_PARAMETER_VALUE"


def test_ten_thousand_tags(client: MlflowClient) -> None:
    tags = {f"key {number}": str(number) for number in range(10_000)}
    client.create_registered_model("scoring", tags=tags)
    assert client.get_registered_model("scoring").tags == tags


def test_aliases(client: MlflowClient) -> None:
    client.create_registered_model("scoring")
    for _ in range(2):
        client.create_model_version("scoring", ELSEWHERE)
    client.set_registered_model_alias("scoring", "blue", "1")
    client.set_registered_model_alias("scoring", "green", "2")
    client.set_registered_model_alias("scoring", "blue", "2")
    assert client.get_registered_model("scoring").aliases == {"blue": "2", "green": "2"}
    assert client.get_model_version_by_alias("scoring", "blue").version == "2"
    assert client.get_model_version("scoring", "2").aliases == ["blue", "green"]
    client.delete_registered_model_alias("scoring", "blue")
    client.delete_registered_model_alias("scoring", "blue")
    with pytest.raises(MlflowException, match="Registered model alias blue not found") as raised:
        client.get_model_version_by_alias("scoring", "blue")
    assert (raised.value.error_code, raised.value.get_http_status_code()) == ("INVALID_PARAMETER_VALUE", 400)
    assert refused(client.set_registered_model_alias, "scoring", "blue", "9") == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize("alias", ["latest", "Latest", "v1", "V22", "a b", "a/b", "x" * 256])
def test_reserved_and_impossible_aliases(client: MlflowClient, alias: str) -> None:
    client.create_registered_model("scoring")
    client.create_model_version("scoring", ELSEWHERE)
    assert refused(client.set_registered_model_alias, "scoring", alias, "1") == "INVALID_PARAMETER_VALUE"


def test_search(client: MlflowClient) -> None:
    for name in ("beta", "alpha", "gamma", "Alpine"):
        client.create_registered_model(name, tags={"letter": name[0]})
    client.create_model_version("beta", ELSEWHERE)
    client.set_registered_model_alias("beta", "blue", "1")

    def names(text: str = "", **more: object) -> list[str]:
        return [model.name for model in client.search_registered_models(text, **more)]

    assert sorted(names()) == ["Alpine", "alpha", "beta", "gamma"]
    assert names("name = 'beta'") == ["beta"]
    assert sorted(names("name LIKE 'al%'")) == ["alpha"]
    assert sorted(names("name ILIKE 'al%'")) == ["Alpine", "alpha"]
    assert sorted(names("name IN ('beta', 'gamma')")) == ["beta", "gamma"]
    assert names("tag.letter = 'g'") == ["gamma"]
    assert sorted(names("tags.letter != 'g' AND name LIKE '%a'")) == ["alpha", "beta"]
    assert names(order_by=["last_updated_timestamp DESC"])[0] == "beta"
    assert names("name LIKE '%a'", order_by=["name DESC"]) == ["gamma", "beta", "alpha"]
    found = client.search_registered_models("name = 'beta'")[0]
    assert (found.aliases, found.latest_versions[0].version) == ({"blue": "1"}, "1")
    for wrong in ("name <> 'x'", "nme = 'x'", "name = 'x' OR name = 'y'", "tag.a > 3", "'"):
        assert refused(client.search_registered_models, wrong) == "INVALID_PARAMETER_VALUE", wrong
    assert refused(client.search_registered_models, order_by=["colour"]) == "INVALID_PARAMETER_VALUE"
    assert refused(client.search_registered_models, max_results=1001) == "INVALID_PARAMETER_VALUE"
    assert refused(client.search_registered_models, page_token="nonsense") == "INVALID_PARAMETER_VALUE"


def test_search_page_by_page(client: MlflowClient) -> None:
    for number in range(7):
        client.create_registered_model(f"model {number}")
    seen, token = [], None
    while True:
        page = client.search_registered_models(max_results=3, page_token=token)
        seen += [model.name for model in page]
        token = page.token
        if not token:
            break
    assert seen == [f"model {number}" for number in range(7)]


def test_another_team_sees_nothing_and_may_use_the_same_name(people: People, speak_as) -> None:
    speak_as(people.olga).create_registered_model("scoring", description="ours")
    client = speak_as(people.xena)
    assert refused(client.get_registered_model, "scoring") == "RESOURCE_DOES_NOT_EXIST"
    assert client.search_registered_models() == []
    client.create_registered_model("scoring", description="theirs")
    assert speak_as(people.olga).get_registered_model("scoring").description == "ours"


def test_an_auditor_reads_and_writes_nothing(people: People, speak_as) -> None:
    speak_as(people.olga).create_registered_model("scoring")
    client = speak_as(make_person("auditor", team=people.team))
    assert client.get_registered_model("scoring").name == "scoring"
    assert refused(client.create_registered_model, "more") == "PERMISSION_DENIED"
    assert refused(client.set_registered_model_tag, "scoring", "k", "v") == "PERMISSION_DENIED"
    assert refused(client.delete_registered_model, "scoring") == "PERMISSION_DENIED"


def test_a_reading_token_writes_nothing(people: People, speak_as) -> None:
    client = speak_as(people.olga, scope=READ)
    assert client.search_registered_models() == []
    assert refused(client.create_registered_model, "scoring") == "PERMISSION_DENIED"


def test_basic_authentication_and_the_address_of_a_team(people: People, speak_as) -> None:
    client = speak_as(people.olga, team=people.team.slug, password=True)
    client.create_registered_model("scoring")
    assert RegisteredModel.objects.get().team == people.team


def test_a_workspace_is_a_team(people: People, speak_as) -> None:
    from apps.accounts.services import role_grant
    from apps.audit.services import SYSTEM

    third = make_team("Third desk")
    role_grant(by=SYSTEM, user=people.olga, team=third, role="engineer")
    client = speak_as(people.olga)
    assert refused(client.create_registered_model, "scoring") == "INVALID_PARAMETER_VALUE"
    mlflow.set_workspace(third.slug)
    try:
        client.create_registered_model("scoring")
    finally:
        mlflow.set_workspace(None)
    assert RegisteredModel.objects.get().team == third


def test_without_a_token_the_client_is_told_so(live_server, transactional_db, monkeypatch) -> None:
    for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    client = MlflowClient(live_server.url, live_server.url)
    assert refused(client.get_registered_model, "scoring") == "UNAUTHENTICATED"
