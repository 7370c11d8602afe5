"""What stands around every page: navigation, search, theme, and the menu of a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import SignIn
from tests.chromium import NARROW
from tests.reports.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_place_of_the_navigation_opens(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.olga)
    page.goto(live_server.url)
    places = page.get_by_role("navigation", name="Main").get_by_role("link").all()
    targets = [str(place.get_attribute("href")) for place in places]
    assert len(targets) >= 8
    for target in targets:
        answer = page.goto(f"{live_server.url}{target}")
        assert answer is not None and answer.status == 200, target
        current = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
        expect(current).to_have_attribute("href", target)
        expect(page.locator("h1")).to_have_count(1)


def test_the_theme_is_switched_and_remembered(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.olga)
    page.goto(live_server.url)
    ground = "getComputedStyle(document.body).backgroundColor"
    colours = {}
    for theme in ("Light", "Dark"):
        page.locator("details.menu summary").click()
        page.get_by_text(theme, exact=True).click()
        page.goto(f"{live_server.url}/runs/")
        expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
        colours[theme] = page.evaluate(ground)
    assert colours["Light"] != colours["Dark"]


def test_the_slash_key_leads_to_the_search_and_it_finds(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.olga)
    page.goto(live_server.url)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("Desk answers")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=Desk"))
    expect(page.locator("main").get_by_role("link", name=re.compile("Desk answers")).first).to_be_visible()


def test_the_menu_of_a_phone_works_without_javascript(
    live_server: LiveServer, browser: Browser, page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.olga)
    plain = browser.new_context(viewport=NARROW, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    phone = plain.new_page()
    phone.goto(live_server.url)
    runs = phone.get_by_role("navigation", name="Main").get_by_role("link", name="Runs")
    expect(runs).to_be_hidden()
    phone.locator(".nav-switch").click()
    expect(runs).to_be_visible()
    runs.click()
    expect(phone).to_have_url(f"{live_server.url}/runs/")
    plain.close()


def test_a_keyboard_reaches_the_content_first(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.olga)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
