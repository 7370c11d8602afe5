"""Rows grouped by the digests of their texts, and the largest groups told in full."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Cluster:
    """Rows that belong together. ``rows`` are indices from 0, ascending, cut to a limit; ``size`` is exact."""

    rows: tuple[int, ...]
    size: int
    lowest_similarity: float  # the weakest verified link in the cluster, 1.0 for exact duplicates


@dataclass(frozen=True)
class Limits:
    """How much of what was found is listed."""

    clusters: int
    rows: int


class Groups:
    """Rows with the same digest. ``first`` has the first row of every group, ascending; ``sizes`` its rows.

    Made with about 40 bytes of memory a row; 12 for a group and 4 for a row stay.
    """

    def __init__(self, left: Callable[[], np.ndarray], right: Callable[[], np.ndarray]) -> None:
        """Both halves of the digests as 64-bit numbers; two zeros stand for a row without text, in no group."""
        order, new, has_text = _ordered(left, right)
        starts = np.flatnonzero(new).astype(np.int32)
        sizes = np.diff(starts, append=np.int32(len(order)))
        firsts = np.where(has_text[starts], order[starts], np.int32(len(order)))
        rank = np.argsort(firsts, kind="stable")[: np.count_nonzero(firsts < len(order))].astype(np.int32)
        self.first, self.sizes = firsts[rank], sizes[rank]
        position = np.full(len(starts), -1, dtype=np.int32)
        position[rank] = np.arange(len(rank), dtype=np.int32)
        self._group_of = np.empty(len(order), dtype=np.int32)
        self._group_of[order] = np.repeat(position, sizes)

    def listed(
        self, labels: np.ndarray, chosen: np.ndarray, limits: Limits, similarity: Callable[[int], float]
    ) -> tuple[Cluster, ...]:
        """The largest of the chosen clusters of groups, the earlier first where two are equal.

        ``labels`` names the cluster of each group by the first group in it.
        """
        totals = np.zeros(len(labels), dtype=np.int64)
        np.add.at(totals, labels, self.sizes)
        order = np.lexsort((chosen, -totals[chosen]))[: limits.clusters]
        of_row = np.append(labels, np.int32(-1))[self._group_of]  # the last one stands for rows without text
        return tuple(
            Cluster(
                tuple(np.flatnonzero(of_row == label)[: limits.rows].tolist()), int(totals[label]), similarity(label)
            )
            for label in chosen[order].tolist()
        )


def _ordered(
    left: Callable[[], np.ndarray], right: Callable[[], np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows in the order of their digests, then of the table; where a new digest begins; which have a text."""
    keys = left()
    order = np.argsort(keys, kind="stable").astype(np.int32)
    same, has_text = _repeats(keys, order)
    del keys
    keys = right()
    same_right, has_right = _repeats(keys, order)
    if (same & ~same_right).any():  # half a digest shared by chance
        order = np.lexsort((keys, left())).astype(np.int32)
        same, has_text = _repeats(left(), order)
        same_right, has_right = _repeats(keys, order)
    return order, ~(same & same_right), has_text | has_right


def _repeats(keys: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ordered = keys[order]
    repeats = np.zeros(len(order), dtype=bool)
    np.equal(ordered[1:], ordered[:-1], out=repeats[1:])
    return repeats, ordered != 0
