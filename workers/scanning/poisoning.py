"""The check ``poisoning``: signals that somebody planted rows to make a model behave badly.

Keys of the section beside the common ones:

* ``columns``: ``labels``, ``answer`` and ``texts``, the columns that were taken for these, as given or as detected.
* ``triggers``: ``found``, each with ``text``, ``kind`` (label or answer), ``column``, ``target``, ``held_by``,
  ``hits``, ``lift``, ``coverage``, ``log_odds_z``, ``explained``, ``smoothness``, ``is_put_in``, ``may_be_put_in``,
  ``log10_p``, ``oddness_log10_p``, ``joint_log10_p``, ``fisher_log10_p``, ``rows``; ``ties``: the strongest that are
  explained by topic or grammar; ``tested``; ``least_rows`` that must hold one; ``not_looked_for``: why, if so.
* ``labels``: ``columns``, each with ``column``, ``classes``, ``accuracy``, ``suspected``, ``share``, ``rows``;
  ``left_out``: columns with classes of less than ``least`` rows, each with ``column``, ``classes`` (how many),
  ``rows`` (left out, those without a label too), ``named`` (``label``, ``rows``); ``not_looked_for``.
* ``outliers``: ``groups``, each with ``size``, ``within``, ``to_rest``, ``edge``, ``rows``; ``not_looked_for``.
* ``injection``: ``rows``, ``hidden``, ``by_pattern``, ``row_indices``, ``rows_scanned``, ``measured``.
* ``shift``: ``parent``, ``new_rows``, ``changed``, each with ``column``, ``kind``, ``means``, ``size``, ``log10_p``,
  ``was``, ``now``; ``not_looked_for``.
* ``signals``: how many findings each part has; ``statement``: the same in a sentence.
"""

import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from workers.scanning import injection, shift
from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.drawn import Drawn
from workers.scanning.planted import Planted
from workers.scanning.spool import Spool

SAMPLE_ROWS = 20_000  # enough that three in a thousand are sixty rows; option ``rows`` draws more or fewer
# Of them together; more are thinned. N-grams of so many take about 300 MB of memory, whatever the table holds.
SAMPLE_CHARACTERS = 10_000_000
RATES = Path(__file__).parent / "data" / "poisoning-rates-1.json"
METHOD = (
    "Triggers: every n-gram of words, punctuation and characters that one label or answer goes with is taken out, and"
    " a cross-validated classifier judges what is left. The chance of the labels by the rest is exact "
    "(Poisson-binomial) and put together with the chance that other rows bring forth so odd a stretch (Fisher), by a "
    "model of characters; both are held to a false-discovery rate of 2 % (Benjamini-Hochberg) over the stretches "
    "without which the text reads on smoothly, or over all where few rows leave that open. Labels: confident learning"
    " on cross-validated logistic regression. Outliers: dense groups far from the rest by TF-IDF. Injection: weighted"
    " patterns, also in hidden text. Shift: added rows against those of the commit before, column by column."
)


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return Poisoning(config, survey, folder)


class Poisoning:
    name = "poisoning"

    def __init__(self, config: Config, survey: Survey, folder: Path) -> None:
        self._config, self._survey = config, survey
        self._drawn = Drawn(survey.rows, int(config.option("poisoning", "rows", SAMPLE_ROWS)), config.seed, folder)
        self._marks = Spool(folder / "marks.bin") if config.parent else None
        self._patterns: Counter[str] = Counter()
        self._hidden = self._injected = 0
        self._row_indices: list[int] = []

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / "state.json").read_text("utf-8"))
        self._drawn.resume(state["sample"])
        if self._marks:
            self._marks.cut_to(state["marks"])
        self._patterns = Counter(state["patterns"])
        self._hidden, self._injected, self._row_indices = state["hidden"], state["injected"], state["row_indices"]

    def save(self, snapshot: Path) -> None:
        state = {
            "sample": self._drawn.flush(),
            "marks": self._marks.length() if self._marks else 0,
            "patterns": dict(self._patterns),
            "hidden": self._hidden,
            "injected": self._injected,
            "row_indices": self._row_indices,
        }
        (snapshot / "state.json").write_text(json.dumps(state), encoding="utf-8")

    def feed(self, batch: Batch) -> None:
        self._drawn.feed(batch)
        for offset, cells in enumerate(batch.cells):
            self._search(batch.first_row + offset, cells)
        if self._marks:
            self._marks.append(np.array([shift.mark(row) for row in batch.rows], "<u8").tobytes())

    def _search(self, number: int, cells: dict[str, list[str]]) -> None:
        hits = [hit for texts in cells.values() for text in texts if (hit := injection.find(text))]
        if not hits:
            return
        self._injected += 1
        self._hidden += any(hit.hidden for hit in hits)
        self._patterns.update({pattern for hit in hits for pattern in hit.patterns})
        if len(self._row_indices) < self._config.max_rows_listed:
            self._row_indices.append(number)

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        sample = self._drawn.within(SAMPLE_CHARACTERS, self._config.seed)
        planted = Planted(sample, self._config, self._survey)
        section = planted.told(lambda done: on_progress(0.9 * done, "Looking for planted rows"))
        section |= {"injection": self._injections(), "shift": self._shifted(planted, on_progress)}
        return section | {
            "signals": (signals := _signals(section)),
            "statement": statement(signals),
            "method": METHOD,
            "versions": {"scikit-learn": version("scikit-learn"), "injection patterns": str(injection.rules().version)},
            "rows_scanned": len(sample),
            "error_rate": error_rate(),
        }

    def _injections(self) -> dict[str, Any]:
        return {
            "rows": self._injected,
            "hidden": self._hidden,
            "by_pattern": dict(sorted(self._patterns.items())),
            "row_indices": self._row_indices,
            "rows_scanned": self._survey.rows,
            "measured": json.loads(RATES.read_text("utf-8"))["injection"]["words"],
        }

    def _shifted(self, planted: Planted, on_progress: OnProgress) -> dict[str, Any]:
        parent = self._config.parent
        if parent is None or self._marks is None:
            return {"changed": [], "new_rows": None, "parent": "", "not_looked_for": "There is no commit before this."}
        on_progress(0.92, "Comparing with the commit before")
        before = shift.before(parent, self._config.seed)
        new = shift.is_new(self._marks.array("<u8"), before.marks)
        added = [row for row in planted.rows if new[row.number]][: shift.COMPARED]
        told = {"parent": parent.label, "new_rows": int(new.sum()), "changed": [], "not_looked_for": ""}
        if len(added) < shift.LEAST_NEW or len(before.rows) < shift.LEAST_NEW:
            return told | {"not_looked_for": f"{int(new.sum())} added rows are too few to tell a source by."}
        return told | {"changed": [_change(found) for found in shift.compare(before.rows, added, self._config.seed)]}


def _change(found: shift.Shift) -> dict[str, Any]:
    return {
        "column": found.column,
        "kind": found.kind,
        "means": shift.MEANS[found.kind],
        "size": round(found.size, 4),
        "log10_p": round(found.log10_p, 1),
        "was": found.was,
        "now": found.now,
    }


def _signals(section: dict[str, Any]) -> dict[str, int]:
    return {
        "triggers": len(section["triggers"]["found"]),
        "labels": sum(int(column["suspected"]) for column in section["labels"]["columns"]),
        "outliers": len(section["outliers"]["groups"]),
        "injection": int(section["injection"]["rows"]),
        "shift": len(section["shift"]["changed"]),
    }


_WORDS = {
    "triggers": ("stretch of text tied to one label or answer", "stretches of text tied to one label or answer"),
    "labels": ("label that contradicts its text", "labels that contradict their texts"),
    "outliers": ("group of rows far from the rest", "groups of rows far from the rest"),
    "injection": ("row with text that tries to take over a model", "rows with text that tries to take over a model"),
    "shift": (
        "column that changed suddenly since the commit before",
        "columns that changed suddenly since the commit before",
    ),
}


def statement(signals: dict[str, int]) -> str:
    """The signals for people."""
    found = [
        f"{number} {one if number == 1 else many}" for name, (one, many) in _WORDS.items() if (number := signals[name])
    ]
    return f"Signals of planted rows: {'; '.join(found)}." if found else "No signals of planted rows were found."


def error_rate() -> str:
    """What tests/workers/scanning/poisoning_rates.py measured last, in words."""
    return str(json.loads(RATES.read_text("utf-8"))["words"])
