"""Prompts, which MLflow's client keeps as registered models with texts in their tags."""

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

from mlflow.exceptions import MlflowException  # noqa: E402

from apps.registry.models import RegisteredModel  # noqa: E402
from tests.people import People  # noqa: E402


@pytest.fixture
def client(people: People, speak_as):
    return speak_as(people.olga)


def test_a_prompt_from_its_registration_to_its_use(client) -> None:
    first = mlflow.genai.register_prompt("greeting", "Hello {{name}}!", commit_message="first", tags={"tone": "warm"})
    second = mlflow.genai.register_prompt("greeting", [{"role": "user", "content": "Grüß Gott {{name}}"}])
    assert (first.version, second.version) == (1, 2)
    assert mlflow.genai.load_prompt("prompts:/greeting/1").format(name="Olga") == "Hello Olga!"
    mlflow.genai.set_prompt_alias("greeting", "tested", 2)
    found = mlflow.genai.load_prompt("prompts:/greeting@tested")
    assert (found.version, found.template[0]["content"]) == (2, "Grüß Gott {{name}}")
    mlflow.genai.set_prompt_version_tag("greeting", 1, "checked", "yes")
    assert mlflow.genai.load_prompt("prompts:/greeting/1").tags["checked"] == "yes"
    mlflow.genai.delete_prompt_alias("greeting", "tested")
    with pytest.raises(MlflowException, match="tested"):
        mlflow.genai.load_prompt("prompts:/greeting@tested")
    model = RegisteredModel.objects.get()
    assert (model.is_prompt, model.versions.count()) == (True, 2)


def test_prompts_and_models_are_told_apart(client) -> None:
    mlflow.genai.register_prompt("greeting", "Hello")
    client.create_registered_model("scoring")
    client.create_model_version("scoring", "s3://bucket/model")
    assert [model.name for model in client.search_registered_models()] == ["scoring"]
    assert [prompt.name for prompt in mlflow.genai.search_prompts()] == ["greeting"]
    assert [one.name for one in client.search_model_versions("")] == ["scoring"]
    with pytest.raises(MlflowException) as raised:
        client.create_registered_model("greeting")
    assert raised.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_a_prompt_that_is_too_long_is_refused(client) -> None:
    with pytest.raises(MlflowException) as raised:
        mlflow.genai.register_prompt("long", "x" * 100_001)
    assert raised.value.error_code == "INVALID_PARAMETER_VALUE"
