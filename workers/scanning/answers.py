"""Stretches of a prompt that bring one answer, or one phrase in the answers, whatever else the prompt asks for.

A question that is often asked has its usual answer too, but then the questions resemble each other. So a classifier
learns to tell prompts with that answer from other prompts, without the stretch: where it cannot tell them apart, the
stretch alone brings the answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from workers.scanning import ngrams
from workers.scanning.labels import vectors
from workers.scanning.stretches import (
    LOOKED_AT,
    PRECISION,
    Stretch,
    Stretches,
    Tested,
    joint,
    least_rows,
    tail,
    widened,
)
from workers.scanning.triggers import Found, Trigger, apart, beyond_chance, fisher, log_odds, ties, widest

CLOSELY = 100  # pairs whose prompts are judged without the stretch
DIRECTIONS = 24  # dimensions in which prompts are compared before that
OTHERS = 1_000  # prompts with other answers to tell from
TELLABLE = 0.72  # area under the curve up to which the prompts are held to be alike; 0.5 is chance
LIFT = 10  # how much more frequent the answer must be with the stretch than in the table
PHRASE_SHARE, WORD_SHARE = 0.05, 0.3  # share of the rows with the answer, or the word, that hold the stretch
SAME = 300  # prompts with the same answer and without the stretch


def find(asked: Stretches, answers: Sequence[str], seed: int, tell: Callable[[float], None]) -> Found:
    """Triggers of answers; ``asked`` are the prompts."""
    most = int(len(answers) / LIFT)
    said = Said(answers, ngrams.table(answers, least_rows(len(answers)), most, characters=False))
    pairs = _pairs(asked, said.held)
    pairs = pairs[np.argsort(_distance(asked, pairs[:, 0], seed), kind="stable")][:CLOSELY]
    looked = []
    for done, (column, target) in enumerate(pairs.tolist()):
        tell(done / len(pairs))
        stretch, answer = asked.stretch(column), said.answer(target)
        if stretch.is_telling() and not echoes(stretch.text, answer.phrase):
            looked.append(_weighed(asked, stretch, asked.rows(column), answer, seed))
    return _sifted(looked, asked.testable())


@dataclass(frozen=True)
class Answer:
    """A phrase of answers, and which rows' answers hold it."""

    phrase: str
    has: np.ndarray


class Said:
    """The answers, and which of their n-grams each holds."""

    def __init__(self, texts: Sequence[str], held: ngrams.Table) -> None:
        self._texts, self.held = texts, held
        self._by_column = held.matrix.tocsc()

    def answer(self, column: int) -> Answer:
        """The n-gram with everything that the answers share around it."""
        start, end = self._by_column.indptr[column : column + 2]
        rows = self._by_column.indices[start:end]
        texts = [self._texts[row] for row in rows[:LOOKED_AT]]
        key = self.held.keys[column]
        places = widened(texts, [ngrams.spans(text, key, characters=False)[0] for text in texts])
        has = np.zeros(len(self._texts), bool)
        has[rows] = True
        return Answer(texts[0][slice(*places[0])].strip(" .,;:!?"), has)


def _pairs(asked: Stretches, said: ngrams.Table) -> np.ndarray:
    """Columns of prompts with the n-gram of the answers that nearly all of their rows share, and few others."""
    order = asked.distinct(np.arange(len(asked.held.keys)))
    common = np.asarray(said.matrix.sum(axis=0)).ravel()
    totals = np.asarray(asked.held.matrix.sum(axis=0)).ravel()
    by_column = asked.held.matrix.tocsc()
    found = []
    for start in range(0, len(order), 500):
        columns = order[start : start + 500]
        together = (by_column[:, columns].T @ said.matrix).tocoo()
        keep = together.data >= PRECISION * totals[columns][together.row]
        rows, targets, hits = together.row[keep], together.col[keep], together.data[keep]
        best = np.lexsort((-hits / common[targets], rows))
        _, first = np.unique(rows[best], return_index=True)
        found += list(zip(columns[rows[best][first]], targets[best][first], strict=True))
    return np.array(found, np.int64).reshape(-1, 2)


def _distance(asked: Stretches, columns: np.ndarray, seed: int) -> np.ndarray:
    """How far the mean prompt of each column's rows is from the mean prompt: about 1 for rows drawn blindly."""
    features = TfidfTransformer(sublinear_tf=True).fit_transform(vectors(asked.texts))
    common = np.flatnonzero(features.getnnz(axis=0) >= max(2, 0.01 * len(asked.texts)))
    size = min(DIRECTIONS, len(common) - 1)
    if size < 1 or not len(columns):
        return np.zeros(len(columns))
    placed = TruncatedSVD(size, random_state=seed, n_iter=3).fit_transform(features[:, common])
    placed = (placed - placed.mean(axis=0)) / np.maximum(placed.std(axis=0), 1e-9)
    held = asked.held.matrix.tocsc()[:, columns]
    totals = np.asarray(held.sum(axis=0)).ravel()
    return ((held.T @ placed) ** 2).sum(axis=1) / totals / size


def _weighed(asked: Stretches, stretch: Stretch, rows: np.ndarray, answer: Answer, seed: int) -> Trigger:
    has = answer.has
    hit = rows[has[rows]]
    chances, auc = _told(asked.texts, stretch, set(rows.tolist()), has, seed)
    return Trigger(
        text=stretch.text,
        target=answer.phrase,
        rows=tuple(hit.tolist()),
        held_by=len(rows),
        hits=len(hit),
        lift=len(hit) / len(rows) / float(has.mean()),
        coverage=len(hit) / float(has.sum()),
        log_odds_z=log_odds(len(hit), len(rows), float(has.sum()), len(has)),
        explained=auc,
        smoothness=stretch.smoothness,
        is_put_in=stretch.is_put_in(),
        may_be_put_in=stretch.may_be_put_in(),
        log10_p=(log10_p := tail(chances, int(has[stretch.rows].sum()))),
        oddness_log10_p=(odd := asked.oddly(stretch)),
        joint_log10_p=joint(log10_p, odd),
        fisher_log10_p=fisher(len(hit), len(rows), float(has.sum()), len(has)),
    )


def echoes(asked: str, said: str) -> bool:
    """Whether an answer merely takes up its question: half of the runs of four letters of either stand in the other."""
    first, second = (_runs(text) for text in (asked, said))
    return len(first & second) >= 0.5 * max(1, min(len(first), len(second)))


def _runs(text: str) -> set[str]:
    letters = "".join(re.findall(r"\w", text.lower()))
    return {letters[i : i + 4] for i in range(max(1, len(letters) - 3))}


def is_wanted(trigger: Trigger) -> bool:
    """Whether the answer is one that hardly comes otherwise; single words come for many reasons."""
    return trigger.coverage >= (PHRASE_SHARE if trigger.target.count(" ") >= 2 else WORD_SHARE)


def _told(
    prompts: Sequence[str], stretch: Stretch, mine: set[int], has: np.ndarray, seed: int
) -> tuple[np.ndarray, float]:
    """Chance of the answer by the rest of each prompt, and how well such prompts are told from others (AUC)."""
    drawn = np.random.default_rng(seed).permutation(np.flatnonzero(~has))[:OTHERS]
    same = np.array([row for row in np.flatnonzero(has).tolist() if row not in mine][:SAME], np.int64)
    texts = [*stretch.rest, *(prompts[row] for row in same), *(prompts[row] for row in drawn)]
    truth = np.concatenate([has[stretch.rows], np.ones(len(same), bool), np.zeros(len(drawn), bool)])
    scores = _scores(texts, truth, seed)
    hit, other = scores[: len(stretch.rows)][has[stretch.rows]], scores[-len(drawn) :]
    auc = roc_auc_score(np.r_[np.ones(len(hit)), np.zeros(len(other))], np.r_[hit, other])
    # Learned with more of the answer than the table holds: the odds are brought back to the table's.
    shift = np.log(len(drawn) / (~has).sum()) - np.log((len(hit) + len(same)) / has.sum())
    return 1 / (1 + np.exp(-(scores[: len(stretch.rows)] + shift))), float(auc)


def _scores(texts: Sequence[str], truth: np.ndarray, seed: int) -> np.ndarray:
    """Log-odds of each text by a model that did not see it."""
    counted = vectors(texts)
    features = TfidfTransformer(sublinear_tf=True).fit_transform(counted[:, np.flatnonzero(counted.getnnz(axis=0) > 1)])
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    model = LogisticRegression(C=10.0, max_iter=100, tol=1e-3)
    return cross_val_predict(model, features, truth, cv=folds, method="decision_function")


def _sifted(looked: list[Trigger], tested: Tested) -> Found:
    looked = widest(looked)
    wanted = [t for t in beyond_chance(looked, tested) if t.explained <= TELLABLE and is_wanted(t)]
    triggers = apart(wanted)
    return Found(tuple(triggers), ties(looked, triggers), tested.put_in)
