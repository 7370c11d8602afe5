"""The history of a dataset on its pages: branches, tags, the way back, keys and purpose."""

import pytest
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.accounts.rules import AUDITOR
from apps.audit.models import AuditEntry
from apps.catalog.models import Branch, DatasetVersion, Tag
from apps.catalog.services import upload_start
from tests.makers import commit, jsonl, make_browser, make_data, make_person, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
ROWS = [{"id": number, "text": f"Text {number}"} for number in range(3)]
PLACES = ["branch-create", "tag-create", "rollback", "dataset-settings"]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


@pytest.fixture
def version(people: People) -> DatasetVersion:
    return make_data(people.olga, people.team, ROWS, message="First rows")


def at(place: str, version: DatasetVersion) -> str:
    return reverse(f"catalog:{place}", args=[version.dataset_id])


def branch(olga: Client, version: DatasetVersion, name: str) -> Branch:
    answer = olga.post(at("branch-create", version), {"name": name, "start": version.pk})
    assert answer.status_code == 302, answer.text
    return Branch.objects.get(dataset=version.dataset, name=name)


def test_a_branch_is_begun_uploaded_to_and_its_name_taken_away(
    people: People, olga: Client, version: DatasetVersion
) -> None:
    made = branch(olga, version, "cleaning")
    assert made.head == version
    page = olga.get(reverse("catalog:version-upload", args=[version.dataset_id]), {"branch": "cleaning"}).text
    assert '<option value="cleaning" selected>' in page
    second = commit(people.olga, version.dataset, jsonl(ROWS[:2]), branch="cleaning", message="Fewer")
    text = olga.get(at("dataset-detail", version), {"branch": "cleaning"}).text
    assert "Fewer" in text and "First rows" in text, "what the branch came from belongs to it"
    assert "Fewer" not in olga.get(at("dataset-detail", version), {"branch": "main"}).text
    assert olga.post(reverse("catalog:branch-delete", args=[made.pk])).status_code == 302
    assert not Branch.objects.filter(name="cleaning").exists() and DatasetVersion.objects.filter(pk=second.pk).exists()
    assert AuditEntry.objects.filter(action="dataset.branch_delete").exists()


def test_the_main_branch_stays(olga: Client, version: DatasetVersion) -> None:
    main = Branch.objects.get(dataset=version.dataset, name="main")
    assert olga.post(reverse("catalog:branch-delete", args=[main.pk])).status_code == 409


@pytest.mark.parametrize("name", ["", "main", "v3", "a b", "-x", "x" * 81, "deadbeefdeadbeef"])
def test_a_name_that_no_branch_can_have_is_said_in_the_form(olga: Client, version: DatasetVersion, name: str) -> None:
    answer = olga.post(at("branch-create", version), {"name": name, "start": version.pk})
    assert answer.status_code == 422 and Branch.objects.count() == 1
    assert "field-error" in answer.text or "This cannot be accepted yet" in answer.text


def test_a_version_of_another_dataset_is_no_choice(people: People, olga: Client, version: DatasetVersion) -> None:
    other = make_data(people.olga, people.team, ROWS[:1])
    assert olga.post(at("branch-create", version), {"name": "x", "start": other.pk}).status_code == 422
    assert olga.post(at("tag-create", version), {"name": "x", "version": other.pk}).status_code == 422
    main = Branch.objects.get(dataset=version.dataset)
    assert olga.post(at("rollback", version), {"branch": main.pk, "to": other.pk, "reason": "r"}).status_code == 422


def test_a_tag_is_given_shown_and_taken_away(olga: Client, version: DatasetVersion) -> None:
    answer = olga.post(
        at("tag-create", version), {"version": version.pk, "name": "released", "message": "With the bot"}
    )
    assert answer.status_code == 302
    text = olga.get(at("dataset-detail", version)).text
    assert "With the bot" in text and text.count("released") >= 2, "in the table and in the drawing"
    assert olga.post(reverse("catalog:tag-delete", args=[Tag.objects.get().pk])).status_code == 302
    assert not Tag.objects.exists()


def test_a_rollback_needs_a_reason_and_takes_nothing_away(
    people: People, olga: Client, version: DatasetVersion
) -> None:
    commit(people.olga, version.dataset, jsonl(ROWS[:1]))
    main = Branch.objects.get(dataset=version.dataset)
    assert olga.post(at("rollback", version), {"branch": main.pk, "to": version.pk}).status_code == 422
    answer = olga.post(at("rollback", version), {"branch": main.pk, "to": version.pk, "reason": "Rows were lost"})
    third = DatasetVersion.objects.get(number=3)
    assert answer.url == reverse("catalog:version-detail", args=[third.pk])
    assert third.digest == version.digest and third.operation == "rollback"
    text = olga.get(at("dataset-detail", version)).text
    assert "Rolled back" in text and "Rows were lost" in text
    again = olga.post(at("rollback", version), {"branch": main.pk, "to": version.pk, "reason": "Once more"})
    assert again.status_code == 422, "the branch holds that content already"


def test_purpose_and_keys_are_set(people: People, olga: Client, version: DatasetVersion) -> None:
    page = olga.get(at("dataset-settings", version)).text
    assert 'value="id"' in page and 'value="text"' in page
    answer = olga.post(at("dataset-settings", version), {"purpose": "evaluation", "columns": ["id"]})
    assert answer.status_code == 302
    version.dataset.refresh_from_db()
    assert (version.dataset.purpose, version.dataset.key_columns) == ("evaluation", ["id"])
    assert "evaluation set" in olga.get(at("dataset-detail", version)).text
    assert "evaluation set" in olga.get(reverse("catalog:dataset-list"), {"purpose": "evaluation"}).text
    assert version.dataset.name not in olga.get(reverse("catalog:dataset-list"), {"purpose": "protected"}).text
    assert olga.post(at("dataset-settings", version), {"purpose": "fun", "columns": ["x"]}).status_code == 422


@pytest.mark.parametrize("place", PLACES)
def test_an_outsider_finds_nothing_and_a_reader_is_offered_nothing(
    people: People, version: DatasetVersion, place: str
) -> None:
    url = at(place, version)
    assert make_browser(people.xena).get(url).status_code == 404
    for reader in (people.rui, make_person(AUDITOR, team=people.team)):
        client = make_browser(reader)
        assert client.get(url).status_code == 403
        assert url not in client.get(at("dataset-detail", version)).text
    assign_perm("view_dataset", people.xena, version.dataset)
    assert make_browser(people.xena).get(url).status_code == 403
    assert make_browser(people.olga).get(url).status_code == 200


def test_names_of_others_cannot_be_taken_away(people: People, olga: Client, version: DatasetVersion) -> None:
    made = branch(olga, version, "cleaning")
    olga.post(at("tag-create", version), {"version": version.pk, "name": "released"})
    tag = Tag.objects.get()
    for client, status in ((make_browser(people.xena), 404), (make_browser(people.rui), 403)):
        assert client.post(reverse("catalog:branch-delete", args=[made.pk])).status_code == status
        assert client.post(reverse("catalog:tag-delete", args=[tag.pk])).status_code == status
    assert olga.get(reverse("catalog:tag-delete", args=[tag.pk])).status_code == 405


def test_the_drawing_shows_branches_tags_and_what_is_older(
    people: People, olga: Client, version: DatasetVersion
) -> None:
    branch(olga, version, "cleaning")
    for number in range(45):
        commit(people.olga, version.dataset, jsonl([{"id": number}]), message=f"Step {number}")
    text = olga.get(at("dataset-detail", version)).text
    assert "The newest 40 are drawn" in text and text.count('<circle class="c-f1"') == 40
    assert "Step 44" in text


def test_the_page_costs_the_same_however_long_the_history(
    people: People, olga: Client, version: DatasetVersion
) -> None:
    url = at("dataset-detail", version)
    olga.post(at("tag-create", version), {"version": version.pk, "name": "first"})
    few, chosen = queries_of(olga, url), queries_of(olga, f"{url}?branch=main")
    for number in range(12):
        commit(people.olga, version.dataset, jsonl([{"id": number}]))
        branch(olga, version, f"branch-{number}")
        olga.post(at("tag-create", version), {"version": version.pk, "name": f"tag-{number}"})
    assert (queries_of(olga, url), queries_of(olga, f"{url}?branch=main")) == (few, chosen)
    assert (few, chosen) == (20, 22)


def test_many_branches_tags_and_uploads_come_in_pages(people: People, olga: Client, version: DatasetVersion) -> None:
    lines = [
        Branch(dataset=version.dataset, name=f"line-{n:02}", head=version, created_by=people.olga) for n in range(24)
    ]
    Branch.objects.bulk_create(lines)
    named = [
        Tag(dataset=version.dataset, name=f"tag-{n:02}", version=version, created_by=people.olga) for n in range(25)
    ]
    Tag.objects.bulk_create(named)
    for number in range(21):
        upload_start(by=people.olga, dataset=version.dataset, filename=f"rows-{number}.jsonl", size=10)
    url = at("dataset-detail", version)
    page = olga.get(url).text
    for words in ("1–20 of 25 branches", "1–20 of 25 tags", "1–20 of 21 uploads"):
        assert words in page
    assert "Upload to it" in page and "branch=line-23" not in page
    second = olga.get(url, {"branches": "2", "uploads": "2"}).text
    assert "21–25 of 25 branches" in second and "1–20 of 25 tags" in second and "rows-0.jsonl" in second
    assert second.count("branch=line-23") and 'aria-current="page">line-23' in olga.get(url, {"branch": "line-23"}).text
    assert "rows-0.jsonl" in olga.get(at("version-upload", version)).text, "one's own are all there to go on with"


@pytest.mark.parametrize("odd", ["?branch=none", "?branch=%00", "?version=x", "?page=0", "?sort=branch"])
def test_odd_addresses_show_the_page(olga: Client, version: DatasetVersion, odd: str) -> None:
    assert olga.get(at("dataset-detail", version) + odd).status_code == 200
    assert olga.get(at("branch-create", version) + odd).status_code == 200
