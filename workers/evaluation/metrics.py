"""The five metrics, each as statistics a row that add up, and a function from their sum to the value.

Loss and perplexity: mean negative log-likelihood, in nats, of the answer's tokens with the end token, and its
exponential; every token counts the same, so long answers weigh more.
Exact match: share of rows whose text equals the expected answer after Unicode NFC and with single spaces.
ROUGE-L: mean over rows of the F-measure of the longest common subsequence, rouge-score without stemming, 0 to 1
(C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004).
BLEU: corpus BLEU-4 of sacrebleu with its defaults, 0 to 100 (M. Post, "A Call for Clarity in Reporting BLEU
Scores", 2018); its signature is in the result.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU, MAX_NGRAM_ORDER

from workers.evaluation.intervals import Floats, Statistic


@dataclass(frozen=True)
class Metric:
    """What a number means: its name, its unit, and whether a lower or a higher one is better."""

    name: str
    unit: str
    better: str
    value: Statistic


@dataclass(frozen=True)
class Answered:
    """What one model made of one row: its own text, and how it rates the expected answer."""

    got: str
    expected: str
    loss_sum: float
    tokens: int


def mean_of_sum(total: Floats) -> float:
    """Sum over weight."""
    return float(total[0] / total[1])


def perplexity_of_sum(total: Floats) -> float:
    """exp of the mean loss; infinite where a float cannot hold it."""
    loss = mean_of_sum(total)
    return math.exp(loss) if loss < 700 else math.inf


def bleu_of_sum(total: Floats) -> float:
    """Corpus BLEU from summed [length, reference length, matches by order, n-grams by order]."""
    counts = [round(float(number)) for number in total]
    correct, ngrams = counts[2 : 2 + MAX_NGRAM_ORDER], counts[2 + MAX_NGRAM_ORDER :]
    return float(BLEU.compute_bleu(correct, ngrams, counts[0], counts[1], smooth_method="exp").score)


LOSS = Metric("loss", "nats a token", "lower", mean_of_sum)
PERPLEXITY = Metric("perplexity", "e^loss", "lower", perplexity_of_sum)
EXACT_MATCH = Metric("exact_match", "share of rows", "higher", mean_of_sum)
ROUGE_L = Metric("rouge_l", "F-measure, 0 to 1", "higher", mean_of_sum)
BLEU_4 = Metric("bleu", "0 to 100", "higher", bleu_of_sum)
METRICS = (LOSS, PERPLEXITY, EXACT_MATCH, ROUGE_L, BLEU_4)


def statistics(answered: Sequence[Answered]) -> dict[str, Floats]:
    """For every metric one line of summable numbers a row, in the rows' order."""
    losses = np.array([[one.loss_sum, one.tokens] for one in answered], dtype=np.float64)
    return {
        LOSS.name: losses,
        PERPLEXITY.name: losses,
        EXACT_MATCH.name: np.array([[exact_match(one.got, one.expected), 1.0] for one in answered]),
        ROUGE_L.name: np.array([[rouge_l(one.got, one.expected), 1.0] for one in answered]),
        BLEU_4.name: np.array([bleu_counts(one.got, [one.expected]) for one in answered]),
    }


def exact_match(got: str, expected: str) -> float:
    """1.0 when both texts are the same, but for Unicode composition and spacing; else 0.0."""
    return float(_plain(got) == _plain(expected))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


_ROUGE = RougeScorer(["rougeL"], use_stemmer=False)


def rouge_l(got: str, expected: str) -> float:
    """F-measure of the longest common subsequence of words."""
    return float(_ROUGE.score(expected, got)["rougeL"].fmeasure)


# "force": the models are scored on what they wrote, spaced full stops included; sacrebleu need not warn.
_BLEU = BLEU(force=True)


def bleu_counts(got: str, references: Sequence[str]) -> list[float]:
    """[length, reference length, matches by order, n-grams by order] of one row."""
    score = _BLEU.corpus_score([got], [[reference] for reference in references])
    return [float(number) for number in (score.sys_len, score.ref_len, *score.counts, *score.totals)]


def bleu_signature() -> str:
    """How sacrebleu was set, in its own notation, so that another tool's number can be told apart."""
    _BLEU.corpus_score(["a"], [["a"]])
    return str(_BLEU.get_signature())
