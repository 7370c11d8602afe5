"""The page of a model version, tab by tab, as the three named people see it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.checklist.models import Assessment
from apps.core.rules import FAILED
from apps.monitoring.models import DriftRun
from apps.monitoring.services import drift_finish, drift_start
from apps.registry.models import LineageLink, ModelVersion
from apps.registry.rules import TUNED_FROM
from apps.registry.services import version_import, version_retire
from apps.reports.services import document_start
from apps.serving.models import Deployment
from apps.serving.services import application_add
from tests.makers import make_approved, make_deployment, make_model, make_version
from tests.people import make_people
from tests.reports.results import drift_result
from tests.reports.world import World, approve, claimed, evaluate, make_world

pytestmark = pytest.mark.django_db
TABS = ("checklist", "lineage", "evaluations", "tuning", "deployments", "monitoring", "files", "documents", "trail")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def approved(world: World) -> World:
    approve(world)
    return world


def version_page(version: ModelVersion) -> str:
    return reverse("portal:version-detail", args=[version.pk])


def tab(user: User, version: ModelVersion, name: str = "", status: int = 200) -> str:
    client = Client()
    client.force_login(user)
    page = reverse("portal:version-tab", args=[version.pk, name]) if name else version_page(version)
    response = client.get(page)
    assert response.status_code == status
    return response.content.decode()


def primary(text: str) -> str:
    """The words of the one thing to do next, in the page's head."""
    head = text.split('<header class="page-header">')[1].split("</header>")[0]
    found = re.findall(r'class="button button-primary"[^>]*>([^<]+)<', head)
    assert len(found) <= 1
    return found[0] if found else ""


def test_the_head_says_what_it_is(world: World) -> None:
    text = tab(world.olga, world.version)
    for words in ("Desk answers v1", "Draft", "no checklist", "LlamaForCausalLM", "Apache-2.0", "Olga"):
        assert words in text
    assert world.version.manifest_digest in text
    for name in TABS:
        tab(world.xena, world.version, name, 404)


def test_the_next_step_follows_stage_and_rights(world: World) -> None:
    assert primary(tab(world.olga, world.version)) == "Start the checklist"
    assert primary(tab(world.rui, world.version)) == ""
    client = Client()
    client.force_login(world.olga)
    client.post(reverse("checklist:assessment-create"), {"version": world.version.pk})
    assert primary(tab(world.olga, world.version)) == "Answer the questions"
    assert primary(tab(world.ada, world.version)) == ""
    client.post(reverse("checklist:submit", args=[Assessment.objects.get().pk]))
    assert primary(tab(world.olga, world.version)) == ""
    assert primary(tab(world.rui, world.version)) == "Read and decide"
    assert "a second person decides" in tab(world.olga, world.version)


def test_an_approved_version_can_be_deployed_by_who_may(approved: World) -> None:
    assert primary(tab(approved.olga, approved.version)) == "Deploy"
    assert primary(tab(approved.rui, approved.version)) == ""
    start = f"{reverse('serving:deployment-start')}?version={approved.version.pk}"
    assert start in tab(approved.olga, approved.version, "deployments")
    refused = tab(approved.rui, approved.version, "deployments")
    assert start not in refused and "An engineer or an administrator of the team can deploy it." in refused


def test_why_a_version_cannot_be_deployed_is_said(world: World) -> None:
    assert "It has no checklist yet." in tab(world.olga, world.version, "deployments")
    client = Client()
    client.force_login(world.olga)
    client.post(reverse("checklist:assessment-create"), {"version": world.version.pk})
    assert "of its checklist stand" in tab(world.olga, world.version, "deployments")
    version_retire(by=world.rui, version=world.version, reason="Not needed.")
    assert "This version is retired." in tab(world.olga, world.version, "deployments")


def test_the_checklist_tab_holds_all_questions_in_their_groups(approved: World) -> None:
    text = tab(approved.ada, approved.version)
    assert text.count('data-label="Question"') == 18
    url = reverse("checklist:assessment-detail", args=[Assessment.objects.get().pk])
    assert f"{url}#data-1" in text and "Olga&#x27;s own word on modeling-1." in text
    assert "gate green" in text and "Measured" in text and "fresh" in text


def test_the_lineage_leads_from_data_to_applications(approved: World) -> None:
    text = tab(approved.ada, approved.version, "lineage")
    for words in ("Support questions v1", "General text v1", "Base v1", "Desk", "Intranet", "Tuning"):
        assert words in text
    for url in (
        reverse("portal:version-detail", args=[approved.base.pk]),
        reverse("catalog:version-detail", args=[approved.data.pk]),
        reverse("serving:deployment-detail", args=[Deployment.objects.get().pk]),
    ):
        assert f'<a href="{url}"><title>' in text, "the drawing leads there"
    assert "Application, acknowledged" in text
    assert "model.safetensors" in tab(approved.ada, approved.version, "files")


def test_the_evaluations_say_whether_it_is_better(world: World) -> None:
    text = tab(world.olga, world.version, "evaluations")
    assert "better than the baseline" in text and "on rows kept from training" in text
    assert "2.69 to 3.31" in text  # the baseline's interval of the loss
    assert "Where is desk 3?" in text and "Sixty rows are few." in text
    assert text.count("<figure") == 4
    start = f"{reverse('evaluation:run-start')}?version={world.version.pk}"
    assert start in text and start not in tab(world.ada, world.version, "evaluations")
    assert "Without one, the gate stays red." in tab(world.olga, world.base, "evaluations")


def test_the_tuning_tab_tells_how_to_repeat_it(world: World) -> None:
    text = tab(world.olga, world.version, "tuning")
    for words in ("2 Wh", "kg", "Loss during tuning", "Size of the adapter (rank)", "Seed", "peft", "0.21.2"):
        assert words in text
    assert "/srv/work" not in text, "a folder of a worker tells a reader nothing"
    base = tab(world.olga, world.base, "tuning")
    assert "Not tuned here" in base and "Tunings that start from it" in base and str(world.version) in base
    start = f"{reverse('registry:tuning-start')}?base={world.base.pk}"
    assert start in base and start not in tab(world.rui, world.base, "tuning")


def test_the_monitoring_tab_draws_the_newest_measurement(world: World) -> None:
    text = tab(world.ada, world.version, "monitoring")
    assert "not data from its own use" in text and "outside its thresholds" in text
    assert "Reconstruction error" in text and "Threshold" in text and "A stand-in: loans, not desks." in text
    assert "Drift not measured yet" in tab(world.ada, world.base, "monitoring")


def test_documents_can_be_made_by_everybody_of_the_team(world: World) -> None:
    text = tab(world.ada, world.version, "documents")
    assert "Make an audit pack" in text and "No document yet" in text and reverse("reports:verify") in text
    about = ["version", world.version.pk, "audit-pack"]
    assert reverse("reports:document-prepare", args=about) in text
    document_start(by=world.ada, subject=world.version, document="audit-pack")
    text = tab(world.ada, world.version, "documents")
    assert "Make an audit pack" not in text and "Queued" in text


def test_the_trail_is_for_those_who_may_read_it(approved: World) -> None:
    text = tab(approved.ada, approved.version, "trail")
    for words in ("version.approve", "tuning.finish", "assessment.decide", "application.acknowledge", "Rui"):
        assert words in text
    assert "Good enough for the desk." in text
    assert "/trail/" not in tab(approved.olga, approved.version)
    assert 'data-label="Question"' in tab(approved.olga, approved.version, "trail"), "the checklist stands instead"


def test_a_version_that_was_approved_without_a_checklist_can_be_read_and_deployed() -> None:
    people = make_people()
    version = make_approved(people.team, by=people.olga, approver=people.rui)
    text = tab(people.olga, version, "deployments")
    assert "no checklist" in text and f"{reverse('serving:deployment-start')}?version={version.pk}" in text


def test_a_version_whose_files_are_on_the_way_says_so() -> None:
    people = make_people()
    run = version_import(by=people.olga, model=make_model(people.olga, people.team), source="example/base")
    text = tab(people.olga, run.version)
    assert "The files are being fetched" in text and primary(text) == ""
    assert "No files yet" in tab(people.olga, run.version, "files")


def test_every_tab_of_an_empty_version_is_useful_and_holds_nothing_inline() -> None:
    people = make_people()
    version = make_version(people.olga, people.team)
    for name in TABS:
        for user in (people.olga, people.rui):
            text = tab(user, version, name)
            assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)
            ids = re.findall(r'\sid="([^"]+)"', text)
            assert len(ids) == len(set(ids)), "two things have the same id"


# One number a tab, whatever there is: what session, roles, the version and its checklist cost, and what the tab adds.
HEAD_COSTS = 36
QUERIES = {
    "checklist": 1,
    "lineage": 16,
    "evaluations": 3,
    "tuning": 2,
    "deployments": 3,
    "monitoring": 2,
    "files": 6,
    "documents": 25,
    "trail": 13,
}


def add_much(world: World, count: int) -> None:
    """Siblings, evaluations, deployments with an application each, measurements, packs and children of the version."""
    table = DriftRun.objects.first().reference
    for number in range(count):
        make_version(world.olga, world.team, model=world.version.model)
        evaluate(world.olga, world.version, world.data, world.base)
        deployment = make_deployment(world.olga, world.version)
        application_add(by=world.olga, deployment=deployment, name=f"Application {number}")
        run = drift_start(by=world.olga, version=world.version, reference=table, analysis=table, config={})
        drift_finish(run=claimed(run), result=drift_result())
        claimed(document_start(by=world.ada, subject=world.version, document="audit-pack")).end(FAILED)
        child = make_version(world.olga, world.team)
        LineageLink.objects.create(version=child, relation=TUNED_FROM, base_version=world.version)


def test_each_tab_costs_the_same_for_thirty_as_for_one(approved: World, django_assert_num_queries) -> None:
    client = Client()
    client.force_login(approved.ada)
    url = reverse("portal:version-detail", args=[approved.version.pk])
    add_much(approved, 1)
    for name in QUERIES:  # what is read once a process is not counted
        client.get(url, {"tab": name})
    for name, number in QUERIES.items():
        with django_assert_num_queries(HEAD_COSTS + number, info=f"{name}, one of everything"):
            assert client.get(url, {"tab": name}).status_code == 200
    add_much(approved, 29)
    for name, number in QUERIES.items():
        with django_assert_num_queries(HEAD_COSTS + number, info=f"{name}, thirty of everything"):
            assert client.get(url, {"tab": name}).status_code == 200
