"""Joins texts that are nearly the same: candidates by banding of MinHash signatures, each pair verified on its texts.

Banding as in J. Leskovec, A. Rajaraman and J. Ullman, "Mining of Massive Datasets", chapter 3, one band at a time by
sorting, so that memory holds a few numbers for each text whatever the number of bands. Before a pair's texts are read,
their signatures are compared: first by one bit a slot, kept in memory (P. Li and C. König, "b-bit minwise hashing",
2010), then by the eight bits a slot that lie on disk.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

from workers.scanning.minhash import SHINGLE, SLOTS
from workers.scanning.spool import Pages

MAX_MISS = 0.001  # share of pairs at the threshold that banding may overlook
MAX_REPRESENTATIVES = 32  # texts of one bucket that the others are held against; keeps it from going quadratic
CROWDED = 64  # texts in a bucket from which the next band has to agree too
CACHED_CHARACTERS = 2_000_000  # of texts kept as shingles while they are compared, about 16 MB
_LETTER_BITS = 64 // SHINGLE
_KEPT_REFUSALS = 500_000  # pairs remembered as too different
_SORTED_AT_ONCE = 2_000_000  # keys; more are sorted in parts, which takes less memory
_CHUNK = 1 << 16  # pairs, or rows, worked on at a time
_SIGMAS = 3.5  # estimates so far below the threshold are not worth verifying: 1 pair in 4,000 is lost by it


def banding(threshold: float) -> tuple[int, int]:
    """Bands and slots a band: the longest bands that still overlook at most MAX_MISS of pairs at the threshold."""
    fitting = (r for r in range(32, 1, -1) if miss(threshold, SLOTS // r, r) <= MAX_MISS)
    rows = next(fitting, 1)
    return SLOTS // rows, rows


def miss(similarity: float, bands: int, rows: int) -> float:
    """Share of pairs of that similarity that agree in no band."""
    return float((1 - similarity**rows) ** bands)


def shingles(text: str) -> set[str]:
    """All runs of SHINGLE characters; the whole text where it is shorter."""
    return {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}


def jaccard(first: set[str], second: set[str]) -> float:
    """Shared shingles over all shingles, 0 to 1."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


class Similarities:
    """Jaccard similarities of texts by their positions. ``mean`` is their length in characters, about.

    Shingles of letters below U+1000 fit into 64 bits each, twelve a letter: such sets are sorted numbers, which are
    compared in a fraction of the time of sets of strings and never confuse two shingles.
    """

    def __init__(self, text: Callable[[int], str], mean: int) -> None:
        self._text = text
        self._packed = lru_cache(CACHED_CHARACTERS // (mean + 1) + 2)(lambda member: packed(text(member)))

    def of(self, first: int, second: int) -> float:
        """As `jaccard` of both texts' `shingles`."""
        one, two = self._packed(first), self._packed(second)
        if one is None or two is None:
            return jaccard(shingles(self._text(first)), shingles(self._text(second)))
        both = np.concatenate((one, two))
        both.sort(kind="stable")  # two runs that are sorted already: one merge
        shared = int(np.count_nonzero(both[1:] == both[:-1]))
        return shared / (len(both) - shared)


def packed(text: str) -> np.ndarray | None:
    """The set of shingles as sorted numbers; None where a letter needs more bits or the text is shorter than one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - SHINGLE + 1
    if count < 1 or codes.max() >> np.uint64(_LETTER_BITS):
        return None
    value = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE):
        value <<= np.uint64(_LETTER_BITS)
        value |= codes[offset : offset + count]
    value.sort()
    return value[np.concatenate(([True], value[1:] != value[:-1]))]


class Linker:
    """Texts by position. ``rows`` tells where each one's signature lies; ``text`` reads one."""

    def __init__(self, slots: Pages, rows: np.ndarray, text: Callable[[int], str], mean: int, threshold: float) -> None:
        self._slots, self._rows, self._threshold = slots, rows, threshold
        self._similarities = Similarities(text, mean)
        self._one_bit, self._eight_bit = (_floor(threshold, 1 / 2), _floor(threshold, 1 / 256))
        self._parent = np.arange(len(rows), dtype=np.int32)
        self._weakest: dict[int, float] = {}
        self._refused: set[int] = set()
        self._bits = self._read_bits()
        self.compared = self.skipped = 0

    def link(self, band: int, bands: int, per_band: int, on_step: Callable[[], None]) -> None:
        """Compare texts that agree in one band. ``on_step`` is called now and then and may raise."""
        keys = self._keys(band * per_band, per_band)
        parts = np.uint64(1 + len(keys) // _SORTED_AT_ONCE)
        for part in range(int(parts)):
            chosen = np.flatnonzero(keys % parts == np.uint64(part)).astype(np.int32)
            members, buckets = _buckets(keys[chosen])
            self._link_buckets(chosen[members], buckets, (band + 1) % bands * per_band, per_band, on_step)

    def _link_buckets(
        self, members: np.ndarray, buckets: np.ndarray, other: int, per_band: int, on_step: Callable[[], None]
    ) -> None:
        """Texts with their buckets in order; ``other`` is the first slot of another band, which parts crowded ones."""
        sizes = np.bincount(buckets)[buckets] if len(buckets) else buckets
        if (sizes > CROWDED).any():
            members, buckets = self._parted(members, buckets, sizes, other, per_band)
        for _ in range(MAX_REPRESENTATIVES):
            if not len(members):
                return
            first = np.diff(buckets, prepend=-1) != 0  # the first of every bucket stands for it
            representative = members[first][np.cumsum(first) - 1][~first]
            members, buckets = members[~first], buckets[~first]
            joined = self._match(representative, members, on_step)
            members, buckets = members[~joined], buckets[~joined]
            several = np.bincount(buckets)[buckets] > 1 if len(buckets) else joined[~joined]
            members, buckets = members[several], buckets[several]
        self.skipped += len(members)

    def roots(self) -> np.ndarray:
        """For every text the first text of its cluster."""
        return self._roots(np.arange(len(self._parent), dtype=np.int32))

    def weakest(self, root: int) -> float:
        """The least similarity by which the texts of a cluster were joined."""
        return self._weakest[root]

    def _pages(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Positions of texts and their signatures, a part at a time, in one pass over the file."""
        last = int(self._rows[-1]) + 1 if len(self._rows) else 0
        for start in range(0, last, _CHUNK):
            end = min(start + _CHUNK, last)
            page = np.frombuffer(self._slots.read(start * SLOTS, (end - start) * SLOTS), dtype=np.uint8)
            low, high = np.searchsorted(self._rows, (start, end))
            yield np.arange(low, high), page.reshape(-1, SLOTS)[self._rows[low:high] - start]

    def _read_bits(self) -> np.ndarray:
        bits = np.empty((len(self._rows), SLOTS // 64), dtype=np.uint64)
        for positions, page in self._pages():
            bits[positions] = np.packbits(page & 1, axis=1).view(np.uint64)
        return bits

    def _keys(self, first: int, count: int) -> np.ndarray:
        keys = np.zeros(len(self._rows), dtype=np.uint64)
        for positions, page in self._pages():
            for slot in range(first, first + count):
                keys[positions] = keys[positions] * np.uint64(0x9E3779B97F4A7C15) + page[:, slot] + np.uint64(1)
        return keys

    def _parted(
        self, members: np.ndarray, buckets: np.ndarray, sizes: np.ndarray, first: int, count: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Crowded buckets parted by another band, in which alike texts mostly agree too; the others as they are."""
        crowded = sizes > CROWDED
        parts = np.where(crowded, self._keys(first, count)[members], np.uint64(0))
        order = np.lexsort((members, parts, buckets))
        members, buckets, parts = members[order], buckets[order], parts[order]
        new = (np.diff(buckets, prepend=-1) != 0) | np.concatenate(([True], parts[1:] != parts[:-1]))
        return _several(members, new)

    def _match(self, first: np.ndarray, second: np.ndarray, on_step: Callable[[], None]) -> np.ndarray:
        """Which pairs are in one cluster, joined now where their texts are alike enough."""
        found = np.zeros(len(first), dtype=bool)
        for start in range(0, len(first), _CHUNK):
            on_step()
            part = slice(start, start + _CHUNK)
            one, two = first[part], second[part]
            known = self._roots(one) == self._roots(two)
            agreeing = SLOTS - np.bitwise_count(self._bits[one] ^ self._bits[two]).sum(axis=1, dtype=np.int64)
            likely = np.flatnonzero(~known & (agreeing >= self._one_bit))
            likely = likely[self._agree(one[likely], two[likely])]
            for pair in likely.tolist():
                known[pair] = self._compare(int(one[pair]), int(two[pair]))
            found[part] = known
        return found

    def _compare(self, first: int, second: int) -> bool:
        ends = int(self._root(first)), int(self._root(second))
        if ends[0] == ends[1]:
            return True
        pair = first * len(self._rows) + second
        if pair in self._refused:
            return False
        similarity = self._similarities.of(first, second)
        self.compared += 1
        if similarity < self._threshold:
            if len(self._refused) < _KEPT_REFUSALS:
                self._refused.add(pair)
            return False
        low, high = sorted(ends)
        self._parent[high] = low
        self._weakest[low] = min(similarity, self._weakest.get(low, 1.0), self._weakest.pop(high, 1.0))
        return True

    def _agree(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Pairs whose signatures on disk agree in enough slots."""
        members, where = np.unique(np.concatenate((first, second)), return_inverse=True)
        read = (self._slots.read(row * SLOTS, SLOTS) for row in self._rows[members].tolist())
        slots = np.frombuffer(b"".join(read), dtype=np.uint8).reshape(-1, SLOTS)
        agreeing = (slots[where[: len(first)]] == slots[where[len(first) :]]).sum(axis=1)
        return np.asarray(agreeing >= self._eight_bit)

    def _root(self, member: int) -> int:
        parent = self._parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def _roots(self, members: np.ndarray) -> np.ndarray:
        above = self._parent[members]
        while True:
            higher = self._parent[above]
            if (higher == above).all():
                return above
            above = higher


def _floor(threshold: float, by_chance: float) -> float:
    """Agreeing slots below which a pair is not worth verifying. Unequal slots agree by chance in so few bits."""
    agreement = threshold + (1 - threshold) * by_chance
    return float(SLOTS * (agreement - _SIGMAS * np.sqrt(agreement * (1 - agreement) / SLOTS)))


def _buckets(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions with equal keys next to each other, and the number of each one's bucket; single ones left out."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    return _several(order, np.concatenate((np.ones(min(1, len(keys)), dtype=bool), keys[1:] != keys[:-1])))


def _several(members: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``new`` tells where a bucket begins; those with one member are left out."""
    single = new.copy()
    single[:-1] &= new[1:]
    return members[~single], np.cumsum(new[~single]) - 1
