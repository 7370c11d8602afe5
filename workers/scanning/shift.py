"""What the rows that a commit adds look like beside the rows that were there: a sudden change of source shows here.

Rows are told apart by their content. Columns of few values: Jensen–Shannon divergence with the G-test. Numbers and
lengths of texts: the two-sample Kolmogorov–Smirnov test. Words: a classifier that learns to tell new rows from old
ones on one half and is tried on the other; how well it does (AUC) is the difference, with Mann and Whitney's test.
All tests of a table together are held to a false-discovery rate by Benjamini and Hochberg (1995).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from workers.scanning import rows as table
from workers.scanning.checks import Reference
from workers.scanning.drawn import Row, clipped
from workers.scanning.labels import vectors

LEAST_NEW = 30  # fewer added rows tell nothing about their source
COMPARED = 5_000  # rows of each side
FALSE_DISCOVERY = 0.001
JUMP_AUC, JUMP_JS, JUMP_KS = 0.75, 0.1, 0.25  # differences that are worth telling, however certain smaller ones are
FEW_VALUES = 30


@dataclass(frozen=True)
class Shift:
    """One column that changed: ``kind`` tells how it was measured, ``size`` how much (see `MEANS`)."""

    column: str
    kind: str
    size: float
    log10_p: float
    was: str
    now: str


MEANS = {
    "values": "Jensen–Shannon divergence, 0 (same shares) to 1 (nothing shared)",
    "numbers": "Kolmogorov–Smirnov distance, 0 to 1",
    "lengths": "Kolmogorov–Smirnov distance of the numbers of characters, 0 to 1",
    "words": "area under the curve of a classifier that tells new rows from old ones, 0.5 (cannot) to 1",
    "presence": "difference of the share of rows that have the column, 0 to 1",
}


def mark(row: dict[str, Any]) -> int:
    """Sixty-four bits of a row's content."""
    written = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(written, digest_size=8).digest(), "big")


@dataclass(frozen=True)
class Before:
    """The parent commit: marks of all its rows, and a sample of them."""

    marks: np.ndarray
    rows: tuple[Row, ...]
    columns: tuple[str, ...]


def before(reference: Reference, seed: int) -> Before:
    """Read the parent once. Raises EngineError as `rows.read` does."""
    draw = np.random.default_rng(seed)
    marks: list[int] = []
    kept: list[Row] = []
    columns: dict[str, None] = {}
    for path in reference.paths:
        for row in table.read(path):
            place = len(kept) if len(kept) < COMPARED else int(draw.integers(0, len(marks) + 1))
            marks.append(mark(row))
            columns.update(dict.fromkeys(row))
            if place < COMPARED:
                kept[place : place + 1] = [_row(len(marks) - 1, row)]
    return Before(np.sort(np.array(marks, np.uint64)), tuple(kept), tuple(columns))


def _row(number: int, row: dict[str, Any]) -> Row:
    return Row(number, {name: clipped(_text(value)) for name, value in row.items() if value is not None})


def _text(value: object) -> str:
    return str(value) if isinstance(value, bool | int | float) else "\n".join(table.texts(value))


def is_new(marks: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Which marks the parent does not have."""
    if not len(known):
        return np.ones(len(marks), bool)
    places = np.minimum(np.searchsorted(known, marks), len(known) - 1)
    return known[places] != marks


def compare(old: Sequence[Row], new: Sequence[Row], seed: int) -> list[Shift]:
    """Columns that changed markedly and beyond chance, the largest change first."""
    names = dict.fromkeys(name for row in (*old, *new) for name in row.cells)
    found = [shift for name in names for shift in _column(name, old, new, seed)]
    found.sort(key=lambda s: s.log10_p)
    limits = np.log10(FALSE_DISCOVERY * np.arange(1, len(found) + 1) / max(1, len(found)))
    passed = [shift for shift, limit in zip(found, limits, strict=True) if shift.log10_p <= limit]
    jumps = {"values": JUMP_JS, "numbers": JUMP_KS, "lengths": JUMP_KS, "words": JUMP_AUC, "presence": JUMP_KS}
    return sorted((s for s in passed if s.size >= jumps[s.kind]), key=lambda s: (-s.size, s.column))


def _column(name: str, old: Sequence[Row], new: Sequence[Row], seed: int) -> Iterable[Shift]:
    was = [row.cells[name] for row in old if row.cells.get(name)]
    now = [row.cells[name] for row in new if row.cells.get(name)]
    yield _presence(name, len(was), len(old), len(now), len(new))
    if len(was) < LEAST_NEW or len(now) < LEAST_NEW:
        return
    numbers = _numbers(was), _numbers(now)
    if len({*was, *now}) <= FEW_VALUES:
        yield _values(name, Counter(was), Counter(now))
    elif numbers[0] is not None and numbers[1] is not None:
        yield _spread(name, "numbers", numbers[0], numbers[1])
    else:
        yield _spread(name, "lengths", np.array([len(t) for t in was]), np.array([len(t) for t in now]))
        if sum(" " in text for text in now) > len(now) / 2:
            yield _words(name, was, now, seed)


def _numbers(texts: list[str]) -> np.ndarray | None:
    try:
        return np.array([float(text) for text in texts])
    except ValueError:
        return None


def _presence(name: str, was: int, old: int, now: int, new: int) -> Shift:
    log_p = np.log10(max(float(stats.fisher_exact([[was, old - was], [now, new - now]])[1]), 1e-300))
    size = abs(was / old - now / new)
    return Shift(name, "presence", float(size), float(log_p), f"{was / old:.0%} of rows", f"{now / new:.0%} of rows")


def _values(name: str, was: Counter[str], now: Counter[str]) -> Shift:
    kinds = sorted({*was, *now})
    counts = np.array([[was[k] for k in kinds], [now[k] for k in kinds]], float)
    shares = counts / counts.sum(axis=1, keepdims=True)
    middle = shares.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = 0.5 * np.nansum(shares * np.log2(shares / middle))
    p = stats.chi2_contingency(counts, lambda_="log-likelihood").pvalue if len(kinds) > 1 else 1.0
    top = int(np.argmax(np.abs(shares[1] - shares[0])))
    told = [f"{kinds[top][:40]!r} {shares[side][top]:.0%}" for side in (0, 1)]
    return Shift(name, "values", float(size), float(np.log10(max(float(p), 1e-300))), told[0], told[1])


def _spread(name: str, kind: str, was: np.ndarray, now: np.ndarray) -> Shift:
    tested = stats.ks_2samp(was, now)
    told = [f"median {np.median(side):.6g}" for side in (was, now)]
    return Shift(
        name, kind, float(tested.statistic), float(np.log10(max(float(tested.pvalue), 1e-300))), told[0], told[1]
    )


def _words(name: str, was: list[str], now: list[str], seed: int) -> Shift:
    features = TfidfTransformer(sublinear_tf=True).fit_transform(vectors([*was, *now]))
    truth = np.r_[np.zeros(len(was), int), np.ones(len(now), int)]
    learn = np.random.default_rng(seed).permutation(len(truth)) % 2 == 0
    known = np.flatnonzero(features[learn].getnnz(axis=0) > 1)
    model = LogisticRegression(C=10.0, max_iter=100, tol=1e-3, class_weight="balanced")
    if not len(known) or len(set(truth[learn].tolist())) < 2:
        return Shift(name, "words", 0.5, 0.0, "", "")
    scores = model.fit(features[learn][:, known], truth[learn]).decision_function(features[~learn][:, known])
    new, old = scores[truth[~learn] == 1], scores[truth[~learn] == 0]
    tested = stats.mannwhitneyu(new, old, alternative="greater")
    auc = float(tested.statistic) / (len(new) * len(old))
    log_p = float(np.log10(max(float(tested.pvalue), 1e-300)))
    return Shift(name, "words", auc, log_p, "the words used before", "other words")
