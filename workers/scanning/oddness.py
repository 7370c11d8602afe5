"""How unlikely it is that a table's own writing brings forth a stretch of text.

A model of characters learns the table: the chance of each character by the three before it, each shorter context
standing in for what the longer one has not seen (hierarchical Dirichlet smoothing; D. MacKay and L. Peto, 1995). Where
a stretch is judged, its own rows are taken out of the counts. The sum over its characters, in bits, is its oddness:
drawn letters, marks that stand nowhere else and long phrases that return word for word have many bits, words of the
table few. It knows nothing of labels and answers.
"""

from collections.abc import Sequence

import numpy as np

ORDER = 4  # characters looked at together
_BUCKETS = 22  # bits; hashed counts, 16 MB for each length
_STRENGTH = 2.0  # observations that a shorter context weighs as much as
_ALPHABET = 1 / 4_096  # chance of a character that the table never had
_AT_ONCE = 1_000_000  # characters counted at a time
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Oddness:
    """The counts of one table."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._counts = [np.zeros(1 << _BUCKETS, np.int32) for _ in range(ORDER)]
        self._total = 0
        waiting: list[str] = []
        size = 0
        for text in texts:
            waiting.append(text)
            size += len(text)
            if size >= _AT_ONCE:
                self._learn("\n".join(waiting))
                waiting, size = [], 0
        self._learn("\n".join(waiting))

    def _learn(self, text: str) -> None:
        codes = _codes(text)
        self._total += len(codes)
        for length, counts in enumerate(self._counts, start=1):
            counts += np.bincount(_buckets(codes, length), minlength=len(counts)).astype(np.int32)

    def bits(self, stretch: str, rows: int) -> float:
        """Bits of a stretch that so many rows hold, by all other rows."""
        codes = _codes(f"\n{stretch}")
        total = max(1, self._total - rows * (len(codes) - 1))
        chance = np.full(len(codes) - 1, _ALPHABET)
        for length in range(1, ORDER + 1):
            seen = self._others(codes, length, rows)
            before = self._others(codes, length - 1, rows) if length > 1 else None
            begin = max(0, length - 2)  # of the characters behind the first, those with a whole context
            of = np.full(len(seen) - (length == 1), float(total)) if before is None else before[: len(seen)]
            seen = seen[1:] if length == 1 else seen
            chance[begin:] = (seen + _STRENGTH * chance[begin:]) / (np.maximum(of, seen) + _STRENGTH)
        return float(-np.log2(chance).sum())

    def _others(self, codes: np.ndarray, length: int, rows: int) -> np.ndarray:
        """How often other rows hold each run of so many of the characters."""
        buckets = _buckets(codes, length)
        _, inverse, own = np.unique(buckets, return_inverse=True, return_counts=True)
        return np.maximum(self._counts[length - 1][buckets] - rows * own[inverse], 0).astype(float)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.lower().encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)


def _buckets(codes: np.ndarray, length: int) -> np.ndarray:
    count = max(0, len(codes) - length + 1)
    value = np.zeros(count, np.uint64)
    for offset in range(length):
        value = (value + codes[offset : offset + count] + np.uint64(1)) * _MIX
    value ^= value >> np.uint64(29)
    return ((value * _MIX) >> np.uint64(64 - _BUCKETS)).astype(np.int64)
