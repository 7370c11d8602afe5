"""Rows on pages and in the API: paging, filters, saved views, and what is hidden from whom."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries.rows import paging
from apps.catalog.queries.rows.files import table_of
from apps.catalog.queries.rows.masking import LOOKED_FOR_LESS, NEVER_SCANNED, PARTLY_SCANNED, WITHOUT_PLACES
from apps.catalog.queries.rows.paging import Wanted, version_rows_page
from apps.catalog.rules.diffs import shortened, words_apart
from apps.catalog.rules.masking import Piece, Span, hidden_value, lines_of, pieces_of
from apps.catalog.services.diffs import diff_make, diff_start
from apps.core import storage
from tests.makers import (
    claim,
    commit,
    jsonl,
    make_browser,
    make_client,
    make_data,
    make_dataset,
    make_person,
    make_scan,
    queries_of,
)
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
SECRET = "anna@example.org"
ROWS: list[dict[str, Any]] = [
    {
        "id": n,
        "text": f"Write to {SECRET} now" if n == 1 else f"Row {n}",
        "meta": {"to": [f"cc {SECRET}"], "phone": 4915123456789} if n == 2 else {"to": [], "phone": None},
        "label": "ab"[n % 2],
    }
    for n in range(40)
]
PLACES = [
    {"row": 1, "column": "text", "start": 9, "end": 25, "entity": "EMAIL_ADDRESS", "check": "personal_data"},
    {"row": 1, "column": "text", "start": 14, "end": 25, "entity": "URL", "check": "personal_data"},
    {"row": 2, "column": "meta", "path": ["to", 0], "start": 3, "end": 19, "entity": "EMAIL_ADDRESS", "check": "p"},
    {"row": 2, "column": "meta", "path": ["phone"], "start": 0, "end": 13, "entity": "PHONE_NUMBER", "check": "p"},
]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> DatasetVersion:
    return make_data(people.olga, people.team, ROWS)


def scanned(people: People, version: DatasetVersion, rows: int = 40, places: Any = PLACES, **config: Any) -> ScanRun:
    looked_for = config.get("checks") or ("personal_data", "secrets", "special_categories")
    run = make_scan(people.olga, version, {name: {"rows_scanned": rows, "findings": []} for name in looked_for})
    stored = storage.put(io.BytesIO(jsonl(places))).digest if places is not None else ""
    ScanRun.objects.filter(pk=run.pk).update(spans_file=stored, config=config)
    return run


def rows_url(version: DatasetVersion, **query: Any) -> str:
    return reverse("catalog:version-rows", args=[version.pk], query=query)


def api(client: APIClient, version: DatasetVersion, **query: Any) -> Any:
    return client.get(f"/api/v1/dataset-versions/{version.pk}/rows/", query)


def masked_people(people: People) -> list[User]:
    return [people.rui, make_person("auditor", team=people.team)]


def test_rows_are_paged_in_file_order(people: People, version: DatasetVersion) -> None:
    client = make_client(people.olga)
    page = api(client, version, start=38, count=5).json()
    assert (page["total"], page["next"], page["masked"]) == (40, None, False)
    assert [item["cells"] for item in page["rows"]] == ROWS[38:]
    first = api(client, version, count=2).json()
    assert client.get(first["next"]).json()["rows"][0]["row"] == 2
    shown = make_browser(people.olga).get(rows_url(version, page=2)).text
    assert "Row 25" in shown and "Row 24<" not in shown
    assert "Row 39" in make_browser(people.olga).get(rows_url(version, row=39)).text
    assert make_browser(people.olga).get(rows_url(version, page="nonsense")).status_code == 200
    assert "Row 39" in make_browser(people.olga).get(rows_url(version, page=10**9)).text


@pytest.mark.parametrize(
    "query",
    [{"start": "-1"}, {"count": "501"}, {"count": "x"}, {"fliter": "id = 1"}, {"start": f"{'0' * 30}{'9' * 30}"}],
)
def test_bad_parameters_are_refused(people: People, version: DatasetVersion, query: dict[str, str]) -> None:
    assert api(make_client(people.olga), version, **query).status_code == 422


def test_filter_and_search_find_rows_and_say_what_is_wrong(people: People, version: DatasetVersion) -> None:
    client, browser = make_client(people.olga), make_browser(people.olga)
    assert [item["row"] for item in api(client, version, filter="id IN (3, 5)").json()["rows"]] == [3, 5]
    assert [item["row"] for item in api(client, version, search="ANNA@").json()["rows"]] == [1, 2]
    refused = api(client, version, filter="read_text('/etc/passwd') = ''")
    assert refused.status_code == 422 and "read_text" in refused.text
    page = browser.get(rows_url(version, filter="nope = 1"))
    assert page.status_code == 422 and "no column called “nope”" in page.text
    assert "No row fits" in browser.get(rows_url(version, filter="id < 0")).text


def test_three_fields_write_a_filter(people: People, version: DatasetVersion) -> None:
    browser = make_browser(people.olga)
    query = {"column": "text", "comparison": "contains", "value": "row 3", "filter": "id > 30"}
    page = browser.get(rows_url(version, **query), follow=True)
    assert page.status_code == 200 and "Row 31" in page.text and "Row 3<" not in page.text
    assert browser.get(rows_url(version, column="nope", comparison="contains"), follow=True).status_code == 200


def test_columns_can_be_chosen(people: People, version: DatasetVersion) -> None:
    page = make_browser(people.olga).get(rows_url(version, columns="label"))
    assert "Row 3<" not in page.text


def test_who_may_read_raw_data_sees_findings_marked(people: People, version: DatasetVersion) -> None:
    scanned(people, version)
    page = make_browser(people.olga).get(rows_url(version)).text
    assert f'title="Email address">{SECRET}<span' in page
    assert api(make_client(people.olga), version, count=3).json()["rows"][1]["cells"] == ROWS[1]


def test_findings_are_hidden_by_their_kind_from_others(people: People, version: DatasetVersion) -> None:
    scanned(people, version)
    for person in masked_people(people):
        page = make_browser(person).get(rows_url(version)).text
        assert SECRET not in page and "4915123456789" not in page
        assert "[e-mail address]" in page and "[phone number]" in page and "Row 3" in page
        answer = api(make_client(person), version, count=3)
        assert SECRET not in answer.text and "4915123456789" not in answer.text
        assert answer.json()["rows"][1]["cells"]["text"] == "Write to [e-mail address] now"
        assert answer.json()["rows"][2]["cells"]["meta"] == {"to": ["cc [e-mail address]"], "phone": "[phone number]"}


@pytest.mark.parametrize(
    ("scan", "reason"),
    [
        (None, NEVER_SCANNED),
        ({"rows": 39}, PARTLY_SCANNED),
        ({"places": None}, WITHOUT_PLACES),
        ({"checks": ["personal_data", "toxicity"]}, LOOKED_FOR_LESS),
    ],
)
def test_no_cell_is_shown_where_no_scan_looked(
    people: People, version: DatasetVersion, scan: dict[str, Any] | None, reason: str
) -> None:
    if scan is not None:
        scanned(people, version, **scan)
    for person in masked_people(people):
        page = make_browser(person).get(rows_url(version)).text
        assert reason in page and "Row 3" not in page
        answer = api(make_client(person), version).json()
        assert answer["hidden_because"] == reason
        assert {value for item in answer["rows"] for value in item["cells"].values()} == {"[hidden]"}


def test_columns_that_the_scan_left_out_are_hidden(people: People, version: DatasetVersion) -> None:
    scanned(people, version, columns=["text"])
    cells = api(make_client(people.rui), version, count=1).json()["rows"][0]["cells"]
    assert cells == {"id": "[hidden]", "text": "Row 0", "meta": "[hidden]", "label": "[hidden]"}


WEAKER: list[dict[str, Any]] = [
    {"pii_score_threshold": 1.0},
    {"languages": ["fi"]},
    {"checks": ["secrets"]},
    {"columns": ["label"]},
    {"rows": 3},
]


@pytest.mark.parametrize("config", WEAKER)
def test_a_weaker_scan_uncovers_nothing(people: People, version: DatasetVersion, config: dict[str, Any]) -> None:
    scanned(people, version)
    scanned(people, version, places=[], **config)
    answer = api(make_client(people.rui), version, count=3).json()
    assert answer["rows"][1]["cells"]["text"] == "Write to [e-mail address] now" and not answer["hidden_because"]
    assert SECRET not in make_browser(people.rui).get(rows_url(version)).text


def test_scans_of_single_checks_add_up(people: People, version: DatasetVersion) -> None:
    client = make_client(people.rui)
    for check in ("personal_data", "secrets", "special_categories"):
        assert api(client, version, count=1).json()["rows"][0]["cells"]["text"] == "[hidden]"
        scanned(people, version, places=PLACES if check == "personal_data" else [], checks=[check])
    assert api(client, version, count=2).json()["rows"][1]["cells"]["text"] == "Write to [e-mail address] now"


def test_what_two_scans_found_is_hidden_together(people: People, version: DatasetVersion) -> None:
    for place in PLACES:
        scanned(people, version, places=[place])
    shown = api(make_client(people.rui), version, count=3)
    assert SECRET not in shown.text and "4915123456789" not in shown.text
    assert "4 scans of this content" in make_browser(people.rui).get(rows_url(version)).text


def test_a_scan_that_left_out_low_scores_shows_no_cell(people: People, version: DatasetVersion) -> None:
    scanned(people, version, places=[], pii_score_threshold=0.9)
    assert api(make_client(people.rui), version, count=1).json()["hidden_because"] == LOOKED_FOR_LESS


def test_the_same_bytes_in_another_version_are_known_already(people: People, version: DatasetVersion) -> None:
    scanned(people, version)
    again = make_data(people.olga, people.team, ROWS)
    cells = api(make_client(people.rui), again, count=2).json()["rows"][1]["cells"]
    assert cells["text"] == "Write to [e-mail address] now"
    elsewhere = make_data(people.xena, people.other_team, ROWS)
    auditor = make_person("auditor", team=people.other_team)
    assert api(make_client(auditor), elsewhere).json()["hidden_because"] == NEVER_SCANNED


def test_a_scan_that_found_nothing_hides_nothing(people: People, version: DatasetVersion) -> None:
    scanned(people, version, places=[])
    assert api(make_client(people.rui), version, count=1).json()["rows"][0]["cells"] == ROWS[0]


def test_nobody_finds_out_by_asking(people: People, version: DatasetVersion) -> None:
    """A search or a filter of one's own would tell where a hidden word stands."""
    scanned(people, version)
    for person in masked_people(people):
        client = make_client(person)
        assert api(client, version, search=SECRET).status_code == 403
        assert api(client, version, filter="text LIKE '%anna%'").status_code == 403
        assert make_browser(person).get(rows_url(version, q=SECRET)).status_code == 403
        assert client.get(f"/api/v1/dataset-versions/{version.pk}/export/").status_code == 403
        assert (
            client.post(
                f"/api/v1/dataset-versions/{version.pk}/views/", {"name": "x", "expression": "id=1"}
            ).status_code
            == 403
        )


def test_outsiders_see_nothing_and_who_was_given_the_dataset_sees_it_masked(
    people: People, version: DatasetVersion
) -> None:
    browser, client = make_browser(people.xena), make_client(people.xena)
    addresses = [f"/api/v1/dataset-versions/{version.pk}/{part}/" for part in ("rows", "statistics", "export", "views")]
    assert {client.get(address).status_code for address in addresses} == {404}
    assert browser.get(rows_url(version)).status_code == 404
    scanned(people, version)
    assign_perm("view_dataset", people.xena, version.dataset)
    assert SECRET not in make_browser(people.xena).get(rows_url(version)).text


def test_rows_that_fit_are_exported(people: People, version: DatasetVersion) -> None:
    client = make_client(people.olga)
    url = f"/api/v1/dataset-versions/{version.pk}/export/"
    lines = b"".join(client.get(url, {"filter": "id < 2"}).streaming_content).decode().splitlines()
    assert [json.loads(line) for line in lines] == ROWS[:2]
    told = b"".join(client.get(url, {"as": "csv", "filter": "id = 1"}).streaming_content).decode()
    assert told.splitlines()[0] == "id,text,meta,label" and SECRET in told
    assert client.get(url, {"filter": "nope = 1"}).status_code == 422
    assert client.get(url, {"as": "xlsx"}).status_code == 422


def test_an_export_is_exact_for_programs_and_harmless_in_a_spreadsheet_on_request(people: People) -> None:
    rows = [{"=name": "=1+1", "n": -5, "is": True}, {"=name": "@here", "n": 2, "is": None}]
    version = make_data(people.olga, people.team, rows)
    url = f"/api/v1/dataset-versions/{version.pk}/export/"
    told = {
        wanted: b"".join(make_client(people.olga).get(url, {"as": wanted}).streaming_content).decode().splitlines()
        for wanted in ("csv", "spreadsheet")
    }
    assert told["csv"] == ["=name,n,is", "=1+1,-5,true", "@here,2,"]
    assert told["spreadsheet"] == ["'=name,n,is", "'=1+1,-5,true", "'@here,2,"]
    page = make_browser(people.olga).get(rows_url(version)).text
    assert "as=spreadsheet" in page and "an apostrophe before cells" in page


def test_an_export_is_named_after_its_dataset_in_any_script(people: People) -> None:
    version = commit(people.olga, make_dataset(people.olga, people.team, name='Кредит "A"'), jsonl(ROWS))
    for wanted in ("jsonl", "csv"):
        answer = make_client(people.olga).get(f"/api/v1/dataset-versions/{version.pk}/export/", {"as": wanted})
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_a_view_is_saved_shown_and_committed(people: People, version: DatasetVersion) -> None:
    browser = make_browser(people.olga)
    url = reverse("catalog:view-create", args=[version.pk])
    assert "id &lt; 3" in browser.get(url, {"filter": "id < 3"}).text
    assert browser.post(url, {"name": "small", "expression": "nope"}).status_code == 422
    page = browser.post(url, {"name": "small", "expression": "id < 3"}, follow=True)
    assert "3 of 40 rows" in page.text and "Row 0" in page.text
    view = version.views.get()
    assert "small" in browser.get(rows_url(version)).text
    done = browser.post(reverse("catalog:view-commit", args=[view.pk]), {"branch": "main", "message": ""})
    assert done.status_code == 302 and "/runs/commit/" in done["Location"]
    client = make_client(people.olga)
    assert client.get(f"/api/v1/views/{view.pk}/rows/").json()["total"] == 3
    assert client.post(f"/api/v1/views/{view.pk}/commit/", {"branch": "nope"}).status_code == 404
    assert client.post(f"/api/v1/views/{view.pk}/commit/", {}).status_code == 202
    scanned(people, version)
    assert SECRET not in make_browser(people.rui).get(reverse("catalog:view-detail", args=[view.pk])).text
    assert make_browser(people.xena).get(reverse("catalog:view-detail", args=[view.pk])).status_code == 404


def test_names_of_categories_are_hidden_where_nobody_knows_what_they_tell(
    people: People, version: DatasetVersion
) -> None:
    def categories(user: User) -> list[Any]:
        columns = make_client(user).get(f"/api/v1/dataset-versions/{version.pk}/statistics/").json()["columns"]
        return [item["categories"] for item in columns if "categories" in item]

    assert categories(people.olga) == [[{"value": "a", "count": 20}, {"value": "b", "count": 20}]]
    assert categories(people.rui) == []
    scanned(people, version)
    assert categories(people.rui) == categories(people.olga)


def test_the_page_costs_the_same_however_many_rows_it_shows(people: People, version: DatasetVersion) -> None:
    scanned(people, version)
    browser = make_browser(people.olga)
    assert queries_of(browser, rows_url(version, page=1)) == queries_of(browser, rows_url(version, page=2))


@pytest.fixture
def pair(people: People, version: DatasetVersion) -> tuple[DatasetVersion, DatasetVersion]:
    rows = [row | {"text": f"{row['text']} more"} if row["id"] in (1, 7) else row for row in ROWS[:-1]]
    return version, commit(people.olga, version.dataset, jsonl([*rows, ROWS[0] | {"id": 99}]))


def diff_url(pair: tuple[DatasetVersion, DatasetVersion], **query: Any) -> str:
    return reverse("catalog:diff", args=[version.pk for version in pair], query=query)


def test_a_diff_is_asked_for_followed_and_kept(
    people: People, pair: tuple[DatasetVersion, DatasetVersion], olga: Client
) -> None:
    assert "have not been compared" in olga.get(diff_url(pair)).text
    sent = {"before": pair[0].pk, "after": pair[1].pk}
    assert olga.post(reverse("catalog:diff-start"), sent)["Location"] == diff_url(pair)
    assert "hx-trigger" in olga.get(diff_url(pair)).text
    run = claim(diff_start(by=people.olga, before=pair[0], after=pair[1]))
    diff_make(run=run, on_progress=lambda share, words: None)
    page = olga.get(diff_url(pair)).text
    assert "<ins> more</ins>" in page and "Row 7" in page
    assert "99" in olga.get(diff_url(pair, kind="added")).text
    assert olga.get(diff_url(pair, part="live"), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert olga.post(reverse("catalog:diff-start"), {"before": "x", "after": "y"}).status_code == 422


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def test_differences_are_masked_like_rows(people: People, pair: tuple[DatasetVersion, DatasetVersion]) -> None:
    run = claim(diff_start(by=people.olga, before=pair[0], after=pair[1]))
    diff_make(run=run, on_progress=lambda share, words: None)
    olga, rui = make_client(people.olga), make_client(people.rui)
    url = f"/api/v1/diffs/{run.pk}/"
    assert SECRET in olga.get(f"{url}differences/").text
    assert "Row 7" not in rui.get(f"{url}differences/").text  # nothing was scanned
    for version in pair:
        scanned(people, version)
    masked = rui.get(f"{url}differences/").json()
    assert masked[0]["before"]["text"] == "Write to [e-mail address] now"
    assert SECRET not in make_browser(people.rui).get(diff_url(pair)).text
    assert rui.get(f"{url}file/").status_code == 403
    assert len(b"".join(olga.get(f"{url}file/").streaming_content).splitlines()) == 4


def test_the_api_of_diffs(people: People, pair: tuple[DatasetVersion, DatasetVersion]) -> None:
    client = make_client(people.olga)
    sent = {"before": pair[0].pk, "after": pair[1].pk, "key": ["id"]}
    started = client.post("/api/v1/diffs/", sent)
    assert started.status_code == 202
    assert client.post("/api/v1/diffs/", sent).json()["id"] == started.json()["id"]
    assert client.post("/api/v1/diffs/", sent | {"key": ["nope"]}).status_code == 422
    url = f"/api/v1/diffs/{started.json()['id']}/"
    assert client.get(f"{url}file/").status_code == 404
    assert client.get(url).json()["schema"] == []
    outsider = make_client(people.xena)
    assert outsider.post("/api/v1/diffs/", sent).status_code == 404
    assert outsider.get(url).status_code == 404
    assert outsider.get("/api/v1/diffs/").json()["results"] == []
    assert client.get(f"{url}differences/", {"kind": "odd"}).status_code == 422


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], [Piece("abcdef")]),
        ([(0, 2)], [Piece("ab", "E"), Piece("cdef")]),
        ([(4, 99)], [Piece("abcd"), Piece("ef", "E")]),
        ([(1, 3), (2, 4)], [Piece("a"), Piece("bcd", "E"), Piece("ef")]),
        ([(1, 5), (2, 3)], [Piece("a"), Piece("bcde", "E"), Piece("f")]),
        ([(3, 3), (-4, 1)], [Piece("a", "E"), Piece("bcdef")]),
    ],
)
def test_texts_are_cut_at_findings(spans: list[tuple[int, int]], pieces: list[Piece]) -> None:
    assert pieces_of("abcdef", [Span("c", start, end, "E") for start, end in spans]) == pieces


def test_nested_values_are_hidden_and_shown_line_by_line() -> None:
    spans = [Span("c", 0, 1, "US_SSN", ("a", 1, "b"))]
    value = {"a": ["x", {"b": "yz"}], "n": None, "t": True}
    assert hidden_value(value, spans) == {"a": ["x", {"b": "[us ssn]z"}], "n": None, "t": True}
    lines = lines_of(value, spans, is_hidden=False)
    assert [(line.depth, line.name, "".join(piece.text for piece in line.pieces)) for line in lines] == [
        (0, "a", ""),
        (1, "1.", "x"),
        (1, "2.", ""),
        (2, "b", "yz"),
        (0, "n", ""),
        (0, "t", "true"),
    ]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.txt", "rows.csv"])
def test_a_page_of_a_large_version_that_was_not_read_yet_is_the_same(people: People, name: str) -> None:
    rows = [{"id": n, "text": f"{n} " + "word " * 2_000} for n in range(300)]
    content = jsonl(rows) if name == "rows.jsonl" else "".join(f"{n} {'word ' * 2_000}\n" for n in range(300)).encode()
    if name == "rows.csv":
        content = b"text\n" + content
    version = commit(people.olga, make_dataset(people.olga, people.team), content, name)
    assert version.chunks > 1
    kept = table_of(version).path
    read = [version_rows_page(version, start, 7, Wanted()) for start in (0, 98, 297, 400)]
    kept.unlink()
    assert [version_rows_page(version, start, 7, Wanted()) for start in (0, 98, 297, 400)] == read
    assert kept.exists() is (name == "rows.csv")


def test_the_lowest_number_is_a_value_too(people: People, version: DatasetVersion) -> None:
    url = f"/api/v1/dataset-versions/{version.pk}/statistics/"
    assert "number" in make_client(people.olga).get(url).json()["columns"][0]
    assert set(make_client(people.rui).get(url).json()["columns"][0]) == {"name", "type", "nulls", "distinct"}
    run = scanned(people, version)
    assert "number" in make_client(people.rui).get(url).json()["columns"][0]
    found = {"personal_data": {"rows_scanned": 40, "findings": [{"column": "id", "entity": "PHONE_NUMBER"}]}}
    ScanRun.objects.filter(pk=run.pk).update(result=run.result | found)
    assert "number" not in make_client(people.rui).get(url).json()["columns"][0]
    page = make_browser(people.rui).get(reverse("catalog:version-detail", args=[version.pk]), {"tab": "statistics"})
    assert "hidden from you" in page.text


def test_the_page_of_differences_costs_the_same_however_many_there_are(
    people: People, pair: tuple[DatasetVersion, DatasetVersion], olga: Client
) -> None:
    run = claim(diff_start(by=people.olga, before=pair[0], after=pair[1]))
    diff_make(run=run, on_progress=lambda share, words: None)
    assert queries_of(olga, diff_url(pair, kind="changed")) == queries_of(olga, diff_url(pair, kind="added")) < 25


def test_cells_of_megabytes_are_shown_in_part(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": n, "text": "x" * 100_000 + f" end {n}"} for n in range(4)]
    version = make_data(people.olga, people.team, rows)
    page = make_browser(people.olga).get(rows_url(version)).text
    assert len(page) < 100_000 and "more characters" in page
    monkeypatch.setattr(paging, "MOST_CHARACTERS", 150_000)
    first = api(make_client(people.olga), version).json()
    assert (len(first["rows"]), first["total"]) == (2, 4)
    rest = make_client(people.olga).get(first["next"]).json()
    assert [item["row"] for item in rest["rows"]] == [2, 3] and rest["next"] is None


def test_long_texts_are_compared_without_showing_all_of_them(people: People) -> None:
    long = "word " * 30_000
    parts = [shortened(side) for side in words_apart(f"{long}before{long}", f"{long}after{long}")]
    assert [part.text for part in parts[0] if part.is_other] == ["before"]
    assert [part.text for part in parts[1] if part.is_other] == ["after"]
    assert sum(len(part.text) for part in parts[0]) < 2_000
    assert words_apart("", "new")[0] == [] and words_apart("a b", "a c")[1][-1].text == "c"
