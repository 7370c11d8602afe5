"""The check ``generated``: an estimate of the share of text that machines wrote, never a verdict on one text.

Keys of the section beside the common ones:

* ``statement``: the finding in a sentence.
* ``estimate``, ``low``, ``high`` (95 %): from measured habits alone; shares of all texts, 0 to 1. The estimate is None
  where no text is long enough.
* ``corrected``: ``share``, ``low``, ``high`` by Rogan and Gladen, were machines to write here as in the texts
  that the sensitivity was measured on.
* ``texts``: long enough to tell; ``short``: too short; ``marked``; ``by_family``: texts by habit.
* ``sensitivity``, ``specificity``: ``right`` and ``of``, as measured.
* ``declared``: ``share``, ``low``, ``high`` (None where nothing is declared), ``sources``, ``said``.
* ``agreement``: ``agrees``, ``disagrees`` or ``nothing declared``.
* ``perplexity``: ``model`` (name of its folder), ``texts``, ``median``, ``quartiles`` by a local model, or None where
  none is configured.
"""

import json
from collections import Counter
from dataclasses import asdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from workers.scanning import marks
from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.drawn import ANSWERS, chosen, conversation
from workers.scanning.prevalence import Estimate, Measured, corrected, estimate

TOLERANCE = 0.05  # by which a declared share may lie outside the interval before that is called a disagreement
MOST_TEXTS = 100  # read by the local language model, where one is configured
SAMPLE_ROWS = 20_000  # option ``rows``
# tests/workers/scanning/test_generated.py measures both: on the samples in the data file, and on the documentation of
# Python's standard library, which people wrote.
SENSITIVITY, SPECIFICITY = Measured(6, 24), Measured(924, 924)
METHOD = (
    "Habits of chat models (stock phrases, refusals, lists in bold, sentences of even length) are weighed in a sample"
    " of texts. The share of marked texts is corrected for the detector's measured sensitivity and specificity"
    " (Rogan-Gladen with Lang-Reiczigel limits); because other machines write otherwise, the estimate lets the"
    " sensitivity be anything from none to all, and counts texts too short to tell as undecided."
)
ERROR_RATE = (
    f"Of {SENSITIVITY.of} texts that a language model wrote {SENSITIVITY.right} were marked, of {SPECIFICITY.of} that"
    f" people wrote {SPECIFICITY.of - SPECIFICITY.right}. Both are English; edited text and other languages are hardly"
    " recognised. Nothing follows for a single text."
)


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return Generated(config, survey)


class Generated:
    name = "generated"

    def __init__(self, config: Config, survey: Survey) -> None:
        self._config = config
        rows = int(config.option(self.name, "rows", SAMPLE_ROWS))
        self._numbers = chosen(survey.rows, rows, config.seed)
        self._column = config.answer_column or _answer(survey.columns)
        self._families: Counter[str] = Counter()
        self._counts = Counter({"texts": 0, "short": 0, "marked": 0})
        self._kept: list[str] = []

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / "state.json").read_text("utf-8"))
        self._families, self._counts = Counter(state["families"]), Counter(state["counts"])
        self._kept = state["kept"]

    def save(self, snapshot: Path) -> None:
        state = {"families": self._families, "counts": self._counts, "kept": self._kept}
        (snapshot / "state.json").write_text(json.dumps(state), encoding="utf-8")

    def feed(self, batch: Batch) -> None:
        first, last = np.searchsorted(self._numbers, (batch.first_row, batch.first_row + len(batch.rows)))
        for number in self._numbers[first:last].tolist():
            place = number - batch.first_row
            self._look(self._text(batch.rows[place], batch.cells[place]))

    def _text(self, row: dict[str, Any], cells: dict[str, list[str]]) -> str:
        """The answer where there is one: what was asked was hardly written by a machine."""
        if self._column:
            return "\n".join(cells.get(self._column, []))
        _, said = conversation({name: row.get(name) for name in cells})
        return said or "\n\n".join(text for texts in cells.values() for text in texts if " " in text)

    def _look(self, text: str) -> None:
        if not text.strip():
            return
        found = marks.look(text)
        self._counts["short" if found.is_short else "texts"] += 1
        if found.is_short:
            return
        self._counts["marked"] += found.is_marked
        self._families.update(found.families)
        if self._config.option(self.name, "model", "") and len(self._kept) < MOST_TEXTS:
            self._kept.append(text[:4_000])

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        counts = self._counts
        measured = widened(estimate(counts["marked"], counts["texts"], SPECIFICITY), counts["short"], counts["texts"])
        told = _told(measured)
        declared = declared_share(self._config.declared)
        folder = str(self._config.option(self.name, "model", ""))
        return {
            "statement": statement(measured, declared, counts),
            "estimate": told["share"] if counts["texts"] else None,
            "low": told["low"],
            "high": told["high"],
            "corrected": _told(corrected(counts["marked"], counts["texts"], SENSITIVITY, SPECIFICITY)),
            "texts": counts["texts"],
            "short": counts["short"],
            "marked": counts["marked"],
            "by_family": dict(sorted(self._families.items())),
            "sensitivity": asdict(SENSITIVITY),
            "specificity": asdict(SPECIFICITY),
            "declared": declared,
            "agreement": agreement(measured, declared),
            "perplexity": self._perplexity(folder, on_progress),
            "method": METHOD,
            "versions": {"machine-written habits": str(marks.known()["version"])} | _model_versions(folder),
            "rows_scanned": len(self._numbers),
            "error_rate": ERROR_RATE,
        }

    def _perplexity(self, folder: str, on_progress: OnProgress) -> dict[str, Any] | None:
        if not folder:
            return None
        # Imported where a model is configured only: torch takes seconds to load.
        told = import_module("workers.scanning.perplexity").perplexities(folder, self._kept, on_progress)
        return dict(told)


def _model_versions(folder: str) -> dict[str, str]:
    return {name: version(name) for name in ("transformers", "torch")} if folder else {}


def _answer(columns: tuple[str, ...]) -> str:
    return next((name for want in ANSWERS for name in columns if want == name.lower()), "")


def widened(told: Estimate, short: int, texts: int) -> Estimate:
    """The estimate for all texts, where of the short ones any or none may be written by machines."""
    if short + texts == 0:
        return Estimate(0.5, 0.0, 1.0)
    unknown = short / (short + texts)
    share = told.share if texts else 0.5
    return Estimate(share, (1 - unknown) * told.low, (1 - unknown) * told.high + unknown)


def _told(found: Estimate) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(found).items()}


def declared_share(declared: dict[str, Any]) -> dict[str, Any]:
    """What the sources say together: a silent source may be all or nothing, sources without shares count alike."""
    sources = [dict(source) for source in declared.get("sources", [])]
    field = declared.get("provenance", {}).get("ai_generated") or ""
    said = str(field.get("statement", "") if isinstance(field, dict) else field).strip()
    if not sources and isinstance(field, dict) and isinstance(field.get("share"), int | float):
        sources = [{"name": "datasheet", "share": 1.0, "machine_generated": float(field["share"])}]
    told = [source for source in sources if source.get("machine_generated") is not None]
    if not told:
        return {"share": None, "low": None, "high": None, "sources": sources, "said": said}
    weights = [float(s["share"]) if s.get("share") is not None else 1 / len(sources) for s in sources]
    total = sum(weights) or 1.0
    pairs = list(zip(weights, sources, strict=True))
    known = sum(w * float(s["machine_generated"]) for w, s in pairs if s.get("machine_generated") is not None) / total
    silent = sum(w for w, s in pairs if s.get("machine_generated") is None) / total
    share = known / (1 - silent) if silent < 1 else None
    return {
        "share": None if share is None else round(share, 4),
        "low": round(known, 4),
        "high": round(known + silent, 4),
        "sources": sources,
        "said": said,
    }


def agreement(measured: Estimate, declared: dict[str, Any]) -> str:
    """Whether what is declared lies within what was measured."""
    low, high = declared["low"], declared["high"]
    if low is None and declared["said"].lower() in ("no", "none", "0", "0 %", "false", "not ai-generated"):
        low = high = 0.0
    if low is None:
        return "nothing declared"
    return "agrees" if low <= measured.high + TOLERANCE and high >= measured.low - TOLERANCE else "disagrees"


def statement(measured: Estimate, declared: dict[str, Any], counts: Counter[str]) -> str:
    """The finding for people."""
    if counts["texts"] == 0:
        words = "No text is long enough to estimate what machines wrote"
    else:
        words = (
            f"About {measured.share:.0%} of the text is estimated to be written by machines, and anything from"
            f" {measured.low:.0%} to {measured.high:.0%} is compatible with what was measured ({counts['marked']} of"
            f" {counts['texts']} texts marked, {counts['short']} too short to tell)"
        )
    if declared["share"] is None:
        said = f" The datasheet says: {declared['said']}." if declared["said"] else ""
        return f"{words}. The sources declare no share.{said}"
    verdict = " This disagrees with what was measured." if agreement(measured, declared) == "disagrees" else ""
    return f"{words}. The sources declare {declared['share']:.0%}.{verdict}"
