"""The pages of models: registering, importing, tuning, the moves of a version, and lists of any length."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.core.form_fields import MOST_CHOICES
from apps.registry.models import ImportRun, ModelVersion, RegisteredModel, TuningRun
from apps.registry.rules import CANDIDATE, RETIRED
from tests.makers import make_browser, make_data, make_model, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def bare_versions(people: People, model: RegisteredModel, count: int, **more: Any) -> list[ModelVersion]:
    """Rows without files, quickly."""
    return ModelVersion.objects.bulk_create(
        ModelVersion(model=model, team=people.team, number=number, created_by=people.olga, **more)
        for number in range(1, count + 1)
    )


def test_a_model_is_registered_by_those_who_may(people: People, olga: Client) -> None:
    data = {"team": people.team.pk, "name": "Desk model", "intended_purpose": "Answers the desk"}
    url = reverse("registry:model-create")
    answer = olga.post(url, data)
    model = RegisteredModel.objects.get()
    assert answer.url == reverse("registry:model-detail", args=[model.pk])
    assert "Answers the desk" in olga.get(answer.url).text
    assert olga.post(url, data).status_code == 422, "the name is taken"
    assert make_browser(people.rui).post(url, data).status_code == 403
    assert url not in make_browser(people.rui).get(reverse("registry:model-list")).text


@pytest.mark.parametrize("place", ["model-detail", "version-import"])
def test_an_outsider_finds_no_model(people: People, place: str) -> None:
    model = make_model(people.olga, people.team)
    client = make_browser(people.xena)
    assert client.get(reverse(f"registry:{place}", args=[model.pk])).status_code == 404
    assert model.name not in client.get(reverse("registry:model-list")).text


def test_an_import_becomes_a_run(people: People, olga: Client) -> None:
    model, data = make_model(people.olga, people.team), make_data(people.olga, people.team)
    url = reverse("registry:version-import", args=[model.pk])
    answer = olga.post(url, {"source": "organisation/model", "licence": "", "trained_on": [data.pk]})
    run = ImportRun.objects.get()
    assert answer.url == reverse("portal:run-detail", args=["import", run.pk])
    assert run.version.lineage.get().dataset_version == data
    assert olga.post(url, {"source": ""}).status_code == 422
    assert make_browser(people.rui).get(url).status_code == 403


def test_data_of_others_is_not_to_be_named(people: People, olga: Client) -> None:
    model, theirs = make_model(people.olga, people.team), make_data(people.xena, people.other_team)
    url = reverse("registry:version-import", args=[model.pk])
    assert str(theirs) not in olga.get(url).text
    assert olga.post(url, {"source": "a/b", "trained_on": [theirs.pk]}).status_code == 422
    assert not ImportRun.objects.exists()


def test_tuning_starts_with_the_settings_that_were_given(people: People, olga: Client) -> None:
    base, data = make_version(people.olga, people.team), make_data(people.olga, people.team)
    url = reverse("registry:tuning-start")
    page = olga.get(url, {"base": base.pk}).text
    assert f'<option value="{base.pk}" selected>' in page and f'<option value="{base.model_id}" selected>' in page
    given = {"base_version": base.pk, "dataset_version": data.pk, "output_model": base.model_id}
    answer = olga.post(url, given | {"rank": "8", "prompt_column": "prompt", "epochs": ""})
    run = TuningRun.objects.get()
    assert answer.url == reverse("portal:run-detail", args=["tuning", run.pk])
    assert run.config == {"rank": 8, "prompt_column": "prompt"}, "what was left empty keeps its default"


@pytest.mark.parametrize("wrong", [{"rank": "0"}, {"held_out_fraction": "2"}, {"seed": "x"}, {"base_version": "999"}])
def test_tuning_says_what_is_wrong_beside_the_field(people: People, olga: Client, wrong: dict[str, str]) -> None:
    base, data = make_version(people.olga, people.team), make_data(people.olga, people.team)
    given = {"base_version": base.pk, "dataset_version": data.pk, "output_model": base.model_id} | wrong
    answer = olga.post(reverse("registry:tuning-start"), given)
    assert answer.status_code == 422 and "field-error" in answer.text and not TuningRun.objects.exists()


def test_tuning_is_for_those_who_may_and_of_what_they_see(people: People, olga: Client) -> None:
    url = reverse("registry:tuning-start")
    assert make_browser(people.rui).get(url).status_code == 403
    theirs = make_version(people.xena, people.other_team)
    assert str(theirs) not in olga.get(url, {"base": theirs.pk}).text
    for odd in ("x", "-1", "9" * 40, "²", "\0"):
        assert olga.get(url, {"base": odd, "model": odd, "dataset": odd}).status_code == 200


def test_a_long_table_offers_its_newest_rows_and_accepts_every_row(people: People, olga: Client) -> None:
    model = make_model(people.olga, people.team)
    versions = bare_versions(people, model, MOST_CHOICES + 20, manifest_digest="a" * 64)
    oldest, url = versions[0], reverse("registry:tuning-start")
    assert str(oldest) + "<" not in olga.get(url).text and str(versions[-1]) + "<" in olga.get(url).text
    assert f'<option value="{oldest.pk}" selected>' in olga.get(url, {"base": oldest.pk}).text
    data = make_data(people.olga, people.team)
    given = {"base_version": oldest.pk, "dataset_version": data.pk, "output_model": model.pk}
    assert olga.post(url, given).status_code == 302


def test_a_version_is_proposed_and_retired_with_a_reason(people: People, olga: Client) -> None:
    version = make_version(people.olga, people.team)
    propose, retire = (reverse(f"registry:version-{name}", args=[version.pk]) for name in ("propose", "retire"))
    assert make_browser(people.xena).post(propose).status_code == 404
    assert make_browser(people.rui).post(propose).status_code == 403
    assert olga.get(propose).status_code == 405
    assert olga.post(propose).url == reverse("portal:version-detail", args=[version.pk])
    version.refresh_from_db()
    assert version.stage == CANDIDATE
    assert olga.post(retire, {"reason": "old"}).status_code == 403, "an engineer does not retire"
    rui = make_browser(people.rui)
    assert rui.post(retire, {"reason": " "}).status_code == 422
    assert rui.post(retire, {"reason": "Superseded"}).status_code == 302
    version.refresh_from_db()
    assert version.stage == RETIRED
    assert AuditEntry.objects.get(action="version.retire").reason == "Superseded"


def test_the_lists_cost_the_same_with_one_row_and_with_thirty(people: People, olga: Client) -> None:
    version = make_version(people.olga, people.team)
    of_list, of_one = reverse("registry:model-list"), reverse("registry:model-detail", args=[version.model_id])
    few = queries_of(olga, of_list), queries_of(olga, of_one)
    for _ in range(30):
        make_model(people.olga, people.team)
        make_version(people.olga, people.team, model=version.model)
    assert (queries_of(olga, of_list), queries_of(olga, of_one)) == few
    assert max(few) <= 11


def test_a_model_of_thousands_of_versions_is_counted_no_further_than_needed(people: People, olga: Client) -> None:
    model = make_model(people.olga, people.team)
    bare_versions(people, model, 1_500)
    url = reverse("registry:model-detail", args=[model.pk])
    page = olga.get(url).text
    assert "of more than 1,000 versions" in page and "Version 1500" in page
    assert "Version 1<" in olga.get(url, {"sort": "number"}).text
    assert "No version is in this stage" in olga.get(url, {"stage": "approved"}).text
    assert len(b"".join(olga.get(url, {"format": "csv"}).streaming_content).splitlines()) == 1_501


def test_the_list_is_filtered_and_given_as_a_file(people: People, olga: Client) -> None:
    make_model(people.olga, people.team, name="Alpha")
    make_model(people.olga, people.team, name="Beta")
    url = reverse("registry:model-list")
    assert "Beta" not in olga.get(url, {"name": "alpha"}).text
    lines = b"".join(olga.get(url, {"format": "csv", "sort": "-name"}).streaming_content).decode().splitlines()
    assert [line.split(",")[1] for line in lines] == ["name", "Beta", "Alpha"]
