"""The figures of a commit: right, told apart by kind of column, and without any text that somebody wrote."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows.files import table_made, table_of
from apps.catalog.queries.rows.paging import rows_page
from apps.catalog.rules.statistics import categories_of, is_label, schema_change, statistics_change
from apps.core import storage, tables
from tests.makers import commit, jsonl, make_data, make_dataset
from tests.people import make_people

pytestmark = pytest.mark.django_db


def stored(content: bytes, name: str) -> DatasetVersion:
    people = make_people()
    return commit(people.olga, make_dataset(people.olga, people.team), content, name)


def column(version: DatasetVersion, name: str) -> dict[str, Any]:
    assert version.statistics is not None
    return next(item for item in version.statistics["columns"] if item["name"] == name)


def test_a_commit_knows_its_figures() -> None:
    rows = [{"n": n, "share": n / 10, "note": "x" * n or None, "label": "ab"[n % 2], "ok": n > 4} for n in range(101)]
    version = stored(jsonl(rows), "rows.jsonl")
    assert version.statistics is not None and version.statistics["rows"] == 101
    figures = column(version, "n")["number"]
    assert [figures[name] for name in ("low", "high", "mean", "deviation")] == [0, 100, 50, 29.30017]
    assert [figures[name] for name in ("q05", "median", "q95")] == pytest.approx([5, 50, 95], abs=1)  # a t-digest
    assert column(version, "n")["number"]["histogram"]["counts"] == [5] * 19 + [6]
    assert column(version, "note")["nulls"] == 1
    assert sum(column(version, "note")["length"]["histogram"]["counts"]) == 100
    assert column(version, "note")["length"]["high"] == 100
    assert column(version, "label")["categories"] == [{"value": "a", "count": 51}, {"value": "b", "count": 50}]
    assert column(version, "ok")["categories"] == [{"value": "true", "count": 96}, {"value": "false", "count": 5}]


def test_no_text_that_somebody_wrote_stands_in_the_figures() -> None:
    secrets = ["anna@example.org", "0151 2345678", "The patient was seen on Monday again", "Zoë"]
    rows = [{"text": secrets[n % 3], "name": f"{secrets[3]}{n}", "nested": {"k": secrets[0]}} for n in range(60)]
    written = json.dumps(stored(jsonl(rows), "rows.jsonl").statistics, ensure_ascii=False)
    assert not any(secret in written for secret in secrets)


def test_columns_without_values_and_odd_numbers_have_figures_that_can_be_stored(tmp_path: Path) -> None:
    table = pa.table(
        {
            "none": pa.array([None, None, None, None], pa.string()),
            "odd": [None, 5e-324, None, 1.5],
            "same": [7, 7, 7, 7],
            "wide": [-1.7e308, 1.7e308, 0.0, None],
            "day": pa.array([0, 1, None, 3], pa.date32()),
            "clock": pa.array([0, 1, None, 3], pa.time32("s")),
            "span": pa.array([0, 1, None, 3], pa.duration("s")),
            "bytes": pa.array([b"a", b"\xff", None, b""], pa.binary()),
            "list": [[1], [], None, [2, 3]],
            "A": ["x"] * 4,
            "a": ["y"] * 4,
        }
    )
    pq.write_table(table, tmp_path / "odd.parquet")
    version = stored((tmp_path / "odd.parquet").read_bytes(), "odd.parquet")
    assert version.statistics is not None and "problem" not in version.statistics
    assert column(version, "none") == {"name": "none", "type": "text", "nulls": 4, "distinct": 0}
    assert (column(version, "odd")["number"]["low"], column(version, "odd")["number"]["high"]) == (5e-324, 1.5)
    assert column(version, "same")["number"]["histogram"] == {"low": 7, "high": 7, "counts": [4]}
    assert column(version, "day")["time"]["low"] == "1970-01-01T00:00:00+00:00"


def test_cells_of_csv_are_counted_as_what_they_mean() -> None:
    version = stored(b"id,day,ok\n1,2024-01-01,true\n2,2024-01-03,false\n3,,true\n", "rows.csv")
    assert column(version, "id")["number"]["mean"] == 2
    assert column(version, "day")["time"]["high"] == "2024-01-03T00:00:00+00:00"
    assert column(version, "day")["nulls"] == 1


def test_rows_cost_nothing_of_the_file_that_was_stored() -> None:
    """The copy that is read fast may be deleted at any time and is written again."""
    version = stored(jsonl([{"a": 1}, {"a": 2}]), "rows.jsonl")
    kept = table_of(version).path
    kept.unlink()
    assert [row.cells for row in rows_page(table_of(version), 2, 0, 9).rows] == [{"a": 1}, {"a": 2}]


def test_room_is_made_for_what_was_read_last(settings: Any) -> None:
    people = make_people()
    kept = table_of(make_data(people.olga, people.team, [{"a": n} for n in range(50)])).path
    settings.ROWS_CACHE_BYTES = 1
    second = make_data(people.olga, people.team, [{"b": n} for n in range(60)])
    assert table_of(second).path.exists()
    assert not kept.exists()


ODD_FILES = {
    "case.jsonl": b'\xef\xbb\xbf{"A":1,"a":"x"}\n\n  \n{"A":2,"a":null}\n',
    "escapes.jsonl": b'{"a":"x \\ud83d\\ude00 \\n \\/ \\u00e9"}\r\n{"a":""}',
    "big.jsonl": b'{"n":123456789012345678901234567890,"v":[1,{"x": 2.50}]}\n{"n":2,"v":[null]}\n',
    "bigger.jsonl": b'{"n":1' + b"0" * 60 + b'}\n{"n":2}\n',
    "small.jsonl": b'{"n":5e-324,"v":{"z":1,"b":"\xc3\xa9"}}\n{"n":2,"v":{}}\n',
    "quotes.csv": b'\xef\xbb\xbfid;t\n1;"a;b ""q"" \r\nx"\n\n007;a"b\n;""\n',
    "late.csv": b"\n\nid,t\n1,x\n",
    "single.csv": b'one\n" "\n\nx\n""\n',
    "blanks.csv": b" id , t\n1,x\n",
    "tab.tsv": b'a\tb\n1\t"x\ty"\n',
    "comma.csv": b'q,"a,b"\n1,2\n',
    "text.txt": b"a\r\n\n  \xe2\x80\x83\nb  \nlast",
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_rows_are_the_same_however_they_are_read(name: str) -> None:
    version = stored(ODD_FILES[name], name)
    path = storage.local_path(version.digest)
    page = rows_page(table_of(version), version.rows, 0, 50)
    expected = list(tables.iter_rows(path, version.format))
    assert [row.cells for row in page.rows] == expected
    again = table_made(path, version.format, version.columns, digest=version.digest, rows=version.rows)
    assert again == table_of(version)


@pytest.mark.parametrize("value", ["positive", "en-GB", "very good thing", "A/B", "level 3"])
def test_names_of_categories_are_told_from_what_people_write(value: str) -> None:
    assert is_label(value)


@pytest.mark.parametrize("value", ["a@b.org", "this is a whole sentence", "12345", "x" * 50, "", "no\nline", "Ünï?"])
def test_what_people_write_is_no_category(value: str) -> None:
    assert not is_label(value)


def test_categories_need_rows_behind_them() -> None:
    assert categories_of({"a": 5, "b": 5}, 10) == [{"value": "a", "count": 5}, {"value": "b", "count": 5}]
    assert categories_of({"a": 1, "b": 1}, 2) == categories_of({"a": 99, "x@y": 1}, 100) == categories_of({}, 9) == []


def test_changes_of_schema_and_figures_are_told_line_by_line() -> None:
    before = [{"name": "a", "type": "text"}, {"name": "b", "type": "integer"}]
    after = [{"name": "b", "type": "number"}, {"name": "c", "type": "text"}]
    assert [(line["column"], line["change"]) for line in schema_change(before, after)] == [
        ("a", "removed"),
        ("c", "added"),
        ("b", "retyped"),
    ]
    old = {"columns": [{"name": "b", "nulls": 0, "distinct": 2, "number": {"mean": 1.0}}]}
    new = {"columns": [{"name": "b", "nulls": 1, "distinct": 2, "number": {"mean": 1.5}}, {"name": "c", "nulls": 0}]}
    told = [(line["column"], line["figure"], line["before"], line["after"]) for line in statistics_change(old, new)]
    assert told == [("b", "Empty values", 0, 1), ("b", "Mean", 1.0, 1.5)]
    assert statistics_change(None, new) == []
