"""The scan as a whole: planted findings come back, results are bounded and repeatable, bad input is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from workers.errors import EngineError
from workers.scanning.config import Config
from workers.scanning.engine import Result, run

from . import planted


def quiet(fraction: float, message: str) -> None:
    assert 0 <= fraction <= 1 and message


def written(path: Path, rows: list[object]) -> Config:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Config(input_path=str(path))


def personal(result: Result) -> list[dict[str, Any]]:
    return list(result.sections["personal_data"]["findings"])


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> tuple[Path, dict[str, list[tuple[int, str]]]]:
    path = tmp_path_factory.mktemp("scan") / "rows.jsonl"
    truth = planted.write(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    near = json.loads(lines[6])
    near["answer"] = near["answer"].replace("Please", "Kindly", 1)
    path.write_text("\n".join([*lines, lines[5], json.dumps(near)]) + "\n", encoding="utf-8")
    return path, truth


@pytest.fixture(scope="module")
def result(table) -> Result:
    return run(Config(input_path=str(table[0])), quiet)


def test_everything_planted_is_found_in_its_row_and_column(table, result) -> None:
    for entity, places in table[1].items():
        finding = next(f for f in personal(result) if (f["entity"], f["column"]) == (entity, "answer"))
        assert finding["count"] == len(places)
        assert finding["row_indices"] == [row for row, _ in places]


def test_nothing_else_is_found_but_the_known_false_card(table, result) -> None:
    others = [(f["entity"], f["column"], f["count"]) for f in personal(result) if f["column"] != "answer"]
    assert others == [("CREDIT_CARD", "question", 1)]
    assert result.sections["personal_data"]["total"] == sum(map(len, table[1].values())) + 1


def test_planted_copies_are_found(result) -> None:
    assert [c["rows"] for c in result.sections["duplicates"]["exact_clusters"]] == [[5, 300]]
    assert [c["rows"] for c in result.sections["duplicates"]["near_clusters"]] == [[6, 301]]


def test_no_raw_value_stands_in_the_result(table, result) -> None:
    told = json.dumps(result.told(), ensure_ascii=False, allow_nan=False)
    for values in planted.PLANTED.values():
        assert not any(value in told for value in values)
    assert "j•••@•••.uk" in told and "•••• •••• •••• 1111" in told


def test_the_result_tells_how_it_came_about(result) -> None:
    assert result.rows == result.sections["personal_data"]["rows_scanned"] == 302
    assert result.columns == ("question", "answer")
    assert result.told()["versions"]["presidio_analyzer"]
    assert {"EMAIL_ADDRESS", "CREDIT_CARD"} <= {m["entity"] for m in result.sections["personal_data"]["methods"]}
    assert "PERSON" in result.sections["personal_data"]["not_looked_for"][0]


def test_the_same_scan_has_the_same_digest_and_another_finding_another(table, result) -> None:
    config = Config(input_path=str(table[0]))
    assert run(config, quiet).told()["digest"] == result.told()["digest"]
    assert run(replace(config, near_duplicate_threshold=0.7), quiet).told()["digest"] != result.told()["digest"]


def test_a_seeded_sample_searches_that_many_rows(table) -> None:
    config = Config(input_path=str(table[0]), pii_sample_rows=100)
    first, second = run(config, quiet), run(config, quiet)
    assert first.sections["personal_data"]["rows_scanned"] == 100
    assert first.sections["personal_data"]["total"] < sum(map(len, table[1].values()))
    assert first.told()["digest"] == second.told()["digest"]
    assert first.sections["duplicates"]["exact_cluster_count"] == 1


def test_nested_cells_and_long_numbers_are_searched(tmp_path) -> None:
    turns = [{"role": "user", "content": "I am anna@example.org"}, {"role": "assistant", "content": "Noted."}]
    row = {
        "messages": turns,
        "phone": 2125550172,
        "card": 5555555555554444.0,
        "age": 44,
        "odd": "x\ud800y",
        "none": None,
    }
    result = run(written(tmp_path / "x.jsonl", [row, row | {"messages": []}]), quiet)
    assert {(f["entity"], f["column"], f["count"]) for f in personal(result)} == {
        ("EMAIL_ADDRESS", "messages", 1),
        ("PHONE_NUMBER", "phone", 2),
        ("CREDIT_CARD", "card", 2),
    }


def test_only_chosen_columns_are_read(table) -> None:
    result = run(Config(input_path=str(table[0]), columns=("question",)), quiet)
    assert result.columns == ("question",)
    assert {f["column"] for f in personal(result)} == {"question"}


def test_columns_that_number_the_rows_do_not_hide_copies(tmp_path) -> None:
    texts = ["first text", "second text", "first text"]
    config = written(tmp_path / "x.jsonl", [{"id": f"row-{i}", "n": i, "a": text} for i, text in enumerate(texts)])
    result = run(config, quiet)
    assert result.copy_columns == ("a",)
    assert [c["rows"] for c in result.sections["duplicates"]["exact_clusters"]] == [[0, 2]]
    assert run(replace(config, copy_columns=("id", "a")), quiet).sections["duplicates"]["exact_cluster_count"] == 0


def test_words_that_repeat_or_a_single_row_number_nothing(tmp_path) -> None:
    rows = [{"a": "yes"}, {"a": "no"}, {"a": "yes"}]
    assert run(written(tmp_path / "x.jsonl", rows), quiet).copy_columns == ("a",)
    assert run(written(tmp_path / "y.jsonl", [{"a": "one", "b": "two"}]), quiet).copy_columns == ("a", "b")


def test_results_stay_small_whatever_is_found(tmp_path) -> None:
    rows = [{"a": f"user{i}@example.org and again user{i}@example.org"} for i in range(600)]
    result = run(written(tmp_path / "x.jsonl", rows + rows), quiet)
    (finding,) = personal(result)
    assert (finding["count"], finding["rows"]) == (2400, 1200)
    assert (len(finding["row_indices"]), len(finding["samples"]) <= 5) == (100, True)
    assert result.sections["duplicates"]["exact_cluster_count"] == 600
    assert len(json.dumps(result.told())) < 60_000


def test_unknown_languages_are_named(tmp_path) -> None:
    config = replace(written(tmp_path / "x.jsonl", [{"a": "x"}]), languages=("tlh",))
    assert "tlh" in run(config, quiet).sections["personal_data"]["not_looked_for"][-1]


@pytest.mark.parametrize("stage", ["Searching", "Comparing"])
def test_cancelling_passes_through(table, stage) -> None:
    class Cancelled(Exception):
        pass

    def cancel(fraction: float, message: str) -> None:
        if message.startswith(stage):
            raise Cancelled

    with pytest.raises(Cancelled):
        run(Config(input_path=str(table[0])), cancel)


def test_progress_never_goes_back(table) -> None:
    told: list[float] = []
    run(Config(input_path=str(table[0])), lambda fraction, message: told.append(fraction))
    assert told == sorted(told) and told[-1] == 1.0


BAD = [
    (b"", {}, "data.empty"),
    (b"\n\n", {}, "data.empty"),
    (b'{"a": "x"}\n{"a": "y', {}, "data.not_json"),
    (b"[1]\n", {}, "data.not_json"),
    (b'{"a": "\xff"}\n', {}, "data.encoding"),
    (b'{"a": "x"}\n', {"columns": ("b",)}, "data.column_missing"),
    (b'{"a": "x"}\n', {"copy_columns": ("b",)}, "data.column_missing"),
    (b'{"a": "x"}\n', {"near_duplicate_threshold": 0.0}, "scan.threshold"),
    (b'{"a": "x"}\n', {"pii_score_threshold": 2.0}, "scan.threshold"),
    (b'{"a": "x"}\n', {"pii_sample_rows": 0}, "scan.sample"),
    (None, {}, "data.not_found"),
]


@pytest.mark.parametrize(("content", "change", "code"), BAD)
def test_bad_input_is_refused_in_words(tmp_path, content, change, code) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EngineError) as refused:
        run(replace(Config(input_path=str(path)), **change), quiet)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
