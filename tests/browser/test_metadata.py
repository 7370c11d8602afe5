"""The pages of metadata in a browser: no errors, no barrier, no sideways scrolling; a file is taken over by hand."""

import json
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from apps.catalog.models import DatasetVersion
from apps.catalog.services import metadata_import
from tests.browser.conftest import SignIn
from tests.browser.test_pages import problems
from tests.chromium import is_error
from tests.reports.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FILE = {
    "@type": "sc:Dataset",
    "name": "Elsewhere",
    "url": "https://data.example.org/elsewhere",
    "license": "cc-by-sa-4.0",
    "distribution": [{"@type": "cr:FileObject", "@id": "f", "contentUrl": "f.jsonl", "sha256": "0" * 64}],
    "rai:dataLimitations": ["W" * 400, "a very/long/address/" * 30],
    "rai:dataCollection": "Read from a site.",
}


@pytest.mark.parametrize("name", ["olga", "rui"])
def test_the_pages_are_sound(live_server: LiveServer, page: Page, world: World, sign_in: SignIn, name: str) -> None:
    content = json.dumps(FILE).encode()
    imported = metadata_import(by=world.olga, version=world.data, content=content, filename="croissant.json")
    sign_in(getattr(world, name))
    console: list[str] = []
    page.on("console", lambda said: console.append(said.text) if is_error(said, page) else None)
    found = {}
    for place, pk in (("import", world.data.pk), ("export", world.data.pk), ("detail", imported.pk)):
        url = f"{live_server.url}{reverse(f'catalog:metadata-{place}', args=[pk])}"
        if wrong := [*problems(page, url, ("light", "dark")), *console]:
            found[place] = wrong
    assert found == {}


def test_a_file_is_taken_over_by_hand(
    live_server: LiveServer, page: Page, world: World, sign_in: SignIn, tmp_path: Path
) -> None:
    (tmp_path / "croissant.json").write_text(json.dumps(FILE))
    sign_in(world.olga)
    page.goto(f"{live_server.url}{reverse('catalog:version-detail', args=[world.data.pk])}")
    page.get_by_role("link", name="Import metadata").click()
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "croissant.json")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("This metadata describes another file").wait_for()
    for choice in page.get_by_label("Keep what is recorded").all():
        choice.check()
    page.get_by_role("group", name="Licence").get_by_label("Take what the file says").check()
    page.get_by_role("button", name="Take over what is picked").click()
    page.get_by_text("Taken over from croissant.json").first.wait_for()
    version = DatasetVersion.objects.get(pk=world.data.pk)
    assert version.licence == "CC-BY-SA-4.0" and version.provenance["limitations"][0] == "W" * 400
