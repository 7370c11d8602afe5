"""What a new version takes over from the one before, and how everybody sees that nobody checked it anew."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.catalog.models import DatasetVersion
from apps.catalog.rules.declared import Declared, carried_words, declared_anew, declared_of_both
from apps.catalog.services import branch_rollback, dataset_version_describe
from apps.checklist.queries import findings_for
from apps.checklist.rules import DECLARED, IMPORTED
from tests.makers import commit, jsonl, make_browser, make_client, make_data
from tests.people import People, make_people
from tests.stories import make_base_version

pytestmark = pytest.mark.django_db
SHEET = {"origin": "the desk", "permission": "own work"}
SECOND = jsonl([{"a": 2}])


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def first(people: People) -> DatasetVersion:
    return make_data(people.olga, people.team, [{"a": 1}], licence="CC-BY-4.0", provenance=SHEET)


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def test_what_nobody_says_is_carried_over_and_keeps_the_number_it_was_said_of(
    people: People, first: DatasetVersion
) -> None:
    second = commit(people.olga, first.dataset, SECOND)
    third = commit(people.olga, first.dataset, jsonl([{"a": 3}]), licence="MIT")
    assert (second.licence, second.provenance) == ("CC-BY-4.0", SHEET)
    assert second.carried == {"licence": [1], "datasheet.origin": [1], "datasheet.permission": [1]}
    assert third.licence == "MIT" and third.carried == {"datasheet.origin": [1], "datasheet.permission": [1]}
    assert AuditEntry.objects.filter(action="dataset_version.create").latest("pk").data["carried"] == 2


def test_what_is_said_is_said_anew_even_in_the_same_words(people: People, first: DatasetVersion) -> None:
    second = commit(people.olga, first.dataset, SECOND, licence="CC-BY-4.0", provenance=SHEET)
    assert second.carried == {} and second.provenance_digest != first.provenance_digest


def test_saying_that_there_is_none_carries_nothing(people: People, first: DatasetVersion) -> None:
    second = commit(people.olga, first.dataset, SECOND, licence="", provenance={})
    assert (second.licence, second.provenance, second.carried) == ("", {}, {})


def test_describing_says_it_of_this_version_and_changes_the_digest(people: People, first: DatasetVersion) -> None:
    second = commit(people.olga, first.dataset, SECOND)
    before = second.provenance_digest
    said = {"licence": second.licence, "provenance": second.provenance}
    second = dataset_version_describe(by=people.olga, version=second, reason="Read the contract", **said)
    assert second.carried == {} and second.provenance_digest != before, "answers that rested on it turn stale"


def test_the_same_bytes_come_back_with_what_was_said_of_them(people: People, first: DatasetVersion) -> None:
    second = commit(people.olga, first.dataset, SECOND, licence="MIT", provenance={})
    back = branch_rollback(
        by=people.olga, branch=second.dataset.branches.get(), to=first, reason="The second was wrong"
    )
    assert (back.licence, back.provenance, back.carried) == ("CC-BY-4.0", SHEET, {})


def upload(olga: Client, first: DatasetVersion, **more: object) -> DatasetVersion:
    url = reverse("catalog:version-upload", args=[first.dataset_id])
    form = olga.get(url).context["form"]
    shown = {name: form[name].value() for name in ("licence", "datasheet", "shown", "branch")}
    data = {"file": SimpleUploadedFile("rows.jsonl", SECOND), **shown, **more}
    answer = olga.post(url, data)
    assert answer.status_code == 302, answer.context["form"].errors
    return DatasetVersion.objects.latest("pk")


def test_the_form_shows_what_was_said_and_carries_what_is_left_as_it_is(first: DatasetVersion, olga: Client) -> None:
    page = olga.get(reverse("catalog:version-upload", args=[first.dataset_id])).text
    assert "CC-BY-4.0" in page and "the desk" in page and "confidentiality:" in page
    version = upload(olga, first, datasheet="origin: the desk\npermission: a contract\n")
    assert version.provenance == {"origin": "the desk", "permission": "a contract"}
    assert version.carried == {"licence": [1], "datasheet.origin": [1]}


def test_a_person_who_checked_says_so_in_the_form(first: DatasetVersion, olga: Client) -> None:
    assert upload(olga, first, is_checked="on").carried == {}


def test_a_datasheet_in_a_file_is_said_anew(first: DatasetVersion, olga: Client) -> None:
    sheet = SimpleUploadedFile("sheet.yaml", b"origin: the desk\n")
    version = upload(olga, first, datasheet_file=sheet)
    assert version.provenance == {"origin": "the desk", "imported_from": "sheet.yaml"} and version.carried == {}


def test_the_first_upload_has_nothing_to_carry(people: People, olga: Client) -> None:
    dataset = make_data(people.olga, people.team).dataset
    form = olga.get(reverse("catalog:version-upload", args=[dataset.pk])).context["form"]
    assert "shown" not in form.fields and "is_checked" not in form.fields


def test_the_page_says_what_was_carried_over(people: People, first: DatasetVersion, olga: Client) -> None:
    second = commit(people.olga, first.dataset, SECOND)
    words = "carried over from version 1, not checked anew"
    page = olga.get(reverse("catalog:version-detail", args=[second.pk]) + "?tab=provenance").text
    assert "Not checked anew" in page and words in page
    assert words not in olga.get(reverse("catalog:version-detail", args=[first.pk]) + "?tab=provenance").text


def test_the_api_takes_both_as_optional_and_tells_what_was_carried(people: People, first: DatasetVersion) -> None:
    client = make_client(people.olga)
    url = reverse("dataset-versions", args=[first.dataset_id])
    made = client.post(url, {"file": SimpleUploadedFile("rows.jsonl", SECOND)}, format="multipart").json()
    assert made["licence"] == "CC-BY-4.0" and made["carried"]["licence"] == [1]
    none = {"file": SimpleUploadedFile("rows.jsonl", jsonl([{"a": 3}])), "licence": "", "provenance": ""}
    made = client.post(url, none, format="multipart").json()
    assert (made["licence"], made["provenance"], made["carried"]) == ("", {}, {})


def test_the_command_line_carries_and_takes_a_datasheet(
    people: People, first: DatasetVersion, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, sheet = tmp_path / "rows.jsonl", tmp_path / "sheet.yaml"
    rows.write_bytes(SECOND)
    who = ["--dataset", str(first.dataset_id), "--as", people.olga.email]
    call_command("dataset_commit", str(rows), *who)
    assert "3 statements carried over from version 1, not checked anew" in capsys.readouterr().out
    rows.write_bytes(jsonl([{"a": 3}]))
    sheet.write_text("origin: elsewhere\n")
    call_command("dataset_commit", str(rows), *who, "--datasheet", str(sheet))
    version = DatasetVersion.objects.latest("pk")
    assert version.provenance == {"origin": "elsewhere", "imported_from": "sheet.yaml"}
    assert version.carried == {"licence": [1]}


def test_a_merge_names_both_sides() -> None:
    ours = Declared("MIT", {"origin": "here"}, {"licence": [1]})
    theirs = Declared("CC0-1.0", {"origin": "there", "geography": "DE"})
    both = declared_of_both(ours, 4, theirs, 5)
    assert both.licence == "MIT AND CC0-1.0"
    assert both.carried == {"licence": [1, 5], "datasheet.origin": [4, 5], "datasheet.geography": [5]}
    assert "licence" not in declared_of_both(ours, 4, theirs, 5, licence="MIT").carried


def test_marks_of_files_are_no_statements() -> None:
    before = Declared("", {"origin": "here", "imported_from": "a.json"})
    assert declared_anew(before, 2, None, None).carried == {"datasheet.origin": [2]}
    assert declared_anew(before, 2, "MIT", {"origin": "here"}, was_shown=True).carried == {"datasheet.origin": [2]}
    assert carried_words([2]) == "carried over from version 2, not checked anew"
    assert carried_words([5, 1, 3]) == "carried over from versions 1, 3 and 5, not checked anew"


def test_the_checklist_says_so_and_believes_no_file_that_spoke_of_earlier_rows(people: People) -> None:
    sheet = {"datasheet_file": "sheet.yaml", "provenance": SHEET}
    first = make_data(people.olga, people.team, [{"a": 1}], licence="CC-BY-4.0", **sheet)
    second = commit(people.olga, first.dataset, SECOND)
    found = {}
    for data in (first, second):
        told = findings_for(make_base_version(people.olga, people.team, trained_on=[data]))
        found[data.number] = (told["dataset.permission"][0], told["dataset.licence"][0])
    assert (found[1][0].status, found[2][0].status) == (IMPORTED, DECLARED)
    assert "carried over from version 1, not checked anew" in found[2][0].method
    assert "carried over from version 1" in found[2][1].summary and "carried over" not in found[1][1].summary
