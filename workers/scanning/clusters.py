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
    """Rows with the same digest. ``first`` has the first row of every group, ascending; ``sizes`` its rows."""

    def __init__(self, digests: np.ndarray) -> None:
        """``digests``: two 64-bit numbers a row; two zeros stand for a row without text, which is in no group."""
        order = np.argsort(digests[:, 0], kind="stable")
        ordered = digests[order]
        same = (ordered[1:] == ordered[:-1]).all(axis=1)
        if (same != (ordered[1:, 0] == ordered[:-1, 0])).any():  # half a digest shared by chance
            order = np.lexsort((np.arange(len(digests)), digests[:, 1], digests[:, 0]))
            ordered = digests[order]
            same = (ordered[1:] == ordered[:-1]).all(axis=1)
        starts = np.flatnonzero(np.concatenate((np.ones(min(1, len(order)), dtype=bool), ~same)))
        sizes = np.diff(starts, append=len(order))
        has_text = ordered[starts].any(axis=1)
        firsts = order[starts]
        rank = np.argsort(np.where(has_text, firsts, len(order)), kind="stable")[: int(has_text.sum())]
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
        totals = np.bincount(labels, weights=self.sizes, minlength=len(self.sizes)).astype(np.int64)
        order = np.lexsort((chosen, -totals[chosen]))[: limits.clusters]
        of_row = np.where(self._group_of >= 0, labels[self._group_of], -1) if len(order) else self._group_of
        return tuple(
            Cluster(
                tuple(np.flatnonzero(of_row == label)[: limits.rows].tolist()), int(totals[label]), similarity(label)
            )
            for label in chosen[order].tolist()
        )
