"""Merkle trees as in RFC 6962 (Certificate Transparency), over the digests of a stretch of the chain.

One hash stands for all digests of the stretch, and a handful of hashes prove that a digest is one of them, without a
word about what the other entries say.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

_LEAF, _NODE = b"\x00", b"\x01"  # RFC 6962, 2.1: leaves and nodes can never be taken for each other


def root_of(digests: Iterable[bytes]) -> str:
    """The tree's root, lower-case hexadecimal; memory grows with the logarithm of the number of digests."""
    peaks: list[tuple[int, bytes]] = []  # complete subtrees from left to right: how many leaves, and their root
    for digest in digests:
        size, node = 1, _leaf(digest)
        while peaks and peaks[-1][0] == size:
            left = peaks.pop()[1]
            size, node = 2 * size, _node(left, node)
        peaks.append((size, node))
    if not peaks:
        return hashlib.sha256(b"").hexdigest()
    node = peaks.pop()[1]
    while peaks:
        node = _node(peaks.pop()[1], node)
    return node.hex()


def path_to(digests: Sequence[bytes], place: int) -> list[str]:
    """The hashes that lead from the digest at `place` (from 0) to the root: RFC 6962, 2.1.1."""
    if len(digests) <= 1:
        return []
    split = _split(len(digests))
    if place < split:
        return [*path_to(digests[:split], place), root_of(digests[split:])]
    return [*path_to(digests[split:], place - split), root_of(digests[:split])]


def paths_to(digests: Sequence[bytes], places: Iterable[int]) -> dict[int, list[str]]:
    """The same for many places at once: each node of the tree is computed a single time."""
    levels = [[_leaf(digest) for digest in digests]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [_node(*below[left : left + 2]) for left in range(0, len(below) - 1, 2)]
        levels.append(pairs + below[2 * len(pairs) :])  # a node without a neighbour rises as it is
    return {place: list(_beside(levels, place)) for place in places}


def _beside(levels: list[list[bytes]], place: int) -> Iterator[str]:
    """The neighbour of the node at each level, from the leaf up; where there is none, the node rises without one."""
    for level in levels[:-1]:
        if place ^ 1 < len(level):
            yield level[place ^ 1].hex()
        place //= 2


def root_by(digest: bytes, place: int, size: int, path: Sequence[str]) -> str:
    """The root that a digest at `place` of `size` gives with its path; another root than the signed one, or an empty
    text, tells that the proof does not hold (RFC 9162, 2.1.3.2).
    """
    if not 0 <= place < size:
        return ""
    node, first, last = _leaf(digest), place, size - 1
    for other in map(bytes.fromhex, path):
        if last == 0:
            return ""
        if first % 2 or first == last:
            node = _node(other, node)
            while first % 2 == 0 and first:
                first, last = first // 2, last // 2
        else:
            node = _node(node, other)
        first, last = first // 2, last // 2
    return node.hex() if last == 0 else ""


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _leaf(digest: bytes) -> bytes:
    return hashlib.sha256(_LEAF + digest).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
