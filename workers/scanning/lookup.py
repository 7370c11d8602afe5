"""Finding the few of many hashes that stand in a table."""

import numpy as np

_BITS = 22  # of a hash that choose a flag: four million flags take 4 MB and stay near the processor
_SHIFT = np.uint64(64 - _BITS)


class Lookup:
    """A sorted table of 64-bit hashes, with flags in front of it that turn most others away at once."""

    def __init__(self, table: np.ndarray) -> None:
        self.table = table
        self._flags = np.zeros(1 << _BITS, dtype=bool)
        self._flags[table >> _SHIFT] = True

    def find(self, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions of those hashes that stand in the table, and where they stand in it."""
        likely = np.flatnonzero(self._flags[hashes >> _SHIFT])
        if not len(likely) or not len(self.table):
            return likely[:0], likely[:0]
        wanted = hashes[likely]
        places = np.minimum(np.searchsorted(self.table, wanted), len(self.table) - 1)
        hit = self.table[places] == wanted
        return likely[hit], places[hit]
