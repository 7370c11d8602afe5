"""The system's Chromium for the tests in tests/browser, driven by Playwright; none is ever downloaded."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
GET_CHROMIUM = "Chromium is not installed: sudo apt-get install chromium, or brew install --cask chromium"
# The browser is to speak to the portal and to nobody else.
QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
]  # fmt: skip
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def chromium_path() -> str | None:
    """The program of an installed Chromium or Chrome."""
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or shutil.which(MAC)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless browser for all tests of a process. Skipped, with the way to get it, where there is none."""
    program = chromium_path()
    if program is None:
        pytest.skip(GET_CHROMIUM)
    # Playwright's synchronous interface keeps an event loop in this thread; Django would refuse the ORM beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Chromium's sandbox does not work for root; the tests load this project's own pages only.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def browsing(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser without history: no cookies, nothing cached, animations off."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce", locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(browsing: BrowserContext) -> Page:
    """An empty tab. Errors that the page's scripts or the Content-Security-Policy report fail the test at its end."""
    return browsing.new_page()


@pytest.fixture(autouse=True)
def _no_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    if "page" not in request.fixturenames:
        yield
        return
    page, complaints = request.getfixturevalue("page"), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if is_error(said, page) else None)
    yield
    assert complaints == [], "the browser reported errors"


def is_error(said: ConsoleMessage, page: Page) -> bool:
    """Whether the browser reports an error. That the page itself was answered with a refusal is the test's to judge."""
    is_refusal = said.text.startswith("Failed to load resource") and said.location["url"] == page.url
    return said.type == "error" and not is_refusal
