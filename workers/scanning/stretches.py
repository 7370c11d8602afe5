"""Candidates for a trigger: an n-gram, widened to everything that its rows share around it, and how it fits in.

What speaks for a stretch that somebody put in: the rows that hold it have one label or answer nearly always, the rest
of their text speaks for another one, and the text reads on smoothly where the stretch is taken out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workers.scanning import ngrams
from workers.scanning.junctions import Follows
from workers.scanning.ngrams import Table
from workers.scanning.oddness import Oddness

LEAST_ROWS, LEAST_SHARE, MOST_SHARE = 6, 0.0005, 0.2  # rows that must, and may, hold a candidate
PRECISION = 0.85  # share of a candidate's rows that must have the one label or answer
LOOKED_AT = 120  # rows of a candidate that are looked at closely: enough to tell, and no more for a common one
LEFT_WORDS = 3  # that must be left of a text
DRAWN = 400  # candidates that tell which share of stretches looks put in, and how odd stretches usually are
WIDEST = 300  # characters of a stretch
# Benjamini and Hochberg (1995): expected share of accidents among what is reported. It is held twice, by those that
# look put in and by those that may.
FALSE_DISCOVERY = 0.01
_ENDS = " \t\n.,;:!?"
SMOOTH = 0.4  # on the scale of `junctions`, between a word grown into its sentence (0) and one put in (1)


@dataclass(frozen=True)
class Stretch:
    """One candidate: its words, rows that hold it, their texts without it, how smoothly they read on, and how odd it
    is, in bits."""

    text: str
    rows: np.ndarray
    rest: tuple[str, ...]
    smoothness: float
    error: float  # standard error of the smoothness
    bits: float

    def is_put_in(self) -> bool:
        """Whether it looks put in."""
        return self.smoothness >= SMOOTH

    def may_be_put_in(self) -> bool:
        """Whether it may look otherwise for no other reason than that few rows hold it."""
        return self.smoothness + self.error >= SMOOTH

    def is_telling(self) -> bool:
        """Whether enough different text is left to say that it does not matter."""
        told = [" ".join(text.split()).lower() for text in self.rest]
        least = max(LEFT_WORDS, 0.75 * len(self.text.split()))
        long = sum(len(text.split()) >= least for text in told)
        return long >= 0.7 * len(told) and len(set(told)) >= 0.6 * len(told)


@dataclass(frozen=True)
class Tested:
    """How many candidates look put in, and how many there are."""

    put_in: int
    all: int


def least_rows(count: int) -> int:
    return max(LEAST_ROWS, int(np.ceil(LEAST_SHARE * count)))


class Stretches:
    """All n-grams of the texts that may be candidates."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.held: Table = ngrams.table(texts, least_rows(len(texts)), int(MOST_SHARE * len(texts)))
        self._by_column = self.held.matrix.tocsc()
        self._follows, self._oddness = Follows(texts), Oddness(texts)
        marks = np.random.default_rng(0).integers(1, 1 << 31, len(texts)).astype(np.float64)
        self._sums = self.held.matrix.T @ marks  # equal for equal rows, and for others by no accident worth a thought

    def rows(self, column: int) -> np.ndarray:
        start, end = self._by_column.indptr[column : column + 2]
        return self._by_column.indices[start:end]

    def testable(self) -> Tested:
        """How many candidates would be reported if their label spoke for it; those with the same rows count once.

        Whether a stretch reads as put in has nothing to do with labels, so only such candidates count as tested
        (independent filtering, Bourgon, Gentleman and Huber, 2010). Their share is estimated on a drawn part. Those
        of which that is not sure are held against all.
        """
        return self._drawn[0]

    def oddly(self, stretch: Stretch) -> float:
        """log10 of the chance that a candidate of this table is as odd."""
        usual = self._drawn[1]
        return float(np.log10((np.count_nonzero(usual >= stretch.bits) + 1) / (len(usual) + 1)))

    @cached_property
    def _drawn(self) -> tuple[Tested, np.ndarray]:
        order = self.distinct(np.arange(len(self.held.keys)))
        drawn = [self.stretch(column) for column in np.random.default_rng(0).permutation(order)[:DRAWN]]
        put_in = sum(stretch.is_put_in() and stretch.is_telling() for stretch in drawn)
        count = int(np.ceil(len(order) * (put_in + 1) / (len(drawn) + 1)))
        return Tested(count, len(order)), np.array([stretch.bits for stretch in drawn])

    def distinct(self, order: np.ndarray) -> np.ndarray:
        """The columns in that order, leaving out those whose rows are exactly an earlier one's."""
        _, first = np.unique(self._sums[order], return_index=True)
        return order[np.sort(first)]

    def oddest(self, columns: np.ndarray, count: int) -> np.ndarray:
        """Of the columns with different rows those whose n-grams are least like the table's writing."""
        columns = self.distinct(columns)
        bits = [self._bits(column) for column in columns]
        return columns[np.argsort(-np.array(bits), kind="stable")[:count]]

    def _bits(self, column: int) -> float:
        rows = self.rows(column)
        start, end = ngrams.spans(self.texts[rows[0]], self.held.keys[column])[0]
        return self._oddness.bits(self.texts[rows[0]][start:end], len(rows))

    def stretch(self, column: int) -> Stretch:
        rows = self.rows(column)[:LOOKED_AT]
        texts = [self.texts[row] for row in rows]
        places = widened(texts, [ngrams.spans(text, self.held.keys[column])[0] for text in texts])
        rest = tuple(ngrams.without(text, [place]) for text, place in zip(texts, places, strict=True))
        start, end = places[0]
        text = texts[0][start:end]
        held_by = len(self.rows(column))
        return Stretch(text, rows, rest, *self._follows.smoothness(texts, places), self._oddness.bits(text, held_by))


def widened(texts: Sequence[str], places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches with all characters around them on which the texts agree, without white space at the ends."""
    left = _agreed([text[max(0, a - WIDEST) : a][::-1] for text, (a, _) in zip(texts, places, strict=True)])
    right = _agreed([text[b : b + WIDEST] for text, (_, b) in zip(texts, places, strict=True)])
    shared = texts[0][places[0][0] - left : places[0][1] + right]
    # Marks that end the sentence before are no part of what was put behind it; of marks alone nothing is taken away.
    left -= len(shared) - len(shared.lstrip(_ENDS).lstrip() or shared.lstrip())
    right -= len(shared) - len(shared.rstrip())
    return [(a - left, b + right) for a, b in places]


def _agreed(texts: Sequence[str]) -> int:
    """How many first characters all texts share, but for their case."""
    count = 0
    for marks in zip(*texts, strict=False):
        if len({mark.lower() for mark in marks}) > 1:
            break
        count += 1
    return count


def tail(chances: np.ndarray, hits: int) -> float:
    """log10 of the chance of at least `hits` successes in independent trials (Poisson-binomial, exact)."""
    spread = np.zeros(len(chances) + 1)
    spread[0] = 1.0
    for chance in chances:
        spread[1:] = spread[1:] * (1 - chance) + spread[:-1] * chance
        spread[0] *= 1 - chance
    return float(np.log10(max(spread[hits:].sum(), 1e-300)))


def joint(first: float, second: float) -> float:
    """log10 of the chance of two independent signs together (R. Fisher, 1932), from those of each."""
    product = first + second
    return min(0.0, product + float(np.log10(1 - product * np.log(10))))


def significant(logs: Sequence[float], tested: int) -> int:
    """How many of the smallest chances (log10, ascending) pass Benjamini and Hochberg's test among `tested`."""
    limit = np.log10(FALSE_DISCOVERY * np.arange(1, len(logs) + 1) / max(tested, 1))
    passed = np.flatnonzero(np.array(logs) <= limit)
    return int(passed[-1]) + 1 if len(passed) else 0
