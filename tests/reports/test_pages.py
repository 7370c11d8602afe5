"""The pages of audit packs: making one, following it, its files, and checking one that somebody brings."""

import io
import re
import zipfile
from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.rules import FAILED
from apps.reports.models import ReportRun
from tests.reports.documents import VERSION_CARD, frozen, make_pack, pack_asked
from tests.reports.world import World, claimed

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def made(world: World) -> ReportRun:
    """A finished pack whose PDF is signed but short: what is in it is tested elsewhere."""
    return make_pack(pack_asked(world.version, world.ada))


def test_everybody_of_the_team_may_make_a_pack_and_follow_it(world: World) -> None:
    client = signed_in(world.ada)
    empty = client.get(reverse("reports:report-list")).content.decode()
    assert "No document yet" in empty and reverse("reports:document-choose") in empty
    about = ["version", world.version.pk, "audit-pack"]
    page = client.get(reverse("reports:document-prepare", args=about)).content.decode()
    ticked = re.findall(r'name="documents" value="([^"]+)" form="pack-form" checked', page)
    assert {VERSION_CARD, "model-documentation-form", "model-documentation-form:nca"} <= set(ticked)
    start = reverse("reports:document-start", args=about)
    response = client.post(
        start, {"choosing": "1", "documents": [VERSION_CARD, "model-documentation-form:nca"]}, follow=True
    )
    report = ReportRun.objects.get()
    assert response.redirect_chain == [(reverse("reports:report-detail", args=[report.pk]), 302)]
    text = response.content.decode()
    assert "Queued" in text and 'hx-trigger="every 2s"' in text and "is being made" in text
    assert [one["audience"] for one in report.config["documents"]] == ["", "nca"]
    again = client.post(start)
    assert again.status_code == 409 and "is being made already" in again.content.decode()


def test_nothing_chosen_is_refused_and_nothing_shown_is_all(world: World) -> None:
    client, start = (
        signed_in(world.ada),
        reverse("reports:document-start", args=["version", world.version.pk, "audit-pack"]),
    )
    refused = client.post(start, {"choosing": "1"})
    assert refused.status_code == 422 and "Choose at least one document" in refused.content.decode()
    unknown = client.post(start, {"choosing": "1", "documents": ["no-such::x"]})
    assert unknown.status_code == 404 and not ReportRun.objects.exists()
    assert client.post(start).status_code == 302 and ReportRun.objects.get().config == {}


def test_a_pack_from_a_snapshot_says_how_its_documents_stand(world: World) -> None:
    client, snapshot = signed_in(world.ada), frozen(world.version, world.ada)
    about = [snapshot.pk, "audit-pack"]
    text = client.get(reverse("reports:document-prepare-from", args=about)).content.decode()
    assert "What goes into it" in text and "Points settled" in text and "not looked at" not in text
    answer = client.post(
        reverse("reports:document-start-from", args=about), {"choosing": "1", "documents": VERSION_CARD}
    )
    run = make_pack(ReportRun.objects.get())
    assert answer["Location"] == reverse("reports:report-detail", args=[run.pk]) and run.snapshot == snapshot
    again = client.get(answer["Location"]).content.decode()
    assert reverse("reports:document-prepare-from", args=about) in again


def test_outsiders_find_nothing(world: World) -> None:
    report, client = made(world), signed_in(world.xena)
    assert "No document yet" in client.get(reverse("reports:report-list")).content.decode()
    assert str(world.version) not in client.get(reverse("reports:document-choose") + "?kind=version").content.decode()
    about = ["version", world.version.pk, "audit-pack"]
    assert client.post(reverse("reports:document-start", args=about)).status_code == 404
    assert client.get(reverse("reports:report-detail", args=[report.pk])).status_code == 404
    for form in ("pdf", "zip", "json"):
        assert client.get(reverse("reports:report-download", args=[report.pk, form])).status_code == 404


def test_the_files_are_exactly_those_of_the_digests(world: World) -> None:
    report, client = made(world), signed_in(world.ada)
    page = client.get(reverse("reports:report-detail", args=[report.pk])).content.decode()
    assert report.result is not None and report.result["manifest_digest"] in page
    assert "hx-trigger" not in page.split('id="report"')[1].split(">")[0]
    assert "Documents in it" in page and "Model card" in page and f"--digest {report.result['manifest_digest']}" in page
    starts = {"zip": b"PK", "json": b"{"}
    for form, start in starts.items():
        answer = client.get(reverse("reports:report-download", args=[report.pk, form]))
        assert answer.getvalue().startswith(start)
        assert answer["ETag"] == f'"{report.digests[form]}"'
        assert re.search(
            rf'attachment; filename="desk-answers-v1-audit-pack-.*\.{form}"', answer["Content-Disposition"]
        )
    assert client.get(reverse("reports:report-download", args=[report.pk, "exe"])).status_code == 404


def test_a_pack_that_is_not_ready_has_no_files(world: World) -> None:
    report = pack_asked(world.version, world.ada)
    answer = signed_in(world.ada).get(reverse("reports:report-download", args=[report.pk, "zip"]))
    assert answer.status_code == 409 and "Wait until its run is done." in answer.content.decode()


def test_a_failed_pack_can_be_made_again_by_who_may(world: World) -> None:
    report = claimed(pack_asked(world.version, world.ada))
    report.end(FAILED, error="No room left.")
    url, retry = (
        reverse("reports:report-detail", args=[report.pk]),
        reverse("portal:run-retry", args=["report", report.pk]),
    )
    for_olga = signed_in(world.olga).get(url).content.decode()
    assert "No room left." in for_olga and retry in for_olga
    assert retry not in signed_in(world.ada).get(url).content.decode()


def check(world: World, data: bytes, digest: str = "") -> str:
    file = SimpleUploadedFile("pack.zip", data, "application/zip")
    answer = signed_in(world.ada).post(reverse("reports:verify"), {"pack": file, "digest": digest})
    return f"{answer.status_code} {answer.content.decode()}"


def content_of(world: World, report: ReportRun) -> bytes:
    answer = signed_in(world.ada).get(reverse("reports:report-download", args=[report.pk, "zip"]))
    return bytes(answer.getvalue())


def test_an_intact_pack_of_this_portal_is_named(world: World) -> None:
    report = made(world)
    assert report.result is not None
    text = check(world, content_of(world, report), report.result["manifest_digest"].upper())
    assert "The pack is intact" in text and "This portal made it" in text
    assert reverse("reports:report-detail", args=[report.pk]) in text


def test_a_changed_pack_is_told_with_what_differs(world: World) -> None:
    pack = content_of(world, made(world))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "snapshot.json" else b""))
    text = check(world, changed.getvalue())
    assert "The pack was changed" in text and "snapshot.json" in text and "The pack is intact" not in text


def test_an_intact_pack_of_another_team_is_recognised_and_its_report_not_named(world: World) -> None:
    report = made(world)
    file = SimpleUploadedFile("pack.zip", content_of(world, report))
    text = signed_in(world.xena).post(reverse("reports:verify"), {"pack": file}).content.decode()
    assert "The pack is intact" in text and "Another team of this portal made exactly this file" in text
    assert reverse("reports:report-detail", args=[report.pk]) not in text


def test_the_wrong_digest_is_a_difference(world: World) -> None:
    assert "The pack was changed" in check(world, content_of(world, made(world)), "0" * 64)


def test_what_is_no_pack_is_refused_beside_the_field(world: World) -> None:
    text = check(world, b"not a zip")
    assert text.startswith("422") and "This file cannot be checked" in text
    assert check(world, b"PK", "xyz").startswith("422")
    empty = signed_in(world.ada).post(reverse("reports:verify"), {})
    assert empty.status_code == 422 and "field-error" in empty.content.decode()


def test_pages_hold_nothing_inline(world: World) -> None:
    report, client = made(world), signed_in(world.ada)
    for url in (
        reverse("reports:report-list"),
        reverse("reports:verify"),
        reverse("reports:report-detail", args=[report.pk]),
    ):
        response = client.get(url)
        text = response.content.decode()
        assert response.status_code == 200 and "field-error" not in text
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text)


LIST_QUERIES = 5


def test_the_list_costs_as_much_for_many_as_for_one(world: World, django_assert_num_queries) -> None:
    client, url = signed_in(world.ada), reverse("reports:report-list")
    client.get(url)
    for count in (1, 24):
        for _ in range(count):
            run = claimed(pack_asked(world.version, world.ada))
            run.end(FAILED, error="stopped")
        with django_assert_num_queries(LIST_QUERIES):
            client.get(url)
    lines = client.get(url, {"format": "csv"}).getvalue().decode().splitlines()
    assert len(lines) == 26 and lines[0].startswith("id,document,audience,about,subject,state,by")
