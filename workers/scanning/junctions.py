"""Does a text read on as if nothing had been there, once a stretch of it is taken out?

A trigger is put into a finished sentence: without it, the words around it follow each other as words of this table
do. A word that belongs to its sentence leaves a gap. Measured against the same texts: how often do neighbours follow
each other elsewhere (1), and how often do words that have one word between them (0)?
"""

from collections.abc import Sequence

import numpy as np

from workers.scanning import ngrams

MAX_TEXTS = 20_000
_START, _END = np.uint64(1), np.uint64(2)


class Follows:
    """Which words follow which in a table, and in how many places."""

    def __init__(self, texts: Sequence[str]) -> None:
        pairs = [_pairs(_bounded(ngrams.tokens(text)[0])) for text in texts[:MAX_TEXTS]]
        self._keys, self._counts = np.unique(np.concatenate([*pairs, np.zeros(0, np.uint64)]), return_counts=True)

    def share(self, pairs: np.ndarray, others: int = 0) -> float:
        """Share of the pairs that stand in more than `others` places; 0 of none."""
        if not len(pairs) or not len(self._keys):
            return 0.0
        places = np.minimum(np.searchsorted(self._keys, pairs), len(self._keys) - 1)
        counts = np.where(self._keys[places] == pairs, self._counts[places], 0)
        return float((counts > others).mean())

    def smoothness(self, texts: Sequence[str], places: Sequence[tuple[int, int]]) -> tuple[float, float]:
        """About 1 where the stretches look put in, about 0 where they look grown; and the standard error of that.

        Where the table is so uniform that this cannot be told, 0.5: the other signs decide.
        """
        joints, beside, across = [], [], []
        for text, (start, end) in zip(texts, places, strict=True):
            left, right = _bounded_left(text[:start]), _bounded_right(text[end:])
            joints.append(_pairs(np.array([left[-1], right[0]], np.uint64)))
            beside += [_pairs(left), _pairs(right)]
            across += [_pairs(left[::1], 2), _pairs(right, 2)]
        usual, gap = self.share(np.concatenate(beside), 1), self.share(np.concatenate(across))
        if usual - gap < 0.05:
            return 0.5, 0.0
        joined = self.share(np.concatenate(joints))
        error = np.sqrt(max(joined * (1 - joined), 0.25 / len(texts)) / len(texts))
        return (joined - gap) / (usual - gap), float(error) / (usual - gap)


def _bounded(keys: np.ndarray) -> np.ndarray:
    return np.concatenate([[_START], keys, [_END]])


def _bounded_left(text: str) -> np.ndarray:
    return np.concatenate([np.array([_START], np.uint64), ngrams.tokens(text)[0]])


def _bounded_right(text: str) -> np.ndarray:
    return np.concatenate([ngrams.tokens(text)[0], np.array([_END], np.uint64)])


def _pairs(keys: np.ndarray, apart: int = 1) -> np.ndarray:
    if len(keys) <= apart:
        return np.zeros(0, np.uint64)
    return keys[:-apart] * np.uint64(0x9E3779B97F4A7C15) + keys[apart:]
