"""Files of a model version are sent in pieces from its page: several at once, over a reload, and without scripts."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from apps.core import storage
from apps.registry.models import ModelUpload, ModelVersion
from apps.registry.queries import uploads_of
from apps.registry.services import version_open
from tests.browser.conftest import SignIn
from tests.makers import make_browser, make_model, upload
from tests.people import People, make_people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIECE = 8 * 1024 * 1024
WEIGHTS = b"weights." * (PIECE // 8 * 2 + 100_000)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    return version_open(by=people.olga, model=make_model(people.olga, people.team))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.safetensors").write_bytes(WEIGHTS)
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "empty.txt").write_bytes(b"")
    return tmp_path


def page_of(version: ModelVersion) -> str:
    return reverse("portal:version-tab", args=[version.pk, "files"])


def send(page: Page) -> None:
    page.get_by_role("button", name="Send them").click()


def test_several_files_are_sent_into_a_folder_and_the_page_tells_of_them(
    live_server: LiveServer, page: Page, people: People, version: ModelVersion, folder: Path, sign_in: SignIn
) -> None:
    sign_in(people.olga)
    page.goto(f"{live_server.url}{page_of(version)}")
    names = ("config.json", "empty.txt", "model.safetensors")
    page.locator("input[name=folder]").fill("weights")
    page.locator("input[name=files]").set_input_files([folder / name for name in names])
    expect(page.locator("[data-upload-size]")).to_contain_text("1 of 3 files")
    send(page)
    table = page.get_by_role("table", name="Files that were sent")
    expect(table.get_by_text("stored")).to_have_count(3, timeout=30_000)
    sent = {file.path: file.digest for file in uploads_of(version)}
    assert set(sent) == {f"weights/{name}" for name in names}
    with storage.open(sent["weights/model.safetensors"]) as stored:
        assert stored.read() == WEIGHTS


def test_a_file_goes_on_after_a_reload_in_the_middle(
    live_server: LiveServer, page: Page, people: People, version: ModelVersion, folder: Path, sign_in: SignIn
) -> None:
    sign_in(people.olga)
    sent: list[str] = []

    def one_piece_only(route: Route) -> None:
        if route.request.method == "PATCH":
            if sent:
                return  # a line that hangs
            sent.append(route.request.url)
        route.continue_()

    page.route("**/api/v1/file-uploads/*/", one_piece_only)
    page.goto(f"{live_server.url}{page_of(version)}")
    page.locator("input[name=files]").set_input_files(folder / "model.safetensors")
    send(page)
    expect(page.locator("[data-upload-words]")).to_contain_text("8.4 MB of 17.6 MB")
    page.reload()
    expect(page.get_by_role("table", name="Files that were sent")).to_contain_text("choose the same file again")
    page.unroute("**/api/v1/file-uploads/*/")
    page.locator("input[name=files]").set_input_files(folder / "model.safetensors")
    expect(page.locator("[data-upload-state]")).to_contain_text("It goes on where it was")
    send(page)
    table = page.get_by_role("table", name="Files that were sent")
    expect(table.get_by_text("stored")).to_have_count(1, timeout=30_000)
    assert ModelUpload.objects.count() == 1, "the one that was begun went on"


def test_a_refused_file_is_told_and_the_others_are_sent(
    live_server: LiveServer, page: Page, people: People, version: ModelVersion, folder: Path, sign_in: SignIn
) -> None:
    sign_in(people.olga)
    make_browser(people.olga).post(
        reverse("registry:files-send", args=[version.pk]), {"files": [upload(b"first", "config.json")]}
    )
    tab = page.context.new_page()  # the browser reports a refusal as an error; in this tab nobody minds
    tab.goto(f"{live_server.url}{page_of(version)}")
    tab.locator("input[name=files]").set_input_files([folder / "config.json", folder / "empty.txt"])
    send(tab)
    state = tab.locator("[data-upload-state]")
    expect(state).to_contain_text("1 of 2 files have arrived.")
    expect(state).to_contain_text("“config.json” is being sent to this version already, or is there.")
    assert {file.path for file in uploads_of(version)} == {"config.json", "empty.txt"}
