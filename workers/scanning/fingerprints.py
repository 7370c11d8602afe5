"""Passages of protected works, recognised by fingerprints.

Winnowing (S. Schleimer, D. Wilkerson and A. Aiken, "Winnowing: local algorithms for document fingerprinting", 2003): of
every WINDOW consecutive hashes of GRAM characters the least is kept, the last one where several are equal. Every common
passage of at least GUARANTEED characters shares a fingerprint; none shorter than GRAM does. Characters are letters and
digits after Unicode NFKC and case folding: spacing, punctuation and case do not hide a copy. Of the rows all hashes are
looked up, of the protected works only fingerprints are kept; their texts are not.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from workers.scanning import rolling, rows
from workers.scanning.checks import Reference
from workers.scanning.lookup import Lookup
from workers.scanning.minhash import mixed

GRAM, GUARANTEED = 40, 80  # characters: half a line, and a line
WINDOW = GUARANTEED - GRAM + 1
_NOT_WORDS = re.compile(r"[\W_]+")
_BLOCK = 1 << 18  # characters of protected works taken together


def squeezed(text: str) -> str:
    """Letters and digits only, in one case."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return _NOT_WORDS.sub("", folded)


def hashed(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A hash of every run of GRAM characters, the text each lies in, and where it begins there."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    owners, within, places = rolling.places(lengths, GRAM)
    return rolling.runs(mixed(codes + np.uint64(1)), GRAM)[places], owners, within


def winnowed(hashes: np.ndarray) -> np.ndarray:
    """Positions of the fingerprints of one text."""
    if len(hashes) <= WINDOW:
        return len(hashes) - 1 - np.argmin(hashes[::-1], keepdims=True) if len(hashes) else np.zeros(0, dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW)[:, ::-1]
    return np.unique(np.arange(len(windows)) + WINDOW - 1 - windows.argmin(axis=1))


def of(reference: Reference) -> np.ndarray:
    """The fingerprints of a protected corpus, sorted."""
    found: list[np.ndarray] = []
    for texts in _texts(reference):
        hashes, owners, _ = hashed(texts)
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        for part in np.split(hashes, starts[1:]) if len(starts) else []:
            found.append(part[winnowed(part)])
        if len(found) > 10_000:
            found = [np.unique(np.concatenate(found))]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def _texts(reference: Reference) -> Iterator[list[str]]:
    waiting: list[str] = []
    size = 0
    for path in reference.paths:
        for row in rows.read(path):
            texts = [squeezed(text) for text in rows.texts(row)]
            waiting += texts
            size += sum(map(len, texts))
            if size >= _BLOCK:
                yield waiting
                waiting, size = [], 0
    yield waiting


def passages(lookup: Lookup, texts: Sequence[str]) -> Iterator[tuple[int, int, int, np.ndarray]]:
    """Text, first and last character of every common passage, and the fingerprints that told it.

    Fingerprints closer than WINDOW belong to one passage: within a copy no two neighbours are farther apart.
    """
    hashes, owners, within = hashed(texts)
    places, found = lookup.find(hashes)
    if not len(places):
        return
    owner, start = owners[places], within[places]
    new = np.concatenate(([True], (np.diff(owner) != 0) | (np.diff(start) > WINDOW)))
    firsts = np.flatnonzero(new)
    for first, last in zip(firsts, np.append(firsts[1:], len(places)), strict=True):
        yield int(owner[first]), int(start[first]), int(start[last - 1]) + GRAM, found[first:last]
