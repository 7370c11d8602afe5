"""Walking the lineage in both directions: what breaks if something goes, and what answered at a moment."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.catalog.models import DatasetVersion, Source
from apps.catalog.rules.uses import COMMERCIAL
from apps.catalog.services import source_create, version_source_link
from apps.portal.queries.lineage import downstream_of, impact_graph, licence_effects
from apps.registry.models import AISystem, LineageLink, ModelVersion
from apps.registry.rules import TUNED_FROM
from apps.registry.services import model_describe, version_retire
from apps.registry.services.aliases import alias_set
from apps.registry.services.systems import system_create, system_version_add, system_version_end
from apps.serving.models import Application, Deployment, ServingRun
from apps.serving.services import application_add, deployment_stop
from tests.kept import kept
from tests.makers import (
    make_browser,
    make_client,
    make_deployment,
    make_person,
    make_team,
    make_version,
    queries_of,
)
from tests.reports.world import World, approve, make_world

pytestmark = pytest.mark.django_db


def approved_world() -> World:
    world = make_world()
    approve(world)
    world.version.refresh_from_db()
    return world


@pytest.fixture(scope="module")
def one_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with kept(django_db_blocker, approved_world) as world:
        yield world


@pytest.fixture
def world(one_world: World, db: None) -> World:
    return deepcopy(one_world)


@pytest.fixture
def source(world: World) -> Source:
    source = source_create(by=world.olga, team=world.team, name="Ticket export", licence="CC-BY-4.0")
    version_source_link(by=world.olga, version=world.data, source=source)
    return source


@pytest.fixture
def deployment(world: World) -> Deployment:
    deployment = make_deployment(world.olga, world.version)
    application_add(by=world.olga, deployment=deployment, name="Help desk")
    return deployment


@pytest.fixture
def system(world: World) -> AISystem:
    system = system_create(by=world.olga, team=world.team, name="Support", owner=world.olga)
    system_version_add(by=world.olga, system=system, version=world.version, role="answers")
    return system


def _page(user: User, kind: str, pk: int, **query: str) -> str:
    answer = make_browser(user).get(reverse("portal:impact", args=[kind, pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_a_source_one_walks_to_the_applications(
    world: World, source: Source, deployment: Deployment, system: AISystem
) -> None:
    found = downstream_of(world.olga, source)
    assert world.data.pk in found.data and list(found.versions) == [world.version.pk]
    assert found.approved == [world.version] and deployment in found.deployments
    assert [part.system for part in found.systems] == [system] and found.evaluations
    text = _page(world.rui, "source", source.pk)
    for name in ("Ticket export", str(world.data), str(world.version), deployment.name, "Help desk", "Support"):
        assert name in text
    assert "nothing allows its use any more" in text


@pytest.mark.parametrize("kind", ["dataset", "dataset-version", "model-version"])
def test_every_kind_of_start_has_a_page(world: World, deployment: Deployment, kind: str) -> None:
    pk = {"dataset": world.data.dataset_id, "dataset-version": world.data.pk, "model-version": world.base.pk}[kind]
    assert deployment.name in _page(world.ada, kind, pk)


def test_what_descends_over_generations_is_found_and_drawn_once(world: World) -> None:
    line = [world.version]
    for _ in range(3):
        child = make_version(world.olga, world.team)
        LineageLink.objects.create(version=child, relation=TUNED_FROM, base_version=line[-1])
        line.append(child)
    found = downstream_of(world.olga, world.data)
    assert [one.pk for one in found.versions.values()] == [one.pk for one in line]
    assert impact_graph(found).svg.count(f">{line[-1]}<") <= 2


def test_another_licence_is_tried_without_changing_anything(world: World) -> None:
    uses = [COMMERCIAL]
    model_describe(by=world.olga, model=world.version.model, intended_uses=uses, reason="sold to customers")
    found = downstream_of(world.olga, world.data)
    (free,) = licence_effects(found, "CC0-1.0")
    (bound,) = licence_effects(found, "CC-BY-NC-4.0")
    (lost,) = licence_effects(found, None)
    assert not any(str(world.data) in sentence for sentence in free.new)
    assert any("CC-BY-NC-4.0 forbids commercial use" in sentence for sentence in bound.new)
    assert lost.new[0].endswith("nothing allows its use any more.")
    before = DatasetVersion.objects.values_list("licence", flat=True).get(pk=world.data.pk)
    text = _page(world.olga, "dataset-version", world.data.pk, licence="CC-BY-NC-4.0")
    assert "forbids commercial use" in text
    assert DatasetVersion.objects.values_list("licence", flat=True).get(pk=world.data.pk) == before


def test_things_of_another_team_are_counted_without_their_names(world: World) -> None:
    other = make_team("Strangers")
    theirs = make_version(make_person("engineer", team=other), other, model=None)
    LineageLink.objects.create(version=theirs, relation=TUNED_FROM, base_version=world.version)
    text = _page(world.olga, "dataset-version", world.data.pk)
    assert str(theirs) not in text and "A model of another team" in text
    api = make_client(world.olga).get(f"/api/v1/lineage/dataset-version/{world.data.pk}/").json()
    named = [one for one in api["model_versions"] if one["id"] is None]
    assert [one["name"] for one in named] == ["something of another team"]
    assert str(theirs) not in str(api)


def test_outsiders_find_nothing(world: World, deployment: Deployment) -> None:
    for kind, pk in (("dataset", world.data.dataset_id), ("model-version", world.version.pk), ("nonsense", 1)):
        assert make_browser(world.xena).get(reverse("portal:impact", args=[kind, pk])).status_code == 404
        assert make_client(world.xena).get(f"/api/v1/lineage/{kind}/{pk}/").status_code == 404
    asked = {"deployment": deployment.pk, "at": timezone.now().isoformat()}
    assert make_client(world.xena).get("/api/v1/lineage/answered/", asked).status_code == 404
    assert deployment.name not in make_browser(world.xena).get(reverse("portal:answered")).content.decode()


def test_the_walk_costs_the_same_for_many_as_for_one(world: World, deployment: Deployment) -> None:
    url = reverse("portal:impact", args=["dataset-version", world.data.pk])
    browser = make_browser(world.olga)
    few = queries_of(browser, url)
    for number in range(20):
        child = make_version(world.olga, world.team)
        LineageLink.objects.create(version=child, relation=TUNED_FROM, base_version=world.version)
        application_add(by=world.olga, deployment=deployment, name=f"Another {number}")
    # One more generation has one more query in the walk and one in the licences.
    assert queries_of(browser, url) <= few + 3


def _up(deployment: Deployment, since: timedelta) -> None:
    ServingRun.objects.filter(deployment=deployment).update(ready_at=timezone.now() - since)


def test_a_deployment_says_what_answered_and_what_stood_behind_it(world: World, deployment: Deployment) -> None:
    now = timezone.now()
    Deployment.objects.filter(pk=deployment.pk).update(created_at=now - timedelta(days=2))
    Application.objects.update(created_at=now - timedelta(days=1))
    _up(deployment, timedelta(hours=30))
    api = make_client(world.rui)
    (then,) = api.get(
        "/api/v1/lineage/answered/", {"deployment": deployment.pk, "at": (now - timedelta(hours=25)).isoformat()}
    ).json()
    assert (then["version"]["id"], then["manifest_digest"]) == (world.version.pk, world.version.manifest_digest)
    assert then["was_up"] is True and then["applications"] == [] and then["approved_at"] is None
    (lately,) = api.get("/api/v1/lineage/answered/", {"deployment": deployment.pk, "at": now.isoformat()}).json()
    assert lately["applications"][0]["name"] == "Help desk" and lately["approved_by"]
    assert lately["dataset_versions"][0]["id"] == world.data.pk and lately["evaluations"]
    early = {"deployment": deployment.pk, "at": (now - timedelta(days=3)).isoformat()}
    assert api.get("/api/v1/lineage/answered/", early).status_code == 404


def test_a_stopped_deployment_answers_for_its_past_only(world: World, deployment: Deployment) -> None:
    before = timezone.now()
    deployment_stop(by=world.olga, deployment=deployment, reason="no longer needed")
    api = make_client(world.olga)
    ask = lambda at: api.get("/api/v1/lineage/answered/", {"deployment": deployment.pk, "at": at.isoformat()})  # noqa: E731
    assert ask(before).status_code == 200
    assert ask(timezone.now()).status_code == 404


def test_an_alias_says_what_it_meant_at_a_time(world: World) -> None:
    other = make_version(world.olga, world.team, model=world.version.model)
    alias_set(by=world.olga, model=world.version.model, name="candidate", version=other)
    first = timezone.now()
    alias_set(by=world.olga, model=world.version.model, name="candidate", version=world.version)
    api = make_client(world.olga)

    def meant(at: Any) -> Any:
        asked = {"model": world.version.model_id, "alias": "candidate", "at": at.isoformat()}
        return api.get("/api/v1/lineage/answered/", asked).json()[0]["version"]["id"]

    assert meant(first) == other.pk and meant(timezone.now()) == world.version.pk


def test_a_system_tells_every_version_at_work_then(world: World, system: AISystem) -> None:
    then = timezone.now()
    system_version_end(by=world.olga, part=system.parts.get(), reason="replaced")
    api = make_client(world.olga)
    asked = {"system": system.pk, "at": then.isoformat()}
    assert [one["version"]["id"] for one in api.get("/api/v1/lineage/answered/", asked).json()] == [world.version.pk]
    asked["at"] = timezone.now().isoformat()
    assert api.get("/api/v1/lineage/answered/", asked).status_code == 404


@pytest.mark.parametrize(
    "query",
    [{}, {"at": "yesterday", "deployment": "1"}, {"at": "2026-05-03T14:03:00Z"},
     {"at": "2026-05-03T14:03:00Z", "deployment": "1", "system": "1"}, {"at": "2026-05-03T14:03:00Z", "model": "1"}],
)  # fmt: skip
def test_a_question_that_is_none_is_refused(world: World, query: dict[str, str]) -> None:
    assert make_client(world.olga).get("/api/v1/lineage/answered/", query).status_code == 400


def test_the_page_asks_and_answers(world: World, deployment: Deployment) -> None:
    browser, page = make_browser(world.ada), reverse("portal:answered")
    assert deployment.name in browser.get(page).content.decode()
    asked = {"through": f"deployment {deployment.pk}", "at": f"{timezone.now():%Y-%m-%dT%H:%M:59}", "alias": ""}
    text = browser.get(page, asked).content.decode()
    assert str(world.version) in text and str(world.data) in text
    missing = browser.get(page, asked | {"through": f"alias {world.version.model_id}"}).content.decode()
    assert "Say which alias" in missing
    nothing = browser.get(page, asked | {"at": "2001-05-03T14:03"}).content.decode()
    assert "did not stand then" in nothing


def test_the_drawing_of_a_version_goes_from_source_to_application(
    world: World, source: Source, deployment: Deployment, system: AISystem
) -> None:
    client = Client()
    client.force_login(world.olga)
    text = client.get(reverse("portal:version-tab", args=[world.version.pk, "lineage"])).content.decode()
    for words in ("Ticket export", "Tuning", "Evaluation", "Approved", deployment.name, "Help desk", "AI system"):
        assert words in text
    version_retire(by=world.rui, version=ModelVersion.objects.get(pk=world.version.pk), reason="old")
    text = client.get(reverse("portal:version-tab", args=[world.version.pk, "lineage"])).content.decode()
    assert "decided on" not in text


@pytest.mark.parametrize(("kind", "place"), [("model-version", "Models"), ("dataset", "Data"), ("answered", "Models")])
def test_the_navigation_says_where_one_is(world: World, kind: str, place: str) -> None:
    pk = {"dataset": world.data.dataset_id, "model-version": world.base.pk}.get(kind)
    path = reverse("portal:impact", args=[kind, pk]) if pk else reverse("portal:answered")
    items = make_browser(world.olga).get(path).context["navigation"]
    assert [item.label for item in items if item.is_current] == [place]


def test_who_has_nothing_that_answers_is_told_so() -> None:
    page = make_browser(make_person("engineer", team=make_team())).get(reverse("portal:answered")).text
    assert "Nothing has answered yet" in page and "Look it up" not in page
