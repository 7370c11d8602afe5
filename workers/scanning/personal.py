"""The check ``personal_data``: Presidio's patterns with checksums and context in every text.

Keys of the section beside the common ones: ``findings`` (list of `findings.Finding`), ``total``, ``rows``,
``by_entity``, ``methods`` (what was looked for, by which recogniser, on what evidence), ``not_looked_for``,
``expectations``, ``score_threshold``.
"""

from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workers.scanning.checks import Check, Survey
from workers.scanning.config import Config
from workers.scanning.names import LOCATION, PERSON, finders
from workers.scanning.pii import Detector, Hit
from workers.scanning.recognisers import EXPECTATIONS, NOT_LOOKED_FOR
from workers.scanning.search import TextSearch

# By tests/workers/scanning/test_pii.py, which holds recall and precision to 0.99 on these.
MEASURED = (
    "On 2,000 generated sentences, a quarter with planted data of known form, at least 99 % were found and at least"
    " 99 % of what was found was planted. About one in ten random numbers that look like a payment card passes its"
    " checksum."
)
PACKAGES = ("presidio_analyzer", "spacy", "tldextract", "phonenumbers")


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return TextSearch("personal_data", _Personal(config), config, survey, folder)


class _Personal:
    def __init__(self, config: Config) -> None:
        self._threshold = config.pii_score_threshold
        self._detector = Detector(config.languages, config.pii_score_threshold)
        self._names = finders(config.spacy_model, config.transformers_model)

    def find(self, text: str, context: Sequence[str] = ()) -> list[Hit]:
        """Matches in order. A name that shares characters with another match gives way to it."""
        found = self._detector.find(text, context)
        for hit in (hit for finder in self._names for hit in finder.find(text)):
            if all(hit.end <= other.start or hit.start >= other.end for other in found):
                found.append(hit)
        return sorted(found, key=lambda hit: hit.start) if self._names else found

    def account(self) -> dict[str, Any]:
        unknown = [
            f"National identifiers and phone formats for language '{code}': none are configured."
            for code in self._detector.unknown_languages
        ]
        versions = {name: version(name) for name in PACKAGES}
        for finder in self._names:
            versions |= finder.versions
        return {
            "methods": [*(asdict(method) for method in self._detector.methods()), *self._name_methods()],
            "not_looked_for": [*(NOT_LOOKED_FOR[1:] if self._names else NOT_LOOKED_FOR), *unknown],
            "expectations": EXPECTATIONS,
            "score_threshold": self._threshold,
            "method": "Presidio's pattern recognisers with checksums and context words, let into a text only where a"
            f" necessary condition of theirs holds; {self._names_in_words()}.",
            "versions": versions,
            "error_rate": MEASURED + (" Names are as right as the configured model." if self._names else ""),
        }

    def _name_methods(self) -> list[dict[str, str]]:
        return [
            {"entity": kind, "recogniser": finder.about, "evidence": "model", "reason": "Configured by the operator."}
            for finder in self._names
            for kind in (PERSON, LOCATION)
        ]

    def _names_in_words(self) -> str:
        if not self._names:
            return "no language model"
        return f"names and places by {' and '.join(finder.about for finder in self._names)}"
