"""Merging on the pages: what would happen is shown first, and rows that clash are settled one by one."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion
from apps.catalog.services.branches import branch_create
from apps.catalog.tasks.commits import commit as commit_task
from apps.core import storage
from tests.makers import commit, jsonl, make_browser, make_data
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [{"id": number, "text": f"Text {number}"} for number in range(4)]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


@pytest.fixture
def dataset(people: People) -> Dataset:
    first = make_data(people.olga, people.team, ROWS)
    branch_create(by=people.olga, dataset=first.dataset, name="draft", start=first)
    return first.dataset


def changed(**texts: str) -> bytes:
    """The rows with other texts, by id: `changed(r1="…")`."""
    return jsonl([row | {"text": texts.get(f"r{row['id']}", row["text"])} for row in ROWS])


def both(dataset: Dataset) -> dict[str, int]:
    known = dict(Branch.objects.filter(dataset=dataset).values_list("name", "pk"))
    return {"source": known["draft"], "branch": known["main"]}


def address(dataset: Dataset) -> str:
    return reverse("catalog:merge", args=[dataset.pk])


def merge(client: Client, dataset: Dataset, **more: Any) -> Any:
    answer = client.post(address(dataset), both(dataset) | more)
    for run in CommitRun.objects.filter(state="queued"):
        commit_task(run.pk)
    return answer


def texts(version: DatasetVersion) -> dict[int, str]:
    with storage.open(version.digest) as lines:
        return {row["id"]: row["text"] for row in map(json.loads, lines)}


def test_the_page_asks_which_branches(olga: Client, dataset: Dataset) -> None:
    page = olga.get(address(dataset)).text
    assert "draft (at v1)" in page and "main (at v1)" in page
    same = both(dataset)["branch"]
    answer = olga.get(address(dataset), {"source": same, "branch": same})
    assert answer.status_code == 422 and "Choose another branch" in answer.text


def test_a_branch_without_anything_of_its_own_moves_on(people: People, olga: Client, dataset: Dataset) -> None:
    second = commit(people.olga, dataset, changed(r0="new"), branch="draft")
    assert "This branch just moves on" in olga.get(address(dataset), both(dataset)).text
    assert merge(olga, dataset).url == reverse("catalog:dataset-detail", args=[dataset.pk])
    assert Branch.objects.get(dataset=dataset, name="main").head == second


def test_what_a_merge_would_do_is_shown_and_done(people: People, olga: Client, dataset: Dataset) -> None:
    commit(people.olga, dataset, changed(r0="ours"))
    commit(people.olga, dataset, changed(r1="theirs"), branch="draft")
    page = olga.get(address(dataset), both(dataset)).text
    assert "Rows that clash" in page and "Choose for each row" not in page
    answer = merge(olga, dataset, message="Put together")
    run = CommitRun.objects.get()
    assert answer.url == reverse("portal:run-detail", args=["commit", run.pk]) and run.state == "succeeded", run.error
    made = DatasetVersion.objects.get(number=4)
    assert texts(made) == {0: "ours", 1: "theirs", 2: "Text 2", 3: "Text 3"} and made.message == "Put together"
    assert "See the version" in olga.get(answer.url).text
    graph = olga.get(reverse("catalog:dataset-detail", args=[dataset.pk])).text
    assert "c-paper" in graph, "the merge is drawn as a ring"


def test_rows_that_clash_are_settled_one_by_one(people: People, olga: Client, dataset: Dataset) -> None:
    commit(people.olga, dataset, changed(r0="ours 0", r1="ours 1", r2="ours 2"))
    commit(people.olga, dataset, changed(r0="theirs 0", r1="theirs 1", r2="theirs 2"), branch="draft")
    page = olga.get(address(dataset), both(dataset)).text
    assert "Choose for each row" in page and "ours 1" in page and "theirs 1" in page
    keys = [json.dumps([str(number)]) for number in range(3)]
    more = {f"key-{number}": key for number, key in enumerate(keys)} | {"take-0": "ours", "take-1": "theirs"}
    answer = merge(olga, dataset, **more)
    assert answer.status_code == 422 and "1 row still clashes" in answer.text and not CommitRun.objects.exists()
    assert answer.text.count(" selected>what main has") == answer.text.count(" selected>what draft has") == 1
    merge(olga, dataset, prefer="theirs", **more)
    made = DatasetVersion.objects.get(number=4)
    assert texts(made) == {0: "ours 0", 1: "theirs 1", 2: "theirs 2", 3: "Text 3"}


def test_large_branches_are_settled_after_the_first_attempt(
    people: People, olga: Client, dataset: Dataset, settings: Settings
) -> None:
    settings.COMMIT_INLINE_BYTES = 10
    commit(people.olga, dataset, changed(r0="ours 0"))
    commit(people.olga, dataset, changed(r0="theirs 0"), branch="draft")
    assert "too large to look at beforehand" in olga.get(address(dataset), both(dataset)).text
    merge(olga, dataset)
    failed = CommitRun.objects.get()
    assert (failed.state, failed.error_code) == ("failed", "merge.conflict")
    page = olga.get(reverse("portal:run-detail", args=["commit", failed.pk])).text
    assert "Choose which side to take" in page and "theirs 0" not in page
    page = olga.get(address(dataset), both(dataset)).text
    assert "Choose for each row" in page and "theirs 0" in page
    merge(olga, dataset, **{"key-0": json.dumps(["0"]), "take-0": "theirs"})
    assert texts(DatasetVersion.objects.get(number=4))[0] == "theirs 0"


@pytest.mark.parametrize(
    "odd", [{"take-0": "both", "key-0": '["1"]'}, {"take-0": "ours", "key-0": "{"}, {"prefer": "x"}]
)
def test_choices_that_make_no_sense_are_refused(
    people: People, olga: Client, dataset: Dataset, odd: dict[str, str]
) -> None:
    commit(people.olga, dataset, changed(r0="ours 0"))
    commit(people.olga, dataset, changed(r0="theirs 0"), branch="draft")
    assert merge(olga, dataset, **odd).status_code == 422
    assert not CommitRun.objects.exists()


def test_nothing_to_merge_is_said(olga: Client, dataset: Dataset) -> None:
    answer = olga.get(address(dataset), both(dataset))
    assert answer.status_code == 200 and "has everything of that version already" in answer.text
    assert "There is nothing to merge" in answer.text and 'class="form merge"' not in answer.text
    assert merge(olga, dataset).status_code == 422


def test_who_may_not_merge_is_refused(people: People, dataset: Dataset) -> None:
    assert make_browser(people.xena).get(address(dataset)).status_code == 404
    assert make_browser(people.rui).get(address(dataset)).status_code == 403
    assert make_browser(people.rui).post(address(dataset), both(dataset)).status_code == 403
