"""The filter language: what it finds, and that nothing but a row's own values can be reached through it."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.files import table_of
from apps.catalog.queries.rows.paging import Wanted, rows_counted, rows_page
from apps.catalog.rules.filters import COMPARISONS, FUNCTIONS, LONGEST, expression_of
from apps.core.errors import DomainError, Invalid
from tests.makers import commit, make_data, make_dataset
from tests.people import make_people

pytestmark = pytest.mark.django_db
ROWS = [
    {
        "id": 1,
        "text": "Refund please",
        "score": 0.5,
        "ok": True,
        "meta": {"lang": "en", "tags": ["a", "b"]},
        "My Col": "x",
    },
    {"id": 2, "text": "ünïcode it's", "score": 1.5, "ok": False, "meta": {"lang": "de", "tags": []}, "My Col": None},
    {"id": 3, "text": "", "score": None, "ok": None, "meta": {"lang": "fr", "tags": ["c"]}, "My Col": "refund"},
]


@pytest.fixture
def version() -> DatasetVersion:
    people = make_people()
    return make_data(people.olga, people.team, ROWS)


def found(version: DatasetVersion, expression: str, **more: Any) -> list[int]:
    page = rows_page(table_of(version), version.rows, 0, 50, Wanted(expression, **more))
    assert page.total == len(page.rows)
    return [row.cells["id"] for row in page.rows]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("id = 1", [1]),
        ("ID > 1", [2, 3]),  # a name may be written in other letters where only one column is meant
        ("text ILIKE '%REFUND%' OR \"My Col\" = 'refund'", [1, 3]),
        ("score BETWEEN 0 AND 1", [1]),
        ("score IS NULL", [3]),
        ("NOT ok", [2]),
        ("id IN (1, 3) AND ok IS NOT NULL", [1]),
        ("length(text) > 12 -- a comment", [1]),
        ("text = 'ünïcode it''s'", [2]),
        ("meta->>'$.lang' = 'de'", [2]),
        ("json_array_length(json_extract(meta, '$.tags')) = 2", [1]),
        ("CASE WHEN ok THEN 1 ELSE 2 END = 2", [2, 3]),
        ("regexp_matches(text, '^[A-Z]')", [1]),
        ("try_cast(text AS INTEGER) IS NULL", [1, 2, 3]),
        ("coalesce(score, 9) > 1", [2, 3]),
        ("id % 2 = 1 AND id + 1 > 2", [3]),
        ("contains(lower(text), 'refund')", [1]),
    ],
)
def test_rows_that_fit_are_found(version: DatasetVersion, expression: str, ids: list[int]) -> None:
    assert found(version, expression) == ids


ESCAPES = {
    "id IN (SELECT 1)": "SELECT 1",
    "EXISTS (SELECT * FROM read_text('/etc/passwd'))": "EXISTS",
    "read_text('/etc/passwd') = ''": "read_text",
    "text = (SELECT content FROM read_text('/etc/passwd'))": "SELECT",
    "id = 1) UNION SELECT n FROM read_csv('/etc/passwd') WHERE (true": "more than one",
    "id = 1); COPY (SELECT 1) TO '/tmp/out.csv'; SELECT (1": "cannot be read",
    "COPY (SELECT 1) TO '/tmp/x'": "SELECT",
    "ATTACH '/tmp/x.db'": "ATTACH",
    "PRAGMA database_list": "database_list",
    "id = 1) LIMIT (1": "more than one",
    "id = 1) ORDER BY (1": "more than one",
    "id = 1) GROUP BY (id": "more than one",
    "repeat(text, 1000000000) = ''": "repeat",
    "lpad(text, 1000000000, 'x') = ''": "lpad",
    "range(1000000000)[1] = 1": "range",
    "getenv('SECRET_KEY') = ''": "getenv",
    "current_setting('secret_directory') = ''": "current_setting",
    "query('SELECT 1') = 1": "query",
    "nextval('s') = 1": "nextval",
    "random() > 0.5": "random",
    "now() > '2020-01-01'": "now",
    "current_date > '2020-01-01'": "current_date",
    "count(*) > 1": "count_star",
    "sum(id) > 1": "sum",
    "row_number() OVER () = 1": "row_number",
    "main.lower(text) = 'x'": "lower",
    "system.main.lower(text) = 'x'": "lower",
    "list_filter([1], lambda x: x > 0) = [1]": "list_filter",
    "COLUMNS('id') = 1": "COLUMNS",
    "id = ?": "?",
    "id = $1": "$1",
    "#1 = 1": "#1",
    "text COLLATE nocase = 'x'": "COLLATE",
    "id::mood = 1": "mood",
    "CAST(id AS VARCHAR[]) = ['1']": "type",
    "nope = 1": "nope",
    'text = "Refund please"': "Refund please",
    "id = = 1": "=",
    "id = 1 AND": "end",
    "id = '": "quotation mark",
    "": "empty",
    "/*": "read",
}


@pytest.mark.parametrize("expression", ESCAPES, ids=lambda text: text[:40])
def test_what_reaches_beyond_the_row_is_refused_by_name(version: DatasetVersion, expression: str) -> None:
    with pytest.raises(Invalid) as refused:
        rows_counted(table_of(version), expression)
    assert ESCAPES[expression] in refused.value.message
    assert refused.value.code.startswith("filter.")


@pytest.mark.parametrize(
    "expression",
    ["NOT " * 300 + "ok", "id = 1" + " OR id = 1" * LONGEST, "(" * 500 + "id = 1" + ")" * 500, "text = '\0'"],
    ids=["deep", "long", "brackets", "NUL"],
)
def test_huge_filters_are_refused(version: DatasetVersion, expression: str) -> None:
    try:
        rows_counted(table_of(version), expression)
    except DomainError as refused:
        assert refused.code.startswith("filter.")
    else:
        assert expression.startswith("(")  # brackets alone leave nothing behind in the tree


def test_values_of_the_wrong_kind_are_told_without_quoting_them(version: DatasetVersion) -> None:
    with pytest.raises(Invalid) as refused:
        rows_counted(table_of(version), "text > 5")
    assert "text" in refused.value.message
    assert "Refund" not in refused.value.message + refused.value.remedy


def test_a_function_with_the_wrong_arguments_is_told(version: DatasetVersion) -> None:
    with pytest.raises(Invalid) as refused:
        rows_counted(table_of(version), "regexp_matches(id, ok)")
    assert "regexp_matches" in refused.value.message


def test_a_broken_pattern_is_told(version: DatasetVersion) -> None:
    with pytest.raises(Invalid, match="pattern"):
        rows_counted(table_of(version), "regexp_matches(text, '(')")


def test_every_function_on_the_list_exists(version: DatasetVersion) -> None:
    for name in FUNCTIONS:
        with pytest.raises(Invalid) as refused:
            rows_counted(table_of(version), f"{name}(1, 2, 3, 4, 5, 6, 7) = 1 AND {name}() = 1")
        assert "does not exist" not in refused.value.message, name


def test_cells_of_csv_are_compared_as_what_they_mean() -> None:
    people = make_people()
    rows = [{"id": n, "score": n / 2, "day": f"2024-01-{n:02}"} for n in range(1, 12)]
    version = make_data(people.olga, people.team, rows, "rows.csv")
    expression = "score > 4.9 AND day < '2024-01-11' AND month(day) = 1"
    assert [row.cells["id"] for row in rows_page(table_of(version), 11, 0, 50, Wanted(expression)).rows] == ["10"]


def test_the_simple_form_writes_filters_that_hold(version: DatasetVersion) -> None:
    for comparison in COMPARISONS:
        rows_counted(
            table_of(version), expression_of("My Col", comparison, "it's 5%" if comparison != "longer" else "5")
        )
    assert found(version, expression_of("text", "contains", "IT'S")) == [2]
    assert found(version, expression_of("score", "more", "0.75")) == [2]
    with pytest.raises(Invalid):
        expression_of("text", "nonsense", "")


def test_search_finds_words_in_any_column_or_in_those_chosen(version: DatasetVersion) -> None:
    table = table_of(version)
    assert [row.number for row in rows_page(table, 3, 0, 9, Wanted(search="REFUND")).rows] == [0, 2]
    assert [row.number for row in rows_page(table, 3, 0, 9, Wanted(search="refund", columns=("text",))).rows] == [0]
    assert [row.number for row in rows_page(table, 3, 0, 9, Wanted("id > 1", "refund")).rows] == [2]
    assert rows_page(table, 3, 0, 9, Wanted(search="it's")).total == 1
    with pytest.raises(Invalid):
        rows_page(table, 3, 0, 9, Wanted(search="x" * 300))


def test_pages_hold_the_rows_of_the_file_in_order(version: DatasetVersion) -> None:
    page = rows_page(table_of(version), version.rows, 1, 1)
    assert [(row.number, row.cells) for row in page.rows] == [(1, ROWS[1])]
    assert rows_page(table_of(version), version.rows, 99, 50).rows == []


def test_a_question_that_takes_too_long_is_stopped(settings: Any, tmp_path: Path) -> None:
    people = make_people()
    pq.write_table(pa.table({"text": [f"{n}{'ab' * 200}" for n in range(300_000)]}), tmp_path / "long.parquet")
    content = (tmp_path / "long.parquet").read_bytes()
    version = commit(people.olga, make_dataset(people.olga, people.team), content, "long.parquet")
    settings.QUERY_SECONDS = 0.005
    with pytest.raises(Invalid) as refused:
        rows_counted(table_of(version), "regexp_matches(text, '(a|b|ab)+c$')")
    assert refused.value.code == "rows.too_slow"
