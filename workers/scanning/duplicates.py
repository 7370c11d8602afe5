"""Rows that say the same, exactly or nearly.

Exact: equal SHA-256 of the normalised text. Near: Jaccard similarity of the sets of character shingles, candidates from
MinHash with banding (A. Broder, "On the resemblance and containment of documents", 1997; J. Leskovec, A. Rajaraman and
J. Ullman, "Mining of Massive Datasets", chapter 3), each pair then verified on the true sets.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

SHINGLE = 5  # characters; short enough for one-line answers, long enough that common words do not collide
PERMUTATIONS = 128  # standard error of an estimate 1/sqrt(128), about 0.09; the verification removes it
MAX_MISS = 0.001  # share of pairs at the threshold that banding may overlook
MAX_REPRESENTATIVES = 64  # texts of one bucket that the others are held against; keeps it from going quadratic
CACHED_SHINGLES = 1_000_000  # about 120 MB of sets kept while texts are compared
_BLOCK = 4096  # shingles hashed at a time: 4096 × 128 × 8 bytes are 4 MiB


@dataclass(frozen=True)
class Cluster:
    """Rows that belong together. ``rows`` are indices from 0, ascending, cut to a limit; ``size`` is exact."""

    rows: tuple[int, ...]
    size: int
    lowest_similarity: float  # the weakest verified link in the cluster, 1.0 for exact duplicates


@dataclass(frozen=True)
class Duplicates:
    """``…_rows`` count what could be removed: every row of a cluster but its first."""

    exact_clusters: tuple[Cluster, ...]
    exact_cluster_count: int
    exact_rows: int
    near_clusters: tuple[Cluster, ...]
    near_cluster_count: int
    near_rows: int
    near_threshold: float
    compared_pairs: int
    skipped_texts: int  # times a text found its bucket too full to be held against all of it
    truncated_texts: int  # rows compared by their beginning only
    bands: int
    rows_per_band: int
    recall_at_threshold: float  # expected share of pairs at the threshold that become candidates


def normalised(parts: list[str]) -> str:
    """Unicode NFKC, case folded, whitespace collapsed; columns joined by a separator that text cannot hold."""
    folded = (unicodedata.normalize("NFKC", part).casefold() for part in parts)
    return "\x1f".join(" ".join(part.split()) for part in folded)


@dataclass
class Index:
    """Rows as they stream in: exact groups by digest, and one text for each group."""

    max_text: int
    rows_of: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))
    text_of: list[str] = field(default_factory=list)
    truncated: int = 0

    def add(self, row: int, parts: list[str]) -> None:
        text = normalised(parts)
        if not text.strip("\x1f"):
            return  # rows without text are not copies of each other
        group = self.rows_of[hashlib.sha256(text.encode()).digest()]
        if not group:
            self.truncated += len(text) > self.max_text
            self.text_of.append(text[: self.max_text])
        group.append(row)


def banding(threshold: float) -> tuple[int, int]:
    """Bands and rows a band: the longest bands that still overlook at most MAX_MISS of pairs at the threshold."""
    fitting = (r for r in range(32, 1, -1) if _miss(threshold, PERMUTATIONS // r, r) <= MAX_MISS)
    rows = next(fitting, 1)
    return PERMUTATIONS // rows, rows


def _miss(similarity: float, bands: int, rows: int) -> float:
    return float((1 - similarity**rows) ** bands)


def find(
    index: Index, threshold: float, seed: int, max_clusters: int, max_rows: int, on_step: Callable[[float], None]
) -> Duplicates:
    """Cluster what the index holds. ``on_step`` gets a fraction from 0 to 1 now and then and may raise to cancel."""
    groups = list(index.rows_of.values())
    exact = [Cluster(tuple(g[:max_rows]), len(g), 1.0) for g in groups if len(g) > 1]
    bands, per_band = banding(threshold)
    signatures = _signatures(index.text_of, seed, lambda done: on_step(0.6 * done))
    linker = _Linker(index.text_of, signatures, threshold)
    for band in range(bands):
        on_step(0.6 + 0.4 * band / bands)
        linker.link(band * per_band, (band + 1) * per_band)
    near = list(_near_clusters(linker, groups, max_rows))
    return Duplicates(
        exact_clusters=_largest(exact, max_clusters),
        exact_cluster_count=len(exact),
        exact_rows=sum(c.size - 1 for c in exact),
        near_clusters=_largest(near, max_clusters),
        near_cluster_count=len(near),
        near_rows=sum(len(members) - 1 for members in linker.clusters()),
        near_threshold=threshold,
        compared_pairs=linker.compared,
        skipped_texts=linker.skipped,
        truncated_texts=index.truncated,
        bands=bands,
        rows_per_band=per_band,
        recall_at_threshold=round(1 - _miss(threshold, bands, per_band), 6),
    )


def _largest(clusters: list[Cluster], limit: int) -> tuple[Cluster, ...]:
    return tuple(sorted(clusters, key=lambda c: (-c.size, c.rows))[:limit])


def _near_clusters(linker: "_Linker", groups: list[list[int]], max_rows: int) -> Iterator[Cluster]:
    for members in linker.clusters():
        rows = sorted(row for member in members for row in groups[member])
        yield Cluster(tuple(rows[:max_rows]), len(rows), round(linker.weakest(members), 4))


def shingles(text: str) -> set[str]:
    """All runs of SHINGLE characters; the whole text where it is shorter."""
    return {text[i : i + SHINGLE] for i in range(max(1, len(text) - SHINGLE + 1))}


def jaccard(first: set[str], second: set[str]) -> float:
    """Shared shingles over all shingles, 0 to 1."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def _hashes(text: str) -> np.ndarray:
    """A 64-bit hash of every shingle, by one polynomial over the characters, mixed so that all bits count."""
    codes = np.frombuffer(text.ljust(SHINGLE).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    value = np.zeros(len(codes) - SHINGLE + 1, dtype=np.uint64)
    for offset in range(SHINGLE):
        value = value * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + len(value)]
    value ^= value >> np.uint64(31)  # finaliser of SplitMix64 (Steele, Lea, Flood, 2014)
    value *= np.uint64(0x94D049BB133111EB)
    return np.unique(value ^ (value >> np.uint64(29)))


def _signatures(texts: list[str], seed: int, on_step: Callable[[float], None]) -> np.ndarray:
    """One row of PERMUTATIONS minima for each text, by multiply-shift hashing with seeded factors."""
    source = np.random.default_rng(seed)
    factors = source.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    offsets = source.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)
    found = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)
    for row, text in enumerate(texts):
        if row % 1000 == 0:
            on_step(row / len(texts))
        hashes = _hashes(text)
        blocks = (hashes[i : i + _BLOCK, None] for i in range(0, len(hashes), _BLOCK))
        minima = [((block * factors + offsets) >> np.uint64(32)).min(axis=0) for block in blocks]
        found[row] = np.min(minima, axis=0)
    return found


class _Linker:
    """Joins texts whose verified similarity reaches the threshold (single linkage, by union-find)."""

    def __init__(self, texts: list[str], signatures: np.ndarray, threshold: float) -> None:
        self._signatures, self._threshold = signatures, threshold
        mean = sum(map(len, texts)) // max(1, len(texts)) + 1
        self._shingles = lru_cache(CACHED_SHINGLES // mean + 2)(lambda text: shingles(texts[text]))
        # Estimates three standard errors below the threshold are not worth verifying: 1 pair in 700 is lost by it.
        self._floor = threshold - 3 * np.sqrt(threshold * (1 - threshold) / PERMUTATIONS)
        self._parent = list(range(len(texts)))
        self._weakest: dict[int, float] = {}
        self._known: set[tuple[int, int]] = set()
        self.compared = self.skipped = 0

    def link(self, first: int, last: int) -> None:
        """Compare texts that share all values of one band, columns first to last of the signatures."""
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for text, key in enumerate(np.ascontiguousarray(self._signatures[:, first:last])):
            buckets[key.tobytes()].append(text)
        for members in buckets.values():
            if len(members) > 1:
                self._link_bucket(members)

    def _link_bucket(self, members: list[int]) -> None:
        """Hold each member against the representatives met in this bucket so far; one like none becomes another."""
        representatives: list[int] = []
        for member in members:
            agreement = (self._signatures[representatives] == self._signatures[member]).sum(axis=1) / PERMUTATIONS
            close = [representatives[i] for i in np.flatnonzero(agreement >= self._floor)]
            for other in close:
                self._compare(other, member)
            if any(self._root(member) == self._root(other) for other in close):
                continue
            if len(representatives) < MAX_REPRESENTATIVES:
                representatives.append(member)
            else:
                self.skipped += 1

    def _compare(self, first: int, second: int) -> None:
        if (first, second) in self._known or self._root(first) == self._root(second):
            return
        similarity = jaccard(self._shingles(first), self._shingles(second))
        self._known.add((first, second))
        self.compared += 1
        if similarity >= self._threshold:
            self._join(first, second, similarity)

    def _root(self, text: int) -> int:
        while self._parent[text] != text:
            self._parent[text] = self._parent[self._parent[text]]
            text = self._parent[text]
        return text

    def _join(self, first: int, second: int, similarity: float) -> None:
        low, high = sorted((self._root(first), self._root(second)))
        self._parent[high] = low
        self._weakest[low] = min(similarity, self._weakest.get(low, 1.0), self._weakest.get(high, 1.0))

    def clusters(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for text in range(len(self._parent)):
            found[self._root(text)].append(text)
        return [members for members in found.values() if len(members) > 1]

    def weakest(self, members: list[int]) -> float:
        return self._weakest[self._root(members[0])]
