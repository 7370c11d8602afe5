"""Labels that contradict their texts: a cross-validated linear classifier, read by confident learning.

Every row is judged by a model that never saw it: TF-IDF of word n-grams, hashed, into logistic regression, in
stratified folds. A label is held to be wrong where the model is at least as sure of another class as it is on average
of the rows that carry that other class (Northcutt, Jiang and Chuang, 2021, "Confident Learning").
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold

FOLDS = 5
FEATURES = 1 << 18
SURE = 3.0  # standard errors above guessing, from which a classifier counts as one that can tell the labels
MIN_ROWS, MIN_EACH = 60, 10  # fewer rows, or fewer of a class, teach a model nothing
_WORD = r"(?u)\b\w+\b"


@dataclass(frozen=True)
class Judged:
    """What the models say: classes, each row's label as a number, its probabilities, and the fold that left it out."""

    classes: tuple[str, ...]
    given: np.ndarray
    probabilities: np.ndarray
    fold_of: np.ndarray
    models: tuple[LogisticRegression, ...]
    weigher: TfidfTransformer
    columns: np.ndarray  # those hashed features that the models know
    accuracy: float  # balanced: the mean over the classes of the share that is told right; chance is 1 / classes

    @property
    def guessing(self) -> float:
        """The accuracy of somebody who does not read the texts."""
        return 1 / len(self.classes)

    @property
    def tells(self) -> bool:
        """Whether the texts tell the labels at all: the accuracy lies above what guessing at the same rates reaches.

        Guessing class k with rate p is right in a share p of its n rows, with variance p (1 - p) / n; the classes are
        independent, and the accuracy is the mean over them.
        """
        rates = np.bincount(self.probabilities.argmax(axis=1), minlength=len(self.classes)) / len(self.given)
        spread = np.sum(rates * (1 - rates) / np.bincount(self.given, minlength=len(self.classes)))
        return self.accuracy > self.guessing + SURE * float(np.sqrt(spread)) / len(self.classes)

    def again(self, texts: Sequence[str], rows: np.ndarray) -> np.ndarray:
        """Probabilities for changed texts of those rows, each by the model that did not see the row."""
        features = self.weigher.transform(vectors(texts)[:, self.columns])
        told = np.zeros((len(rows), len(self.classes)))
        for fold, model in enumerate(self.models):
            mine = np.flatnonzero(self.fold_of[rows] == fold)
            if len(mine):
                told[mine] = model.predict_proba(features[mine])
        return told


def vectors(texts: Sequence[str]) -> sparse.csr_matrix:
    """Counts of words and pairs of words, hashed."""
    maker = HashingVectorizer(
        n_features=FEATURES, ngram_range=(1, 2), alternate_sign=False, norm=None, token_pattern=_WORD, dtype=np.float32
    )
    return maker.transform(texts)


def frequent(given: Sequence[str]) -> tuple[list[int], dict[str, int]]:
    """The places of rows whose class has enough rows to learn from, and the other classes with their rows.

    Rows without a label are of no class.
    """
    counts = Counter(given)
    small = {label: count for label, count in counts.items() if count < MIN_EACH and label.strip()}
    usable = {label for label, count in counts.items() if count >= MIN_EACH and label.strip()}
    return [place for place, label in enumerate(given) if label in usable], small


def judge(
    texts: Sequence[str], labels: Sequence[str], seed: int, least: int = 2, strength: float = 10.0
) -> Judged | None:
    """Cross-validated probabilities by words that `least` rows hold; None where there is too little to learn from.

    ``strength`` is the inverse of the regularisation: lower learns only what many rows teach.
    """
    classes, given = np.unique(np.array(labels, dtype=object).astype(str), return_inverse=True)
    counts = np.bincount(given)
    if len(texts) < MIN_ROWS or len(classes) < 2 or counts.min() < MIN_EACH:
        return None
    weigher = TfidfTransformer(sublinear_tf=True)
    counted = vectors(texts)
    columns = np.flatnonzero(counted.getnnz(axis=0) >= least)
    features = weigher.fit_transform(counted[:, columns])
    probabilities, fold_of = np.zeros((len(texts), len(classes))), np.zeros(len(texts), np.int8)
    models = []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for fold, (learn, hold) in enumerate(folds.split(features, given)):
        model = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
        model.fit(features[learn], given[learn])
        probabilities[hold], fold_of[hold] = model.predict_proba(features[hold]), fold
        models.append(model)
    accuracy = float(balanced_accuracy_score(given, probabilities.argmax(axis=1)))
    names = tuple(str(name) for name in classes)
    return Judged(names, given, probabilities, fold_of, tuple(models), weigher, columns, accuracy)


def flips(judged: Judged) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose label is held to be wrong, the surest first, and the class that each looks like.

    None where the texts do not tell the labels: a guess that differs from a label contradicts nothing.
    """
    if not judged.tells:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    kinds = range(len(judged.classes))
    usual = np.array([judged.probabilities[judged.given == k, k].mean() for k in kinds])
    sure = np.where(judged.probabilities >= usual, judged.probabilities, -1.0)
    best = sure.argmax(axis=1)
    rows = np.flatnonzero((sure.max(axis=1) > 0) & (best != judged.given))
    own = judged.probabilities[rows, judged.given[rows]]
    margin = judged.probabilities[rows, best[rows]] - own
    order = np.argsort(-margin, kind="stable")
    return rows[order], best[rows][order]
