"""Audit packs of the first format quote rows of data: their files are for those who may read raw data alone."""

from copy import deepcopy
from io import BytesIO

import pytest
from django.urls import reverse

from apps.accounts.rules import ROLES, allows
from apps.core import storage
from apps.reports.models import ReportRun
from apps.reports.rules.documents.spec import AUDIT_PACK
from tests.makers import make_browser, make_client, make_person
from tests.reports.documents import frozen
from tests.reports.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


@pytest.fixture
def former(world: World) -> ReportRun:
    """A pack as packs were before they were made from snapshots."""
    stored = storage.put(BytesIO(b"%PDF-1.7 Where is desk 3?"))
    file = {"form": "pdf", "digest": stored.digest, "size": stored.size, "pages": 1}
    about = {"subject_kind": "version", "subject_id": world.version.pk, "subject_label": str(world.version)}
    made = {"document": AUDIT_PACK, "state": "succeeded", "files": [file], "version": world.version}
    return ReportRun.objects.create(**about, **made, team=world.team, created_by=world.olga)


@pytest.mark.parametrize("role", ROLES)
def test_files_of_former_packs_are_for_those_who_may_read_raw_data(world: World, former: ReportRun, role: str) -> None:
    person = make_person(role, team=world.team)
    browser, may_read = make_browser(person), allows([role], "dataset.read_raw")
    download = reverse("reports:report-download", args=[former.pk, "pdf"])
    asked = [browser.get(download), make_client(person).get(f"/api/v1/reports/{former.pk}/pdf/")]
    assert {answer.status_code for answer in asked} == ({200} if may_read else {403})
    pages = [reverse("reports:report-list"), reverse("reports:report-detail", args=[former.pk])]
    pages += [reverse("reports:subject", args=["version", world.version.pk])]
    pages += [reverse("portal:version-tab", args=[world.version.pk, "documents"])]
    for page in pages:
        assert (download in browser.get(page).text) is may_read, page
    assert ("Its files are hidden" in browser.get(pages[1]).text) is not may_read
    if not may_read:
        assert asked[1].json()["code"] == "report.quotes_rows" and asked[1].json()["remedy"]


def test_a_pack_of_today_is_for_everybody_of_the_team(world: World, former: ReportRun) -> None:
    former.snapshot = frozen(world.version, world.ada)
    former.save(update_fields=["snapshot"])
    auditor = make_person("auditor", team=world.team)
    assert make_browser(auditor).get(reverse("reports:report-download", args=[former.pk, "pdf"])).status_code == 200
