"""What a model is meant for, and the terms that its versions inherit, in the API and on pages."""

from typing import Any

import pytest
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid
from apps.registry.models import ModelVersion
from apps.registry.services import model_create, model_describe
from tests.makers import make_browser, make_client, make_data, make_person, make_tuned, make_version
from tests.people import People, make_people

API = "/api/v1/"


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    """Trained on data that forbids commercial use."""
    data = make_data(people.olga, people.team, licence="CC-BY-NC-4.0")
    return make_version(people.olga, people.team, trained_on=[data], licence="Apache-2.0")


def test_uses_are_codes_of_the_list_in_its_order(people: People) -> None:
    model = model_create(
        by=people.olga, team=people.team, name="Desk", intended_uses=["redistribute_weights", "commercial_use"]
    )
    assert model.intended_uses == ["commercial_use", "redistribute_weights"]
    with pytest.raises(Invalid, match="no intended use “world_peace”"):
        model_create(by=people.olga, team=people.team, name="Other", intended_uses=["world_peace"])
    with pytest.raises(Invalid, match="Say why"):
        model_describe(by=people.olga, model=model, intended_uses=[], reason=" ")


def test_the_api_explains_the_codes_and_changes_them_with_a_reason(people: People, version: ModelVersion) -> None:
    client = make_client(people.olga)
    codes = {one["code"]: one for one in client.get(f"{API}intended-uses/").json()}
    assert codes["commercial_use"]["explains"] and codes["commercial_use"]["term"] == "commercial_use"
    url = f"{API}models/{version.model_id}/describe/"
    body = {"intended_uses": ["commercial_use"], "reason": "It is sold"}
    told = client.post(url, body, format="json").json()
    assert told["intended_uses"] == ["commercial_use"]
    entry = AuditEntry.objects.get(action="model.describe")
    assert (entry.reason, entry.data) == ("It is sold", {"before": [], "after": ["commercial_use"]})
    assert client.post(url, body | {"intended_uses": ["world_peace"]}, format="json").status_code == 400
    assert client.post(url, {"intended_uses": []}, format="json").status_code == 400
    assert make_client(people.xena).post(url, body, format="json").status_code == 404
    assert make_client(people.rui).post(url, body, format="json").status_code == 403


def test_the_terms_of_a_version_are_told_with_their_chains(people: People, version: ModelVersion) -> None:
    model_describe(by=people.olga, model=version.model, intended_uses=["commercial_use"], reason="It is sold")
    url = f"{API}model-versions/{version.pk}/licence/"
    found = make_client(people.rui).get(url).json()
    (conflict,) = found["conflicts"]
    data = version.lineage.get().dataset_version
    assert conflict["sentence"] == f"{version}, trained on {data}: CC-BY-NC-4.0 forbids commercial use."
    assert found["terms"]["commercial_use"] == "forbidden" and conflict["blocks"]
    assert make_client(people.xena).get(url).status_code == 404


def test_terms_cost_the_same_however_many_generations_of_data(people: People, django_assert_num_queries: Any) -> None:
    from apps.registry.queries import model_licence_verdict

    run = make_tuned(people.olga, people.team)
    tuned = ModelVersion.objects.select_related("model").get(pk=run.output_version_id)
    user = make_person("auditor", team=people.team)
    model_licence_verdict(user, tuned)
    with django_assert_num_queries(4):  # lineage of version and base, derivations, sources
        model_licence_verdict(user, tuned)


def test_the_page_says_what_a_model_is_meant_for(people: People, version: ModelVersion) -> None:
    olga, page = make_browser(people.olga), reverse("registry:model-detail", args=[version.model_id])
    assert "None is on record, so no licence can be held against one." in olga.get(page).content.decode()
    url = reverse("registry:model-describe", args=[version.model_id])
    assert "Commercial use." in olga.get(url).content.decode()
    assert olga.post(url, {"intended_uses": ["commercial_use"], "reason": ""}).status_code == 422
    assert olga.post(url, {"intended_uses": ["commercial_use"], "reason": "It is sold"}).status_code == 302
    assert "serves a business" in olga.get(page).content.decode()
    lineage = reverse("portal:version-tab", args=[version.pk, "lineage"])
    assert "forbids commercial use" in olga.get(lineage).content.decode()
    assert make_browser(people.rui).get(url).status_code == 403
    assert make_browser(people.xena).get(url).status_code == 404
