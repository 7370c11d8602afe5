"""The demo's data keep the promises that their key file and datasheets make."""

import hashlib
import itertools
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

DATA = Path(__file__).parents[3] / "workers" / "demo" / "data"
DATASHEETS = ("support_desk", "general_text")

CARD = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [json.loads(line) for line in (DATA / "support_desk.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def key() -> dict[str, Any]:
    return json.loads((DATA / "support_desk.key.json").read_text("utf-8"))


def _yaml(name: str) -> dict[str, Any]:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


def _luhn(number: str) -> bool:
    digits = [int(character) for character in reversed(number) if character.isdigit()]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


def _shingles(row: Row) -> frozenset[str]:
    text = " ".join(f"{row['question']} {row['answer']}".casefold().split())
    return frozenset(text[i : i + 5] for i in range(len(text) - 4))


def test_there_are_enough_rows_and_all_have_the_four_columns(rows: list[Row]) -> None:
    assert len(rows) >= 320
    assert all(list(row) == ["id", "topic", "question", "answer"] for row in rows)
    assert all(value.strip() == value != "" for row in rows for value in row.values())


def test_ids_are_unique(rows: list[Row]) -> None:
    assert len({row["id"] for row in rows}) == len(rows)


def test_answers_are_short_and_each_intent_is_asked_in_several_ways(rows: list[Row]) -> None:
    phrasings = Counter(row["answer"] for row in {row["question"]: row for row in rows}.values())
    assert len(phrasings) >= 40
    assert min(phrasings.values()) >= 9
    assert all(8 <= len(answer.split()) <= 30 for answer in phrasings)


def test_the_key_speaks_of_these_very_bytes(rows: list[Row], key: dict[str, Any]) -> None:
    assert key["sha256"] == hashlib.sha256((DATA / key["file"]).read_bytes()).hexdigest()
    assert key["rows"] == len(rows)


def test_every_planted_value_is_where_the_key_says(rows: list[Row], key: dict[str, Any]) -> None:
    for planted in key["personal_data"]:
        row = rows[planted["line"] - 1]
        assert row["id"] == planted["row"]
        assert row[planted["column"]][planted["start"] : planted["end"]] == planted["text"]


def test_planted_addresses_and_numbers_are_of_the_fictitious_kind(key: dict[str, Any]) -> None:
    kinds = Counter(planted["entity"] for planted in key["personal_data"])
    assert kinds == {"EMAIL_ADDRESS": 6, "CREDIT_CARD": 4, "PHONE_NUMBER": 2, "IBAN_CODE": 2}
    texts = {kind: [p["text"] for p in key["personal_data"] if p["entity"] == kind] for kind in kinds}
    assert all(re.search(r"@example\.(com|net|org)$", text) for text in texts["EMAIL_ADDRESS"])
    assert all(_luhn(text) for text in texts["CREDIT_CARD"])
    assert all(text.startswith("+44 20 7946 0") for text in texts["PHONE_NUMBER"])


def test_nothing_that_looks_personal_is_there_unrecorded(rows: list[Row], key: dict[str, Any]) -> None:
    recorded = {(planted["row"], planted["text"]) for planted in key["personal_data"]}
    for row, column in itertools.product(rows, ("question", "answer")):
        found = [*EMAIL.findall(row[column]), *CARD.findall(row[column])]
        assert {(row["id"], text) for text in found} <= recorded | {(row["id"], t) for t in _account_parts(row, key)}


def _account_parts(row: Row, key: dict[str, Any]) -> set[str]:
    """The run of digits within an account or telephone number of this row, which the card pattern meets too."""
    texts = [p["text"] for p in key["personal_data"] if p["row"] == row["id"]]
    return {part for text in texts for part in CARD.findall(text)}


def test_exact_duplicates_are_those_recorded_and_no_others(rows: list[Row], key: dict[str, Any]) -> None:
    seen: dict[tuple[str, str], str] = {}
    pairs = []
    for row in rows:
        first = seen.setdefault((row["question"], row["answer"]), row["id"])
        if first != row["id"]:
            pairs.append([first, row["id"]])
    assert sorted(pairs) == sorted(key["exact_duplicates"])


def test_near_duplicates_stand_out_and_all_other_rows_differ(rows: list[Row], key: dict[str, Any]) -> None:
    shingles = {row["id"]: _shingles(row) for row in rows}
    planted = {frozenset(pair) for pair in key["exact_duplicates"] + key["near_duplicates"]}
    for (a, left), (b, right) in itertools.combinations(shingles.items(), 2):
        similarity = len(left & right) / len(left | right)
        assert similarity >= 0.9 if frozenset((a, b)) in planted else similarity < 0.7, (a, b, similarity)


def test_the_base_models_text_is_its_own(rows: list[Row]) -> None:
    text = (DATA / "general_text.txt").read_text("utf-8")
    lines = text.splitlines()
    assert 60_000 <= len(text) <= 130_000
    assert len(set(lines)) == len(lines)
    assert not [row["id"] for row in rows if row["question"] in text or row["answer"] in text]
    assert not EMAIL.search(text)


@pytest.mark.parametrize("name", DATASHEETS)
def test_datasheets_state_what_the_data_questions_need(name: str) -> None:
    sheet = _yaml(f"{name}.datasheet.yaml")
    needed = {
        "title", "description", "sources", "origin", "collection_method", "generation_period", "geography",
        "languages", "permission", "licence", "copyright_holder", "contains_copyrighted_material", "confidentiality",
        "personal_data", "poisoning", "ai_generated", "intended_use", "limitations", "maintenance",
    }  # fmt: skip
    assert not [field for field in needed if sheet.get(field) in (None, "", [], {})]
    assert sheet["licence"] == "CC-BY-4.0"
    assert 0 <= sheet["ai_generated"]["share"] <= 1
    assert json.loads(json.dumps(sheet)) == sheet


@pytest.mark.parametrize("name", DATASHEETS)
def test_datasheets_count_right(name: str) -> None:
    sheet = _yaml(f"{name}.datasheet.yaml")
    assert sheet["rows"] == len((DATA / sheet["file"]).read_text("utf-8").splitlines())


def test_datasheet_and_key_agree_on_what_was_planted(key: dict[str, Any]) -> None:
    sheet = _yaml("support_desk.datasheet.yaml")
    assert sheet["personal_data"]["planted"] == Counter(p["entity"] for p in key["personal_data"])
    assert sheet["poisoning"]["planted"] == {kind: len(key[kind]) for kind in ("exact_duplicates", "near_duplicates")}


def test_notes_answer_questions_with_text() -> None:
    notes = _yaml("model_notes.yaml")
    assert set(notes) == {"data-6", "modeling-1", "modeling-2", "deployment-1", "deployment-2", "deployment-3"}
    assert all(len(note["text"].split()) >= 20 for note in notes.values())
