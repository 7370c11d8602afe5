"""Names of people and places, where the operator configured a model that finds them: spaCy or transformers.

Both are folders of this machine; nothing is downloaded, and a transformers model is opened from safetensors only. What
the model calls a person or a place counts; its other kinds (organisations, dates) are left out.
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import spacy

from workers.errors import EngineError
from workers.scanning.pii import Hit

PERSON, LOCATION = "PERSON", "LOCATION"
# As spaCy's and the CoNLL-2003 models name them, without the B- and I- of their tags.
KINDS = {
    "PERSON": PERSON,
    "PER": PERSON,
    "GPE": LOCATION,
    "LOC": LOCATION,
    "LOCATION": LOCATION,
    "FAC": LOCATION,
}
SCORE = 0.5  # what has a form and a checksum goes before
MAX_CHARACTERS = 20_000  # of a text that are read at once


class NameFinder(Protocol):
    """Finds names in a text."""

    about: str
    versions: dict[str, str]

    def find(self, text: str) -> Iterator[Hit]: ...


def finders(spacy_model: str, transformers_model: str) -> list[NameFinder]:
    """The models that are configured. Raises EngineError scan.names_model and those of `check_model_folder`."""
    found: list[NameFinder] = []
    if spacy_model:
        found.append(SpacyNames(Path(spacy_model)))
    if transformers_model:
        # Torch takes seconds to load, and most scans have no such model.
        found.append(import_module("workers.scanning.name_tags").TransformersNames(Path(transformers_model)))
    return found


class SpacyNames:
    """Names by a spaCy pipeline with an entity recogniser."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "meta.json").is_file():
            raise EngineError("scan.names_model", f"The folder {folder.name!r} holds no spaCy pipeline.")
        try:
            self._nlp = spacy.load(folder)
        except (OSError, ValueError, KeyError) as error:
            raise EngineError(
                "scan.names_model", f"The spaCy pipeline cannot be loaded: {type(error).__name__}."
            ) from None
        if not {"ner", "entity_ruler"} & set(self._nlp.pipe_names):
            raise EngineError("scan.names_model", f"The spaCy pipeline {folder.name!r} finds no entities.")
        meta = self._nlp.meta
        self.about = f"spaCy {meta.get('lang')}_{meta.get('name')}"
        self.versions = {self.about: str(meta.get("version", "")), "spacy": version("spacy")}

    def find(self, text: str) -> Iterator[Hit]:
        """Names in order."""
        for start in range(0, len(text), MAX_CHARACTERS):
            for entity in self._nlp(text[start : start + MAX_CHARACTERS]).ents:
                if kind := KINDS.get(entity.label_.upper()):
                    yield Hit(kind, start + entity.start_char, start + entity.end_char, SCORE)
