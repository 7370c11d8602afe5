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
from apps.core.pdf import render_pdf
from apps.core.rules import FAILED
from apps.reports.models import ReportRun
from apps.reports.services import report_make, report_start
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
    """A finished pack whose PDF is real but short: what is in it is tested elsewhere."""

    def render(html: str, **more: object) -> bytes:
        return render_pdf("<title>Pack</title><p>Pack", **more)  # type: ignore[arg-type]

    run = claimed(report_start(by=world.ada, version=world.version))
    report_make(run=run, render=render, on_progress=lambda share, message: None)
    return ReportRun.objects.get(pk=run.pk)


def test_everybody_of_the_team_may_make_a_pack_and_follow_it(world: World) -> None:
    client = signed_in(world.ada)
    empty = client.get(reverse("reports:report-list")).content.decode()
    assert "No document yet" in empty and reverse("reports:document-choose") in empty
    response = client.post(reverse("reports:report-create"), {"version": world.version.pk}, follow=True)
    report = ReportRun.objects.get()
    assert response.redirect_chain == [(reverse("reports:report-detail", args=[report.pk]), 302)]
    text = response.content.decode()
    assert "Queued" in text and 'hx-trigger="every 2s"' in text and "is being made" in text
    again = client.post(reverse("reports:report-create"), {"version": world.version.pk})
    assert again.status_code == 409 and "is being made already" in again.content.decode()


def test_outsiders_find_nothing(world: World) -> None:
    report, client = made(world), signed_in(world.xena)
    assert "No document yet" in client.get(reverse("reports:report-list")).content.decode()
    assert str(world.version) not in client.get(reverse("reports:document-choose") + "?kind=version").content.decode()
    assert client.post(reverse("reports:report-create"), {"version": world.version.pk}).status_code == 404
    assert client.get(reverse("reports:report-detail", args=[report.pk])).status_code == 404
    for form in ("pdf", "zip", "json"):
        assert client.get(reverse("reports:report-download", args=[report.pk, form])).status_code == 404


def test_the_files_are_exactly_those_of_the_digests(world: World) -> None:
    report, client = made(world), signed_in(world.ada)
    page = client.get(reverse("reports:report-detail", args=[report.pk])).content.decode()
    assert report.result is not None and report.result["manifest_digest"] in page
    assert "hx-trigger" not in page.split('id="report"')[1].split(">")[0]
    starts = {"pdf": b"%PDF", "zip": b"PK", "json": b"{"}
    for form, start in starts.items():
        answer = client.get(reverse("reports:report-download", args=[report.pk, form]))
        assert answer.getvalue().startswith(start)
        assert answer["ETag"] == f'"{getattr(report, f"{form}_digest")}"'
        assert re.search(
            rf'attachment; filename="desk-answers-v1-audit-pack-.*\.{form}"', answer["Content-Disposition"]
        )
    assert client.get(reverse("reports:report-download", args=[report.pk, "exe"])).status_code == 404


def test_a_pack_that_is_not_ready_has_no_files(world: World) -> None:
    report = report_start(by=world.ada, version=world.version)
    answer = signed_in(world.ada).get(reverse("reports:report-download", args=[report.pk, "pdf"]))
    assert answer.status_code == 409 and "Wait until its run is done." in answer.content.decode()


def test_a_failed_pack_can_be_made_again_by_who_may(world: World) -> None:
    report = claimed(report_start(by=world.ada, version=world.version))
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
            new.writestr(name, old.read(name) + (b" " if name == "audit-pack.json" else b""))
    text = check(world, changed.getvalue())
    assert "The pack was changed" in text and "audit-pack.json" in text and "The pack is intact" not in text


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
            run = claimed(report_start(by=world.ada, version=world.version))
            run.end(FAILED, error="stopped")
        with django_assert_num_queries(LIST_QUERIES):
            client.get(url)
    lines = client.get(url, {"format": "csv"}).getvalue().decode().splitlines()
    assert len(lines) == 26 and lines[0].startswith("id,document,audience,about,subject,state,by")
