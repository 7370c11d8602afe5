"""Small dense groups of rows far from all the rest: how copies that somebody planted and varied a little look.

Every row is compared with a few hundred rows drawn by chance, not with every other. Rows that resemble hardly any of
them are far away; of those, the ones that resemble each other closely form a group. A table made of many templates has
many dense groups, but none farther than the others, so distance is
measured against that of the farthest ordinary rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfTransformer

from workers.scanning.labels import vectors

DRAWN = 400  # rows that every row is compared with
NEIGHBOURS = 10  # the similarity to the tenth nearest of them: a group below 2 % of the rows cannot hide in itself
FARTHEST = 0.03  # share of the rows that may belong to a group
MOST = 1_500  # of them, so that comparing them with each other stays cheap
ALIKE = 0.55  # cosine similarity that joins two rows
LEAST = 5  # rows of a group
EDGE = 0.05  # share of ordinary rows that are farther than the rest; a group must be far beyond them
FAR = 0.4  # similarity of a group to the rest, as a share of the similarity at that edge
MIN_ROWS = 200


@dataclass(frozen=True)
class Group:
    """Rows that are alike and far from the rest. Similarities are cosines; ``edge`` is that of ordinary far rows."""

    rows: tuple[int, ...]
    within: float
    to_rest: float
    edge: float


def find(texts: Sequence[str], seed: int) -> list[Group]:
    """Groups, the largest first; none where there are too few rows to know what is usual."""
    if len(texts) < MIN_ROWS:
        return []
    features = TfidfTransformer(sublinear_tf=True).fit_transform(vectors(texts)).astype(np.float32)
    near = _nearness(features, seed)
    edge = float(np.quantile(near, EDGE))
    far = np.argsort(near, kind="stable")[: min(MOST, int(FARTHEST * len(texts)))]
    groups = [(far[members], within) for members, within in _groups(features[far])]
    found = [Group(tuple(rows.tolist()), within, float(near[rows].mean()), edge) for rows, within in groups]
    return [group for group in found if group.to_rest <= FAR * edge]


def _nearness(features: sparse.csr_matrix, seed: int) -> np.ndarray:
    """Similarity of each row to its tenth nearest among the drawn ones."""
    count = features.shape[0]
    drawn = np.random.default_rng(seed).choice(count, min(DRAWN, count), replace=False)
    others = features[drawn].T.tocsc()
    place = min(NEIGHBOURS, len(drawn) - 1)
    found = [
        -np.partition(-(features[start : start + 2_000] @ others).toarray(), place, axis=1)[:, place]
        for start in range(0, count, 2_000)
    ]
    return np.concatenate(found)


def _groups(features: sparse.csr_matrix) -> list[tuple[np.ndarray, float]]:
    if features.shape[0] < LEAST:
        return []
    alike = features @ features.T
    alike.setdiag(0)
    linked = alike.multiply(alike >= ALIKE).tocsr()
    linked.eliminate_zeros()
    _, group_of = connected_components(linked, directed=False)
    found = []
    for group in np.flatnonzero(np.bincount(group_of) >= LEAST):
        members = np.flatnonzero(group_of == group)
        inside = alike[members][:, members].sum() / (len(members) * (len(members) - 1))
        found.append((members, float(inside)))
    return sorted(found, key=lambda g: (-len(g[0]), int(g[0][0])))
