"""Saved views: what they give never changes, and the rows they give can become a version of their own."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.urls import reverse

from apps.catalog.models import DatasetVersion, Derivation, SavedView
from apps.catalog.services import source_create, version_source_link, version_source_unlink
from apps.catalog.services.views import view_commit, view_create, view_made
from apps.core import storage, tables
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from tests.makers import claim, commit, csv, jsonl, make_browser, make_client, make_data, make_dataset, make_person
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
ROWS = [{"id": n, "text": f"row {n}", "ok": n % 3 == 0} for n in range(30)]


@pytest.fixture
def people() -> People:
    return make_people()


def committed(people: People, view: SavedView, folder: Path, **more: str) -> DatasetVersion:
    run = view_commit(by=people.olga, view=view, **more)
    return view_made(claim(run), folder, lambda share, words: None)


def test_a_view_counts_its_rows_once_and_for_all(people: People) -> None:
    version = make_data(people.olga, people.team, ROWS)
    view = view_create(by=people.olga, version=version, name=" Thirds ", expression="ok AND id > 0")
    assert (view.name, view.rows, len(view.rows_digest)) == ("Thirds", 9, 64)
    with pytest.raises(Conflict):
        view_create(by=people.olga, version=version, name="Thirds", expression="id = 1")
    with pytest.raises(Invalid, match="nope"):
        view_create(by=people.olga, version=version, name="Other", expression="nope = 1")
    with pytest.raises(Invalid):
        view_create(by=people.olga, version=version, name=" ", expression="id = 1")


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet", "rows.txt"])
def test_the_rows_of_a_view_become_a_version(people: People, tmp_path: Path, name: str) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "made.parquet")
    content = {
        "rows.jsonl": jsonl(ROWS).rstrip(b"\n"),
        "rows.csv": csv(ROWS),
        "rows.parquet": (tmp_path / "made.parquet").read_bytes(),
        "rows.txt": b"".join(f"row {n}\n\n".encode() for n in range(30)),
    }[name]
    origin = commit(people.olga, make_dataset(people.olga, people.team), content, name, licence="MIT")
    expression = (
        "text LIKE 'row 2%' OR text = 'row 29'" if name == "rows.txt" else "id IN (2, 29) OR id BETWEEN 20 AND 28"
    )
    view = view_create(by=people.olga, version=origin, name="twenties", expression=expression)
    made = committed(people, view, tmp_path)
    before = list(tables.iter_rows(storage.local_path(origin.digest), origin.format))
    after = list(tables.iter_rows(storage.local_path(made.digest), made.format))
    assert after == [row for place, row in enumerate(before) if place in {2, *range(20, 30)}]
    assert (made.operation, made.parent, made.licence, made.rows) == ("filter", origin, "MIT", view.rows)
    assert Derivation.objects.get(version=made).origin == origin


def test_a_view_without_rows_and_a_branch_that_is_not_there_are_refused(people: People) -> None:
    version = make_data(people.olga, people.team, ROWS)
    empty = view_create(by=people.olga, version=version, name="none", expression="id < 0")
    with pytest.raises(Invalid, match="no rows"):
        view_commit(by=people.olga, view=empty)
    view = view_create(by=people.olga, version=version, name="some", expression="id < 5")
    with pytest.raises(NotFound, match="no branch"):
        view_commit(by=people.olga, view=view, branch="nope")


def test_who_may_not_read_raw_data_makes_no_views_and_outsiders_see_nothing(people: People) -> None:
    version = make_data(people.olga, people.team, ROWS)
    with pytest.raises(Refused):
        view_create(by=people.rui, version=version, name="x", expression="id = 1")
    with pytest.raises(NotFound):
        view_create(by=people.xena, version=version, name="x", expression="id = 1")
    view = view_create(by=people.olga, version=version, name="x", expression="id = 1")
    with pytest.raises(Refused):
        view_commit(by=people.rui, view=view)


def test_a_version_made_of_a_view_has_the_sources_of_the_rows_and_not_of_the_branch(
    people: People, tmp_path: Path
) -> None:
    origin = make_data(people.olga, people.team, ROWS)
    first, second = (source_create(by=people.olga, team=people.team, name=name) for name in ("First", "Second"))
    version_source_link(by=people.olga, version=origin, source=first)
    view = view_create(by=people.olga, version=origin, name="some", expression="id < 5")
    newer = commit(people.olga, origin.dataset, jsonl(ROWS[:20]))
    version_source_unlink(by=people.olga, version=newer, source=first)
    version_source_link(by=people.olga, version=newer, source=second)
    made = committed(people, view, tmp_path)
    assert made.parent == newer
    assert [link.source.name for link in made.source_links.all()] == ["First"]


def test_a_filter_may_quote_rows_and_is_hidden_from_who_may_not_read_them(people: People, tmp_path: Path) -> None:
    version = make_data(people.olga, people.team, ROWS)
    view = view_create(by=people.olga, version=version, name="one", expression="text = 'row 7'")
    made = committed(people, view, tmp_path)
    assert made.derived_from.get().how == "rows of view “one”"
    lists = f"/api/v1/dataset-versions/{version.pk}/views/"
    assert make_client(people.olga).get(lists).json()["results"][0]["expression"] == "text = 'row 7'"
    pages = [reverse("catalog:view-detail", args=[view.pk]), reverse("catalog:version-rows", args=[version.pk])]
    for person in (people.rui, make_person("auditor", team=people.team)):
        client, browser = make_client(person), make_browser(person)
        answers = [client.get(lists), client.get(f"/api/v1/views/{view.pk}/"), *(browser.get(url) for url in pages)]
        for answer in answers:
            assert answer.status_code == 200 and "row 7" not in answer.content.decode()
