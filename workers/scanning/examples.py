"""The examples of an evaluation set, indexed so that copies of them are found in texts that stream by.

An example is a row of the set; each of its texts is held against the rows on its own. How depends on its length:

* LONG words and more: runs of 13 words (T. Brown et al., "Language models are few-shot learners", 2020, appendix C).
* From 8 words: runs of 8 words.
* From 4 words and 20 characters: containment of its character shingles, at least 0.9 of which must stand in the text.
  Candidates share one of its rarest shingles, as many as could be missing and one more (prefix filtering: S. Chaudhuri,
  V. Ganti and R. Kaushik, "A primitive operator for similarity joins", 2006).
* Shorter ones ("Paris", "yes, it is") stand in honest texts by chance and are not compared.

A run of words that more than COMMON examples share is boilerplate of the set and is passed over.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workers.scanning import rolling, rows, words
from workers.scanning.checks import Reference
from workers.scanning.linking import shingles
from workers.scanning.lookup import Lookup
from workers.scanning.minhash import hashed_shingles

LONG, LONG_RUN, RUN, SHORTEST_WORDS, SHORTEST_CHARACTERS = 26, 13, 8, 4, 20
COMMON = 10
CONTAINED = 0.9  # share of a short text's shingles


@dataclass(frozen=True)
class Texts:
    """The comparable texts of a set: the example each belongs to, and its words."""

    examples: list[int]
    words: list[list[str]]

    def __len__(self) -> int:
        return len(self.words)


def read(reference: Reference) -> tuple[int, Texts, Texts, Texts]:
    """The number of examples, and their long, middling and short texts."""
    parts = Texts([], []), Texts([], []), Texts([], [])
    number = -1
    for number, row in enumerate(row for path in reference.paths for row in rows.read(path)):
        for text in rows.texts(row):
            found = words.of(text)
            if len(found) >= RUN:
                part = parts[0] if len(found) >= LONG else parts[1]
            elif len(found) >= SHORTEST_WORDS and len(" ".join(found)) >= SHORTEST_CHARACTERS:
                part = parts[2]
            else:
                continue
            part.examples.append(number)
            part.words.append(found)
    return number + 1, *parts


class Runs:
    """Runs of words of longer texts, and which of them were met."""

    def __init__(self, texts: Texts, length: int) -> None:
        self._length, self._examples = length, np.array(texts.examples, dtype=np.int64)
        values, lengths = words.numbered(texts.words)
        owners, within, places = rolling.places(lengths, length)
        table, inverse, counts = np.unique(
            rolling.runs(values, length)[places], return_inverse=True, return_counts=True
        )
        kept = counts <= COMMON
        chosen = kept[inverse]
        self._place = (np.cumsum(kept) - 1)[inverse[chosen]]
        self._text, self._begin = owners[chosen], (np.cumsum(lengths) - lengths)[owners[chosen]] + within[chosen]
        self._lengths = lengths
        self._lookup = Lookup(table[kept])
        self._first = np.zeros(len(self._lookup.table), dtype=np.int64)
        self._first[self._place[::-1]] = self._examples[self._text[::-1]]
        self.met = np.zeros(len(self._lookup.table), dtype=bool)

    def find(self, values: np.ndarray, lengths: np.ndarray) -> Iterator[tuple[int, int, int]]:
        """Number of the text, where in it the first common run begins, and an example that has it; once for a text."""
        if not len(self.met):
            return
        owners, within, places = rolling.places(lengths, self._length)
        at, found = self._lookup.find(rolling.runs(values, self._length)[places])
        self.met[found] = True
        _, firsts = np.unique(owners[at], return_index=True)
        for place in firsts.tolist():
            yield int(owners[at[place]]), int(within[at[place]]), int(self._first[found[place]])

    @property
    def length(self) -> int:
        """Words of a run."""
        return self._length

    def covered(self) -> Iterator[tuple[int, float]]:
        """For every text its example and the share of its words that stand in runs that were met."""
        words_met, words_all = self._spread(self.met[self._place]), self._spread(np.ones(len(self._place), dtype=bool))
        for example, met, comparable in zip(self._examples, words_met, words_all, strict=True):
            if comparable:
                yield int(example), float(met / comparable)

    def _spread(self, chosen: np.ndarray) -> np.ndarray:
        """Words of each text that lie in one of the chosen runs."""
        change = np.zeros(int(self._lengths.sum()) + 1, dtype=np.int64)
        np.add.at(change, self._begin[chosen], 1)
        np.add.at(change, self._begin[chosen] + self._length, -1)
        inside = np.concatenate(([0], np.cumsum(np.cumsum(change)[:-1] > 0)))
        ends = np.cumsum(self._lengths)
        return np.asarray(inside[ends] - inside[ends - self._lengths])


class Shorts:
    """Short texts by their rarest shingles, and which of them were met."""

    def __init__(self, texts: Texts) -> None:
        self._examples = texts.examples
        self._shingles = [shingles(_joined(found)) for found in texts.words]
        counts = Counter(shingle for own in self._shingles for shingle in own)
        rare = [
            sorted(own, key=lambda s: (counts[s], s))[: int(len(own) * (1 - CONTAINED)) + 1] for own in self._shingles
        ]
        hashes, _ = hashed_shingles([shingle for own in rare for shingle in own])
        owners = np.repeat(np.arange(len(rare)), [len(own) for own in rare])
        order = np.argsort(hashes, kind="stable")
        table, self._starts = np.unique(hashes[order], return_index=True)
        self._owners, self._starts = owners[order], np.append(self._starts, len(owners))
        self._lookup = Lookup(table)
        self.met = np.zeros(len(texts), dtype=bool)

    def find(self, texts: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
        """Number of the text and the example that it contains."""
        if not len(self.met):
            return
        joined = [_joined(found) for found in texts]
        hashes, owners = hashed_shingles(joined)
        at, found = self._lookup.find(hashes)
        pairs = {
            (text, short)
            for text, place in zip(owners[at].tolist(), found.tolist(), strict=True)
            for short in self._owners[self._starts[place] : self._starts[place + 1]].tolist()
        }
        for text, short in sorted(pairs):
            own = self._shingles[short]
            if sum(shingle in joined[text] for shingle in own) >= CONTAINED * len(own):
                self.met[short] = True
                yield text, self._examples[short]

    def covered(self) -> Iterator[tuple[int, float]]:
        """For every text its example, and 1.0 where it was met."""
        yield from zip(self._examples, self.met.astype(float).tolist(), strict=True)


def _joined(found: Sequence[str]) -> str:
    return " ".join(found).casefold()
