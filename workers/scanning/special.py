"""The check ``special_categories``: words near a person that tell of what Article 9(1) GDPR protects.

A hint is a word or phrase of our own lists (data/special_categories-1.json) in one sentence with a word for a person,
at most so many words away. Lists know no irony and no negation and miss what is paraphrased: a hint says where to look.

Keys of the section beside the common ones: ``findings``, ``total``, ``rows``, ``by_entity`` as in ``personal_data``,
``languages`` (whose lists were used), ``not_looked_for``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.scanning.checks import Check, Survey
from workers.scanning.config import Config
from workers.scanning.pii import Hit
from workers.scanning.search import TextSearch

LISTS = Path(__file__).parent / "data" / "special_categories-1.json"
NEAR = 10  # words between the hint and the word for a person
# Measured on the labelled sentences of tests/workers/scanning/special_cases.py; a test holds the figures to them.
MEASURED = {"telling": 72, "found": 67, "innocent": 60, "alarms": 6}
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_SENTENCE_END = re.compile(r"[.!?…]\s|[\n;]")


@dataclass
class WordList:
    """The phrases of one language by their first word, and its words for persons."""

    persons: frozenset[str]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return TextSearch("special_categories", SpecialCategories(config.languages), config, survey, folder)


class SpecialCategories:
    """Finds hints in one text, by the lists of these languages."""

    def __init__(self, languages: Sequence[str]) -> None:
        stored = json.loads(LISTS.read_text("utf-8"))
        self._version = stored["version"]
        self.languages = tuple(code for code in languages if code in stored["languages"])
        self._missing = [code for code in languages if code not in stored["languages"]]
        self._lists = [_list(stored["languages"][code]) for code in self.languages]
        self._first = frozenset(word for made in self._lists for word in made.phrases)

    def find(self, text: str, context: Sequence[str] = ()) -> list[Hit]:
        """Hints in order. Most texts hold none of the words and are told by one look at their words."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a letter whose small form is longer would move every place behind it
            lowered = "".join(small if len(small := mark.lower()) == 1 else mark for mark in text)
        lowered = lowered.replace("’", "'")
        if self._first.isdisjoint(_WORD.findall(lowered)):
            return []
        sentences = _sentences(lowered, self._first)
        found = {hit for sentence in sentences for made in self._lists for hit in _hints(sentence, made)}
        return sorted(found, key=lambda hit: (hit.start, hit.end, hit.entity))

    def account(self) -> dict[str, Any]:
        return {
            "languages": list(self.languages),
            "not_looked_for": [
                *(f"Words in language '{code}': there is no list for it." for code in self._missing),
                "What is said without the words of the lists, and categories that only follow from other facts.",
            ],
            "method": "Words and phrases of our own lists after Article 9(1) GDPR, counted when a word for a person"
            f" stands within {NEAR} words in the same sentence. Each count is a hint, no proof.",
            "versions": {"special categories lists": self._version},
            "error_rate": f"Of {MEASURED['telling']} sentences of our own that tell of a special category"
            f" {MEASURED['found']} gave their hint; of {MEASURED['innocent']} that do not, {MEASURED['alarms']} gave"
            " one. People write in more ways than that: expect to miss more.",
        }


def _list(stored: dict[str, str]) -> WordList:
    made = WordList(frozenset(stored["persons"].split()))
    for entity, words in stored.items():
        if entity != "persons":
            for phrase in words.split():
                parts = tuple(phrase.split("|"))
                made.phrases.setdefault(parts[0], []).append((parts, entity))
    for known in made.phrases.values():
        known.sort(key=lambda item: -len(item[0]))  # the longest phrase that begins with a word counts
    return made


def _sentences(text: str, first: frozenset[str]) -> Iterator[list[_Word]]:
    """The words of the sentences that hold one of `first`."""
    start = 0
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    for end in [*ends, len(text)]:
        if not first.isdisjoint(_WORD.findall(text, start, end)):
            yield [_Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text, start, end)]
        start = end


def _hints(words: list[_Word], made: WordList) -> Iterator[Hit]:
    for at, word in enumerate(words):
        for parts, entity in made.phrases.get(word.text, ()):
            if tuple(other.text for other in words[at : at + len(parts)]) != parts:
                continue
            around = words[max(0, at - NEAR) : at] + words[at + len(parts) : at + len(parts) + NEAR]
            if any(_is_person(other.text, made) for other in around):
                yield Hit(entity, word.start, words[at + len(parts) - 1].end, 0.5)
            break


def _is_person(word: str, made: WordList) -> bool:
    """The word, or what stands before its apostrophe: "she's", "j'ai"."""
    return word in made.persons or word.partition("'")[0] in made.persons
