"""The pages of a dataset's history and of a version, tab by tab: no barrier, in light and dark, and on a phone."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import User
from apps.catalog.models import Branch, CommitRun, DatasetVersion
from apps.catalog.services.branches import branch_create, tag_create
from apps.catalog.services.merges import merge_start
from apps.catalog.services.uploads import upload_append, upload_start
from apps.catalog.tasks.commits import commit as commit_task
from tests import stories
from tests.browser.conftest import SignIn
from tests.browser.test_pages import problems
from tests.makers import commit, jsonl, make_data
from tests.people import People, make_people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROWS = [{"id": number, "text": f"Text {number}"} for number in range(6)]
TABS = ["", "statistics", "provenance", "findings", "changes", "uses"]
FORMS = ["version-upload", "branch-create", "tag-create", "rollback", "dataset-settings", "merge"]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> DatasetVersion:
    """The first of a dataset with two branches that clash, a tag, a scan, and a file on its way."""
    olga = people.olga
    first = make_data(olga, people.team, ROWS, message="First rows")
    branch_create(by=olga, dataset=first.dataset, name="draft", start=first)
    for branch, text in (("main", "ours"), ("draft", "theirs")):
        rows = [row | {"text": text} if row["id"] == 1 else row for row in ROWS]
        commit(olga, first.dataset, jsonl(rows), branch=branch, message=f"Change a row on {branch}")
    tag_create(by=olga, version=first, name="released", message="What the bot learned from")
    stories.make_scan(olga, first, stories.scan_result(entities={"EMAIL_ADDRESS": 3}))
    upload = upload_start(by=olga, dataset=first.dataset, filename="more.jsonl", size=100)
    upload_append(by=olga, upload=upload, offset=0, length=40, blocks=[b"x" * 40])
    main, draft = Branch.objects.get(name="main"), Branch.objects.select_related("head").get(name="draft")
    run = merge_start(by=olga, branch=main, source=draft.head)
    assert isinstance(run, CommitRun)
    commit_task(run.pk)
    return first


def addresses(version: DatasetVersion, user: User, people: People) -> Iterator[str]:
    here = reverse("catalog:version-detail", args=[version.pk])
    dataset = reverse("catalog:dataset-detail", args=[version.dataset_id])
    yield from (f"{here}?tab={tab}" for tab in TABS)
    yield reverse("catalog:dataset-list")
    yield dataset
    yield f"{dataset}?branch=draft"
    yield reverse("portal:run-detail", args=["commit", CommitRun.objects.get().pk])
    if user == people.olga:
        yield from (reverse(f"catalog:{name}", args=[version.dataset_id]) for name in FORMS)
        known = dict(Branch.objects.values_list("name", "pk"))
        merge = reverse("catalog:merge", args=[version.dataset_id])
        yield f"{merge}?source={known['draft']}&branch={known['main']}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["olga", "rui"])
def test_no_page_of_data_keeps_anybody_out(
    live_server: LiveServer, page: Page, people: People, version: DatasetVersion, sign_in: SignIn, name: str
) -> None:
    user: User = getattr(people, name)
    sign_in(user)
    schemes = ("light", "dark") if name == "olga" else ("light",)
    wrong = {
        address: found
        for address in addresses(version, user, people)
        if (found := list(problems(page, live_server.url + address, schemes)))
    }
    assert wrong == {}


def test_a_clash_is_settled_in_the_browser(
    live_server: LiveServer, page: Page, people: People, version: DatasetVersion, sign_in: SignIn
) -> None:
    sign_in(people.olga)
    page.goto(live_server.url + reverse("portal:run-detail", args=["commit", CommitRun.objects.get().pk]))
    page.get_by_role("link", name="Choose which side to take").click()
    expect(page.get_by_role("region", name="Rows that clash")).to_contain_text("theirs")
    page.get_by_label("What to take for row id 1").select_option("what draft has")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator("main")).to_contain_text("The merge waits for a worker")
    run = CommitRun.objects.latest("pk")
    assert run.config["choices"] == 1  # how many; the keys are values of cells and stand apart
    commit_task(run.pk)
    page.get_by_role("link", name="See the version").click()
    expect(page.locator("h1")).to_contain_text("v4")
    page.get_by_role("link", name="Changes").click()
    expect(page.locator("main")).to_contain_text("Compare with version 3")
