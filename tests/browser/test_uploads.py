"""A file is sent in pieces by the browser: it survives a reload, a pause and a connection that goes away."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from apps.catalog.models import Dataset, DatasetVersion, Upload
from tests.browser.conftest import SignIn
from tests.makers import jsonl, make_dataset
from tests.people import People, make_people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIECE = 8 * 1024 * 1024
CONTENT = jsonl([{"id": number, "text": "a sentence " * 60} for number in range(27_000)])
Open = Callable[[], None]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def dataset(people: People) -> Dataset:
    return make_dataset(people.olga, people.team)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    assert 2 * PIECE < len(CONTENT) < 3 * PIECE, "three pieces"
    path = tmp_path / "sentences.jsonl"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def form(live_server: LiveServer, page: Page, people: People, dataset: Dataset, sign_in: SignIn) -> Open:
    """Opens the page that takes a file."""
    sign_in(people.olga)

    def opened() -> None:
        page.goto(f"{live_server.url}{reverse('catalog:version-upload', args=[dataset.pk])}")

    return opened


class Gate:
    """Lets pieces through until it is shut; what comes then waits, as on a line that hangs."""

    def __init__(self, page: Page) -> None:
        self.passed = self.most = 0
        page.route("**/api/v1/uploads/*/", self._decide)

    def _decide(self, route: Route) -> None:
        if route.request.method == "PATCH":
            if self.passed >= self.most:
                return
            self.passed += 1
        route.continue_()


def choose(page: Page, file: Path) -> None:
    page.locator("input[name=file]").set_input_files(file)
    expect(page.locator("[data-upload-name]")).to_have_text(file.name)


def send(page: Page) -> None:
    page.get_by_role("button", name="Upload the file").click()


def stored(page: Page) -> DatasetVersion:
    expect(page.locator("main")).to_contain_text("is stored: 27000 rows", timeout=60_000)
    version = DatasetVersion.objects.get()
    assert version.digest == hashlib.sha256(CONTENT).hexdigest()
    return version


def test_a_file_goes_on_after_a_reload_in_the_middle(page: Page, form: Open, file: Path) -> None:
    form()
    gate = Gate(page)
    gate.most = 1
    choose(page, file)
    send(page)
    expect(page.locator("[data-upload-words]")).to_contain_text("8.4 MB of")
    page.reload()
    expect(page.get_by_role("region", name="Uploads that wait to go on")).to_contain_text("sentences.jsonl")
    choose(page, file)
    expect(page.locator("[data-upload-state]")).to_contain_text("It goes on where it was")
    gate.most = 99
    page.get_by_label("What is new in it?").fill("Sent in two sittings")
    send(page)
    assert stored(page).message == "Sent in two sittings"
    upload = Upload.objects.get()
    assert gate.passed == 3, "no piece was sent twice"
    assert upload.version is not None and upload.is_whole


def test_a_file_is_paused_and_goes_on(page: Page, form: Open, file: Path) -> None:
    form()
    gate = Gate(page)
    gate.most = 1
    choose(page, file)
    send(page)
    expect(page.locator("[data-upload-words]")).to_contain_text("8.4 MB of")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-upload-state]")).to_contain_text("Paused")
    gate.most = 99
    page.get_by_role("button", name="Go on").click()
    stored(page)


def test_a_refusal_is_said_and_the_form_stays(page: Page, form: Open, file: Path, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000
    form()
    tab = page.context.new_page()  # the browser reports a refusal as an error; in this tab nobody minds
    tab.goto(page.url)
    choose(tab, file)
    send(tab)
    expect(tab.locator("[data-upload-state]")).to_contain_text("Files are accepted up to 1000 bytes.")
    expect(tab.get_by_role("button", name="Upload the file")).to_be_enabled()
    assert not Upload.objects.exists()


def test_a_portal_that_is_away_is_waited_for(page: Page, form: Open, file: Path) -> None:
    form()
    tab, attempts = page.context.new_page(), []

    def away_twice(route: Route) -> None:
        if route.request.method == "PATCH" and len(attempts) < 2:
            attempts.append(route.request.url)
            return route.abort("connectionreset")
        return route.continue_()

    tab.route("**/api/v1/uploads/*/", away_twice)
    tab.goto(page.url)
    choose(tab, file)
    send(tab)
    expect(tab.locator("[data-upload-state]")).to_contain_text("The portal does not answer. Trying again")
    stored(tab)


def test_an_upload_that_arrived_is_described_later(page: Page, form: Open, tmp_path: Path) -> None:
    """The file is no table: the page says so, keeps what arrived, and takes another file instead."""
    broken, good = tmp_path / "broken.jsonl", tmp_path / "good.jsonl"
    broken.write_text("{")
    good.write_bytes(jsonl([{"a": 1}]))
    form()
    choose(page, broken)
    send(page)
    expect(page.locator("main")).to_contain_text("This cannot be accepted yet")
    expect(page.locator("main")).to_contain_text("broken.jsonl")
    page.get_by_role("link", name="send another file").click()
    choose(page, good)
    send(page)
    expect(page.locator("main")).to_contain_text("is stored: 1 rows")
    assert DatasetVersion.objects.get().filename == "good.jsonl"


def test_without_scripts_the_form_sends_the_file(
    live_server: LiveServer, page: Page, people: People, dataset: Dataset, sign_in: SignIn, tmp_path: Path
) -> None:
    sign_in(people.olga)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(jsonl([{"a": 1}]))
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{live_server.url}{reverse('catalog:version-upload', args=[dataset.pk])}")
    page.locator("input[name=file]").set_input_files(path)
    send(page)
    expect(page.locator("main")).to_contain_text("is stored: 1 rows")
    assert not Upload.objects.exists()
