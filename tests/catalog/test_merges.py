"""Branches part and come together again, row by row; what both changed is named and never chosen silently."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.accounts.models import Team, User
from apps.accounts.rules import AUDITOR, ENGINEER
from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion
from apps.catalog.services import branch_create, dataset_keys_set, merge_preview, merge_start
from apps.catalog.tasks import commit as commit_door
from apps.core import storage, tables
from apps.core.errors import Conflict, Invalid
from tests.makers import commit, make_client, make_dataset, make_person, make_team

pytestmark = pytest.mark.django_db
ROWS: list[dict[str, Any]] = [{"id": n, "q": f"Question {n}?", "a": f"Answer {n}."} for n in range(20)]
ENDINGS = ["jsonl", "csv", "parquet"]


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def dataset(olga: User, team: Team) -> Dataset:
    return make_dataset(olga, team)


def content(rows: list[dict[str, Any]], ending: str) -> bytes:
    if ending == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    if ending == "csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()


def on(
    branch: str, by: User, dataset: Dataset, rows: list[dict[str, Any]], ending: str = "jsonl", **more: Any
) -> DatasetVersion:
    return commit(by, dataset, content(rows, ending), f"rows.{ending}", branch=branch, **more)


def changed(rows: list[dict[str, Any]], number: int, **values: Any) -> list[dict[str, Any]]:
    return [row | values if row["id"] == number else row for row in rows]


def parted(
    olga: User,
    dataset: Dataset,
    ours: list[dict[str, Any]],
    theirs: list[dict[str, Any]],
    ending: str = "jsonl",
    base: list[dict[str, Any]] = ROWS,
) -> tuple[Branch, DatasetVersion]:
    """The main branch with `ours` and the newest version of another with `theirs`, both out of `base`."""
    first = on("main", olga, dataset, base, ending)
    branch_create(by=olga, dataset=dataset, name="draft", start=first)
    if ours != base:
        on("main", olga, dataset, ours, ending, licence="MIT", provenance={"sources": ["desk"], "origin": "people"})
    other = on("draft", olga, dataset, theirs, ending, licence="CC-BY-4.0", provenance={"sources": ["web"]})
    return Branch.objects.get(dataset=dataset, name="main"), other


def merged(olga: User, branch: Branch, other: DatasetVersion, **more: Any) -> CommitRun:
    run = merge_start(by=olga, branch=branch, source=other, **more)
    assert isinstance(run, CommitRun)
    commit_door(run.pk)
    run.refresh_from_db()
    return run


def rows_of(version: DatasetVersion) -> list[dict[str, Any]]:
    rows = list(tables.iter_rows(storage.local_path(version.digest), version.format))
    return [row | {"id": int(str(row["id"]))} for row in rows]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_each_side_did_is_in_the_merge(olga: User, dataset: Dataset, ending: str) -> None:
    ours = [row for row in changed(ROWS, 3, a="Ours.") if row["id"] != 5] + [{"id": 30, "q": "Ours?", "a": "Yes."}]
    theirs = [row for row in changed(ROWS, 7, q="Thé irs?") if row["id"] != 9] + [
        {"id": 40, "q": "Theirs?", "a": "No."}
    ]
    run = merged(olga, *parted(olga, dataset, ours, theirs, ending))
    assert run.state == "succeeded", run.error
    version = run.version
    assert version is not None
    wanted = {row["id"]: row for row in ours} | {7: theirs[7], 40: theirs[-1]}
    del wanted[9]
    assert {row["id"]: row for row in rows_of(version)} == wanted
    assert (version.operation, version.parent.number, version.merged.number) == ("merge", 2, 3)
    assert Branch.objects.get(dataset=dataset, name="main").head == version
    assert version.licence == "MIT AND CC-BY-4.0"
    assert version.provenance == {"sources": ["desk", "web"], "origin": "people"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_that_only_one_side_changed_are_put_together(olga: User, dataset: Dataset, ending: str) -> None:
    run = merged(
        olga, *parted(olga, dataset, changed(ROWS, 4, a="Ours, “new”."), changed(ROWS, 4, q="Theirs,\nnew?"), ending)
    )
    assert run.version is not None, run.error
    assert rows_of(run.version)[4] == {"id": 4, "q": "Theirs,\nnew?", "a": "Ours, “new”."}


def test_what_both_changed_is_named_by_row_and_column_and_changes_nothing(olga: User, dataset: Dataset) -> None:
    branch, other = parted(olga, dataset, changed(ROWS, 4, a="Ours."), changed(ROWS, 4, a="Theirs.", q="New?"))
    before = branch.head_id
    run = merged(olga, branch, other)
    assert (run.state, run.error_code, run.version) == ("failed", "merge.conflict", None)
    assert run.result is not None and run.result["conflicts_total"] == 1
    (told,) = run.result["conflicts"]
    assert (told["kind"], told["ours_row"], told["columns"]) == ("both_changed", 4, ["a"])
    assert "Ours." not in json.dumps(run.result)
    (full,) = (json.loads(line) for line in storage.open(run.result["conflicts_file"]))
    assert (full["key"], full["ours"], full["theirs"]) == (["4"], {"a": "Ours."}, {"a": "Theirs."})
    branch.refresh_from_db()
    assert branch.head_id == before


@pytest.mark.parametrize(
    ("choice", "answer"),
    [
        ({"prefer": "ours"}, "Ours."),
        ({"prefer": "theirs"}, "Theirs."),
        ({"choices": [{"key": [4], "take": "theirs"}]}, "Theirs."),
        ({"prefer": "theirs", "choices": [{"key": ["4"], "take": "ours"}]}, "Ours."),
    ],
)
def test_somebody_chooses(olga: User, dataset: Dataset, choice: dict[str, Any], answer: str) -> None:
    branch, other = parted(olga, dataset, changed(ROWS, 4, a="Ours."), changed(ROWS, 4, a="Theirs.", q="New?"))
    run = merged(olga, branch, other, **choice)
    assert run.version is not None, run.error
    assert rows_of(run.version)[4] == {"id": 4, "q": "New?", "a": answer}


def test_the_keys_that_somebody_chose_by_are_not_told_with_the_run(olga: User, team: Team, dataset: Dataset) -> None:
    rows = [row | {"id": f"k{row['id']}@example.org"} for row in ROWS]
    mine, other = [dict(row) for row in rows], [dict(row) for row in rows]
    mine[4]["a"], other[4]["a"] = "Ours.", "Theirs."
    choice = {"key": ["k4@example.org"], "take": "theirs"}
    run = merged(olga, *parted(olga, dataset, mine, other, base=rows), choices=[choice])
    assert run.version is not None
    assert b"Theirs." in storage.local_path(run.version.digest).read_bytes()
    auditor = make_client(make_person(AUDITOR, team=team))
    for place in (f"commits/{run.pk}/", f"runs/{run.kind}/{run.pk}/"):
        answer = auditor.get(f"/api/v1/{place}")
        assert answer.status_code == 200 and answer.json()["config"]["choices"] == 1
        assert "k4@" not in answer.content.decode()


@pytest.mark.parametrize("prefer", ["", "ours", "theirs"])
@pytest.mark.parametrize("removes", ["ours", "theirs"])
def test_a_row_that_one_changed_and_the_other_removed_is_a_clash(
    olga: User, dataset: Dataset, removes: str, prefer: str
) -> None:
    without = [row for row in ROWS if row["id"] != 4]
    edited = changed(ROWS, 4, a="Edited.")
    ours, theirs = (without, edited) if removes == "ours" else (edited, without)
    run = merged(olga, *parted(olga, dataset, ours, theirs), prefer=prefer)
    if not prefer:
        assert run.result is not None
        kind = "removed_by_us" if removes == "ours" else "removed_by_them"
        assert [(one["kind"], one["columns"]) for one in run.result["conflicts"]] == [(kind, ["a"])]
        return
    assert run.version is not None
    assert (4 in {row["id"] for row in rows_of(run.version)}) == (prefer != removes)


def test_without_a_key_rows_are_told_apart_by_content(olga: User, dataset: Dataset) -> None:
    base = [{"id": 1, "t": "a"}, {"id": 1, "t": "b"}, {"id": 1, "t": "b"}, {"id": 1, "t": "c"}]
    ours, theirs = [*base, {"id": 1, "t": "ours"}], [base[0], base[1], base[3], {"id": 1, "t": "theirs"}]
    run = merged(olga, *parted(olga, dataset, ours, theirs, base=base))
    assert run.version is not None, run.error
    assert sorted(row["t"] for row in rows_of(run.version)) == ["a", "b", "c", "ours", "theirs"]


def test_key_columns_that_name_no_row_are_refused(olga: User, dataset: Dataset) -> None:
    base = [{"id": 1, "t": "a"}, {"id": 1, "t": "b"}]
    branch, other = parted(olga, dataset, [*base, {"id": 2, "t": "o"}], [*base, {"id": 3, "t": "t"}], base=base)
    dataset_keys_set(by=olga, dataset=dataset, columns=["id"])
    run = merged(olga, branch, other)
    assert (run.state, run.error_code) == ("failed", "merge.key")


def test_other_columns_are_explained(olga: User, dataset: Dataset) -> None:
    run = merged(olga, *parted(olga, dataset, changed(ROWS, 1, a="x"), [row | {"lang": "en"} for row in ROWS]))
    assert run.error_code == "merge.schema" and "“lang”" in run.error


def test_another_format_is_refused(olga: User, dataset: Dataset) -> None:
    first = on("main", olga, dataset, ROWS)
    branch_create(by=olga, dataset=dataset, name="draft", start=first)
    on("main", olga, dataset, ROWS[:-1])
    other = on("draft", olga, dataset, ROWS[:5], "csv")
    run = merged(olga, Branch.objects.get(dataset=dataset, name="main"), other)
    assert run.error_code == "merge.format"


def test_a_branch_with_nothing_of_its_own_moves_on(olga: User, dataset: Dataset) -> None:
    branch, other = parted(olga, dataset, ROWS, ROWS[:5])
    moved = merge_start(by=olga, branch=branch, source=other)
    assert isinstance(moved, Branch) and moved.head == other
    with pytest.raises(Conflict) as refused:
        merge_start(by=olga, branch=moved, source=other)
    assert refused.value.code == "merge.nothing"


def test_after_a_merge_the_same_rows_are_not_merged_again(olga: User, dataset: Dataset) -> None:
    branch, other = parted(olga, dataset, changed(ROWS, 1, a="x"), changed(ROWS, 2, a="y"))
    assert merged(olga, branch, other).state == "succeeded"
    branch.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        merge_start(by=olga, branch=branch, source=other)
    assert refused.value.code == "merge.nothing"
    again = on("draft", olga, dataset, changed(changed(ROWS, 2, a="z"), 3, a="new"))
    run = merged(olga, branch, again)
    assert run.version is not None, run.error
    assert [row["a"] for row in rows_of(run.version)[1:4]] == ["x", "z", "new"]


def test_a_branch_that_moved_meanwhile_is_not_overwritten(olga: User, dataset: Dataset) -> None:
    branch, other = parted(olga, dataset, changed(ROWS, 1, a="x"), changed(ROWS, 2, a="y"))
    run = merge_start(by=olga, branch=branch, source=other)
    assert isinstance(run, CommitRun)
    newest = on("main", olga, dataset, ROWS[:7])
    commit_door(run.pk)
    run.refresh_from_db()
    branch.refresh_from_db()
    assert (run.error_code, branch.head) == ("branch.moved", newest)


def test_a_merge_stores_little_more_than_what_changed(olga: User, dataset: Dataset, tmp_path: Path) -> None:
    base = [
        {"id": n, "q": f"Question {n * 7919 % 10007}? " * 8, "a": f"Answer {n * 104729 % 99991}."}
        for n in range(20_000)
    ]
    run = merged(olga, *parted(olga, dataset, changed(base, 9_000, a="o"), changed(base, 15_000, a="t"), base=base))
    version = run.version
    assert version is not None, run.error
    assert version.chunks > 3 and version.new_bytes < version.size / 2
    with storage.open(version.digest) as stream:
        assert stream.read() == content(changed(changed(base, 9_000, a="o"), 15_000, a="t"), "jsonl")


def test_a_preview_tells_and_changes_nothing(olga: User, dataset: Dataset, settings: Any) -> None:
    branch, other = parted(
        olga, dataset, changed(ROWS, 4, a="Ours."), [*changed(ROWS, 4, a="Theirs."), ROWS[0] | {"id": 99}]
    )
    plan = merge_preview(by=olga, branch=branch, source=other)
    assert plan is not None and plan.counted()["added"] == 1
    assert [(clash.key, clash.columns) for clash in plan.clashes] == [(("4",), ("a",))]
    assert CommitRun.objects.count() == 0
    settings.COMMIT_INLINE_BYTES = 10
    with pytest.raises(Invalid) as refused:
        merge_preview(by=olga, branch=branch, source=other)
    assert refused.value.code == "merge.too_large"


@pytest.mark.parametrize(
    "wrong",
    [{"prefer": "mine"}, {"choices": [{"key": 4, "take": "ours"}]}, {"choices": [{"key": [4], "take": "both"}]}],
)
def test_choices_that_mean_nothing_are_refused(olga: User, dataset: Dataset, wrong: dict[str, Any]) -> None:
    branch, other = parted(olga, dataset, changed(ROWS, 4, a="Ours."), changed(ROWS, 4, a="Theirs."))
    with pytest.raises(Invalid):
        merge_start(by=olga, branch=branch, source=other, **wrong)
    assert CommitRun.objects.count() == 0
