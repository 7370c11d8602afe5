"""Changed chunks, files and commits are named."""

from workers.scanning import integrity
from workers.scanning.checks import Batch, Survey
from workers.scanning.config import ChunkState, Config

SURVEY = Survey(3, ("a",), ("a",))
ROWS = Batch(0, [{"a": "x"}] * 3, [{"a": ["x"]}] * 3)


def quiet(fraction: float, message: str) -> None:
    assert 0 <= fraction <= 1 and message


def states(*good: bool) -> tuple[ChunkState, ...]:
    return tuple(ChunkState(f"{number:064x}", 100, ok) for number, ok in enumerate(good))


def test_whole_chunks_are_told_so(tmp_path) -> None:
    check = integrity.make(Config(input_path="x", chunks=states(True, True)), SURVEY, tmp_path)
    check.feed(ROWS)
    section = check.finish(quiet)
    assert not section["compromised"] and section["code"] == ""
    assert (section["checked"], section["bytes"], section["rows_scanned"]) == (2, 200, 3)


def test_a_changed_chunk_is_named(tmp_path) -> None:
    section = integrity.make(Config(input_path="x", chunks=states(True, False, True)), SURVEY, tmp_path).finish(quiet)
    assert section["compromised"] and section["code"] == "storage.tampered"
    assert section["changed"] == [{"position": 1, "digest": f"{1:064x}", "size": 100}]
    assert section["statement"].startswith("1 of 3 stored chunks were changed or are missing: number 1")


def test_a_changed_commit_or_file_is_named(tmp_path) -> None:
    commits = [{"label": "version 2", "digest": "d", "ok": False}]
    options = {"integrity": {"commits": commits}}
    section = integrity.make(Config(input_path="x", chunks=states(True), options=options), SURVEY, tmp_path).finish(
        quiet
    )
    assert section["compromised"] and "version 2" in section["statement"]
    options = {"integrity": {"file": {"digest": "d", "ok": False}}}
    section = integrity.make(Config(input_path="x", chunks=states(True), options=options), SURVEY, tmp_path).finish(
        quiet
    )
    assert section["compromised"] and "whole file" in section["statement"]


def test_without_chunks_nothing_is_claimed(tmp_path) -> None:
    section = integrity.make(Config(input_path="x"), SURVEY, tmp_path).finish(quiet)
    assert not section["compromised"] and "not read again" in section["statement"]


def test_an_interrupted_check_counts_all_rows(tmp_path) -> None:
    first = integrity.make(Config(input_path="x", chunks=states(True)), SURVEY, tmp_path)
    first.feed(ROWS)
    first.save(tmp_path)
    second = integrity.make(Config(input_path="x", chunks=states(True)), SURVEY, tmp_path)
    second.restore(tmp_path)
    second.feed(ROWS)
    assert second.finish(quiet)["rows_scanned"] == 6
