"""MinHash signatures of many texts at once.

The similarity of two texts is the Jaccard similarity of their sets of character shingles, and the share of equal slots
of two signatures estimates it (A. Broder, "On the resemblance and containment of documents", 1997). Hashing every
shingle once for every slot is slow, so slots are filled by rounds: in each round every shingle falls into one slot, the
smallest value in a slot that was empty before stays, and rounds go on until no slot is empty (S. Dahlgaard, M. Knudsen
and M. Thorup, "Fast similarity sketching", 2017). That gives slots as independent as those of plain MinHash for texts of
any length, which one-permutation hashing (P. Li, A. Owen and C. Zhang, 2012) does not for short ones.
"""

from collections.abc import Iterator

import numpy as np

SHINGLE = 5  # characters; short enough for one-line answers, long enough that common words do not collide
SLOTS = 128  # standard error of an estimate at most 1/(2 sqrt(128)), about 0.045; the verification removes it
EMPTY = np.uint32(0xFFFFFFFF)
_ROUNDS = 48  # fill every slot of texts from about 25 shingles on; what stays empty is filled slot by slot
_BLOCK = 1 << 16  # characters worked on at a time: arrays that fit into a core's cache
_SLOT_SHIFT = np.uint64(57)  # the upper 7 bits of a hash choose the slot
_VALUE_SHIFT = np.uint64(25)  # the next 32 are its value


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
    for factor, offset in zip(rounds[0][:_ROUNDS], rounds[1][:_ROUNDS], strict=True):
        drawn = hashes * factor + offset
        slots = (owners * SLOTS) + (drawn >> _SLOT_SHIFT).astype(np.int64)
        values = (drawn >> _VALUE_SHIFT).astype(np.uint32)
        free = flat[slots] == EMPTY
        np.minimum.at(flat, slots[free], values[free])
        waiting = (found == EMPTY).any(axis=1)[owners]
        if not waiting.any():
            return
        if not waiting.all():
            hashes, owners = hashes[waiting], owners[waiting]
    _fill_rest(found, hashes, owners, (rounds[0][_ROUNDS:], rounds[1][_ROUNDS:]))


def _fill_rest(found: np.ndarray, hashes: np.ndarray, owners: np.ndarray, rest: tuple[np.ndarray, np.ndarray]) -> None:
    """Slots that no shingle of a very short text fell into: the least of a hash that belongs to the slot."""
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    for own, member in zip(np.split(hashes, starts[1:]), owners[starts], strict=True):
        empty = np.flatnonzero(found[member] == EMPTY)
        drawn = own[:, None] * rest[0][empty] + rest[1][empty]
        found[member, empty] = (drawn >> _VALUE_SHIFT).astype(np.uint32).min(axis=0)
