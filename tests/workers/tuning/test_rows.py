"""Reading rows, and the split that keeps held-out rows unseen."""

from collections.abc import Callable
from pathlib import Path

import pytest

from workers.errors import EngineError
from workers.rows import Row, read_rows, split, without_questions


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "data.empty"),
        (b"\n\n", "data.empty"),
        (b'{"question": "a", "answer": "b"}\n{"question": "a", "ans', "data.not_json"),
        (b"[1, 2]\n", "data.not_json"),
        (b'{"question": "a"}\n', "data.column_missing"),
        (b'{"question": 3, "answer": "b"}\n', "data.not_text"),
        (b'{"question": " ", "answer": "b"}\n', "data.not_text"),
        ('{"question": "é", "answer": "b"}\n'.encode("latin-1"), "data.encoding"),
        (b'{"question": "' + b"a" * (5 << 20) + b'", "answer": "b"}\n', "data.line_too_long"),
    ],
)
def test_bad_files_are_refused_without_quoting_them(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(EngineError) as refusal:
        read_rows(path, "question", "answer")
    assert refusal.value.code == code
    assert "aaa" not in refusal.value.message


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refusal:
        read_rows(tmp_path / "none.jsonl", "question", "answer")
    assert refusal.value.code == "data.not_found"


def test_a_byte_order_mark_is_no_part_of_the_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"q": "a", "a": "b"}\n\n{"q": "c", "a": "d"}')
    assert read_rows(path, "q", "a") == [Row(0, "a", "b"), Row(1, "c", "d")]


def _numbered(count: int) -> list[Row]:
    return [Row(i, f"question {i}", f"answer {i}") for i in range(count)]


def test_the_split_is_repeatable_and_disjoint() -> None:
    rows = _numbered(50)
    training, held_out = split(rows, 0.2, seed=7)
    assert (training, held_out) == split(rows, 0.2, seed=7)
    assert len(held_out) == 10
    assert sorted([*training, *held_out], key=lambda row: row.index) == rows
    assert held_out != split(rows, 0.2, seed=8)[1]


def test_rows_that_ask_the_same_stay_on_one_side() -> None:
    rows = [*_numbered(20), *(Row(20 + i, f"  QUESTION   {i} ", "other words") for i in range(20))]
    training, held_out = split(rows, 0.3, seed=1)
    assert not {row.question_key for row in training} & {row.question_key for row in held_out}


def test_one_question_alone_cannot_be_split() -> None:
    with pytest.raises(EngineError) as refusal:
        split([Row(0, "same", "a"), Row(1, "same", "b")], 0.5, seed=1)
    assert refusal.value.code == "data.too_small"


def test_an_explicit_held_out_file_takes_its_questions_out_of_training(write_jsonl: Callable[..., Path]) -> None:
    rows = _numbered(5)
    training, held_out = without_questions(rows, [Row(0, "Question 3", "answer")])
    assert [row.index for row in training] == [0, 1, 2, 4]
    assert len(held_out) == 1


def test_the_digest_is_of_the_content_alone() -> None:
    assert Row(0, "a", "b").digest == Row(9, "a", "b").digest != Row(0, "ab", "").digest
