"""Metadata through the API: who may, what a file does before and after it is applied, and what is handed on."""

import io
import json
from pathlib import Path
from typing import Any

import mlcroissant
import pytest
from guardian.shortcuts import assign_perm

from apps.audit.models import AuditEntry
from apps.catalog.models import DatasetVersion, MetadataImport, Source, VersionSource
from apps.catalog.rules import imported_from, metadata
from apps.catalog.services import metadata_apply, metadata_import
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound
from tests.makers import DATASHEET, ROWS, jsonl, make_client, make_data, make_person, make_scan
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
CARD = (
    b"---\npretty_name: Questions\nlicense: mit\nsource_datasets: [extended|wikipedia]\n---\n# Q\n## Limitations\nfew\n"
)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> DatasetVersion:
    return make_data(people.olga, people.team)


def send(client: Any, version: DatasetVersion, content: bytes = CARD, name: str = "README.md") -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(f"/api/v1/dataset-versions/{version.pk}/metadata/", {"file": file}, format="multipart")


def test_a_file_is_read_kept_and_changes_nothing(people: People, version: DatasetVersion) -> None:
    answer = send(make_client(people.olga), version)
    told = answer.json()
    assert answer.status_code == 201 and told["format"] == "hf-card" and told["found"]["licence"] == "MIT"
    assert {"tdm_reservation", "geography"} <= {one["field"] for one in told["missing"]}
    assert {line["state"] for line in told["lines"] if line["name"] == "licence"} == {"new"}
    kept = make_client(people.rui).get(f"/api/v1/metadata-imports/{told['id']}/file/")
    assert b"".join(kept.streaming_content) == CARD and kept["ETag"] == f'"{told["digest"]}"'
    assert storage.exists(told["digest"]) and told["file_digest"] == "none" and told["applied"] == []
    assert DatasetVersion.objects.get().licence == "" and DatasetVersion.objects.get().provenance == {}
    assert AuditEntry.objects.filter(action="metadata.import").count() == 1


def test_applying_takes_over_what_is_new_as_imported(people: People, version: DatasetVersion) -> None:
    client = make_client(people.olga)
    pk = send(client, version).json()["id"]
    answer = client.post(f"/api/v1/metadata-imports/{pk}/apply/", {}, format="json")
    assert answer.status_code == 200 and "licence" in answer.json()["applied"]
    version.refresh_from_db()
    assert version.licence == "MIT" and version.provenance["limitations"] == "few"
    assert imported_from(version.provenance, "limitations") == "README.md"
    entry = AuditEntry.objects.get(action="dataset_version.describe")
    assert "README.md" in entry.reason


def test_where_file_and_record_differ_somebody_must_pick(people: People) -> None:
    version = make_data(people.olga, people.team, licence="CC0-1.0", provenance={"limitations": "none", "origin": "us"})
    client = make_client(people.olga)
    pk = send(client, version).json()["id"]
    url = f"/api/v1/metadata-imports/{pk}/apply/"
    refused = client.post(url, {}, format="json")
    assert refused.status_code == 409 and refused.json()["code"] == "metadata.undecided"
    assert "licence" in refused.json()["remedy"] and "limitations" in refused.json()["remedy"]
    assert client.post(url, {"take": ["limitations"], "keep": ["licence"]}, format="json").status_code == 200
    version.refresh_from_db()
    assert version.licence == "CC0-1.0" and version.provenance["limitations"] == "few"
    assert imported_from(version.provenance, "origin") == "", "what was typed stays declared"
    assert version.provenance["origin"] == "us"


def test_a_second_file_leaves_what_the_first_brought(people: People, version: DatasetVersion) -> None:
    first = metadata_import(by=people.olga, version=version, content=CARD, filename="README.md")
    metadata_apply(by=people.olga, imported=first, take=["limitations"])
    other = json.dumps({"@type": "sc:Dataset", "name": "x", "rai:dataBiases": "some"}).encode()
    second = metadata_import(by=people.olga, version=version, content=other, filename="c.json")
    metadata_apply(by=people.olga, imported=second, take=["biases"])
    sheet = DatasetVersion.objects.get().provenance
    assert sheet["imported_from"] == "README.md; c.json" and {"biases", "limitations"} <= sheet.keys()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"take": ["no such field"]}, 422),
        ({"take": ["poisoning"]}, 422),
        ({"take": ["licence"], "keep": ["licence"]}, 422),
        ({"take": []}, 422),
        ({"take": "licence"}, 400),
        ({"takes": []}, 400),
    ],
)
def test_strange_picks_are_refused(people: People, version: DatasetVersion, given: dict[str, Any], status: int) -> None:
    client = make_client(people.olga)
    pk = send(client, version).json()["id"]
    assert client.post(f"/api/v1/metadata-imports/{pk}/apply/", given, format="json").status_code == status
    assert MetadataImport.objects.get().applied_at is None


def test_metadata_of_other_bytes_is_told(people: People, version: DatasetVersion) -> None:
    def verdict(digest: str) -> str:
        files = [{"@type": "cr:FileObject", "@id": "f", "contentUrl": "f", "sha256": digest}]
        content = json.dumps({"@type": "sc:Dataset", "name": "x", "distribution": files}).encode()
        return str(send(make_client(people.olga), version, content, "c.json").json()["file_digest"])

    assert verdict("0" * 64) == "differs" and verdict(version.digest) == "same" and verdict("short") == "none"


def test_sources_of_a_file_are_recorded_linked_and_never_overwritten(people: People, version: DatasetVersion) -> None:
    Source.objects.create(team=people.team, name="known", description="ours", created_by=people.olga)
    entities = [
        {"@type": "prov:Entity", "name": "known", "description": "theirs"},
        {"@type": "prov:Entity", "name": "Wiki", "url": "https://wiki.example.org", "license": "cc-by-sa-4.0",
         "temporalCoverage": "2020-01-01/2021-01-01", "spatialCoverage": ["somewhere"],
         "genaiops:collectionMethod": "web-scraping-crawling-textual", "genaiops:share": 0.5},
    ]  # fmt: skip
    content = json.dumps({"@type": "sc:Dataset", "name": "x", "prov:wasDerivedFrom": entities}).encode()
    client = make_client(people.olga)
    pk = send(client, version, content, "c.json").json()["id"]
    for _ in range(2):
        assert client.post(f"/api/v1/metadata-imports/{pk}/sources/", format="json").status_code == 201
    known, wiki = Source.objects.order_by("pk")
    assert known.description == "ours" and VersionSource.objects.count() == 2
    assert (wiki.licence, wiki.licence_evidence) == ("CC-BY-SA-4.0", "Named in c.json")
    assert wiki.licence_verified_at is None and wiki.collection_method == "web-scraping-crawling-textual"
    assert wiki.collected_from is not None and wiki.description == "Geography: somewhere"
    assert VersionSource.objects.get(source=wiki).share == 0.5
    assert (known.imported_from, wiki.imported_from) == ("", "c.json")


def test_auditors_and_approvers_read_and_do_not_import(people: People, version: DatasetVersion) -> None:
    pk = send(make_client(people.olga), version).json()["id"]
    for person in (people.rui, make_person("auditor", team=people.team)):
        client = make_client(person)
        assert send(client, version).status_code == 403
        assert client.post(f"/api/v1/metadata-imports/{pk}/apply/", {}, format="json").status_code == 403
        assert client.post(f"/api/v1/metadata-imports/{pk}/sources/", format="json").status_code == 403
        assert client.get(f"/api/v1/metadata-imports/{pk}/").status_code == 200
        assert client.get(f"/api/v1/dataset-versions/{version.pk}/metadata/").json()["results"][0]["id"] == pk
        assert client.get(f"/api/v1/dataset-versions/{version.pk}/croissant/").status_code == 200


def test_an_outsider_finds_nothing(people: People, version: DatasetVersion) -> None:
    pk = send(make_client(people.olga), version).json()["id"]
    client = make_client(people.xena)
    assert send(client, version).status_code == 404
    for path in ("metadata", "croissant", "card", "dps"):
        assert client.get(f"/api/v1/dataset-versions/{version.pk}/{path}/").status_code == 404
    assert client.get(f"/api/v1/metadata-imports/{pk}/").status_code == 404
    assert client.get(f"/api/v1/metadata-imports/{pk}/file/").status_code == 404
    assert client.post(f"/api/v1/metadata-imports/{pk}/apply/", {}, format="json").status_code == 404
    assert client.get("/api/v1/metadata-imports/").json()["results"] == []
    with pytest.raises(NotFound):
        metadata_import(by=people.xena, version=version, content=CARD, filename="README.md")


def test_a_shared_dataset_is_exported_and_not_described(people: People, version: DatasetVersion) -> None:
    assign_perm("view_dataset", people.xena, version.dataset)
    client = make_client(people.xena)
    assert client.get(f"/api/v1/dataset-versions/{version.pk}/card/").status_code == 200
    assert send(client, version).status_code == 403


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "x.png", 422),
        (b'{"a":' * 50_000, "deep.json", 422),
        (b"x" * (5 * 1024 * 1024), "huge.md", 422),
        (b"---\na: &a [*a]\n---\n", "README.md", 422),
        (CARD, "../../etc/passwd", 201),  # Django keeps the last part of a name
        (CARD, ".hidden", 422),
    ],
)
def test_bad_files_are_refused(people: People, version: DatasetVersion, content: bytes, name: str, status: int) -> None:
    answer = send(make_client(people.olga), version, content, name)
    assert answer.status_code == status
    if status == 422:
        assert not MetadataImport.objects.exists() and answer.json()["title"].endswith(".")


def test_texts_that_no_database_stores_are_made_storable(people: People, version: DatasetVersion) -> None:
    content = json.dumps({"@type": "sc:Dataset", "name": "a\u0000b", "rai:dataBiases": ["x"] * 3}).encode()
    assert send(make_client(people.olga), version, content, "c.json").json()["found"]["about"]["name"] == "a\ufffdb"


def test_a_datasheet_that_would_grow_beyond_its_bounds_is_refused(people: People, version: DatasetVersion) -> None:
    content = json.dumps(
        {"@type": "sc:Dataset", "name": "x", "rai:dataBiases": ["y" * 49_000 + str(n) for n in range(9)]}
    )
    imported = metadata_import(by=people.olga, version=version, content=content.encode(), filename="c.json")
    with pytest.raises(Invalid, match="longer than"):
        metadata_apply(by=people.olga, imported=imported)


def test_an_import_is_asked_twice_about_a_record_that_changed(people: People, version: DatasetVersion) -> None:
    imported = metadata_import(by=people.olga, version=version, content=CARD, filename="README.md")
    DatasetVersion.objects.update(licence="GPL-3.0-only")
    with pytest.raises(Conflict, match="Licence"):
        metadata_apply(by=people.olga, imported=imported)


def test_exports_hold_what_is_recorded_and_measured(people: People, tmp_path: Path) -> None:
    version = make_data(people.olga, people.team, licence="MIT", provenance=DATASHEET | {"limitations": "few"})
    found = [{"entity": "EMAIL_ADDRESS", "column": "prompt", "count": 3, "rows": 2, "samples": ["a***@b.c"]}]
    personal = {"total": 3, "rows": 2, "rows_scanned": 4, "by_entity": {"EMAIL_ADDRESS": 3}, "findings": found}
    make_scan(people.olga, version, {"personal_data": personal})
    client = make_client(people.olga)
    answer = client.get(f"/api/v1/dataset-versions/{version.pk}/croissant/")
    again = client.get(f"/api/v1/dataset-versions/{version.pk}/croissant/")
    assert answer.content == again.content and answer["ETag"] == again["ETag"]
    document = json.loads(answer.content)
    assert "EMAIL_ADDRESS 3 in column prompt" in document["rai:personalSensitiveInformation"]
    assert b"a***@b.c" not in answer.content, "no samples leave with it"
    (tmp_path / "c.json").write_bytes(answer.content)
    (tmp_path / version.filename).write_bytes(jsonl(ROWS))
    rows = list(mlcroissant.Dataset(jsonld=str(tmp_path / "c.json")).records("records"))
    assert [row["records/prompt"].decode() for row in rows] == [row["prompt"] for row in ROWS]
    dps = client.get(f"/api/v1/dataset-versions/{version.pk}/dps/")
    assert metadata.dps_problems(dps.json()) == []
    card = client.get(f"/api/v1/dataset-versions/{version.pk}/card/")
    assert card["Content-Type"].startswith("text/markdown") and b"license: mit" in card.content


@pytest.mark.parametrize("path", ["croissant", "croissant/?version=1.0", "card", "dps"])
def test_an_export_imports_without_a_conflict(people: People, path: str) -> None:
    version = make_data(people.olga, people.team, licence="MIT", provenance=DATASHEET)
    client = make_client(people.olga)
    url = f"/api/v1/dataset-versions/{version.pk}/{path}"
    content = client.get(url if "?" in url else f"{url}/").content
    told = send(client, version, content, "back").json()
    differing = {line["name"] for line in told["lines"] if line["state"] == "conflict"}
    assert differing <= ({"confidentiality"} if path == "dps" else set()) and told["missing"]


def test_an_unknown_croissant_version_is_refused(people: People, version: DatasetVersion) -> None:
    answer = make_client(people.olga).get(f"/api/v1/dataset-versions/{version.pk}/croissant/?version=2.0")
    assert answer.status_code == 422 and "1.0 or 1.1" in answer.json()["title"]


def test_an_export_tells_what_a_scan_did_not_look_into(people: People) -> None:
    version = make_data(people.olga, people.team)
    clean = {"total": 0, "rows": 0, "rows_scanned": version.rows, "findings": []}
    make_scan(people.olga, version, {"columns": ["prompt"], "personal_data": clean})
    card = make_client(people.olga).get(f"/api/v1/dataset-versions/{version.pk}/card/").content.decode()
    left = ", ".join(one["name"] for one in version.columns if one["name"] != "prompt")
    assert left and f"(not looked into: {left})" in card
