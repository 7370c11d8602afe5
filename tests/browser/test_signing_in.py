"""Coming in, and being kept out."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.people import PASSWORD, People, make_people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(live_server: LiveServer) -> People:
    return make_people(PASSWORD)


def fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_page_is_shown_only_after_signing_in(live_server: LiveServer, page: Page, people: People) -> None:
    page.goto(f"{live_server.url}/runs/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    fill(page, people.olga.email, PASSWORD)
    expect(page).to_have_url(f"{live_server.url}/runs/")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{live_server.url}/runs/")
    expect(page).to_have_url(re.compile("/sign-in/"))


def test_a_wrong_password_is_told_without_telling_more(live_server: LiveServer, page: Page, people: People) -> None:
    said = []
    for email in (people.olga.email, "nobody@example.org"):
        page.goto(f"{live_server.url}/sign-in/")
        fill(page, email, "not the password")
        expect(page.get_by_text("do not belong together")).to_be_visible()
        said.append(page.locator("main").inner_text())
        expect(page.get_by_label("E-mail")).to_have_value(email)
    assert said[0] == said[1], "it does not tell whose address is known"
