"""Which answers of one framework answer questions of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.checklist.rules.frameworks import OWN, RELATIONS, SAME, Framework, Question

Feeds = dict[str, dict[str, str]]


@dataclass(frozen=True)
class TakenFrom:
    """Where an answer was given that answers this question as well.

    `revision` is that of the own answer beneath it, which says nothing; 0 where there is none.
    """

    assessment: int
    framework: str
    subject_label: str
    question: str
    text: str
    relation: str
    says: str
    revision: int

    @property
    def relation_label(self) -> str:
        """How the other question stands to this one, in words."""
        return RELATIONS[self.relation]


@dataclass(frozen=True)
class Elsewhere:
    """An answer that would be taken over, were there none to this very question."""

    taken: TakenFrom
    asked: Question
    status: str
    value: Mapping[str, Any]
    value_words: str


def feeds(target: Framework, source: Framework) -> Feeds:
    """The questions of `target` with those of `source` whose answers answer them, and in which relation they stand.

    A question is fed by one that it calls the same or broader, and by one that calls itself the same. What somebody
    loaded feeds nothing of the product's by its own word: its collectors and rules are not those of the gate.
    """
    found: Feeds = {}
    for question in target.questions.values():
        for mapping in question.mappings:
            if mapping.is_feeding and mapping.urn == source.urn and mapping.question in source.questions:
                found.setdefault(question.id, {})[mapping.question] = mapping.relation
    if target.urn.startswith(OWN) and not source.urn.startswith(OWN):
        return found
    for question in source.questions.values():
        for mapping in question.mappings:
            if mapping.relation == SAME and mapping.urn == target.urn and mapping.question in target.questions:
                found.setdefault(mapping.question, {}).setdefault(question.id, SAME)
    return found
