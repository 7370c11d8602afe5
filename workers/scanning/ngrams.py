"""N-grams of words, punctuation and characters as numbers, with where they stand, and tables of who holds which.

Every n-gram is a 64-bit key made of stable hashes, so that nothing depends on the order of rows or on a vocabulary.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse

# A word, one ideograph or syllable of a script without spaces, or a run of punctuation.
TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['’][^\W_]+)*|[^\w\s]+|_+")
WORDS, CHARACTERS = 3, 4  # longest word n-gram; length of character n-grams
_ODD = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ue000-\uf8ff]"
)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BUCKETS = 22  # bits: four million counters of document frequency, 16 MB
_AT_ONCE = 8_000_000  # characters of texts whose n-grams are kept between two passes: about 100 MB


@dataclass(frozen=True)
class Grams:
    """The n-grams of one text: key, and the span of characters at which it stands."""

    keys: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


def _mixed(values: np.ndarray, kind: int) -> np.ndarray:
    value = (values + np.uint64(kind)) * _MIX
    value ^= value >> np.uint64(31)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(29))


@lru_cache(1 << 16)
def _hash(word: str) -> int:
    return zlib.crc32(word.lower().encode("utf-8", "replace"))


def _hashed(words: Sequence[str]) -> np.ndarray:
    return np.array([_hash(word) for word in words], np.uint64)


def tokens(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keys, starts and ends of the tokens, case folded."""
    found = [m.span() for m in TOKEN.finditer(text)]
    places = np.array(found, np.int64).reshape(-1, 2)
    return _hashed([text[a:b] for a, b in found]), places[:, 0], places[:, 1]


def runs(keys: np.ndarray, length: int) -> np.ndarray:
    """One key for each run of `length` tokens."""
    count = max(0, len(keys) - length + 1)
    value = np.zeros(count, np.uint64)
    for offset in range(length):
        value = value * _MIX + keys[offset : offset + count]
    return _mixed(value, length)


def grams(text: str, characters: bool = True) -> Grams:
    """All n-grams: words up to three, unusual capitals, invisible characters, and runs of four characters."""
    keys, starts, ends = tokens(text)
    parts = [(runs(keys, n), starts[: max(0, len(keys) - n + 1)], ends[n - 1 :]) for n in range(1, WORDS + 1)]
    parts.append(_capitals(text, starts, ends))
    if not text.isascii():
        parts.append(_invisible(text))
    if characters:
        parts.append(_characters(text))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Grams(columns[0], columns[1], columns[2])


def _capitals(text: str, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tokens in capitals that are neither a whole sentence's nor a word's usual ones: ``cF``, ``TRIGGER``."""
    spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
    odd = [(text[a:b], a, b) for a, b in spans if b - a > 1 and not text[a + 1 : b].islower() and text[a:b].isalpha()]
    keys = _mixed(_hashed([f"capitals:{zlib.crc32(word.encode())}" for word, _, _ in odd]), 20)
    return keys, np.array([o[1] for o in odd], np.int64), np.array([o[2] for o in odd], np.int64)


def _invisible(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = [(m.start(), m.group()) for m in _ODD.finditer(text)]
    places = np.array([place for place, _ in found], np.int64)
    return _mixed(_hashed([f"invisible:{mark}" for _, mark in found]), 21), places, places + 1


def _characters(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    codes = np.frombuffer(text.lower()[: len(text)].encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    keys = runs(codes, CHARACTERS)
    places = np.arange(len(keys), dtype=np.int64)
    return keys + np.uint64(1), places, places + CHARACTERS


def shown(text: str) -> str:
    """Invisible characters by their names: ``U+200B ZERO WIDTH SPACE``."""
    return _ODD.sub(lambda m: f"[U+{ord(m.group()):04X} {unicodedata.name(m.group(), 'unnamed')}]", text)


@dataclass(frozen=True)
class Table:
    """Which row holds which n-gram: ``matrix`` is rows by n-grams, ones and zeros; ``keys`` name the columns."""

    matrix: sparse.csr_matrix
    keys: np.ndarray


def table(texts: Sequence[str], least: int, most: int, characters: bool = True) -> Table:
    """N-grams that at least `least` and at most `most` rows hold. Two passes, so that rare ones cost no memory."""
    known = list(_unique(texts, characters)) if sum(map(len, texts)) <= _AT_ONCE else None
    frequent = _frequent(known or _unique(texts, characters), least)
    kept = [_held(keys, frequent) for keys in known or _unique(texts, characters)]
    del known
    vocabulary, counts = np.unique(np.concatenate([*kept, np.zeros(0, np.uint64)]), return_counts=True)
    vocabulary = vocabulary[(counts >= least) & (counts <= most)]
    columns = [_columns(keys, vocabulary) for keys in kept]
    ends = np.concatenate([[0], np.cumsum([len(c) for c in columns])])
    flat = np.concatenate([*columns, np.zeros(0, np.int64)]).astype(np.int32)
    shape = (len(texts), len(vocabulary))
    return Table(sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=shape), vocabulary)


def _unique(texts: Sequence[str], characters: bool) -> Iterator[np.ndarray]:
    for text in texts:
        yield np.unique(grams(text, characters).keys)


def _frequent(rows: Iterable[np.ndarray], least: int) -> np.ndarray:
    """Which buckets of keys at least `least` rows fall into; never leaves out an n-gram that frequent."""
    counts = np.zeros(1 << _BUCKETS, np.int32)
    for keys in rows:  # sorted, so that equal buckets are neighbours
        buckets = (keys >> np.uint64(64 - _BUCKETS)).astype(np.int64)
        counts[buckets[np.flatnonzero(np.diff(buckets, prepend=-1))]] += 1
    return counts >= least


def _held(keys: np.ndarray, frequent: np.ndarray) -> np.ndarray:
    return keys[frequent[(keys >> np.uint64(64 - _BUCKETS)).astype(np.int64)]]


def _columns(keys: np.ndarray, vocabulary: np.ndarray) -> np.ndarray:
    places = np.searchsorted(vocabulary, keys)
    places[places == len(vocabulary)] = 0
    return places[vocabulary[places] == keys] if len(vocabulary) else np.zeros(0, np.int64)


def spans(text: str, key: np.uint64, characters: bool = True) -> list[tuple[int, int]]:
    """Where the n-gram stands in a text, in order."""
    found = grams(text, characters)
    hits = np.flatnonzero(found.keys == key)
    return [(int(found.starts[i]), int(found.ends[i])) for i in hits]


def without(text: str, places: list[tuple[int, int]]) -> str:
    """The text with those spans taken out; the space that stood around a whole word closes."""
    for start, end in reversed(places):
        left, right = text[:start], text[end:]
        text = left + (right[1:] if left.endswith(" ") and right.startswith(" ") else right)
    return text
