"""What the text of the rows is like: the check ``text``.

Keys of the section:

* ``language``: ``languages`` (``code``, ``name``, ``rows``, ``share``, ``confidence``: mean probability,
  ``row_numbers``), ``uncertain`` and ``too_short`` (``count``, ``rows``, ``row_numbers``), ``main`` (code).
* ``length``: ``characters``, ``words``, ``tokens`` of a row and ``columns`` (characters by column), each with
  ``least``, ``most``, ``mean``, ``total``, ``empty``, ``quantiles`` by per cent, ``histogram`` (``up_to``, ``rows``);
  ``tokens`` is an estimate: a quarter of the bytes in UTF-8.
* ``encoding``: ``faults`` (``kind``, ``label``, ``count``, ``rows``, ``row_numbers``) and ``mixed_forms``: whether some
  rows hold composed and others decomposed letters.
* ``invisible``: ``suspicious`` and ``honest`` (``kind``, ``label``, ``count``, ``rows``, ``row_numbers``),
  ``code_points`` (``code``, ``name``, ``count``; of the suspicious ones) and ``places`` (``row``, ``column``, ``kind``,
  ``start``, ``end``, ``codes``; the first of each kind).
"""

import json
import unicodedata
from pathlib import Path
from typing import Any

from workers.scanning import garbled, invisible, language
from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.hits import Hits
from workers.scanning.lengths import Lengths

_STATE = "text.json"
_CODES_SHOWN = 8  # code points named for one place; a run of hidden text may have thousands
_COLUMNS_MEASURED = 100
# Measured by tests/workers/scanning/test_text.py on the sentences and plantings there.
ERROR_RATE = (
    "Language: {language}. Invisible characters, direction controls and encoding faults are found by rule: every"
    " planted one was found, and none was suspected in honest Persian, Hebrew, Hindi, Thai, emoji and accented text; a"
    " word of two scripts that no lookalike is in is not suspected."
)


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return Text(config, survey)


class Text:
    """Counts while rows stream by."""

    name = "text"

    def __init__(self, config: Config, survey: Survey) -> None:
        limit = config.max_rows_listed
        self._samples = config.max_samples
        self._rows = 0
        self._languages, self._unsure = Hits(limit), Hits(limit)
        self._confidence: dict[str, float] = {}
        self._lengths = {name: Lengths() for name in ("characters", "words", "tokens")}
        self._columns = {name: Lengths() for name in survey.columns[:_COLUMNS_MEASURED]}
        self._faults, self._suspicious, self._honest = Hits(limit), Hits(limit), Hits(limit)
        self._any = Hits(0)  # rows with faults or hidden characters of any kind: one row may have several
        self._codes: dict[str, int] = {}
        self._places: dict[str, list[dict[str, Any]]] = {}
        self._composed = 0

    def feed(self, batch: Batch) -> None:
        for offset, cells in enumerate(batch.cells):
            row = batch.first_row + offset
            self._measure(cells)
            self._tell_language(row, "\n".join(text for texts in cells.values() for text in texts))
            for column, texts in cells.items():
                for text in texts:
                    self._look(row, column, text)
        self._rows += len(batch.cells)

    def _measure(self, cells: dict[str, list[str]]) -> None:
        characters = words = size = 0
        for column, texts in cells.items():
            length = sum(map(len, texts))
            characters += length
            words += sum(len(text.split()) for text in texts)
            size += sum(len(t) if t.isascii() else len(t.encode("utf-8", "surrogatepass")) for t in texts)
            if column in self._columns:
                self._columns[column].add(length)
        self._lengths["characters"].add(characters)
        self._lengths["words"].add(words)
        self._lengths["tokens"].add((size + 3) // 4)

    def _tell_language(self, row: int, text: str) -> None:
        code, probability = language.of(text)
        if not code:
            self._unsure.add("too_short", row)
        elif probability < language.SURE:
            self._unsure.add("uncertain", row)
        else:
            self._languages.add(code, row)
            self._confidence[code] = self._confidence.get(code, 0.0) + probability

    def _look(self, row: int, column: str, text: str) -> None:
        for kind, _start, _end in garbled.find(text):
            self._faults.add(kind, row)
            self._any.add("faults", row)
        if text.isascii():
            return
        self._composed += garbled.has_composed(text)
        for odd in invisible.find(text):
            if odd.honest:
                self._honest.add(odd.kind, row, odd.end - odd.start)
            else:
                self._suspect(row, column, text, odd)

    def _suspect(self, row: int, column: str, text: str, odd: invisible.Odd) -> None:
        marks = text[odd.start : odd.end]
        self._any.add("suspicious", row)
        self._suspicious.add(odd.kind, row, 1 if odd.kind == "mixed_scripts" else len(marks))
        if odd.kind == "mixed_scripts":
            marks = "".join(mark for mark in marks if not mark.isascii())
        for mark in marks:
            self._codes[mark] = self._codes.get(mark, 0) + 1
        places = self._places.setdefault(odd.kind, [])
        if len(places) < self._samples:
            codes = [invisible.named(mark)[0] for mark in dict.fromkeys(marks)][:_CODES_SHOWN]
            place = {"row": row, "column": column, "kind": odd.kind, "start": odd.start, "end": odd.end}
            places.append(place | {"codes": codes})

    def save(self, snapshot: Path) -> None:
        state = {
            "rows": self._rows,
            "composed": self._composed,
            "hits": [hits.state() for hits in self._hits()],
            "confidence": self._confidence,
            "lengths": {name: lengths.state() for name, lengths in self._lengths.items()},
            "columns": {name: lengths.state() for name, lengths in self._columns.items()},
            "codes": self._codes,
            "places": self._places,
        }
        (snapshot / _STATE).write_text(json.dumps(state), encoding="utf-8")

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / _STATE).read_text("utf-8"))
        self._rows, self._composed = state["rows"], state["composed"]
        for hits, saved in zip(self._hits(), state["hits"], strict=True):
            hits.restore(saved)
        for name, lengths in self._lengths.items():
            lengths.restore(state["lengths"][name])
        for name, lengths in self._columns.items():
            lengths.restore(state["columns"][name])
        self._confidence, self._codes, self._places = state["confidence"], state["codes"], state["places"]

    def _hits(self) -> tuple[Hits, ...]:
        return self._languages, self._unsure, self._faults, self._suspicious, self._honest, self._any

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        on_progress(1.0, "Text measured")
        return {
            "language": self._language(),
            "length": {name: lengths.told() for name, lengths in self._lengths.items()}
            | {"columns": {name: lengths.told() for name, lengths in self._columns.items()}},
            "encoding": {
                "rows": self._any.told("faults")["rows"],
                "faults": [fault | {"label": garbled.KINDS[fault["kind"]]} for fault in self._faults.all("kind")],
                "mixed_forms": self._composed > 0 and "not_composed" in self._faults,
            },
            "invisible": {
                "rows": self._any.told("suspicious")["rows"],
                "suspicious": [odd | {"label": invisible.KINDS[odd["kind"]]} for odd in self._suspicious.all("kind")],
                "honest": [odd | {"label": invisible.KINDS[odd["kind"]]} for odd in self._honest.all("kind")],
                "code_points": self._code_points(),
                "places": [place for kind in sorted(self._places) for place in self._places[kind]],
            },
            "method": "Language: naive Bayes over byte n-grams (py3langid), judged on the first"
            f" {language.READ} characters of a row, counted from a probability of {language.SURE}. Lengths: exact sums,"
            " quantiles within one per cent. Encoding faults and invisible or direction-changing characters: by rule,"
            " honest uses told apart (Trojan Source; Unicode Technical Standard 39).",
            "versions": language.PACKAGES | {"unicode": unicodedata.unidata_version},
            "rows_scanned": self._rows,
            "error_rate": ERROR_RATE.format(language=language.MEASURED),
        }

    def _language(self) -> dict[str, Any]:
        found = []
        for entry in self._languages.all("code"):
            code, rows = entry["code"], entry["rows"]
            told = {"name": language.NAMES.get(code, code), "share": round(rows / max(1, self._rows), 6)}
            found.append(entry | told | {"confidence": round(self._confidence[code] / rows, 4)})
        unsure = {kind: self._unsure.told(kind) for kind in ("uncertain", "too_short")}
        return {"languages": found, "main": found[0]["code"] if found else "", **unsure}

    def _code_points(self) -> list[dict[str, Any]]:
        ordered = sorted(self._codes.items(), key=lambda item: (-item[1], item[0]))[:50]
        return [dict(zip(("code", "name"), invisible.named(mark), strict=True), count=count) for mark, count in ordered]
