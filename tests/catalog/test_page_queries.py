"""How many questions each page of data asks the database: pinned, so that a page cannot become slow unnoticed."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from apps.catalog.models import Branch, Dataset
from apps.catalog.services import branch_create, source_create, version_source_link
from apps.catalog.services.diffs import diff_start
from apps.catalog.services.views import view_create
from tests.makers import commit, jsonl, make_browser, make_data, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
ROWS = [{"id": number, "text": f"row {number}"} for number in range(30)]
PINNED = {
    "rows": 17,
    "rows found": 17,
    "view": 7,
    "diff": 14,
    "upload": 7,
    "merge": 12,
    "describe": 5,
    "provenance": 10,
    "source": 6,
}


def more(people: People, dataset: Dataset, number: int) -> None:
    """Another branch with a version, a view, a comparison and a source."""
    main = Branch.objects.get(dataset=dataset, name="main").head
    branch_create(by=people.olga, dataset=dataset, name=f"line-{number}", start=main)
    made = commit(people.olga, dataset, jsonl([*ROWS, {"id": 100 + number, "text": "x"}]), branch=f"line-{number}")
    view_create(by=people.olga, version=main, name=f"View {number}", expression=f"id > {number}")
    diff_start(by=people.olga, before=main, after=made)
    source = source_create(by=people.olga, team=people.team, name=f"Source {number}", licence="MIT")
    version_source_link(by=people.olga, version=main, source=source)


def addresses(dataset: Dataset) -> dict[str, str]:
    first = dataset.versions.get(number=1)
    heads = {branch.name: branch for branch in dataset.branches.all()}
    source = first.source_links.first()
    view = first.views.first()
    assert source is not None and view is not None
    rows = reverse("catalog:version-rows", args=[first.pk])
    merged = urlencode({"source": heads["line-0"].pk, "branch": heads["main"].pk})
    return {
        "rows": rows,
        "rows found": f"{rows}?{urlencode({'filter': 'id > 5'})}",
        "view": reverse("catalog:view-detail", args=[view.pk]),
        "diff": reverse("catalog:diff", args=[first.pk, heads["line-0"].head_id]),
        "upload": reverse("catalog:version-upload", args=[dataset.pk]),
        "merge": f"{reverse('catalog:merge', args=[dataset.pk])}?{merged}",
        "describe": reverse("catalog:version-describe", args=[first.pk]),
        "provenance": reverse("catalog:version-provenance", args=[first.pk]),
        "source": reverse("catalog:source-detail", args=[source.source_id]),
    }


def test_the_pages_of_data_ask_as_often_as_they_did(people: People) -> None:
    olga = make_browser(people.olga)
    dataset = make_data(people.olga, people.team, ROWS).dataset
    more(people, dataset, 0)
    few = {name: queries_of(olga, url) for name, url in addresses(dataset).items()}
    for number in range(1, 8):
        more(people, dataset, number)
    assert {name: queries_of(olga, url) for name, url in addresses(dataset).items()} == few, "they grow with the rows"
    assert few == PINNED


@pytest.fixture
def people() -> People:
    return make_people()
