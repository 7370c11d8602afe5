"""Commits and comparisons of data among the runs, and finding data by tag, source and digest."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalog.models import CommitRun, DatasetVersion, Source
from apps.catalog.services.branches import tag_create
from apps.catalog.services.diffs import diff_start
from apps.catalog.services.uploads import commit_start, upload_append, upload_start
from apps.catalog.tasks.commits import commit as commit_task
from apps.core.models import Run
from tests.makers import ROWS, commit, jsonl, make_browser, make_data, make_dataset
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = jsonl(ROWS)


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def page_of(run: Run) -> str:
    return reverse("portal:run-detail", args=[run.kind, run.pk])


def queued(people: People) -> CommitRun:
    """The commit of an uploaded file that waits for a worker."""
    dataset = make_dataset(people.olga, people.team)
    upload = upload_start(by=people.olga, dataset=dataset, filename="rows.jsonl", size=len(CONTENT))
    upload_append(by=people.olga, upload=upload, offset=0, length=len(CONTENT), blocks=[CONTENT])
    return commit_start(by=people.olga, dataset=dataset, upload=upload, message="From a run")


def test_a_commit_is_followed_and_leads_to_its_version(people: People, olga: Client) -> None:
    run = queued(people)
    text = olga.get(page_of(run)).text
    assert "Data commit" in text and "rows.jsonl" in text and "See the version" not in text
    assert "A version is being made" in olga.get(reverse("catalog:dataset-detail", args=[run.dataset_id])).text
    commit_task(run.pk)
    version = DatasetVersion.objects.get()
    assert version.message == "From a run"
    text = olga.get(page_of(run)).text
    assert "See the version" in text and reverse("catalog:version-detail", args=[version.pk]) in text
    listed = olga.get(reverse("portal:run-list"), {"kind": "commit"}).text
    assert page_of(run) in listed and run.dataset.name in listed
    assert olga.get(reverse("portal:search"), {"q": f"commit {run.pk}"}).text.count(page_of(run)) == 1


def test_a_commit_that_fails_keeps_the_upload(people: People, olga: Client) -> None:
    run = queued(people)
    run.config |= {"expect_digest": "0" * 64}
    run.save()
    commit_task(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "digest.differs")
    page = olga.get(reverse("catalog:dataset-detail", args=[run.dataset_id])).text
    assert "Uploads that wait to go on" in page and "Make it a version" in page
    assert Path(run.upload.filename).suffix == ".jsonl"


def test_a_comparison_is_followed_and_leads_to_what_differs(people: People, olga: Client) -> None:
    before = make_data(people.olga, people.team)
    after = commit(people.olga, before.dataset, jsonl(ROWS[:2]))
    run = diff_start(by=people.olga, before=before, after=after)
    text = olga.get(page_of(run)).text
    assert "Comparison of data" in text and str(before) in text and str(after) in text
    assert page_of(run) in olga.get(reverse("portal:run-list"), {"kind": "diff"}).text


def test_outsiders_find_none_of_these_runs(people: People) -> None:
    run, xena = queued(people), make_browser(people.xena)
    assert xena.get(page_of(run)).status_code == 404
    assert page_of(run) not in xena.get(reverse("portal:run-list")).text
    assert "Nothing found" in xena.get(reverse("portal:search"), {"q": f"commit {run.pk}"}).text


def test_data_is_found_by_tag_source_and_digests(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team)
    tag_create(by=people.olga, version=version, name="released-in-spring")
    source = Source.objects.create(team=people.team, name="Forum dump", created_by=people.olga)
    url, here = reverse("portal:search"), reverse("catalog:version-detail", args=[version.pk])
    for words in ("in-spring", version.digest[:8], version.commit_digest[:8]):
        assert here in olga.get(url, {"q": words}).text
        assert "Nothing found" in make_browser(people.xena).get(url, {"q": words}).text
    assert reverse("catalog:source-detail", args=[source.pk]) in olga.get(url, {"q": "forum"}).text
    assert "Nothing found" in make_browser(people.xena).get(url, {"q": "forum"}).text
