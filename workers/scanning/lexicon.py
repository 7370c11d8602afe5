"""How hurtful a text is by the wordings in it, from a list in several languages that this project wrote.

The list is `data/toxicity-1.json`, which tells its own rules. Wordings add up as independent signs do: the score of a
text is 1 − ∏(1 − weight) over the different wordings found in it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.scanning import language, words

FILE = Path(__file__).parent / "data" / "toxicity-1.json"
TOXIC = 0.5  # score from which a text counts
NEAR, ADDRESSED = 3, 0.25  # words between a wording and a word of address; what that adds to its weight
EVERYWHERE = 0.7  # weight from which a wording counts in texts of every language
_KEPT = 300_000  # words remembered as harmless or not
_SHORTEST_STEM, _LONGEST_WORD = 3, 60  # letters; longer words are no words and not worth remembering
_AIMED = ("profanity", "insult", "slur")  # kinds that weigh more where somebody is addressed


@dataclass(frozen=True)
class Entry:
    """One wording. ``rest`` are the words behind its first one."""

    language: str
    kind: str
    weight: float
    first: str
    rest: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """0 to 1, and the kinds of wordings that led to it."""

    value: float = 0.0
    kinds: frozenset[str] = frozenset()


HARMLESS = Score()


class Lexicon:
    """The list, ready to be searched."""

    def __init__(self, languages: tuple[str, ...] = ("en",)) -> None:
        """``languages``: what the rows are expected to be in, for texts that are too short to tell."""
        self._languages = languages
        self._whole: dict[str, list[Entry]] = {}
        self._stems: dict[str, list[Entry]] = {}
        self._known: dict[str, list[Entry]] = {}
        stored = json.loads(FILE.read_text("utf-8"))
        self.version, self.covered = stored["version"], tuple(stored["languages"])
        self._address = frozenset(stored["address"])
        for code, kinds in stored["languages"].items():
            for kind, weights in kinds.items():
                for weight, wordings in weights.items():
                    for wording in wordings:
                        self._take(code, kind, float(weight), wording)
        self._longest_stem = max(map(len, self._stems))

    def _take(self, code: str, kind: str, weight: float, wording: str) -> None:
        first, *rest = (word.casefold() for word in words.of(wording))
        table = self._stems if wording.endswith("*") else self._whole
        table.setdefault(first, []).append(Entry(code, kind, weight, first, tuple(rest)))

    def score(self, text: str) -> Score:
        """How hurtful the text is."""
        found = words.of(text)
        suspected = {word for word in set(found) if self._entries(word)}
        if not suspected:
            return HARMLESS
        suspicious = [at for at, word in enumerate(found) if word in suspected]
        folded = list(map(str.casefold, found))
        met = [(at, entry) for at in suspicious for entry in self._entries(found[at]) if _goes_on(folded, at, entry)]
        return self._judged(text, folded, met) if met else HARMLESS

    def _entries(self, word: str) -> list[Entry]:
        entries = self._known.get(word)
        if entries is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            folded = word.casefold()
            entries = list(self._whole.get(folded, ()))
            for end in range(_SHORTEST_STEM, min(len(folded), self._longest_stem) + 1):
                entries += self._stems.get(folded[:end], ())
            if len(word) <= _LONGEST_WORD:
                self._known[word] = entries
        return entries

    def _judged(self, text: str, folded: list[str], met: list[tuple[int, Entry]]) -> Score:
        code, probability = language.of(text)
        expected = (code,) if probability >= language.SURE else (*self._languages, "en")
        counted = [(at, entry) for at, entry in met if entry.weight >= EVERYWHERE or entry.language in expected]
        left, kinds = 1.0, set()
        for at, entry in _different(counted):
            near = folded[max(0, at - NEAR) : at] + folded[at + 1 : at + 1 + NEAR]
            is_addressed = entry.kind in _AIMED and not self._address.isdisjoint(near)
            left *= 1 - min(1.0, entry.weight + ADDRESSED * is_addressed)
            kinds.add(entry.kind)
        return Score(round(1 - left, 6), frozenset(kinds))


def _goes_on(folded: Sequence[str], at: int, entry: Entry) -> bool:
    return tuple(folded[at + 1 : at + 1 + len(entry.rest)]) == entry.rest


def _different(met: list[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    """One entry for each place, the heaviest, and each entry once: repeating a word adds nothing."""
    best: dict[int, Entry] = {}
    for at, entry in met:
        if at not in best or entry.weight > best[at].weight:
            best[at] = entry
    once = {entry: at for at, entry in sorted(best.items(), reverse=True)}
    return [(at, entry) for entry, at in once.items()]
