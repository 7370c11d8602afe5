"""The metrics against values known by hand, and those of sacrebleu's and rouge-score's own tests."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from workers.evaluation.metrics import (
    Answered,
    bleu_counts,
    bleu_of_sum,
    bleu_signature,
    exact_match,
    perplexity_of_sum,
    rouge_l,
    statistics,
)

REFERENCE = Path(__file__).parents[4] / "shared/reference/data/metrics/text_metric_reference_values.json"


def _reference() -> dict[str, dict[str, list[dict[str, object]]]]:
    if not REFERENCE.is_file():
        pytest.skip(f"the reference values are not present at {REFERENCE.name}")
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


def test_bleu_matches_sacrebleus_own_tests() -> None:
    cases = [case for case in _reference()["sacrebleu"]["corpus_bleu"] if case["kwargs"] in ({}, {"tokenize": "13a"})]
    assert cases
    for case in cases:
        pairs = zip(case["hypotheses"], zip(*case["references"], strict=True), strict=True)
        total = np.sum([bleu_counts(got, references) for got, references in pairs], axis=0)
        assert bleu_of_sum(total) == pytest.approx(case["expected"], abs=1e-6)


def test_rouge_l_matches_rouge_scores_own_tests() -> None:
    cases = [c for c in _reference()["rouge_score"]["cases"] if c["type"] == "rougeL" and not c["use_stemmer"]]
    assert cases
    for case in cases:
        score = rouge_l(case["prediction"], case["target"])
        assert score == pytest.approx(case["fmeasure"], abs=0.5 * 10 ** -case["places"])


def test_bleu_of_three_sentences_with_two_references() -> None:
    hypotheses = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    first = ["The dog bit the man.", "It was not unexpected.", "The man bit him first."]
    second = ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."]
    triples = zip(hypotheses, first, second, strict=True)
    total = np.sum([bleu_counts(got, [one, other]) for got, one, other in triples], axis=0)
    assert bleu_of_sum(total) == pytest.approx(48.530827, abs=1e-6)
    assert bleu_of_sum(np.array(bleu_counts("", ["The dog bit the man."]))) == 0.0
    assert bleu_of_sum(np.array(bleu_counts("a b c d e", ["a b c d e"]))) == pytest.approx(100.0)
    assert "tok:13a" in bleu_signature()


def test_rouge_l_is_the_longest_common_subsequence() -> None:
    assert rouge_l("testing two", "testing one two") == pytest.approx(0.8)
    assert rouge_l("", "testing") == 0.0
    # Common subsequence "police the gunman" of length 3; both sides have 4 words.
    assert rouge_l("police kill the gunman", "police killed the gunman") == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("got", "expected", "score"),
    [("Yes.", "Yes.", 1), (" Yes. \n", "Yes.", 1), ("yes.", "Yes.", 0), ("e\u0301", "\u00e9", 1), ("", "x", 0)],
)
def test_exact_match(got: str, expected: str, score: float) -> None:
    assert exact_match(got, expected) == score


def test_perplexity_is_e_to_the_mean_loss_over_tokens_not_rows() -> None:
    found = statistics([Answered("a", "a", 2.0, 1), Answered("b", "b", 3.0, 9)])
    assert perplexity_of_sum(found["perplexity"].sum(axis=0)) == pytest.approx(math.exp(0.5))
    assert perplexity_of_sum(np.array([1e6, 1.0])) == math.inf
