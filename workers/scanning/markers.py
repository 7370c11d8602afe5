"""Signs that the rows belong to somebody else or are not meant for everybody: the check ``markers``.

Keys of the section:

* ``findings``: for each kind met ``kind``, ``label``, ``count``, ``rows``, ``row_numbers`` and ``forms`` (``text``,
  ``count``: the wordings met, names left out).
* ``rows``: rows with any marker.
* ``protected``: for each protected corpus ``label``, ``content`` (its digest), ``fingerprints``,
  ``fingerprints_found``, ``share`` (of the corpus met), ``passages``, ``rows``, ``row_numbers``, ``characters``
  (letters and digits in common passages), ``share_of_text``, ``longest`` (``row``, ``column``, ``characters``).
* ``shortest_passage``: characters from which a common passage is certain to be found.
"""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from workers.scanning import notices
from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config
from workers.scanning.fingerprints import GRAM, GUARANTEED, WINDOW, squeezed
from workers.scanning.hits import Hits
from workers.scanning.protected import Works

_STATE = "markers.json"
_FORMS = 20  # different wordings counted for each kind; later ones count without being told
_FORM_LENGTH = 60
_NAMED = re.compile(r"([©℗])\s*[^\W\d_]\w+")
RULES_VERSION = "1"
ERROR_RATE = (
    "Markers: by rule; {measured}. Wordings and languages outside the rules are not found. Protected works: every"
    " common passage of {guaranteed} letters and digits or more is found, none below {gram}; translations and"
    " rewordings are not."
)
# By tests/workers/scanning/test_markers.py.
MEASURED = "of 78 labelled texts with a marker 78 were found, of 46 without one 0 were suspected"


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return Markers(config)


class Markers:
    """Counts while rows stream by."""

    name = "markers"

    def __init__(self, config: Config) -> None:
        self._hits = Hits(config.max_rows_listed)
        self._any = Hits(0)
        self._forms: dict[str, dict[str, int]] = {}
        self._rows = self._characters = 0
        self._works = [
            Works(number, reference, config.max_rows_listed, config.max_samples)
            for number, reference in enumerate(config.protected)
        ]

    def feed(self, batch: Batch) -> None:
        for offset, cells in enumerate(batch.cells):
            for texts in cells.values():
                for text in texts:
                    for kind, wording in notices.find(text):
                        self._note(batch.first_row + offset, kind, wording)
        self._rows += len(batch.cells)
        if self._works:
            self._compare(batch)

    def _note(self, row: int, kind: str, wording: str) -> None:
        self._hits.add(kind, row)
        self._any.add("any", row)
        forms = self._forms.setdefault(kind, {})
        form = _form(wording)
        if form in forms or len(forms) < _FORMS:
            forms[form] = forms.get(form, 0) + 1

    def _compare(self, batch: Batch) -> None:
        places: list[tuple[int, str]] = []
        texts: list[str] = []
        for offset, cells in enumerate(batch.cells):
            for column, parts in cells.items():
                for part in parts:
                    places.append((batch.first_row + offset, column))
                    texts.append(squeezed(part))
        self._characters += sum(map(len, texts))
        for works in self._works:
            works.look(batch, places, texts)

    def save(self, snapshot: Path) -> None:
        state = {
            "rows": self._rows,
            "characters": self._characters,
            "hits": self._hits.state(),
            "any": self._any.state(),
            "forms": self._forms,
            "works": [works.save(snapshot) for works in self._works],
        }
        (snapshot / _STATE).write_text(json.dumps(state), encoding="utf-8")

    def restore(self, snapshot: Path) -> None:
        state = json.loads((snapshot / _STATE).read_text("utf-8"))
        self._rows, self._characters, self._forms = state["rows"], state["characters"], state["forms"]
        self._hits.restore(state["hits"])
        self._any.restore(state["any"])
        for works, saved in zip(self._works, state["works"], strict=True):
            works.restore(snapshot, saved)

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        on_progress(1.0, "Markers counted")
        return {
            "findings": [
                found | {"label": notices.LABELS[found["kind"]], "forms": _ranked(self._forms[found["kind"]])}
                for found in self._hits.all("kind")
            ],
            "rows": self._any.told("any")["rows"],
            "protected": [works.told(self._characters) for works in self._works],
            "shortest_passage": GUARANTEED,
            "method": "Notices, banners, reservations and identifiers by rule, with check digits where they have some."
            f" Protected works by winnowing: fingerprints of {GRAM} letters and digits, one in every {WINDOW}"
            " (Schleimer, Wilkerson and Aiken, 2003).",
            "versions": {"marker rules": RULES_VERSION, "unicode": unicodedata.unidata_version},
            "rows_scanned": self._rows,
            "error_rate": ERROR_RATE.format(measured=MEASURED, guaranteed=GUARANTEED, gram=GRAM),
        }


def _form(wording: str) -> str:
    """A wording as it is told: one case, single spaces, and no name behind a copyright sign."""
    return _NAMED.sub(r"\1 •••", " ".join(wording.split())).casefold()[:_FORM_LENGTH]


def _ranked(forms: dict[str, int]) -> list[dict[str, Any]]:
    return [{"text": form, "count": forms[form]} for form in sorted(forms, key=lambda form: (-forms[form], form))]
