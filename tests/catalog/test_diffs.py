"""Comparing versions: what is told differs, exactly that, whatever the format; and who may ask and read it."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.audit.models import AuditEntry
from apps.catalog.models import DatasetVersion, DiffRun
from apps.catalog.queries.diffs import diff_seen, differences_of
from apps.catalog.services.diffs import diff_make, diff_start
from apps.catalog.tasks.diffs import compare
from apps.core import storage, tables
from apps.core.errors import Invalid, NotFound
from tests.makers import claim, commit, csv, jsonl, make_dataset
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


@pytest.fixture
def people() -> People:
    return make_people()


def as_parquet(rows: list[Row], folder: Path) -> bytes:
    path = folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=7)
    return path.read_bytes()


def as_text(rows: list[Row]) -> bytes:
    return "".join(f"{row['text']}\n" for row in rows).encode()


def two(people: People, before: bytes, after: bytes, *names: str) -> tuple[DatasetVersion, DatasetVersion]:
    dataset = make_dataset(people.olga, people.team)
    first, second = names if len(names) == 2 else (names or ("rows.jsonl",)) * 2
    return commit(people.olga, dataset, before, first), commit(people.olga, dataset, after, second)


def compared(people: People, before: DatasetVersion, after: DatasetVersion, **more: Any) -> DiffRun:
    run = diff_start(by=people.olga, before=before, after=after, **more)
    diff_make(run=claim(run), on_progress=lambda share, words: None)
    return DiffRun.objects.get(pk=run.pk)


def told(run: DiffRun) -> list[Row]:
    return [item for kind in ("changed", "added", "removed") for item in differences_of(run, kind, 0, 10**6)]


def rows_of(version: DatasetVersion) -> list[Row]:
    return list(tables.iter_rows(storage.local_path(version.digest), version.format))


def frozen(row: Row) -> str:
    return json.dumps(row, sort_keys=True)


def assert_applies(run: DiffRun) -> None:
    """The differences, applied to the version before, give the rows of the version after, and back."""
    before, after = rows_of(run.before), rows_of(run.after)
    made = Counter(map(frozen, before))
    for item in told(run):
        if item["before"] is not None:
            assert before[item["before_row"]] == item["before"]
            made[frozen(item["before"])] -= 1
        if item["after"] is not None:
            assert after[item["after_row"]] == item["after"]
            made[frozen(item["after"])] += 1
    assert +made == Counter(map(frozen, after))
    assert min(made.values()) >= 0
    result = run.result or {}
    assert result["added"] - result["removed"] == len(after) - len(before)
    assert result["unchanged"] + result["changed"] + result["removed"] == len(before)


def random_row(draw: random.Random, number: int) -> Row:
    return {
        "id": number,
        "text": draw.choice(["one", "two", 'quoted " and, comma', "ünïcode", "", "line"]),
        "score": draw.choice([None, 0.5, 1.0, -3.25, 12345.678]),
        "flag": draw.choice([True, False, None]),
    }


def changed_rows(draw: random.Random, rows: list[Row]) -> list[Row]:
    kept = [dict(row) for row in rows if draw.random() > 0.1]
    for row in kept:
        if draw.random() < 0.2:
            row[draw.choice(["text", "score", "flag"])] = None
    kept += [random_row(draw, 1000 + place) for place in range(draw.randint(1, 5))]
    draw.shuffle(kept)
    return kept


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("keyed", [True, False], ids=["by key", "by content"])
@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_the_differences_lead_from_one_version_to_the_other(
    people: People, tmp_path: Path, seed: int, keyed: bool, format: str
) -> None:
    draw = random.Random(seed)
    before = [random_row(draw, number) for number in range(60)]
    after = changed_rows(draw, before)
    if not keyed:
        before, after = (
            [{name: row[name] for name in row if name != "id"} for row in rows] for rows in (before, after)
        )
    write = jsonl if format == "jsonl" else lambda rows: as_parquet(rows, tmp_path)
    run = compared(people, *two(people, write(before), write(after), f"rows.{format}"))
    assert (run.result or {})["key_columns"] == (["id"] if keyed else [])
    assert_applies(run)


def test_each_kind_is_told_with_the_columns_that_changed(people: People) -> None:
    before = [{"id": 1, "a": "x", "b": 1}, {"id": 2, "a": "y", "b": 2}, {"id": 3, "a": "z", "b": None}]
    after = [{"id": 3, "a": "z", "b": 0}, {"id": 1, "a": "x", "b": 1}, {"id": 4, "a": "new", "b": 9}]
    run = compared(people, *two(people, jsonl(before), jsonl(after)))
    changed, added, removed = told(run)
    assert (changed["columns"], changed["before"]["b"], changed["after"]["b"]) == (["b"], None, 0)
    assert (added["after"], added["before"], added["after_row"]) == (after[2], None, 2)
    assert (removed["before"], removed["before_row"]) == (before[1], 1)
    assert (run.result or {})["columns"] == {"b": 1}


@pytest.mark.parametrize(
    ("nested", "other"), [([1, [2]], [1, [3]]), ({"k": {"l": None}}, {"k": {"l": 0}}), ([], [None])]
)
@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_nested_values_are_compared_as_values(
    people: People, tmp_path: Path, nested: Any, other: Any, format: str
) -> None:
    if format == "parquet" and nested == [1, [2]]:
        nested, other = [[1], [2]], [[1], [3]]
    before, after = [{"id": 1, "v": nested}, {"id": 2, "v": nested}], [{"id": 1, "v": nested}, {"id": 2, "v": other}]
    if format == "parquet":
        schema = pa.Table.from_pylist(before + after).schema
        files = []
        for rows in (before, after):
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "n.parquet")
            files.append((tmp_path / "n.parquet").read_bytes())
    else:
        files = [jsonl(before), jsonl(after)]
    run = compared(people, *two(people, *files, f"rows.{format}"))
    assert [(item["kind"], item["columns"]) for item in told(run)] == [("changed", ["v"])]
    assert_applies(run)


def test_duplicate_keys_are_held_against_each_other_in_turn(people: People) -> None:
    before = [{"id": 1, "a": "x"}, {"id": 1, "a": "y"}, {"id": 2, "a": "z"}]
    after = [{"id": 1, "a": "x"}, {"id": 1, "a": "Y"}, {"id": 1, "a": "more"}, {"id": 2, "a": "z"}]
    versions = two(people, jsonl(before), jsonl(after))
    run = compared(people, *versions, key=["id"])
    assert [(item["kind"], item["after"]["a"]) for item in told(run)] == [("changed", "Y"), ("added", "more")]
    assert (run.result or {})["repeated_keys"] == 3
    assert_applies(run)


def test_a_key_that_repeats_is_no_key_unless_it_was_chosen(people: People) -> None:
    rows = [{"id": 1, "a": "x"}, {"id": 1, "a": "y"}]
    run = compared(people, *two(people, jsonl(rows), jsonl([*rows, rows[0]])))
    assert (run.result or {})["key_columns"] == []
    assert [item["kind"] for item in told(run)] == ["added"]


def test_plain_text_is_compared_line_by_line_in_any_order(people: People) -> None:
    run = compared(people, *two(people, b"one\ntwo\nthree\n", b"three\none\nfour\none\n", "a.txt"))
    assert [(item["kind"], (item["after"] or item["before"])["text"]) for item in told(run)] == [
        ("added", "four"),
        ("added", "one"),
        ("removed", "two"),
    ]
    assert_applies(run)


def test_the_same_rows_in_another_format_do_not_differ(people: People, tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"row {n}", "score": n / 4, "flag": n % 2 == 0} for n in range(20)]
    dataset = make_dataset(people.olga, people.team)
    versions = [
        commit(people.olga, dataset, content, name)
        for content, name in (
            (jsonl(rows), "a.jsonl"),
            (csv(rows), "a.csv"),
            (as_parquet(rows, tmp_path), "a.parquet"),
        )
    ]
    for before in versions:
        for after in versions:
            if before != after:
                run = compared(people, before, after)
                result = run.result or {}
                assert (result["added"], result["removed"], result["changed"]) == (0, 0, 0), (before, after)


def test_cells_that_look_alike_as_numbers_are_different_text_in_csv(people: People) -> None:
    run = compared(people, *two(people, b"id,code\n1,007\n2,8\n", b"id,code\n1,7\n2,8\n", "a.csv"))
    assert [(item["before"]["code"], item["after"]["code"]) for item in told(run)] == [("007", "7")]


def test_columns_of_one_side_are_told_by_the_schema_not_by_every_row(people: People) -> None:
    run = compared(people, *two(people, jsonl([{"id": 1, "a": "x"}]), jsonl([{"id": 1, "b": "x", "a": "x"}])))
    assert told(run) == []


def test_column_names_that_differ_in_case_only_are_different_columns(people: People) -> None:
    before, after = [{"id": 1, "A": 1, "a": 2}], [{"id": 1, "A": 1, "a": 3}]
    run = compared(people, *two(people, jsonl(before), jsonl(after)))
    assert told(run)[0]["columns"] == ["a"]


def test_pages_of_differences_join_without_gap(people: People) -> None:
    before = [{"id": n, "v": 0} for n in range(457)]
    after = [{"id": n, "v": 1} for n in range(457)]
    run = compared(people, *two(people, jsonl(before), jsonl(after)))
    pages = [differences_of(run, "changed", start, 50) for start in range(0, 500, 50)]
    assert [item["after"]["id"] for page in pages for item in page] == list(range(457))
    assert differences_of(run, "changed", 500, 50) == differences_of(run, "nonsense", 0, 50) == []


def test_a_comparison_is_made_once(people: People) -> None:
    versions = two(people, b"a\n", b"b\n", "a.txt")
    run = diff_start(by=people.olga, before=versions[0], after=versions[1])
    assert diff_start(by=people.rui, before=versions[0], after=versions[1]) == run
    diff_make(run=claim(run), on_progress=lambda share, words: None)
    assert diff_start(by=people.olga, before=versions[0], after=versions[1]) == run
    assert DiffRun.objects.count() == 1
    assert set(AuditEntry.objects.filter(action__startswith="diff.").values_list("action", flat=True)) == {
        "diff.start",
        "diff.finish",
    }


def test_bad_requests_say_what_is_wrong(people: People) -> None:
    before, after = two(people, b"a\n", b"b\n", "a.txt")
    with pytest.raises(Invalid, match="same version"):
        diff_start(by=people.olga, before=before, after=before)
    with pytest.raises(Invalid, match="no column called “nope”"):
        diff_start(by=people.olga, before=before, after=after, key=["nope"])


def test_an_outsider_neither_starts_nor_sees_a_comparison(people: People) -> None:
    before, after = two(people, b"a\n", b"b\n", "a.txt")
    with pytest.raises(NotFound):
        diff_start(by=people.xena, before=before, after=after)
    run = diff_start(by=people.olga, before=before, after=after)
    assert diff_seen(people.rui, run.pk) == run
    with pytest.raises(NotFound):
        diff_seen(people.xena, run.pk)


def test_keys_of_nested_values_in_another_order_are_no_change(people: People) -> None:
    before = [{"id": 1, "v": {"a": 1, "b": [{"c": 2, "d": None}]}}, {"id": 2, "v": {"a": True}}]
    after = [{"id": 1, "v": {"b": [{"d": None, "c": 2}], "a": 1}}, {"id": 2, "v": {"a": 1}}]
    run = compared(people, *two(people, jsonl(before), jsonl(after)))
    assert [item["after"]["id"] for item in told(run)] == [2]
    assert ((run.result or {})["changed"], (run.result or {})["unchanged"]) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_worker_compares_and_says_what_went_wrong(people: People) -> None:
    before, after = two(people, jsonl([{"id": 1, "a": 1}]), jsonl([{"id": 1, "a": 2}]))
    run = diff_start(by=people.olga, before=before, after=after)
    compare(run.pk)
    run.refresh_from_db()
    assert (run.state, (run.result or {})["changed"]) == ("succeeded", 1)
    other = commit(people.olga, before.dataset, jsonl([{"x": 1}]))
    failed = diff_start(by=people.olga, before=before, after=other)
    compare(failed.pk)
    failed.refresh_from_db()
    assert failed.state == "failed" and "no column in common" in failed.error
    compare(failed.pk)  # a message that comes twice
