"""What scans compared with: no newer scan hides what an earlier one compared, and what came since is missed."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries import scanned
from apps.catalog.rules import EVALUATION
from apps.catalog.services import dataset_settings_set, scan_finish, scan_start
from tests.makers import claim, commit, jsonl, make_browser, make_data, make_dataset, make_person, make_team

pytestmark = pytest.mark.django_db
COLUMNS = ["prompt", "answer"]


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def data(olga: User, team: Team) -> DatasetVersion:
    return make_data(olga, team)


def kept(by: User, team: Team, name: str, purpose: str = "", answer: str = "Yes.") -> DatasetVersion:
    version = commit(by, make_dataset(by, team, name=name), jsonl([{"prompt": "Is it?", "answer": answer}]))
    if purpose:
        dataset_settings_set(by=by, dataset=version.dataset, purpose=purpose)
    return version


def a_set(label: str, held: int = 0, digest: str = "") -> dict[str, Any]:
    told = {"label": label, "content": digest or label.lower() * 4, "rows": 9, "comparable": 9}
    return told | {"contaminated": {"count": held, "share": held / 9}}


def compared(by: User, version: DatasetVersion, *sets: dict[str, Any], columns: list[str] = COLUMNS) -> ScanRun:
    run = claim(scan_start(by=by, version=version))
    section = {"references": list(sets), "compared": bool(sets), "rows_scanned": version.rows, "digest": "d" * 64}
    result = {"rows": version.rows, "columns": columns, "overlap": section, "digest": "1" * 64}
    scan_finish(run=run, result=result)
    return run


def told(version: DatasetVersion) -> dict[str, tuple[int, int | None]]:
    section = scanned([version.pk])[version.pk].section("overlap")
    assert section is not None
    return {one["label"]: (one["contaminated"]["count"], one.get("scan")) for one in section["references"]}


def test_a_newer_scan_of_fewer_sets_hides_nothing(olga: User, data: DatasetVersion) -> None:
    both = compared(olga, data, a_set("A", 4), a_set("B"))
    compared(olga, data, a_set("B"))
    assert told(data) == {"A": (4, None), "B": (0, None)}
    assert scanned([data.pk])[data.pk].scan_of("overlap") == both, "it looked further"


def test_sets_that_different_scans_compared_stand_together(olga: User, data: DatasetVersion) -> None:
    first = compared(olga, data, a_set("A", 4))
    second = compared(olga, data, a_set("B"))
    assert told(data) == {"B": (0, None), "A": (4, first.pk)}
    found = scanned([data.pk])[data.pk]
    assert [scan.pk for scan in found.scans_of("overlap")] == [second.pk, first.pk] and len(found.speaking) == 2
    digest = (found.section("overlap") or {})["digest"]
    compared(olga, data, a_set("A"), a_set("B"))
    assert told(data) == {"A": (0, None), "B": (0, None)}
    assert (scanned([data.pk])[data.pk].section("overlap") or {})["digest"] != digest


def test_a_scan_of_fewer_columns_hides_no_set_that_was_compared_in_all(olga: User, data: DatasetVersion) -> None:
    whole = compared(olga, data, a_set("A", 4))
    compared(olga, data, a_set("A"), a_set("B"), columns=["prompt"])
    assert told(data)["A"] == (4, whole.pk)
    assert "Not looked into: answer." in scanned([data.pk])[data.pk].left_out("overlap", data)


def test_a_set_that_came_or_changed_since_is_missed(olga: User, team: Team, data: DatasetVersion) -> None:
    quiz = kept(olga, team, "Quiz")
    compared(olga, data, a_set("Quiz", digest=quiz.digest))
    assert scanned([data.pk])[data.pk].left_out("overlap", data) == ""
    dataset_settings_set(by=olga, dataset=quiz.dataset, purpose=EVALUATION)
    assert scanned([data.pk])[data.pk].left_out("overlap", data) == "", "these very bytes were compared"
    kept(olga, team, "Exam", EVALUATION, "No.")
    found = scanned([data.pk])[data.pk]
    assert [one.label for one in found.not_compared("overlap", data)] == ["Exam v1"]
    assert "Not compared with one evaluation set, which came or changed since: scan again." in found.left_out(
        "overlap", data
    )
    assert "Exam v1" in found.left_out("overlap", data, is_named=True)
    assert found.not_compared("markers", data) == [], "no scan looked for markers"


def test_sets_of_other_teams_and_the_data_itself_are_not_asked_for(olga: User, data: DatasetVersion) -> None:
    compared(olga, data)
    other = make_team()
    kept(make_person(ENGINEER, team=other), other, "Theirs", EVALUATION)
    dataset_settings_set(by=olga, dataset=data.dataset, purpose=EVALUATION)
    assert scanned([data.pk])[data.pk].not_compared("overlap", data) == []


def test_many_versions_take_as_many_queries_as_one(
    olga: User, team: Team, data: DatasetVersion, django_assert_num_queries: Any
) -> None:
    versions = [data, *(make_data(olga, team) for _ in range(3))]
    for version in versions:
        compared(olga, version, a_set("A"))
    for few in (versions[:1], versions):
        with django_assert_num_queries(2):
            scanned([version.pk for version in few])


def test_the_page_names_what_came_since(olga: User, team: Team, data: DatasetVersion) -> None:
    compared(olga, data, a_set("A"))
    kept(olga, team, "Exam", EVALUATION, "No.")
    address = reverse("catalog:version-detail", args=[data.pk])
    page = make_browser(olga).get(f"{address}?tab=findings").content.decode()
    assert "There is more to compare with today" in page and "Exam v1" in page


def test_languages_that_only_another_scan_searched_in_are_missed(olga: User, data: DatasetVersion) -> None:
    def searched(*languages: str) -> None:
        run = claim(scan_start(by=olga, version=data, config={"languages": list(languages)}))
        scan_finish(run=run, result={"columns": COLUMNS, "special_categories": {"total": 0}, "digest": "1" * 64})

    searched("de")
    first = data.scans.get()
    searched("en")
    gap = scanned([data.pk])[data.pk].left_out("special_categories", data)
    assert gap.startswith(f"Other scans ({first.pk}) searched in German and this one did not: scan again")
    searched("en", "de")
    assert scanned([data.pk])[data.pk].left_out("special_categories", data) == ""
