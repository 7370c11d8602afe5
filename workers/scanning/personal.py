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
from workers.scanning.pii import Detector, Hit
from workers.scanning.recognisers import EXPECTATIONS, NOT_LOOKED_FOR
from workers.scanning.search import TextSearch

PACKAGES = ("presidio_analyzer", "spacy", "tldextract", "phonenumbers")


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return TextSearch("personal_data", _Personal(config), config, survey, folder)


class _Personal:
    def __init__(self, config: Config) -> None:
        self._threshold = config.pii_score_threshold
        self._detector = Detector(config.languages, config.pii_score_threshold)

    def find(self, text: str, context: Sequence[str] = ()) -> list[Hit]:
        return self._detector.find(text, context)

    def account(self) -> dict[str, Any]:
        unknown = [
            f"National identifiers and phone formats for language '{code}': none are configured."
            for code in self._detector.unknown_languages
        ]
        return {
            "methods": [asdict(method) for method in self._detector.methods()],
            "not_looked_for": [*NOT_LOOKED_FOR, *unknown],
            "expectations": EXPECTATIONS,
            "score_threshold": self._threshold,
            "method": "Presidio's pattern recognisers with checksums and context words, no language model.",
            "versions": {name: version(name) for name in PACKAGES},
            "error_rate": EXPECTATIONS,
        }
