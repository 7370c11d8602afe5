"""How much of what the eighteen questions ask is on record for a version, and what is missing.

The score counts the fields that the questions need, each once and all alike: answered ones out of all of them, in per
cent. It says that something is on record, not that it is right, enough or good.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.catalog.rules.metadata.fields import Field
from apps.registry.rules.cards.fields import (
    COLUMNS,
    FIELDS,
    FIGURES,
    FORMATS,
    QUESTIONS,
)

# What fills a gap that no statement can fill.
_REMEDIES = {
    "poisoning": "Scan the training data; the search for planted text is one of the checks.",
    "synthetic": "Scan the training data: it estimates the share made by machines. Or say it in the datasheets.",
    "recreation": "Repeat the tuning run that made it.",
    "deployments": "Deploy an approved version; where it runs is recorded by that.",
    "disclosure": "Let the people behind each application confirm that they know.",
    "files_digest": "Import or upload the files.",
    FIGURES: "Evaluate the version, or read in a card that holds figures.",
    "training_data": "Tune it here, say at its import what trained it, or read in a card that names it.",
    "data_making": "Say in the datasheets of the training data how it was collected.",
    "data_permission": "Record the sources of the training data with what permits their use.",
    "data_copyright": "Say in the datasheets whether the data holds copyrighted material.",
    "data_confidentiality": "Classify the training data in its datasheets.",
    "personal_data": "Scan the training data, or say it in its datasheets.",
    "energy": "Tune it here, which measures the energy, or read in a bill of materials that tells it.",
    "compute": "Tune it here, which records the hardware and the hours, or read in a card that names them.",
    "intended_uses": "Say on the model's page what it is meant for.",
}
_BY_CARD = "Say it, or read in a card or a bill of materials that does."
_BY_FACTS = "Fill it in among the facts of the version, or read in a card that says it."


@dataclass(frozen=True)
class Gap:
    """One thing that a question needs and nobody has said; `carriers` are the formats that have a term for it."""

    name: str
    label: str
    questions: tuple[str, ...]
    remedy: str
    carriers: tuple[str, ...]


@dataclass(frozen=True)
class Completeness:
    """What is on record and what is not; `score` in per cent, rounded down, so that 100 means everything."""

    needed: int
    said: int
    gaps: tuple[Gap, ...]
    by_how: Mapping[str, int]  # measured, imported, declared → how many of the needed fields

    @property
    def score(self) -> int:
        """Answered fields out of those that the questions need, in per cent."""
        return 100 * self.said // self.needed

    @property
    def open_questions(self) -> list[tuple[str, str, list[Gap]]]:
        """Each question that lacks something, with what it lacks first; a gap stands under its first question."""
        return [
            (key, words, gaps)
            for key, words in QUESTIONS.items()
            if (gaps := [gap for gap in self.gaps if gap.questions[0] == key])
        ]


def completeness(said: Mapping[str, list[str]], known: Mapping[str, str]) -> Completeness:
    """Judge what an export would say; `known` is how each field is known, in words."""
    needed = [field for field in FIELDS if field.is_needed]
    there = [field for field in needed if said.get(field.name)]
    by_how: dict[str, int] = {}
    for field in there:
        how = known.get(field.name, "declared").split(" ", 1)[0]
        by_how[how] = by_how.get(how, 0) + 1
    gaps = tuple(_gap(field) for field in needed if not said.get(field.name))
    return Completeness(len(needed), len(there), gaps, by_how)


def _gap(field: Field) -> Gap:
    remedy = _REMEDIES.get(field.name) or (_BY_FACTS if field.name in COLUMNS else _BY_CARD)
    return Gap(field.name, field.label, field.questions, remedy, tuple(FORMATS[one] for one in field.carriers))
