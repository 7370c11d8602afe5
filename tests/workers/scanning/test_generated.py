"""The share of text that machines wrote: how the detector was measured, how the interval behaves, what is declared."""

import ast
import json
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from workers.scanning import generated, marks
from workers.scanning.checks import Batch, Survey
from workers.scanning.config import Config
from workers.scanning.prevalence import Measured, corrected, estimate

from . import poisoned

MACHINE = "Certainly! Here are a few tips. It's important to note that practice matters. I hope this helps! " * 3


def quiet(fraction: float, message: str) -> None:
    assert 0 <= fraction <= 1 and message


def scanned(table: list[dict[str, Any]], folder: Path, **settings: Any) -> dict[str, Any]:
    names = tuple(table[0])
    check = generated.make(Config(input_path="x", **settings), Survey(len(table), names, names), folder)
    check.feed(Batch(0, table, [{name: [str(row[name])] for name in names} for row in table]))
    return check.finish(quiet)


def human(count: int) -> list[dict[str, str]]:
    """Texts without any habit of machines, all long enough to tell."""
    made = poisoned.open_answers(count, 1)
    return [{"prompt": "Tell me.", "response": f"{row['response']} {row['response']}"} for row in made]


def test_the_sensitivity_is_what_the_samples_give() -> None:
    samples = marks.known()["samples"]
    found = sum(marks.look(text).is_marked for text in samples)
    assert Measured(found, len(samples)) == generated.SENSITIVITY


def test_the_specificity_is_what_the_documentation_of_python_gives() -> None:
    """The number of texts differs a little between versions of Python: the share may not be worse than stated."""
    texts = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("[a-m]*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8", "replace"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and (text := ast.get_docstring(node)):
                texts.append(text)
    long = [text for text in dict.fromkeys(texts) if len(text.split()) >= marks.known()["least_words"]]
    assert len(long) >= 0.3 * generated.SPECIFICITY.of  # half of the modules, to save time
    assert sum(marks.look(text).is_marked for text in long) <= 0.003 * len(long)


def test_the_correction_matches_a_calculation_by_hand() -> None:
    """(0.3 + 0.9 - 1) / (0.8 + 0.9 - 1) = 0.2857."""
    told = corrected(300, 1_000, Measured(80, 100), Measured(90, 100))
    assert told.share == pytest.approx(0.2857, abs=1e-4)
    assert told.low < 0.2857 < told.high and told.low > 0.1 and told.high < 0.45


def test_more_knowledge_of_the_detector_narrows_the_interval() -> None:
    loose = corrected(300, 1_000, Measured(8, 10), Measured(9, 10))
    tight = corrected(300, 1_000, Measured(8_000, 10_000), Measured(9_000, 10_000))
    assert tight.high - tight.low < loose.high - loose.low


def test_a_detector_that_tells_nothing_leaves_everything_open() -> None:
    assert corrected(5, 10, Measured(1, 10), Measured(9, 10)).high == 1.0
    assert (estimate(0, 0, Measured(9, 9)).low, estimate(0, 0, Measured(9, 9)).high) == (0, 1)


def test_no_marks_are_no_proof_and_many_marks_say_much() -> None:
    none = estimate(0, 5_000, generated.SPECIFICITY)
    many = estimate(1_500, 5_000, generated.SPECIFICITY)
    assert none.low == 0 and none.high > 0.3
    assert 0.25 < many.low <= 0.3 and many.share > none.share


@pytest.mark.parametrize("sensitivity", [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_the_interval_holds_the_share_however_well_these_texts_are_recognised(share, sensitivity) -> None:
    """The detector was measured on few texts; machines that write by every habit are marked more often than those."""
    told = estimate(round(400 * share * sensitivity), 400, generated.SPECIFICITY)
    assert told.low <= share <= told.high


def test_marked_text_raises_the_estimate_and_short_text_widens_it(tmp_path) -> None:
    plain = scanned(human(300), tmp_path)
    mixed = scanned(human(150) + [{"prompt": "Tell me.", "response": MACHINE}] * 150, tmp_path)
    short = scanned(human(150) + [{"prompt": "Tell me.", "response": "Yes."}] * 150, tmp_path)
    assert plain["marked"] == 0 and plain["low"] == 0 and mixed["low"] > 0.3
    assert short["short"] == 150 and short["high"] >= 0.5 + plain["high"] / 2 - 0.1
    assert mixed["by_family"]["opener"] == 150
    json.dumps(mixed, allow_nan=False)


def test_a_table_without_long_text_has_no_estimate(tmp_path) -> None:
    section = scanned([{"text": "short"}] * 10, tmp_path)
    assert section["estimate"] is None and (section["low"], section["high"]) == (0.0, 1.0)
    assert "No text is long enough" in section["statement"]


def test_the_declared_share_stands_beside_the_measured_one(tmp_path) -> None:
    sources = [
        {"name": "desk", "share": 0.5, "machine_generated": 0.0},
        {"name": "model", "share": 0.25, "machine_generated": 1.0},
        {"name": "silent", "share": 0.25, "machine_generated": None},
    ]
    declared = scanned(human(100), tmp_path, declared={"sources": sources, "provenance": {}})["declared"]
    assert (declared["low"], declared["high"]) == (0.25, 0.5) and declared["share"] == pytest.approx(1 / 3, abs=1e-3)


def test_the_share_of_a_datasheet_counts_where_no_source_tells(tmp_path) -> None:
    told = {"ai_generated": {"share": 1.0, "statement": "All of it."}}
    section = scanned(human(60), tmp_path, declared={"sources": [], "provenance": told})
    assert section["declared"]["share"] == 1.0 and section["declared"]["said"] == "All of it."


def test_a_disagreement_is_named(tmp_path) -> None:
    table = [{"prompt": "Tell me.", "response": MACHINE}] * 200
    none = [{"name": "desk", "share": 1.0, "machine_generated": 0.0}]
    section = scanned(table, tmp_path, declared={"sources": none, "provenance": {"ai_generated": "No"}})
    assert section["agreement"] == "disagrees" and "disagrees" in section["statement"]
    assert scanned(table, tmp_path)["agreement"] == "nothing declared"


def test_an_interrupted_check_ends_as_one_without_a_break(tmp_path) -> None:
    table = human(100) + [{"prompt": "x", "response": MACHINE}] * 20
    config, survey = Config(input_path="x"), Survey(120, ("prompt", "response"), ("prompt", "response"))
    cells = [{name: [row[name]] for name in row} for row in table]
    first = generated.make(config, survey, tmp_path)
    first.feed(Batch(0, table[:60], cells[:60]))
    first.save(tmp_path)
    second = generated.make(config, survey, tmp_path)
    second.restore(tmp_path)
    second.feed(Batch(60, table[60:], cells[60:]))
    assert second.finish(quiet) == scanned(table, tmp_path)


def test_no_habit_is_ruled_out_where_its_pattern_fits() -> None:
    """The quick look for fixed words never changes what is found, whatever the case of the letters."""
    samples = [*marks.known()["samples"], "I am sorry, but I can’t. DON’T! ſure, Here’s a liſt:", "• **Bold one**: x"]
    for text in [*samples, *map(str.upper, samples), *map(str.lower, samples)]:
        likely = set(marks.likely(text))
        assert all(habit in likely for habit in marks.habits() if habit.pattern.search(text))
