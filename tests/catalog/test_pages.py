"""The pages of data: who sees what, what an upload does, and that no list grows dear with its rows."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.audit.models import AuditEntry
from apps.catalog.forms import datasheet_text
from apps.catalog.models import Dataset, DatasetVersion, ScanRun
from apps.catalog.rules import change_between, in_words
from apps.core.plain import object_of_text
from apps.registry.services import tuning_start
from tests import stories
from tests.makers import (
    DATASHEET,
    commit,
    csv,
    jsonl,
    make_browser,
    make_data,
    make_dataset,
    make_model,
    make_scan,
    make_version,
    queries_of,
)
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def page_of(version: DatasetVersion, tab: str = "") -> str:
    return reverse("catalog:version-detail", args=[version.pk]) + (f"?tab={tab}" if tab else "")


def upload(client: Client, dataset: Dataset, content: bytes, name: str = "rows.jsonl", **more: Any) -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(reverse("catalog:version-upload", args=[dataset.pk]), {"file": file} | more)


def test_an_empty_list_says_what_belongs_there_and_offers_it_to_makers_only(people: People, olga: Client) -> None:
    assert reverse("catalog:dataset-create") in olga.get(reverse("catalog:dataset-list")).text
    page = make_browser(people.rui).get(reverse("catalog:dataset-list"))
    assert "No data yet" in page.text and reverse("catalog:dataset-create") not in page.text


def test_a_dataset_is_made_and_a_name_taken_twice_is_said_in_the_form(people: People, olga: Client) -> None:
    data = {"team": people.team.pk, "name": "Questions", "description": ""}
    answer = olga.post(reverse("catalog:dataset-create"), data)
    assert answer.status_code == 302 and answer.url == reverse(
        "catalog:version-upload", args=[Dataset.objects.get().pk]
    )
    again = olga.post(reverse("catalog:dataset-create"), data)
    assert again.status_code == 422 and "already has a dataset called “Questions”" in again.text


def test_a_dataset_is_made_in_no_team_of_others(people: People, olga: Client) -> None:
    answer = olga.post(reverse("catalog:dataset-create"), {"team": people.other_team.pk, "name": "Theirs"})
    assert answer.status_code == 422 and not Dataset.objects.exists()
    assert make_browser(people.rui).get(reverse("catalog:dataset-create")).status_code == 403


@pytest.mark.parametrize("place", ["dataset-detail", "version-upload"])
def test_an_outsider_finds_no_dataset(people: People, place: str) -> None:
    dataset = make_dataset(people.olga, people.team)
    assert make_browser(people.xena).get(reverse(f"catalog:{place}", args=[dataset.pk])).status_code == 404


@pytest.mark.parametrize("place", ["version-detail", "version-describe", "scan-start"])
def test_an_outsider_finds_no_version(people: People, place: str) -> None:
    version = make_data(people.olga, people.team)
    client, url = make_browser(people.xena), reverse(f"catalog:{place}", args=[version.pk])
    assert (client.post(url) if place == "scan-start" else client.get(url)).status_code == 404
    assert version.dataset.name not in client.get(reverse("catalog:dataset-list")).text


def test_a_shared_dataset_is_read_and_offers_nothing(people: People) -> None:
    version = make_data(people.olga, people.team)
    assign_perm("view_dataset", people.xena, version.dataset)
    page = make_browser(people.xena).get(page_of(version))
    assert page.status_code == 200 and reverse("catalog:scan-start", args=[version.pk]) not in page.text
    describe = reverse("catalog:version-describe", args=[version.pk])
    assert describe not in page.text and make_browser(people.xena).get(describe).status_code == 403


def test_an_upload_becomes_a_version_with_its_datasheet(people: People, olga: Client) -> None:
    dataset = make_dataset(people.olga, people.team)
    sheet = "origin: written here\nsources:\n  - name: desk\n    issuer:\n"
    answer = upload(olga, dataset, jsonl([{"a": 1}]), licence="CC0-1.0", datasheet=sheet, message="First")
    version = DatasetVersion.objects.get()
    assert answer.url == page_of(version)
    assert version.provenance == {"origin": "written here", "sources": [{"name": "desk"}]}, "blanks say nothing"
    assert (version.rows, version.licence, version.message) == (1, "CC0-1.0", "First")


def test_a_datasheet_may_come_as_a_file(people: People, olga: Client) -> None:
    dataset = make_dataset(people.olga, people.team)
    sheet = io.BytesIO(b'{"origin": "people"}')
    sheet.name = "sheet.json"
    upload(olga, dataset, jsonl([{"a": 1}]), datasheet_file=sheet, datasheet="origin: not this one")
    assert DatasetVersion.objects.get().provenance == {"origin": "people", "imported_from": "sheet.json"}


@pytest.mark.parametrize(
    ("content", "name", "more"),
    [
        (b"", "rows.jsonl", {}),
        (b'{"a": 1}\n{"a"', "rows.jsonl", {}),
        (b"\x80\x04\x95", "model.pickle", {}),
        (b'{"a": 1}\n', "rows.jsonl", {"datasheet": "a: [1"}),
        (b'{"a": 1}\n', "rows.jsonl", {"datasheet": "just words"}),
        (b'{"a": 1}\n', "rows.jsonl", {"expect_digest": "0" * 64}),
        (b'{"a": 1}\n', "rows.jsonl", {"expect_digest": "no digest"}),
    ],
)
def test_what_cannot_be_taken_is_said_in_the_form(
    people: People, olga: Client, content: bytes, name: str, more: dict[str, str]
) -> None:
    answer = upload(olga, make_dataset(people.olga, people.team), content, name, **more)
    assert answer.status_code == 422 and not DatasetVersion.objects.exists()
    assert "field-error" in answer.text or "This cannot be accepted yet" in answer.text


def test_an_upload_is_for_those_who_may(people: People) -> None:
    dataset = make_dataset(people.olga, people.team)
    assert upload(make_browser(people.rui), dataset, jsonl([{"a": 1}])).status_code == 403


def test_a_version_shows_what_is_said_and_names_what_is_not(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team, provenance={"origin": "By hand", "sources": [{"name": "The desk"}]})
    page = olga.get(page_of(version, "provenance")).text
    assert "By hand" in page and "name: The desk" in page
    assert "Nothing is said about: How it was collected, Permission to use it" in page
    assert "never scanned" in page


def test_findings_are_shown_masked_with_the_licence_verdict(people: People, olga: Client) -> None:
    version = stories.make_dataset_version(people.olga, people.team)
    stories.make_scan(people.olga, version, stories.scan_result(entities={"EMAIL_ADDRESS": 3}))
    page = olga.get(page_of(version, "findings")).text
    assert "E-mail address" in page and "personal data found" in page
    assert "Scan again" in page and reverse("portal:run-detail", args=["scan", ScanRun.objects.get().pk]) in page


def test_lists_and_exports_keep_what_a_newer_scan_of_fewer_checks_did_not_look_for(
    people: People, olga: Client
) -> None:
    version = stories.make_dataset_version(people.olga, people.team)
    page, card = reverse("catalog:dataset-detail", args=[version.dataset_id]), f"/api/v1/dataset-versions/{version.pk}"
    secrets = {"digest": "1" * 64, "secrets": {"total": 0, "rows": 0, "rows_scanned": 10, "by_entity": {}}}
    stories.make_scan(people.olga, version, secrets)
    assert "not searched for personal data" in olga.get(page).text
    stories.make_scan(people.olga, version, stories.scan_result(entities={"EMAIL_ADDRESS": 3}))
    stories.make_scan(people.olga, version, secrets)
    assert "personal data found" in olga.get(page).text and "no personal data found" not in olga.get(page).text
    first, last = version.scans.order_by("pk")[1:]
    told = olga.get(f"{card}/croissant/").text
    assert f"Scan {first.pk} of" in told and "3 pieces of personal data" in told
    assert f"Scan {last.pk} of" in told and "no secret of a known form" in told


def test_a_changed_licence_makes_the_old_verdict_void(people: People, olga: Client) -> None:
    version = stories.make_dataset_version(people.olga, people.team)
    stories.make_scan(people.olga, version, stories.scan_result())
    url = reverse("catalog:version-describe", args=[version.pk])
    data = {"licence": "CC-BY-NC-4.0", "datasheet": datasheet_text(version.provenance), "reason": "Read the contract"}
    assert olga.post(url, data).url == page_of(version)
    assert "The licence changed since the scan" in olga.get(page_of(version, "provenance")).text
    version.refresh_from_db()
    assert version.provenance == stories.PROVENANCE, "a datasheet that nobody touched stays as it was"
    assert AuditEntry.objects.get(action="dataset_version.describe").reason == "Read the contract"


def test_a_description_needs_its_reason(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team)
    answer = olga.post(reverse("catalog:version-describe", args=[version.pk]), {"licence": "MIT", "datasheet": ""})
    assert answer.status_code == 422
    version.refresh_from_db()
    assert version.licence == ""


def test_a_version_is_compared_with_the_one_before(people: People, olga: Client) -> None:
    first = make_data(people.olga, people.team, [{"a": 1, "b": 2}], "rows.csv")
    second = commit(people.olga, first.dataset, csv([{"a": 1, "c": 2}, {"a": 2, "c": 3}]), "rows.csv")
    page = olga.get(page_of(second)).text
    assert "Compared with the version before" in page and page_of(first) in page and "(+1)" in page
    assert "Compared with the version before" not in olga.get(page_of(first)).text


def test_a_version_tells_where_it_is_used(people: People, olga: Client) -> None:
    data = make_data(people.olga, people.team)
    trained = make_version(people.olga, people.team, trained_on=[data])
    tuning_start(
        by=people.olga, base_version=trained, dataset_version=data, output_model=make_model(people.olga, people.team)
    )
    page = olga.get(page_of(data, "uses")).text
    assert reverse("portal:version-detail", args=[trained.pk]) in page and "Tuning" in page
    assign_perm("view_dataset", people.xena, data.dataset)
    assert str(trained) not in make_browser(people.xena).get(page_of(data, "uses")).text, "the model is not shared"


def test_a_scan_is_started_once_and_followed(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team)
    url = reverse("catalog:scan-start", args=[version.pk])
    answer = olga.post(url)
    assert answer.url == reverse("portal:run-detail", args=["scan", ScanRun.objects.get().pk])
    assert url not in olga.get(page_of(version)).text, "an open scan needs no twin"
    assert olga.post(url).status_code == 409
    assert "What to look for" in olga.get(url).text
    assert make_browser(people.rui).post(url).status_code == 403


def test_the_list_is_filtered_sorted_and_given_as_a_file(people: People, olga: Client) -> None:
    for name in ("Alpha", "Beta", "=SUM(A1)"):
        make_dataset(people.olga, people.team, name=name)
    url = reverse("catalog:dataset-list")
    assert "Beta" not in olga.get(url, {"name": "alp"}).text
    assert "No dataset matches" in olga.get(url, {"name": "none such"}).text
    text = olga.get(url, {"sort": "name"}).text
    assert text.index("Alpha") < text.index("Beta")
    answer = olga.get(url, {"format": "csv", "sort": "name"})
    assert answer["Content-Type"].startswith("text/csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 4 and "'=SUM(A1)" in lines[1], "a spreadsheet must not take a name for a formula"
    assert olga.get(url, {"team": people.other_team.pk}).status_code == 200
    for odd in ({"page": "x"}, {"page": "99999999999999999999"}, {"sort": "pk"}, {"name": "\0"}):
        assert olga.get(url, odd).status_code == 200


def test_pages_cost_the_same_with_one_row_and_with_thirty(people: People, olga: Client) -> None:
    data = make_data(people.olga, people.team)
    make_scan(people.olga, data)
    of_list, of_one = reverse("catalog:dataset-list"), reverse("catalog:dataset-detail", args=[data.dataset_id])
    few = queries_of(olga, of_list), queries_of(olga, of_one)
    for number in range(30):
        make_dataset(people.olga, people.team)
        make_scan(people.olga, commit(people.olga, data.dataset, jsonl([{"a": number}])))
    assert (queries_of(olga, of_list), queries_of(olga, of_one)) == few
    assert few == (11, 19)


@pytest.mark.parametrize(
    "value",
    [
        {"a": "no"},
        {"a": "2024-01-31", "b": ["x", 1, 1.5, True, "1e5", "007", "~", "null"]},
        DATASHEET,
        {"text": "one: two\n# three\n\n  four " * 9, "number": 1e-7, "big": 1e22, "nested": [[1], {"b": []}]},
    ],
)
def test_a_datasheet_reads_back_as_it_was_written(value: dict[str, Any]) -> None:
    assert object_of_text(datasheet_text(value)) == value


def test_values_of_a_datasheet_are_put_into_words() -> None:
    assert in_words([{"name": "Desk", "issued_by": None}, "and more"]) == ["name: Desk", "and more"]
    assert in_words({"share": 0.0, "by_hand": True}) == ["share: 0.0; by hand: yes"]
    assert in_words(None) == in_words([]) == in_words({}) == ["—"]


def test_a_change_names_columns_that_came_went_and_changed() -> None:
    before = [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]
    after = [{"name": "b", "type": "number"}, {"name": "c", "type": "text"}]
    change = change_between(before, after, rows=-1, size=5)
    assert (change.added, change.removed, change.retyped) == (("c",), ("a",), ("b (text → number)",))


TABS = ["", "overview", "statistics", "provenance", "findings", "changes", "uses"]


@pytest.mark.parametrize("tab", [*TABS, "rows", "no-such-tab", "\0"])
def test_every_tab_opens_for_everybody_who_sees_the_version(people: People, olga: Client, tab: str) -> None:
    version = make_data(people.olga, people.team)
    for client in (olga, make_browser(people.rui)):
        assert client.get(reverse("catalog:version-detail", args=[version.pk]), {"tab": tab}).status_code == 200


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_costs_the_same_however_long_the_history(people: People, olga: Client, tab: str) -> None:
    version = make_data(people.olga, people.team)
    commit(people.olga, version.dataset, jsonl([{"a": "first"}]))
    middle = DatasetVersion.objects.get(number=2)
    make_scan(people.olga, middle)
    few = queries_of(olga, page_of(middle, tab))
    for number in range(8):
        make_scan(people.olga, commit(people.olga, version.dataset, jsonl([{"a": number}])))
        make_scan(people.olga, middle)
    assert queries_of(olga, page_of(middle, tab)) == few <= 17


def test_a_version_names_its_commit_parents_and_what_came_from_it(people: People, olga: Client) -> None:
    first = make_data(people.olga, people.team)
    second = commit(people.olga, first.dataset, jsonl([{"a": 1}]), message="Better")
    text = olga.get(page_of(second)).text
    assert second.commit_digest in text and page_of(first) in text
    changes = olga.get(page_of(first, "changes")).text
    assert "The first version" in changes and "Better" in changes and page_of(second) in changes


def test_the_raw_file_is_for_those_who_may_read_it(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team)
    file = reverse("dataset-version-file", args=[version.pk])
    assert file in olga.get(page_of(version)).text and olga.get(file).status_code == 200
    rui = make_browser(people.rui)
    assert file not in rui.get(page_of(version)).text and rui.get(file).status_code == 403
    assert make_browser(people.xena).get(file).status_code == 404
