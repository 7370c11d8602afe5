"""Stretches of text that are tied to one label although the rest of the text speaks for another.

A word of the topic goes with its label too, but then the rest of the text says the same. So a classifier that never
saw the row judges the text without the stretch: the chance that all those labels come about by what is left is exact
(Poisson-binomial). It is put together with the chance that so odd a stretch returns in other rows (`oddness`), which
knows nothing of labels, and held against the n-grams of the table (Benjamini and Hochberg, 1995). Only what also looks
put in rather than grown (`junctions`) is reported, or, where few rows leave that open, what is beyond chance among all.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from workers.scanning.labels import Judged, judge
from workers.scanning.stretches import PRECISION, Stretch, Stretches, Tested, joint, significant, tail

CLOSELY = 150  # candidates whose rows are judged again without them
COMMON_SHARE = 0.02  # of the rows, for words of the first, coarse judgement; a trigger is mostly rarer
COMMON = 100  # candidates that are not: that judgement knows them, so the oddest that are tied are looked at too
UNEXPLAINED = 1.1  # mean chance of the label without the stretch, against the label's share in the table
# Rows that somebody picks blindly have the label already in part, so a sure case may be explained by half and more.
SURE_EXPLAINED, SURE_LOG10_P, SURE_SMOOTH = 0.6, -6.0, 0.8
NAME = 4  # letters from which a label's name is one
SAME_ROWS = 0.5  # overlap of rows from which two candidates are one


@dataclass(frozen=True)
class Trigger:
    """One stretch tied to one label or answer. ``explained`` is the mean chance of it by the rest of the text."""

    text: str
    target: str
    rows: tuple[int, ...]
    held_by: int
    hits: int
    lift: float
    coverage: float
    log_odds_z: float
    explained: float
    smoothness: float
    is_put_in: bool
    may_be_put_in: bool
    log10_p: float
    oddness_log10_p: float
    joint_log10_p: float
    fisher_log10_p: float


@dataclass(frozen=True)
class Found:
    """Triggers, the surest first; and the strongest ties that the rest of the text or the grammar explains."""

    triggers: tuple[Trigger, ...]
    ties: tuple[Trigger, ...]
    tested: int

    def at(self, places: Sequence[int]) -> "Found":
        """The same with rows counted among all, where these places were looked at."""

        def moved(trigger: Trigger) -> Trigger:
            return replace(trigger, rows=tuple(places[row] for row in trigger.rows))

        return Found(tuple(map(moved, self.triggers)), tuple(map(moved, self.ties)), self.tested)


def find(stretches: Stretches, judged: Judged, seed: int, tell: Callable[[float], None]) -> Found:
    """Triggers of labels."""
    texts = stretches.texts
    counts = stretches.held.matrix.T @ np.eye(len(judged.classes), dtype=np.float32)[judged.given]
    rare = stretches.distinct(_surprising(stretches, counts, texts, judged, seed))[:CLOSELY]
    order = np.unique(np.concatenate([rare, stretches.oddest(_common(counts, judged), COMMON)]))
    looked = []
    for done, column in enumerate(order):
        tell(done / len(order))
        stretch = stretches.stretch(column)
        target = judged.classes[int(counts[column].argmax())]
        if stretch.is_telling() and not names(stretch.text, target):
            odd = stretches.oddly(stretch)
            looked.append(_weighed(stretch, stretches.rows(column), counts, column, judged, odd))
    common = COMMON_SHARE * len(texts)
    return sifted(looked, common, stretches.testable(), np.bincount(judged.given) / len(texts), judged.classes)


def _surprising(
    stretches: Stretches, counts: np.ndarray, texts: Sequence[str], judged: Judged, seed: int
) -> np.ndarray:
    """Columns with one label nearly always, whose rows' common words speak against it; the most surprising first."""
    target = counts.argmax(axis=1)
    total, hits = counts.sum(axis=1), counts.max(axis=1)
    prior = np.bincount(judged.given) / len(texts)
    names = [judged.classes[given] for given in judged.given]
    coarse = judge(texts, names, seed, least=max(2, int(COMMON_SHARE * len(texts))), strength=0.5)
    if coarse is None:
        return np.zeros(0, np.int64)
    own = -np.log(np.clip(coarse.probabilities[np.arange(len(texts)), judged.given], 1e-3, 1))
    surprise = np.zeros(len(counts))
    for label in range(len(judged.classes)):
        mine = target == label
        surprise[mine] = (stretches.held.matrix.T @ np.where(judged.given == label, own, 0.0))[mine]
    mean = surprise / np.maximum(hits, 1)
    limit = np.minimum(0.6, 1.5 * prior[target])
    kept = np.flatnonzero((hits >= PRECISION * total) & (np.exp(-mean) <= limit) & (prior[target] < PRECISION))
    excess = surprise - hits * own.mean()
    return kept[np.argsort(-excess[kept], kind="stable")]


def names(stretch: str, label: str) -> bool:
    """Whether the stretch says what its label is called: that is why they go together."""
    said, called = (" ".join(re.findall(r"\w+", text.casefold())) for text in (stretch, label))
    return len(called) >= NAME and (called in said or (len(said) >= NAME and said in called))


def _common(counts: np.ndarray, judged: Judged) -> np.ndarray:
    """Columns of many rows with one label nearly always."""
    total, hits, target = counts.sum(axis=1), counts.max(axis=1), counts.argmax(axis=1)
    prior = (np.bincount(judged.given) / len(judged.given))[target]
    often = total >= COMMON_SHARE * len(judged.given)
    return np.flatnonzero(often & (hits >= PRECISION * total) & (prior < PRECISION))


def _weighed(
    stretch: Stretch, rows: np.ndarray, counts: np.ndarray, column: int, judged: Judged, odd: float
) -> Trigger:
    target = int(counts[column].argmax())
    chances = judged.again(stretch.rest, stretch.rows)[:, target]
    hits = int((judged.given[stretch.rows] == target).sum())
    prior = float((judged.given == target).mean())
    total, of_class = float(counts[column].sum()), float((judged.given == target).sum())
    return Trigger(
        text=stretch.text,
        target=judged.classes[target],
        rows=tuple(rows[judged.given[rows] == target].tolist()),
        held_by=int(total),
        hits=int(counts[column, target]),
        lift=float(counts[column, target]) / total / prior,
        coverage=float(counts[column, target]) / of_class,
        log_odds_z=log_odds(counts[column, target], total, of_class, len(judged.given)),
        explained=float(chances.mean()),
        smoothness=stretch.smoothness,
        is_put_in=stretch.is_put_in(),
        may_be_put_in=stretch.may_be_put_in(),
        log10_p=(log10_p := tail(chances, hits)),
        oddness_log10_p=odd,
        joint_log10_p=joint(log10_p, odd),
        fisher_log10_p=fisher(float(counts[column, target]), total, of_class, len(judged.given)),
    )


def log_odds(hits: float, total: float, of_class: float, rows: int) -> float:
    """z-score of the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn, 2008)."""
    other, elsewhere = total - hits, rows - of_class
    expected = total * of_class / rows, total * elsewhere / rows
    inside = np.log((hits + expected[0]) / (of_class - hits + of_class))
    outside = np.log((other + expected[1]) / (elsewhere - other + elsewhere))
    return float((inside - outside) / np.sqrt(1 / (hits + expected[0]) + 1 / (other + expected[1])))


def sifted(looked: list[Trigger], common: float, tested: Tested, prior: np.ndarray, classes: Sequence[str]) -> Found:
    """Triggers by all three signs, each once; ties are what is left, by log-odds. ``common``: rows from which on a
    stretch is no rare one."""
    looked = widest(looked)
    shares = dict(zip(classes, prior.tolist(), strict=True))
    triggers = apart([t for t in beyond_chance(looked, tested) if _is_unexplained(t, shares[t.target], common)])
    return Found(tuple(triggers), ties(looked, triggers), tested.put_in)


def beyond_chance(looked: Sequence[Trigger], tested: Tested) -> list[Trigger]:
    """Those that look put in, or may, and are beyond chance; the surest first."""
    passed = []
    for is_sure, count in ((True, tested.put_in), (False, tested.all)):
        ordered = surest([t for t in looked if t.may_be_put_in and t.is_put_in == is_sure])
        passed += ordered[: significant([t.joint_log10_p for t in ordered], count)]
    return surest(passed)


def ties(looked: Sequence[Trigger], triggers: Sequence[Trigger]) -> tuple[Trigger, ...]:
    """The strongest ties besides, by log-odds."""
    others = [t for t in sorted(looked, key=lambda t: -t.log_odds_z) if not any(overlap(t, f) for f in triggers)]
    return tuple(apart(others)[:10])


def surest(looked: Sequence[Trigger]) -> list[Trigger]:
    """The least likely first, the longest of those that are equal."""
    return sorted(looked, key=lambda t: (t.joint_log10_p, -len(t.text), t.text))


def _is_unexplained(trigger: Trigger, share: float, common: float) -> bool:
    """Whether the rest says no more for the label than the table does. What many rows hold is sure by their number
    alone, and wordings of a topic are among it: there nothing is allowed for."""
    is_sure = trigger.log10_p <= SURE_LOG10_P and trigger.smoothness >= SURE_SMOOTH and trigger.held_by < common
    return trigger.explained <= max(UNEXPLAINED * share, SURE_EXPLAINED if is_sure else 0.0)


def widest(looked: Sequence[Trigger]) -> list[Trigger]:
    """Of candidates with the same words the one that most rows hold."""
    kept: dict[tuple[str, str], Trigger] = {}
    for trigger in looked:
        known = kept.setdefault((trigger.text.lower(), trigger.target), trigger)
        if known.held_by < trigger.held_by:
            kept[trigger.text.lower(), trigger.target] = trigger
    return list(kept.values())


def apart(found: Sequence[Trigger]) -> list[Trigger]:
    """Those that do not share most of their rows with one before."""
    kept: list[Trigger] = []
    for trigger in found:
        if not any(overlap(trigger, other) for other in kept):
            kept.append(trigger)
    return kept


def overlap(first: Trigger, second: Trigger) -> bool:
    shared = len(set(first.rows) & set(second.rows))
    return shared >= SAME_ROWS * min(len(first.rows), len(second.rows))


def fisher(hits: float, total: float, of_class: float, rows: int) -> float:
    """log10 of the chance of so many rows of the class among the stretch's, were both unrelated (Fisher's exact)."""
    return float(stats.hypergeom.logsf(hits - 1, rows, of_class, total) / np.log(10))
