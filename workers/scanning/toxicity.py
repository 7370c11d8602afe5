"""How many rows hurt: the check ``toxicity``.

A local transformers classifier judges the rows where one is configured; otherwise a list of wordings does.

Keys of the section: ``judge`` (``model`` or ``lexicon``), ``model`` (name of the model's folder, or empty),
``languages`` (codes that the list covers; empty for a model), ``threshold``, ``count`` and ``rows`` (rows from the
threshold on), ``share``, ``row_numbers``, ``kinds`` (``kind``, ``count``, ``rows``, ``row_numbers``; of the list only),
``scores`` (``up_to``, ``rows``: how the scores spread in tenths).
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from workers.errors import EngineError
from workers.scanning import language
from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.hits import Hits
from workers.scanning.lexicon import HARMLESS, TOXIC, Lexicon, Score
from workers.scanning.search import sampled

_STATE = "toxicity.json"
MODEL_ROWS = 20_000  # judged by a model unless the options say otherwise: some minutes on a processor
# By tests/workers/scanning/test_toxicity.py.
MEASURED = (
    "On labelled sentences in ten languages, written after it was finished, the list found {found} of {hurtful} hurtful"
    " ones and suspected {wrong} of {harmless} harmless ones; of the 250 safe prompts of XSTest, which use violent"
    " words in harmless ways, it suspected {xstest}. Irony, allusion and languages outside the list are not"
    " recognised; quotations count as if they were meant."
)
FIGURES = {"found": 14, "hurtful": 20, "wrong": 1, "harmless": 20, "xstest": 0}


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it. Options: ``model`` (a local folder) and ``model_rows``."""
    return Toxicity(config, survey)


class Toxicity:
    """Scores rows as they stream by and keeps counts."""

    name = "toxicity"

    def __init__(self, config: Config, survey: Survey) -> None:
        folder = str(config.option("toxicity", "model", ""))
        self._classifier = import_module("workers.scanning.classifier").Classifier(folder) if folder else None
        self._lexicon = Lexicon(config.languages)
        wanted = config.option("toxicity", "model_rows", MODEL_ROWS) if folder else None
        if wanted is not None and (not isinstance(wanted, int) or wanted < 1):
            raise EngineError("scan.options", "The option model_rows must be a whole number of rows, at least one.")
        self._chosen = sampled(survey.rows, wanted, config.seed)
        self._hits, self._kinds = Hits(config.max_rows_listed), Hits(config.max_rows_listed)
        self._tenths = [0] * 10
        self._rows = 0

    def feed(self, batch: Batch) -> None:
        numbers = [
            number
            for number in range(batch.first_row, batch.first_row + len(batch.cells))
            if self._chosen is None or number in self._chosen
        ]
        texts = ["\n".join(_texts(batch.cells[number - batch.first_row])) for number in numbers]
        for number, score in zip(numbers, self._scores(texts), strict=True):
            self._note(number, score)

    def _scores(self, texts: list[str]) -> list[Score]:
        if self._classifier is None:
            return [self._lexicon.score(text) for text in texts]
        filled = [at for at, text in enumerate(texts) if text.strip()]
        scores = [HARMLESS] * len(texts)
        for at, value in zip(filled, self._classifier.scores([texts[at] for at in filled]), strict=True):
            scores[at] = Score(value)
        return scores

    def _note(self, row: int, score: Score) -> None:
        self._rows += 1
        self._tenths[min(9, int(score.value * 10))] += 1
        if score.value >= TOXIC:
            self._hits.add("row", row)
            for kind in sorted(score.kinds):
                self._kinds.add(kind, row)

    def save(self, snapshot: Path) -> None:
        state = {
            "rows": self._rows,
            "tenths": self._tenths,
            "hits": self._hits.state(),
            "kinds": self._kinds.state(),
        }
        (snapshot / _STATE).write_text(json.dumps(state), encoding="utf-8")

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / _STATE).read_text("utf-8"))
        self._rows, self._tenths = state["rows"], state["tenths"]
        self._hits.restore(state["hits"])
        self._kinds.restore(state["kinds"])

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        on_progress(1.0, "Toxicity counted")
        found = self._hits.told("row")
        return self._account() | {
            "threshold": TOXIC,
            "count": found["count"],
            "rows": found["rows"],
            "share": round(found["rows"] / max(1, self._rows), 6),
            "row_numbers": found["row_numbers"],
            "kinds": self._kinds.all("kind"),
            "scores": [{"up_to": (at + 1) / 10, "rows": rows} for at, rows in enumerate(self._tenths)],
            "rows_scanned": self._rows,
        }

    def _account(self) -> dict[str, Any]:
        if self._classifier is None:
            return {
                "judge": "lexicon",
                "model": "",
                "languages": list(self._lexicon.covered),
                "method": f"A list of hurtful wordings in {len(self._lexicon.covered)} languages, written for it,"
                " with weights: ambiguous and reclaimed words weigh less, words beside an address more. No model was"
                " configured.",
                "versions": language.PACKAGES | {"toxicity list": self._lexicon.version},
                "error_rate": MEASURED.format(**FIGURES),
            }
        return {
            "judge": "model",
            "model": self._classifier.name,
            "languages": [],
            "method": f"The configured classifier read the first {self._classifier.max_tokens} tokens of a row; the"
            " probabilities of its hurtful classes were added up, or the greatest taken where several can hold.",
            "versions": self._classifier.versions,
            "error_rate": "That of the configured model; it was not measured here.",
        }


def _texts(cells: dict[str, list[str]]) -> list[str]:
    return [text for texts in cells.values() for text in texts]
