"""The API's interactive page works under the Content-Security-Policy, with files of this site only."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.rules import ENGINEER
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from tests.makers import make_person, make_team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_api_can_be_read_and_tried_in_the_browser(live_server: LiveServer, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.locator(".info .title")).to_contain_text("GenAIOps API")
    # The page draws only what is in view, so this is one that stands at its top.
    operation = page.locator("#operations-assessments-assessments_list")
    expect(operation).to_be_visible()
    _, secret = token_create(by=SYSTEM, user=make_person(ENGINEER, team=make_team("Desk")), name="docs")
    page.locator(".btn.authorize").first.click()
    page.locator(".auth-container input").first.fill(secret)
    page.locator(".auth-btn-wrapper .authorize").first.click()
    page.locator(".btn-done").first.click()
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator(".btn.execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text('"results"')
    foreign = [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))]
    assert foreign == []
