"""The last steps of work on data, as a person takes them in a browser: the copy, the verification, the way back."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import Team, User
from apps.accounts.rules import COMPLIANCE, ENGINEER
from apps.catalog.models import CommitRun, DatasetVersion, ScanRun
from apps.catalog.services import scan_start, source_create
from apps.catalog.tasks import commit as commit_door
from tests.browser.conftest import SignIn
from tests.makers import commit, jsonl, make_dataset, make_person, make_team
from workers.scanning.tasks import scan

MAIL = "anna@example.org"
ROWS = [{"question": f"Mail {MAIL} about order {n}.", "answer": "We do."} for n in range(3)]


@pytest.fixture
def team(live_server: LiveServer) -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def version(olga: User, team: Team, settings: Any, tmp_path: Any) -> DatasetVersion:
    settings.WORK_DIR = tmp_path / "work"
    return commit(olga, make_dataset(olga, team, name="Desk"), jsonl(ROWS), licence="MIT")


def test_a_copy_without_what_was_found(
    page: Page, live_server: LiveServer, sign_in: SignIn, olga: User, version: DatasetVersion
) -> None:
    run = scan_start(by=olga, version=version, config={"checks": ["personal_data", "secrets"]})
    scan(run.pk)
    assert ScanRun.objects.get(pk=run.pk).state == "succeeded"
    sign_in(olga)
    page.goto(f"{live_server.url}/data/versions/{version.pk}/?tab=findings")
    page.get_by_role("link", name="Make a copy without them").click()
    expect(page.get_by_label("E-mail address: 3")).to_be_checked()
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_text("A worker makes the new version.")).to_be_visible()
    commit_door(CommitRun.objects.get().pk)
    page.reload()
    page.get_by_role("link", name="See the version").click()
    expect(page.get_by_role("heading", name="Desk v2")).to_be_visible()
    page.goto(f"{live_server.url}/data/versions/{CommitRun.objects.get().version_id}/rows/")
    expect(page.get_by_text("<EMAIL_ADDRESS>").first).to_be_visible()
    assert MAIL not in page.content()
    page.goto(f"{live_server.url}/data/versions/{version.pk}/?tab=findings")
    expect(page.get_by_text("No branch ends in this version any more")).to_be_visible()
    page.goto(f"{live_server.url}/data/versions/{version.pk}/redact/")
    expect(page.get_by_text("A newer version has taken this one's place")).to_be_visible()


def test_the_way_back_to_an_earlier_version(
    page: Page, live_server: LiveServer, sign_in: SignIn, olga: User, version: DatasetVersion
) -> None:
    commit(olga, version.dataset, jsonl([{"question": "Wrong?", "answer": json.dumps("Yes")}]))
    sign_in(olga)
    page.goto(f"{live_server.url}/data/versions/{version.pk}/")
    page.get_by_role("link", name="Go back to it").click()
    page.get_by_label("Why?").fill("The second export was wrong")
    page.get_by_role("button", name="Go back").click()
    expect(page.get_by_text("Desk v3 holds that content again.")).to_be_visible()
    assert DatasetVersion.objects.get(number=3).digest == version.digest


def test_a_licence_is_verified_by_who_may(
    page: Page, live_server: LiveServer, sign_in: SignIn, olga: User, team: Team
) -> None:
    source = source_create(by=olga, team=team, name="Archive", licence="CC-BY-4.0")
    sign_in(make_person(COMPLIANCE, team=team, name="Ada"))
    page.goto(f"{live_server.url}/data/sources/{source.pk}/")
    page.get_by_text("Verify the licence").click()
    page.get_by_label("Where did you read it?").fill("https://example.org/licence")
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("The licence is verified, in your name.")).to_be_visible()
    expect(page.get_by_text("by Ada")).to_be_visible()
