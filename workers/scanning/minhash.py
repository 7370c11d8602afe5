"""MinHash signatures of many texts at once.

The similarity of two texts is the Jaccard similarity of their sets of character shingles, and the share of equal slots
of two signatures estimates it (A. Broder, "On the resemblance and containment of documents", 1997). Hashing every
shingle once for every slot is slow, so slots are filled by rounds: in each round every shingle falls into one slot, the
smallest value in a slot that was empty before stays, and rounds go on until no slot is empty (S. Dahlgaard, M. Knudsen
and M. Thorup, "Fast similarity sketching", 2017). That gives slots as independent as those of plain MinHash for texts
of any length, which one-permutation hashing (P. Li, A. Owen and C. Zhang, 2012) does not for short ones.
"""

from collections.abc import Iterator

import numpy as np

SHINGLE = 5  # characters; short enough for one-line answers, long enough that common words do not collide
SLOTS = 128  # standard error of an estimate at most 1/(2 sqrt(128)), about 0.045; the verification removes it
EMPTY = np.uint32(0xFFFFFFFF)
_ROUNDS = 48  # fill every slot of texts from about 25 shingles on; what stays empty is filled slot by slot
_BLOCK = 1 << 16  # characters worked on at a time: arrays that fit into a core's cache
_SLOT_SHIFT = np.uint64(57)  # the upper 7 bits of a hash choose the slot
_VALUE_BITS = 26  # the next bits are its value, behind the number of the round
_VALUE_SHIFT = np.uint64(57 - _VALUE_BITS)
_VALUE_MASK = np.uint32((1 << _VALUE_BITS) - 1)
_CHECK_EVERY, _WORTH_SORTING_OUT = 3, 0.8


def signatures(texts: list[str], seed: int) -> np.ndarray:
    """One row of SLOTS values of 32 bits for each text."""
    found = np.full((len(texts), SLOTS), EMPTY, dtype=np.uint32)
    rounds = _factors(seed)
    for first, last in _blocks(texts):
        hashes, owners = hashed_shingles(texts[first:last])
        _fill(found[first:last], hashes, owners, rounds)
    return found


def hashed_shingles(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """A 64-bit hash of every shingle of every text, and the text that each belongs to. Shorter texts count as one."""
    padded = [text if len(text) >= SHINGLE else text.ljust(SHINGLE) for text in texts]
    lengths = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    value = np.zeros(max(0, len(codes) - SHINGLE + 1), dtype=np.uint64)
    for offset in range(SHINGLE):
        value *= np.uint64(0x9E3779B97F4A7C15)
        value += codes[offset : offset + len(value)]
    inside = np.ones(len(codes), dtype=bool)  # shingles that do not reach into the next text
    ends = np.cumsum(lengths)
    for offset in range(1, SHINGLE):
        inside[ends - offset] = False
    owners = np.repeat(np.arange(len(texts)), lengths - SHINGLE + 1)
    return mixed(value[inside[: len(value)]]), owners


def mixed(value: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64 (Steele, Lea, Flood, 2014): every bit of the input tells in every bit."""
    value = value ^ (value >> np.uint64(30))
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return np.asarray(value ^ (value >> np.uint64(31)))


def _blocks(texts: list[str]) -> Iterator[tuple[int, int]]:
    first = size = 0
    for number, text in enumerate(texts):
        size += len(text)
        if size >= _BLOCK:
            yield first, number + 1
            first, size = number + 1, 0
    if first < len(texts):
        yield first, len(texts)


def _factors(seed: int) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    factors = source.integers(0, 2**63, _ROUNDS + SLOTS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return factors, source.integers(0, 2**63, _ROUNDS + SLOTS, dtype=np.uint64)


def _fill(found: np.ndarray, hashes: np.ndarray, owners: np.ndarray, rounds: tuple[np.ndarray, np.ndarray]) -> None:
    flat = found.reshape(-1)
    bases = owners * SLOTS
    for number in range(_ROUNDS):
        drawn = hashes * rounds[0][number]
        drawn += rounds[1][number]
        values = (drawn >> _VALUE_SHIFT).astype(np.uint32)
        values &= _VALUE_MASK
        values |= np.uint32(number << _VALUE_BITS)  # a later round never displaces an earlier one
        drawn >>= _SLOT_SHIFT
        slots = drawn.view(np.int64)
        slots += bases
        np.minimum.at(flat, slots, values)
        if number % _CHECK_EVERY == 0:
            waiting = (found.max(axis=1) == EMPTY)[owners]
            if not waiting.any():
                return
            if waiting.mean() < _WORTH_SORTING_OUT:
                hashes, owners, bases = hashes[waiting], owners[waiting], bases[waiting]
    waiting = (found.max(axis=1) == EMPTY)[owners]
    _fill_rest(found, hashes[waiting], owners[waiting], (rounds[0][_ROUNDS:], rounds[1][_ROUNDS:]))


def _fill_rest(found: np.ndarray, hashes: np.ndarray, owners: np.ndarray, rest: tuple[np.ndarray, np.ndarray]) -> None:
    """Slots that no shingle of a very short text fell into: the least of a hash that belongs to the slot."""
    members, empty = np.nonzero(found == EMPTY)
    counts = np.bincount(members, minlength=len(found))
    firsts = np.cumsum(counts) - counts
    times = counts[owners]  # every shingle meets every empty slot of its text
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    slots = empty[np.repeat(firsts[owners], times) + within]
    drawn = np.repeat(hashes, times) * rest[0][slots] + rest[1][slots]
    values = (drawn >> _VALUE_SHIFT).astype(np.uint32) & _VALUE_MASK
    values |= np.uint32(_ROUNDS << _VALUE_BITS)
    np.minimum.at(found.reshape(-1), np.repeat(owners, times) * SLOTS + slots, values)
