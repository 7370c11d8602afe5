"""Hashes of every run of so many values beside each other, in a few passes over the whole."""

import numpy as np

from workers.scanning.minhash import mixed

_FACTOR = 0x9E3779B97F4A7C15


def runs(values: np.ndarray, length: int) -> np.ndarray:
    """A 64-bit hash of every run of `length` values: a polynomial modulo 2^64, put together from runs of 1, 2, 4 …"""
    if len(values) < length:
        return np.zeros(0, dtype=np.uint64)
    doubled, size = values, 1
    found: np.ndarray | None = None
    done = 0
    while True:
        if length & size:
            found = doubled if found is None else _beside(found, done, doubled, size)
            done += size
        if done == length:
            break
        doubled, size = _beside(doubled, size, doubled, size), 2 * size
    assert found is not None
    return mixed(found)


def _beside(left: np.ndarray, width: int, right: np.ndarray, length: int) -> np.ndarray:
    """Runs of width + length values from runs of both, the second `width` values behind the first."""
    count = min(len(left), len(right) - width)
    factor = np.uint64(pow(_FACTOR, length, 1 << 64))
    return np.asarray(left[:count] * factor + right[width : width + count])


def places(lengths: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The runs that lie within one part of a whole: the number of the part, where they begin in it and in the whole."""
    counts = np.maximum(lengths - length + 1, 0)
    owners = np.repeat(np.arange(len(lengths)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return owners, within, (np.cumsum(lengths) - lengths)[owners] + within
