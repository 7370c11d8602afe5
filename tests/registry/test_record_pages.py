"""The pages of systems, aliases and the facts of versions, as each of the people sees them."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.registry.models import AISystem, AliasMove, ModelAlias, ModelUpload, ModelVersion, SystemVersion
from apps.registry.services import alias_set, model_tag_set, system_create, system_version_add
from apps.tracking.services import experiment_create, logged_model_create
from tests.makers import make_approved, make_browser, make_model, make_person, make_version, queries_of, upload
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_system_from_nothing_to_its_first_version(olga: Client, people: People) -> None:
    listed = reverse("systems:system-list")
    assert "No system yet" in text_of(olga, listed)
    form = reverse("systems:system-create")
    assert 'name="risk_class"' not in text_of(olga, form)
    olga.post(form, {"team": people.team.pk, "name": "Help desk", "intended_purpose": "answers"})
    system = AISystem.objects.get()
    assert system.owner == people.olga and "Help desk" in text_of(olga, listed)
    page = reverse("systems:system-detail", args=[system.pk])
    assert "No version works in it" in text_of(olga, page) and "Not yet classified" in text_of(olga, page)
    version = make_version(people.olga, people.team)
    olga.post(reverse("systems:version-add", args=[system.pk]), {"version": version.pk, "role": "answers"})
    part = SystemVersion.objects.get()
    assert str(version) in text_of(olga, page)
    assert system.name in text_of(olga, reverse("portal:version-detail", args=[version.pk]))
    then = f"{page}?at=2000-01-01T10:00"
    assert "no version on record worked in it" in text_of(olga, then)
    olga.post(reverse("systems:version-end", args=[system.pk, part.pk]), {"reason": "replaced"})
    assert "worked in it before" in text_of(olga, page)


def test_a_compliance_officer_classifies(people: People) -> None:
    system = system_create(by=people.olga, team=people.team, name="Desk")
    officer = make_browser(make_person(COMPLIANCE, team=people.team))
    url = reverse("systems:system-change", args=[system.pk])
    said = {"name": "Desk", "owner": people.olga.pk, "risk_class": "high", "reason": "read Annex III"}
    assert "Say why the system is of this class" in officer.post(url, said).content.decode()
    officer.post(url, said | {"risk_reason": "it sorts applications for work"})
    system.refresh_from_db()
    assert system.risk_class == "high"
    assert "high risk" in text_of(officer, reverse("systems:system-detail", args=[system.pk]))


def test_who_may_only_read_is_shown_no_action(people: People) -> None:
    system = system_create(by=people.olga, team=people.team, name="Desk")
    version = make_version(people.olga, people.team)
    auditor = make_browser(make_person(AUDITOR, team=people.team))
    page = text_of(auditor, reverse("systems:system-detail", args=[system.pk]))
    assert "Change the record" not in page and "Put a version to work" not in page
    aliases = text_of(auditor, reverse("registry:alias-list", args=[version.model_id]))
    assert "Set or move an alias" not in aliases and "Change the list" not in aliases
    facts = text_of(auditor, reverse("portal:version-detail", args=[version.pk]))
    assert "Put the record right" not in facts and "Point an alias at it" not in facts
    assert auditor.get(reverse("registry:version-describe", args=[version.pk])).status_code == 403
    assert auditor.get(reverse("systems:system-create")).status_code == 403


@pytest.mark.parametrize("name", ["systems:system-detail", "systems:system-change", "registry:alias-list"])
def test_an_outsider_finds_nothing(people: People, name: str) -> None:
    system = system_create(by=people.olga, team=people.team, name="Desk")
    model = make_model(people.olga, people.team)
    pk = system.pk if name.startswith("systems") else model.pk
    text_of(make_browser(people.xena), reverse(name, args=[pk]), 404)
    assert "Desk" not in text_of(make_browser(people.xena), reverse("systems:system-list"))


def test_an_alias_is_moved_with_its_reason_and_looked_back_at(olga: Client, people: People) -> None:
    first = make_version(people.olga, people.team)
    second = make_version(people.olga, people.team, model=first.model)
    url = reverse("registry:alias-list", args=[first.model_id])
    assert "No alias yet" in text_of(olga, url)
    olga.post(url, {"name": "trial", "version": first.pk, "reason": "first"})
    olga.post(url, {"name": "trial", "version": second.pk, "reason": "second"})
    assert ModelAlias.objects.get().version == second
    page = text_of(olga, url)
    assert "Version 2" in page and "first" in page and "second" in page
    assert olga.post(url, {"name": "latest", "version": first.pk, "reason": "x"}).status_code == 422
    refused = olga.post(url, {"name": "champion", "version": first.pk, "reason": "x"})
    assert refused.status_code == 422 and "protected alias" in refused.content.decode()
    assert f'<a href="/models/versions/{first.pk}/checklist/">' in refused.content.decode()
    assert "What they meant then" in text_of(olga, f"{url}?at=2099-01-01T00:00")
    assert "no alias of this model pointed" in text_of(olga, f"{url}?at=2001-01-01T00:00")
    assert "trial,1,2" in b"".join(olga.get(f"{url}?format=csv").streaming_content).decode()
    olga.post(reverse("registry:alias-delete", args=[first.model_id]), {"name": "trial", "reason": "over"})
    assert AliasMove.objects.count() == 3 and not ModelAlias.objects.exists()


def test_a_champion_that_lost_its_approval_is_told_at_once(olga: Client, people: People) -> None:
    version = make_approved(people.team, by=people.olga, approver=people.rui)
    alias_set(by=people.olga, model=version.model, name="champion", version=version)
    url = reverse("registry:alias-list", args=[version.model_id])
    assert "may not be deployed" not in text_of(olga, url)
    ModelVersion.objects.filter(pk=version.pk).update(stage="rejected")
    assert "may not be deployed" in text_of(olga, url)


def test_the_protected_list_is_changed_by_those_who_may(people: People) -> None:
    model = make_model(people.olga, people.team)
    url = reverse("registry:aliases-protect", args=[model.pk])
    make_browser(people.rui).post(url, {"names": "live, champion", "reason": "the trial is live"})
    model.refresh_from_db()
    assert model.protected_aliases == ["champion", "live"]
    assert make_browser(people.olga).post(url, {"names": "", "reason": "x"}).status_code == 403


def test_facts_are_put_right_on_the_page(olga: Client, people: People) -> None:
    version = make_version(people.olga, people.team)
    url = reverse("registry:version-describe", args=[version.pk])
    said = {"architecture": version.architecture, "context_length": 2048, "base_names": "a/b\r\nc/d", "reason": "card"}
    assert olga.post(url, said | {"reason": ""}).status_code == 422
    assert olga.post(url, said).status_code == 302
    version.refresh_from_db()
    assert (version.context_length, version.base_names) == (2048, ["a/b", "c/d"])
    assert "2,048 tokens" in text_of(olga, reverse("portal:version-detail", args=[version.pk]))


def test_models_are_found_by_tag_and_alias(olga: Client, people: People) -> None:
    version, other = make_version(people.olga, people.team), make_version(people.olga, people.team)
    model_tag_set(by=people.olga, model=version.model, key="domain", value="support")
    alias_set(by=people.olga, model=other.model, name="trial", version=other)
    url = reverse("registry:model-list")
    for question, found in (("tag=domain", version), ("tag=domain%3Dsupport", version), ("alias=trial", other)):
        page = text_of(olga, f"{url}?{question}")
        assert found.model.name in page
        assert sum(one.model.name in page for one in (version, other)) == 1
    assert "No model matches" in text_of(olga, f"{url}?tag=domain%3Dsales")
    page = reverse("registry:model-detail", args=[version.model_id])
    assert "<strong>domain</strong> support" in text_of(olga, page)
    olga.post(reverse("registry:model-tag", args=[version.model_id]), {"key": "owner", "value": "desk"})
    olga.post(reverse("registry:model-tag", args=[version.model_id]), {"delete": "domain"})
    assert list(version.model.tags.values_list("key", flat=True)) == ["owner"]


def test_files_are_fetched_from_the_page(olga: Client, people: People) -> None:
    version = make_version(people.olga, people.team, files={"sub/config.json": b"{}"})
    page = text_of(olga, reverse("portal:version-tab", args=[version.pk, "files"]))
    url = reverse("registry:version-file", args=[version.pk, "sub/config.json"])
    assert url in page
    assert b"".join(olga.get(url).streaming_content) == b"{}"
    sums = olga.get(reverse("registry:version-sums", args=[version.pk])).content.decode()
    assert sums.endswith("  sub/config.json\n")
    assert make_browser(people.xena).get(url).status_code == 404


def test_a_version_is_sent_with_forms(olga: Client, people: People) -> None:
    model = make_model(people.olga, people.team)
    opened = olga.post(reverse("registry:version-open", args=[model.pk]), {"licence": "MIT"})
    version = ModelVersion.objects.get()
    page = reverse("portal:version-tab", args=[version.pk, "files"])
    assert opened["Location"] == page and "No file has been sent yet" in text_of(olga, page)
    files = [upload(b"{}", "config.json"), upload(b"weights", "model.safetensors")]
    olga.post(reverse("registry:files-send", args=[version.pk]), {"files": files})
    olga.post(reverse("registry:files-send", args=[version.pk]), {"files": [upload(b"x", "x.txt")], "folder": "more/"})
    again = olga.post(reverse("registry:files-send", args=[version.pk]), {"files": files[:1]}, follow=True)
    assert "is being sent to this version already" in again.content.decode()
    extra = ModelUpload.objects.get(path="more/x.txt")
    olga.post(reverse("registry:file-cancel", args=[version.pk, extra.pk]))
    assert "Seal it" in text_of(olga, page)
    assert make_browser(people.rui).post(reverse("registry:version-seal", args=[version.pk])).status_code == 403
    olga.post(reverse("registry:version-seal", args=[version.pk]))
    version.refresh_from_db()
    assert [file.path for file in version.files.all()] == ["config.json", "model.safetensors"]
    assert version.manifest_digest and "Seal it" not in text_of(olga, page)


def test_lists_cost_the_same_however_long(olga: Client, people: People) -> None:
    def grow(user: User) -> None:
        version = make_version(user, people.team)
        alias_set(by=user, model=version.model, name="trial", version=version)
        system = system_create(by=user, team=people.team, name=f"System {version.pk}")
        system_version_add(by=user, system=system, version=version)
        again = make_version(user, people.team, model=version.model)
        alias_set(by=user, model=version.model, name="trial", version=again)

    grow(people.olga)
    model, system = ModelAlias.objects.get().model, AISystem.objects.get()
    pages = [
        reverse("registry:model-list"),
        reverse("systems:system-list"),
        reverse("registry:model-detail", args=[model.pk]),
        reverse("registry:alias-list", args=[model.pk]),
        reverse("systems:system-detail", args=[system.pk]),
    ]
    before = [queries_of(olga, page) for page in pages]
    for _ in range(5):
        grow(people.olga)
    for number in range(5):
        version = make_version(people.olga, people.team, model=model)
        alias_set(by=people.olga, model=model, name=f"a{number}", version=version)
        system_version_add(by=people.olga, system=system, version=version)
    assert [queries_of(olga, page) for page in pages] == before


def test_a_refused_alias_keeps_the_page_and_what_was_typed(olga: Client, people: People) -> None:
    version = make_version(people.olga, people.team)
    page = reverse("registry:alias-list", args=[version.model_id])
    refused = olga.post(page, {"name": "champion", "version": version.pk, "reason": "Best so far."})
    text = refused.content.decode()
    assert refused.status_code == 422 and "is a protected alias" in text
    assert "Best so far." in text and 'value="champion"' in text
    assert "Set an alias" in text or "Aliases" in text


def test_the_trail_of_a_version_tells_which_aliases_came_and_went(olga: Client, people: People) -> None:
    model = make_model(people.olga, people.team)
    first, second = (make_version(people.olga, people.team, model=model) for _ in range(2))
    alias_set(by=people.olga, model=model, name="trial", version=first, reason="first try")
    alias_set(by=people.olga, model=model, name="trial", version=second, reason="a better one")
    ada = make_browser(make_person("auditor", team=people.team))
    told = {one.pk: ada.get(reverse("portal:version-tab", args=[one.pk, "trail"])).text for one in (first, second)}
    assert "first try" in told[first.pk] and "a better one" in told[first.pk]
    assert "first try" not in told[second.pk] and "a better one" in told[second.pk]


def test_a_system_leads_to_what_answered_with_itself_chosen(olga: Client, people: People) -> None:
    system = system_create(by=people.olga, team=people.team, name="Desk")
    link = f"{reverse('portal:answered')}?through=system+{system.pk}"
    assert link in olga.get(reverse("systems:system-detail", args=[system.pk])).text
    assert f'<option value="system {system.pk}" selected' in olga.get(link).text


def test_a_logged_model_names_the_versions_made_from_it(olga: Client, people: People) -> None:
    experiment = experiment_create(by=people.olga, team=people.team, name="Trials")
    logged = logged_model_create(by=people.olga, experiment=experiment, name="net")
    version = make_version(people.olga, people.team)
    page = reverse("tracking:logged-model", args=[logged.model_id])
    assert "No version of a registered model" in olga.get(page).text
    type(version).objects.filter(pk=version.pk).update(logged_model=logged)
    assert reverse("portal:version-detail", args=[version.pk]) in olga.get(page).text
