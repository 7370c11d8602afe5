"""The pages of metadata: what they show, who may do what on them, and that untrusted text stays text."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalog.models import DatasetVersion, MetadataImport, Source
from apps.catalog.services import metadata_import
from tests.makers import make_browser, make_data, make_person, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
CARD = b"""---
pretty_name: Questions
license: mit
source_datasets: [extended|wikipedia]
---
# Q
## Limitations
few <script>alert(1)</script>
## Uses
support
"""


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


@pytest.fixture
def version(people: People) -> DatasetVersion:
    return make_data(people.olga, people.team, licence="CC0-1.0", provenance={"origin": "the desk"})


def imported(people: People, version: DatasetVersion, content: bytes = CARD) -> MetadataImport:
    return metadata_import(by=people.olga, version=version, content=content, filename="README.md")


def send(client: Client, version: DatasetVersion, content: bytes) -> Any:
    file = io.BytesIO(content)
    file.name = "README.md"
    return client.post(reverse("catalog:metadata-import", args=[version.pk]), {"file": file})


def test_a_file_is_sent_and_shown_with_what_is_missing(people: People, olga: Client, version: DatasetVersion) -> None:
    answer = send(olga, version, CARD)
    page = olga.get(answer.url)
    assert answer.status_code == 302 and "What the file says" in page.text and "What is recorded now" in page.text
    assert "Missing in this file" in page.text and "Text and data mining reserved" in page.text
    assert "has no place for it" in page.text and "the desk" in page.text
    assert "few &lt;script&gt;alert(1)&lt;/script&gt;" in page.text and "<script>alert" not in page.text
    listed = olga.get(reverse("catalog:metadata-import", args=[version.pk]))
    assert "README.md" in listed.text and "nothing yet" in listed.text


def test_a_broken_file_is_said_in_the_form(olga: Client, version: DatasetVersion) -> None:
    answer = send(olga, version, b"---\n- a\n---\n")
    assert answer.status_code == 422 and "must be an object" in answer.text and not MetadataImport.objects.exists()
    assert olga.post(reverse("catalog:metadata-import", args=[version.pk]), {}).status_code == 422


def test_a_conflict_waits_for_a_choice_and_new_fields_are_ticked(
    people: People, olga: Client, version: DatasetVersion
) -> None:
    url = reverse("catalog:metadata-detail", args=[imported(people, version).pk])
    assert 'name="limitations" id="id_limitations" checked' in olga.get(url).text.replace("\n", " ")
    answer = olga.post(url, {"limitations": "on"})
    assert answer.status_code == 422 and "Pick one." in answer.text
    answer = olga.post(url, {"limitations": "on", "licence": "record", "reason": "from the hub"})
    assert answer.url == reverse("catalog:version-detail", args=[version.pk])
    version.refresh_from_db()
    assert version.licence == "CC0-1.0" and version.provenance["limitations"].startswith("few")
    assert "intended_uses" not in version.provenance, "a box that is not ticked is not taken"
    assert "Taken over from README.md: Limitations." in olga.get(url).text


def test_the_file_wins_where_the_person_says_so(people: People, olga: Client, version: DatasetVersion) -> None:
    url = reverse("catalog:metadata-detail", args=[imported(people, version).pk])
    assert olga.post(url, {"licence": "file"}).status_code == 302
    version.refresh_from_db()
    assert version.licence == "MIT" and version.provenance["origin"] == "the desk"


def test_sources_are_recorded_by_a_button(people: People, olga: Client, version: DatasetVersion) -> None:
    one = imported(people, version)
    assert "Record these sources" in olga.get(reverse("catalog:metadata-detail", args=[one.pk])).text
    answer = olga.post(reverse("catalog:metadata-sources", args=[one.pk]))
    assert answer.status_code == 302 and Source.objects.get().name == "wikipedia"


def test_a_digest_that_differs_is_said_first(people: People, olga: Client, version: DatasetVersion) -> None:
    files = [{"@type": "cr:FileObject", "@id": "f", "contentUrl": "f", "sha256": "0" * 64}]
    one = imported(people, version, json.dumps({"@type": "sc:Dataset", "name": "x", "distribution": files}).encode())
    assert "describes another file" in olga.get(reverse("catalog:metadata-detail", args=[one.pk])).text


def test_readers_look_and_do_not_import(people: People, version: DatasetVersion) -> None:
    one = imported(people, version)
    for person in (people.rui, make_person("auditor", team=people.team)):
        client = make_browser(person)
        page = client.get(reverse("catalog:metadata-detail", args=[one.pk]))
        assert page.status_code == 200 and "Take over what is picked" not in page.text
        assert "Record these sources" not in page.text
        listed = client.get(reverse("catalog:metadata-import", args=[version.pk]))
        assert "You may look, not import" in listed.text and "Read the file" not in listed.text
        assert send(client, version, CARD).status_code == 403
        data = {"licence": "file"}
        assert client.post(reverse("catalog:metadata-detail", args=[one.pk]), data).status_code == 403
        assert client.post(reverse("catalog:metadata-sources", args=[one.pk])).status_code == 403


def test_an_outsider_finds_no_page(people: People, version: DatasetVersion) -> None:
    one, client = imported(people, version), make_browser(people.xena)
    for name, pk in (("metadata-import", version.pk), ("metadata-export", version.pk), ("metadata-detail", one.pk)):
        assert client.get(reverse(f"catalog:{name}", args=[pk])).status_code == 404
    assert send(client, version, CARD).status_code == 404
    assert client.post(reverse("catalog:metadata-sources", args=[one.pk])).status_code == 404


def test_the_export_page_links_every_format_and_says_what_each_lacks(olga: Client, version: DatasetVersion) -> None:
    page = olga.get(reverse("catalog:metadata-export", args=[version.pk]))
    for name in ("croissant", "card", "dps"):
        url = reverse(f"dataset-version-metadata-{name}", args=[version.pk])
        assert f'href="{url}"' in page.text and olga.get(url).status_code == 200
    assert "?version=1.0" in page.text and "Search for planted text" in page.text


def test_the_pages_cost_the_same_whatever_lies_behind_them(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team)
    one = imported(people, version)
    listed, shown = (
        reverse("catalog:metadata-import", args=[version.pk]),
        reverse("catalog:metadata-detail", args=[one.pk]),
    )
    few = queries_of(olga, listed), queries_of(olga, shown)
    for _ in range(5):
        imported(people, version)
    assert (queries_of(olga, listed), queries_of(olga, shown)) == few
