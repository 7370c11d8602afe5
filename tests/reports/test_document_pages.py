"""The pages of documents and snapshots: from choosing to downloading, for those who may and those who may not."""

import json
import re
from copy import deepcopy

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.rules import FAILED
from apps.incidents.services import incident_open
from apps.registry.services import system_create, system_version_add
from apps.reports import tasks
from apps.reports.models import ReadinessRun, ReportRun, Snapshot, SnapshotRun
from apps.reports.services import document_start, readiness_start
from tests.reports.documents import VERSION_CARD, frozen, make
from tests.reports.world import World, claimed

pytestmark = pytest.mark.django_db
SUMMARY, FORM = "training-content-summary", "model-documentation-form"


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, name: str, *args: object, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"reports:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def test_choosing_a_document_and_what_it_is_about(world: World) -> None:
    ada = signed_in(world.ada)
    every = text_of(ada, "document-choose")
    assert "Technical documentation under Annex IV" in every and "Audit pack" in every
    one = text_of(ada, "document-choose", query=f"?document={VERSION_CARD}&kind=version&q=desk")
    assert reverse("reports:document-prepare", args=["version", world.version.pk, VERSION_CARD]) in one
    assert "Base v1" not in one
    nothing = text_of(ada, "document-choose", query="?kind=deployment")
    assert "Nothing of this kind" in nothing
    assert "Nothing of this kind" in text_of(signed_in(world.xena), "document-choose", query="?kind=version")


def test_what_a_document_lacks_is_seen_before_it_is_made(world: World) -> None:
    ada, about = signed_in(world.ada), ("version", world.version.pk)
    assert "is not known yet" in text_of(ada, "document-prepare", *about, SUMMARY)
    start = reverse("reports:readiness-start", args=about)
    answer = ada.post(start, {"document": SUMMARY})
    assert answer["Location"] == reverse("reports:document-prepare", args=[*about, SUMMARY])
    at_work = text_of(ada, "document-prepare", *about, SUMMARY)
    assert 'hx-trigger="every 2s"' in at_work and "Looking what is missing" in at_work
    assert 'hx-trigger="every 2s"' in text_of(ada, "subject", *about)
    assert ada.post(start).status_code == 409
    tasks.look_through(ReadinessRun.objects.get().pk)
    found = text_of(ada, "document-prepare", *about, SUMMARY)
    assert "How it would be graded" in found and "What settles it" in found and "every 2s" not in found
    assert "Make the document" in found and "Points settled" in text_of(ada, "subject", *about)


def test_making_a_document_and_looking_at_it(world: World) -> None:
    ada, about = signed_in(world.ada), ("version", world.version.pk)
    answer = ada.post(reverse("reports:document-start", args=[*about, FORM]), {"audience": "nca"})
    run = ReportRun.objects.get()
    assert answer["Location"] == reverse("reports:report-detail", args=[run.pk]) and run.audience == "nca"
    assert 'hx-trigger="every 2s"' in text_of(ada, "report-detail", run.pk)
    make(run)
    page = text_of(ada, "report-detail", run.pk)
    assert "What is missing" in page and "Make it again from this snapshot" in page
    for file in ReportRun.objects.get().files:
        download = ada.get(reverse("reports:report-download", args=[run.pk, file["form"]]))
        assert download["ETag"] == f'"{file["digest"]}"' and len(download.getvalue()) == file["size"]
    listed = text_of(ada, "report-list", query=f"?document={FORM}&kind=version&q=desk")
    assert reverse("reports:report-detail", args=[run.pk]) in listed
    assert "No document fits" in text_of(ada, "report-list", query="?state=failed")
    assert reverse("reports:report-detail", args=[run.pk]) in text_of(ada, "subject", *about)


def test_an_edition_that_is_not_offered_is_refused(world: World) -> None:
    ada, about = signed_in(world.ada), ("version", world.version.pk)
    url = reverse("reports:document-start", args=[*about, VERSION_CARD])
    assert ada.post(url, {"audience": "nobody"}).status_code == 422
    assert ada.post(url, {"simplified": "1"}).status_code == 422
    assert not ReportRun.objects.exists()
    text_of(ada, "document-prepare", *about, "dataset-datasheet", status=404)
    text_of(ada, "document-prepare", *about, "no-such", status=404)
    text_of(ada, "subject", "planet", 1, status=404)


def test_freezing_comparing_and_making_again(world: World) -> None:
    ada, about = signed_in(world.ada), ("version", world.version.pk)
    freeze = reverse("reports:snapshot-start", args=about)
    refused = ada.post(freeze, {"label": "Spring", "reason": ""})
    assert refused.status_code == 422 and "field-error" in refused.content.decode()
    assert ada.post(freeze, {"label": "Spring", "reason": "The audit"}).status_code == 302
    assert "A snapshot is being taken" in text_of(ada, "subject", *about)
    tasks.freeze(SnapshotRun.objects.get().pk)
    first = Snapshot.objects.get()
    world.version.description = "It knows every desk"
    world.version.save(update_fields=["description"])
    second = frozen(world.version, world.ada, "Autumn")
    detail = text_of(ada, "snapshot-detail", second.pk)
    assert "Autumn" in detail and "Spring" in detail and VERSION_CARD in detail
    compared = text_of(ada, "snapshot-compare", query=f"?before={second.pk}&after={first.pk}")
    assert "description" in compared and "“It knows every desk”" in compared
    told = ada.get(reverse("reports:snapshot-compare") + f"?before={first.pk}&after={second.pk}&format=json").json()
    assert told["counts"]["changed"] == 1
    content = ada.get(reverse("reports:snapshot-download", args=[first.pk]))
    assert json.loads(content.getvalue())["reason"] == "The audit" and content["ETag"] == f'"{first.digest}"'
    prepared = text_of(ada, "document-prepare-from", first.pk, VERSION_CARD)
    assert "From a snapshot" in prepared and "What is missing" in prepared
    assert ada.post(reverse("reports:document-start-from", args=[first.pk, VERSION_CARD])).status_code == 302
    made = make(ReportRun.objects.get())
    assert made.snapshot == first and "It knows" not in text_of(ada, "report-detail", made.pk)
    assert reverse("reports:report-detail", args=[made.pk]) in text_of(ada, "snapshot-detail", first.pk)
    assert "What goes into it" in text_of(ada, "document-prepare-from", first.pk, "audit-pack")
    text_of(ada, "document-prepare-from", first.pk, "sealed-pack", status=404)


def test_snapshots_of_different_things_cannot_be_compared(world: World) -> None:
    ada = signed_in(world.ada)
    one, other = frozen(world.version, world.ada), frozen(world.data, world.ada)
    query = f"?before={one.pk}&after={other.pk}"
    assert "Compare two snapshots of one thing" in text_of(ada, "snapshot-compare", query=query, status=422)
    text_of(ada, "snapshot-compare", query="?before=x", status=404)


def test_the_list_of_snapshots(world: World) -> None:
    ada = signed_in(world.ada)
    assert "No snapshot yet" in text_of(ada, "snapshot-list")
    frozen(world.version, world.ada, "Spring")
    assert "Spring" in text_of(ada, "snapshot-list", query="?q=spr")
    assert "No snapshot has this name" in text_of(ada, "snapshot-list", query="?q=autumn")
    lines = ada.get(reverse("reports:snapshot-list") + "?format=csv").getvalue().decode().splitlines()
    assert len(lines) == 2 and "Spring" in lines[1]


def test_a_failed_check_is_told(world: World) -> None:
    run = claimed(readiness_start(by=world.ada, subject=world.version))
    run.end(FAILED, error="No room left.")
    ada = signed_in(world.ada)
    assert "No room left." in text_of(ada, "subject", "version", world.version.pk)
    assert "No room left." in text_of(ada, "document-prepare", "version", world.version.pk, SUMMARY)


def test_every_kind_of_thing_has_its_documents(world: World) -> None:
    ada = signed_in(world.ada)
    system = system_create(by=world.olga, team=world.team, name="Helper")
    system_version_add(by=world.olga, system=system, version=world.version)
    incident = incident_open(by=world.olga, team=world.team, title="A wrong desk", kind="other", severity="high")
    pages = {
        ("system", system.pk): reverse("systems:system-detail", args=[system.pk]),
        ("incident", incident.pk): reverse("incidents:incident-detail", args=[incident.pk]),
        ("dataset", world.data.pk): reverse("catalog:version-detail", args=[world.data.pk]),
        ("version", world.version.pk): reverse("portal:version-tab", args=[world.version.pk, "documents"]),
    }
    for about, page in pages.items():
        url = reverse("reports:subject", args=about)
        assert url in ada.get(page).content.decode()
        assert "Look what is missing" in text_of(ada, "subject", *about)


def test_outsiders_find_nothing(world: World) -> None:
    snapshot, xena, about = frozen(world.version, world.ada), signed_in(world.xena), ("version", world.version.pk)
    for name, args in (
        ("subject", about),
        ("document-prepare", (*about, VERSION_CARD)),
        ("snapshot-detail", (snapshot.pk,)),
        ("snapshot-download", (snapshot.pk,)),
        ("document-prepare-from", (snapshot.pk, VERSION_CARD)),
    ):
        text_of(xena, name, *args, status=404)
    for name, args in (
        ("readiness-start", about),
        ("snapshot-start", about),
        ("document-start", (*about, VERSION_CARD)),
        ("document-start-from", (snapshot.pk, VERSION_CARD)),
    ):
        assert xena.post(reverse(f"reports:{name}", args=args), {"label": "x", "reason": "y"}).status_code == 404
    assert str(world.version) not in text_of(xena, "snapshot-list")
    assert not ReportRun.objects.exists() and Snapshot.objects.count() == 1


def test_pages_hold_nothing_inline(world: World) -> None:
    snapshot, other, ada = frozen(world.version, world.ada), frozen(world.version, world.ada), signed_in(world.ada)
    make(document_start(by=world.ada, snapshot=snapshot, document=SUMMARY))
    for name, args, query in (
        ("document-choose", (), ""),
        ("subject", ("version", world.version.pk), ""),
        ("document-prepare-from", (snapshot.pk, SUMMARY), ""),
        ("snapshot-list", (), ""),
        ("snapshot-detail", (snapshot.pk,), ""),
        ("snapshot-compare", (), f"?before={snapshot.pk}&after={other.pk}"),
        ("report-detail", (ReportRun.objects.get().pk,), ""),
    ):
        text = text_of(ada, name, *args, query=query)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text), name


SUBJECT_QUERIES, LIST_QUERIES = 10, 5


def test_pages_cost_as_much_for_many_as_for_one(world: World, django_assert_num_queries) -> None:
    ada = signed_in(world.ada)
    subject, listed = reverse("reports:subject", args=["version", world.version.pk]), reverse("reports:snapshot-list")
    ada.get(subject)
    for count in (1, 4):
        for _ in range(count):
            make(document_start(by=world.ada, subject=world.version, document=VERSION_CARD))
        with django_assert_num_queries(SUBJECT_QUERIES):
            assert ada.get(subject).status_code == 200
        with django_assert_num_queries(LIST_QUERIES):
            assert ada.get(listed).status_code == 200
