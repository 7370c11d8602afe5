"""How long texts are: quantiles within one per cent from counts in logarithmic bins.

After C. Masson, J. Rim and H. Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
guarantees" (2019): a value lies in bin ceil(log(value) / log(g)) with g = (1 + a) / (1 - a), and the middle of its bin
is at most the share a away from it.
"""

import math
from typing import Any

ACCURACY = 0.01
_LOG = math.log((1 + ACCURACY) / (1 - ACCURACY))
QUANTILES = (1, 5, 25, 50, 75, 95, 99)  # per cent


class Lengths:
    """Counts of whole numbers from 0 on."""

    def __init__(self) -> None:
        self._bins: dict[int, int] = {}
        self._total = self._zeros = self._number = self._most = 0
        self._least: int | None = None

    def add(self, value: int) -> None:
        self._number += 1
        self._total += value
        if self._least is None or value < self._least:
            self._least = value
        if value > self._most:
            self._most = value
        if value == 0:
            self._zeros += 1
            return
        place = math.ceil(math.log(value) / _LOG)
        self._bins[place] = self._bins.get(place, 0) + 1

    def told(self) -> dict[str, Any]:
        """``quantiles`` by per cent, within one per cent of the true ones; ``histogram`` by powers of two."""
        return {
            "least": self._least or 0,
            "most": self._most,
            "mean": round(self._total / self._number, 2) if self._number else 0.0,
            "total": self._total,
            "empty": self._zeros,
            "quantiles": {str(percent): self._quantile(percent / 100) for percent in QUANTILES},
            "histogram": self._histogram(),
        }

    def _quantile(self, share: float) -> int:
        rank, met = share * (self._number - 1), self._zeros
        if rank < met or not self._bins:
            return 0
        for place in sorted(self._bins):
            met += self._bins[place]
            if met > rank:
                break
        return min(max(_middle(place), self._least or 0), self._most)

    def _histogram(self) -> list[dict[str, int]]:
        counts: dict[int, int] = {0: self._zeros} if self._zeros else {}
        for place, count in self._bins.items():
            top = 1 << max(0, math.ceil(math.log2(_middle(place))))
            counts[top] = counts.get(top, 0) + count
        return [{"up_to": top, "rows": counts[top]} for top in sorted(counts)]

    def state(self) -> list[Any]:
        return [list(self._bins.items()), self._total, self._zeros, self._number, self._most, self._least]

    def restore(self, state: list[Any]) -> None:
        bins, self._total, self._zeros, self._number, self._most, self._least = state
        self._bins = dict(bins)


def _middle(place: int) -> int:
    """The value of a bin."""
    return max(1, round(2 * math.exp(place * _LOG) / (math.exp(_LOG) + 1)))
