"""Signatures estimate Jaccard similarity as well as independent permutations would, for short texts too."""

import random

import numpy as np
import pytest

from workers.scanning.linking import jaccard, shingles
from workers.scanning.minhash import EMPTY, SLOTS, hashed_shingles, signatures

from .test_duplicates import sentence


@pytest.mark.parametrize("words", [2, 6, 20, 60, 400])
def test_estimates_are_unbiased_and_within_their_standard_error(words) -> None:
    source = random.Random(8)
    texts, truth = [], []
    for number in range(300):
        row = sentence(source, words)
        kept = words * (number % 10) // 10
        texts += [" ".join(row), " ".join(row[:kept] + sentence(source, words - kept))]
        truth.append(jaccard(*map(shingles, texts[-2:])))
    found = signatures(texts, 9)
    errors = (found[0::2] == found[1::2]).mean(axis=1) - np.array(truth)
    assert abs(errors.mean()) < 0.01
    assert errors.std() < 0.5 / np.sqrt(SLOTS) * 1.1


def test_equal_sets_of_shingles_have_equal_signatures_whatever_stands_beside_them() -> None:
    texts = ["abcdefgh", "x", "", "a longer text that fills more slots " * 50, "abcdefgh"]
    together = signatures(texts, 4)
    assert (together[0] == together[4]).all() and (together != EMPTY).all()
    for text, row in zip(texts, together, strict=True):
        assert (signatures([text], 4)[0] == row).all()


def test_another_seed_draws_other_signatures() -> None:
    assert (signatures(["some text to be drawn"], 1) != signatures(["some text to be drawn"], 2)).mean() > 0.9


def test_shingles_do_not_reach_into_the_next_text() -> None:
    hashes, owners = hashed_shingles(["abcdef", "ab", "ghijk"])
    assert owners.tolist() == [0, 0, 1, 2]
    assert hashes[0] == hashed_shingles(["abcde"])[0][0]
    assert len(signatures([], 1)) == 0
