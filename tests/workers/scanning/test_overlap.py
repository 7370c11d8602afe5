"""Contamination: planted examples of an evaluation set are found however they are wrapped, and nothing else is."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workers.scanning import overlap, rolling, words
from workers.scanning.checks import Reference
from workers.scanning.config import Config
from workers.scanning.overlap import make

from .fed import section, section_after_kill
from .test_duplicates import sentence

VOCABULARY = sentence(random.Random(1), 2000)


def prose(source: random.Random, length: int) -> str:
    return " ".join(source.choices(VOCABULARY, k=length))


def reference(path: Path, table: list[dict[str, Any]], label: str = "Exam") -> Reference:
    path.write_text("".join(json.dumps(row) + "\n" for row in table), encoding="utf-8")
    return Reference(label, (str(path),), "e" * 64)


def noisy(text: str, source: random.Random) -> str:
    """The same words in other case and with other punctuation, inside another text."""
    words = [word.upper() if source.random() < 0.3 else word for word in text.split()]
    inner = "".join(word + source.choice([" ", ", ", "\n", " - ", ". "]) for word in words)
    return f"{prose(source, 30)}: «{inner.strip()}» {prose(source, 30)}"


def test_examples_of_every_length_are_found_and_other_rows_are_not(tmp_path) -> None:
    source = random.Random(2)
    exam = [{"q": prose(source, length)} for length in (5, 10, 20, 60) for _ in range(100)]
    rows = [{"a": prose(source, source.randint(5, 80))} for _ in range(3400)]
    places = source.sample(range(3400), 400)
    for place, example in zip(places, exam, strict=True):
        rows[place] = {"a": noisy(example["q"], source)}
    config = Config(against=(reference(tmp_path / "exam.jsonl", exam),), max_rows_listed=1000)
    found = section(make, rows, tmp_path, config)["references"][0]
    assert found["row_numbers"] == sorted(places)
    assert (found["comparable"], found["contaminated"]["count"], found["contaminated"]["share"]) == (400, 400, 1.0)
    assert found["partly"]["count"] == 0
    assert found["share_of_rows"] == round(400 / 3400, 6)
    assert "Of 400 planted" in overlap.MEASURED and "of 3,000 rows without an example 0" in overlap.MEASURED


def test_edited_and_halved_copies_are_found_in_part(tmp_path) -> None:
    source = random.Random(3)
    exam = [{"q": prose(source, 60)} for _ in range(200)]
    edited = [["changed" if at % 12 == 11 else word for at, word in enumerate(row["q"].split())] for row in exam[:100]]
    for number, copy in enumerate(edited):
        copy[20:20] = exam[number]["q"].split()[:15]  # one run stays whole
    halved = [row["q"].split()[:30] for row in exam[100:]]
    rows = [{"a": " ".join(copy)} for copy in edited + halved]
    config = Config(against=(reference(tmp_path / "exam.jsonl", exam),), max_rows_listed=1000)
    found = section(make, rows, tmp_path, config)["references"][0]
    assert found["partly"]["example_numbers"] == list(range(200))
    assert found["rows_hit"] == 200


def test_one_changed_word_leaves_a_short_example_found_or_in_part(tmp_path) -> None:
    source = random.Random(4)
    exam = [{"q": prose(source, 24)} for _ in range(100)]
    rows = []
    for row in exam:
        copy = row["q"].split()
        copy[5] = copy[17] = "changed"
        rows.append({"a": " ".join(copy)})
    found = section(make, rows, tmp_path, Config(against=(reference(tmp_path / "exam.jsonl", exam),)))["references"][0]
    assert found["rows_hit"] == 100
    assert "of 100 of 24 words with two words changed 100" in " ".join(overlap.MEASURED.split())
    assert found["partly"]["count"] + found["contaminated"]["count"] == 100


def test_answers_and_common_phrases_do_not_count(tmp_path) -> None:
    exam = [{"q": "Choose the right answer among the four that follow below here.", "a": "Paris"} for _ in range(20)]
    rows = [{"a": "Paris is a city. Choose the right answer among the four that follow below here."}]
    found = section(make, rows, tmp_path, Config(against=(reference(tmp_path / "exam.jsonl", exam),)))["references"][0]
    assert (found["rows"], found["comparable"], found["rows_hit"]) == (20, 0, 0)


def test_samples_show_no_names_and_no_numbers(tmp_path) -> None:
    text = "the letter was sent to Jane Doe at 17 Mill Lane and mail jane99 on the first day of june"
    found = section(
        make, [{"a": "x"}, {"a": text}], tmp_path, Config(against=(reference(tmp_path / "e.jsonl", [{"q": text}]),))
    )
    assert found["references"][0]["samples"] == [
        {"row": 1, "column": "a", "example": 0, "words": "the letter was sent to ••• ••• at"}
    ]


def test_several_sets_are_told_apart_and_lists_are_bounded(tmp_path) -> None:
    source = random.Random(5)
    first, second = ([{"q": prose(source, 30)} for _ in range(50)] for _ in range(2))
    against = (reference(tmp_path / "1.jsonl", first, "One"), reference(tmp_path / "2.jsonl", second, "Two"))
    found = section(make, first, tmp_path, Config(against=against, max_rows_listed=5))["references"]
    assert [(f["label"], f["rows_hit"], len(f["row_numbers"])) for f in found] == [("One", 50, 5), ("Two", 0, 0)]
    assert len(found[0]["contaminated"]["example_numbers"]) == len(found[0]["samples"]) == 5


def test_text_without_spaces_is_compared_by_character(tmp_path) -> None:
    question = "海岸行きの電車は九時に出発して二回止まります。"
    found = section(
        make,
        [{"a": f"前文。{question}後文。"}],
        tmp_path,
        Config(against=(reference(tmp_path / "e.jsonl", [{"q": question}]),)),
    )
    assert found["references"][0]["contaminated"]["count"] == 1


@pytest.mark.parametrize("exam", [[], [{"q": "Paris"}], [{"q": None}]])
def test_sets_with_nothing_to_compare(tmp_path, exam) -> None:
    found = section(make, [{"a": "Paris"}], tmp_path, Config(against=(reference(tmp_path / "e.jsonl", exam),)))
    assert found["references"][0]["comparable"] == found["references"][0]["rows_hit"] == 0


def test_without_a_set_the_section_says_so(tmp_path) -> None:
    found = section(make, [{"a": "x"}], tmp_path)
    assert (found["references"], found["compared"]) == ([], False)
    assert "no evaluation set" in found["error_rate"]


def test_a_killed_scan_goes_on_and_says_the_same(tmp_path) -> None:
    source = random.Random(6)
    exam = [{"q": prose(source, length)} for length in (5, 10, 60) for _ in range(30)]
    rows = [{"a": noisy(row["q"], source)} for row in exam] + [{"a": prose(source, 40)} for _ in range(60)]
    config = Config(against=(reference(tmp_path / "exam.jsonl", exam),))
    whole = section(make, rows, tmp_path / "whole", config)
    assert whole["references"][0]["contaminated"]["count"] == 90
    assert section_after_kill(make, rows, tmp_path / "killed", config) == whole
    assert {"method", "versions", "rows_scanned", "error_rate"} <= whole.keys()


@pytest.mark.parametrize("length", [1, 2, 7, 8, 13, 40])
def test_runs_hash_what_they_hold_and_its_order(length) -> None:
    values, _ = words.numbered([VOCABULARY[:100] + VOCABULARY[:100]])
    found = rolling.runs(values, length)
    assert len(found) == 200 - length + 1
    assert (found[: 100 - length] == found[100 : 200 - length]).all()
    assert len(np.unique(found[:100])) == 100
    assert length == 1 or rolling.runs(values[::-1].copy(), length)[0] not in found


def test_words_are_the_same_in_any_case_and_form() -> None:
    values, sizes = words.numbered([words.of("Straße, CAFÉ—7!"), words.of("strasse cafe\u0301 ７")])
    assert sizes.tolist() == [3, 3]
    assert (values[:3] == values[3:]).all()
