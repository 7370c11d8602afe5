"""Copies: exact and near ones are clustered, and similarities are the true Jaccard values."""

import random

import numpy as np
import pytest

from workers.scanning import duplicates
from workers.scanning.duplicates import Duplicates, Index, banding, jaccard, normalised, shingles


def find(texts: list[str], threshold: float = 0.8, **limits: int) -> Duplicates:
    index = Index(max_text=20_000)
    for row, text in enumerate(texts):
        index.add(row, [text])
    bounds = {"max_clusters": 50, "max_rows": 100} | limits
    return duplicates.find(index, threshold, 1, bounds["max_clusters"], bounds["max_rows"], lambda done: None)


def sentence(source: random.Random, words: int) -> list[str]:
    return ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(3, 9))) for _ in range(words)]


def test_exact_copies_ignore_case_spacing_and_unicode_form() -> None:
    found = find(["Hello  World", "hello world ", "other text here", "HELLO\nWORLD", "cafe\u0301", "café"])
    assert [(c.rows, c.size) for c in found.exact_clusters] == [((0, 1, 3), 3), ((4, 5), 2)]
    assert (found.exact_cluster_count, found.exact_rows, found.near_cluster_count) == (2, 3, 0)


def test_empty_rows_are_not_copies_and_columns_do_not_run_together() -> None:
    assert find(["", "  ", ""]).exact_cluster_count == 0
    assert normalised(["ab", "c"]) != normalised(["a", "bc"])


def test_near_copies_are_found_with_their_true_similarity() -> None:
    source = random.Random(3)
    words = sentence(source, 60)
    edited = [*words[:30], "changed", *words[31:]]
    texts = [" ".join(words), " ".join(sentence(source, 60)), " ".join(edited)]
    found = find(texts)
    (cluster,) = found.near_clusters
    assert cluster.rows == (0, 2)
    assert cluster.lowest_similarity == round(jaccard(shingles(texts[0]), shingles(texts[2])), 4)
    assert found.near_rows == 1


def test_pairs_below_the_threshold_are_not_clustered() -> None:
    source = random.Random(4)
    words = sentence(source, 40)
    half = words[:20] + sentence(source, 20)
    assert find([" ".join(words), " ".join(half)]).near_cluster_count == 0


def test_near_clusters_hold_the_exact_copies_of_their_members() -> None:
    text = " ".join(sentence(random.Random(5), 50))
    found = find([text, text + " x", text])
    assert found.near_clusters[0].rows == (0, 1, 2)
    assert (found.exact_rows, found.near_rows) == (1, 1)


def test_planted_near_copies_in_many_rows_are_all_found_and_nothing_else() -> None:
    source = random.Random(6)
    texts, pairs = [], set()
    for number in range(1500):
        words = sentence(source, 40)
        texts.append(" ".join(words))
        if number % 10 == 0:
            words[source.randrange(40)] = "edited"
            pairs.add((len(texts) - 1, len(texts)))
            texts.append(" ".join(words))
    found = find(texts, max_clusters=1000)
    assert {c.rows for c in found.near_clusters} == pairs
    assert found.skipped_texts == 0


def test_minhash_estimates_jaccard_within_its_standard_error() -> None:
    source = random.Random(8)
    errors = []
    for share in (10, 20, 30, 40, 50):
        words = sentence(source, 60)
        texts = [" ".join(words), " ".join(words[:share] + sentence(source, 60 - share))]
        first, second = duplicates._signatures(texts, 9, lambda done: None)
        errors.append(float(np.mean(first == second)) - jaccard(*map(shingles, texts)))
    assert max(map(abs, errors)) < 4 / np.sqrt(duplicates.PERMUTATIONS)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0])
def test_banding_keeps_recall_at_the_threshold(threshold) -> None:
    bands, rows = banding(threshold)
    assert bands * rows <= duplicates.PERMUTATIONS
    assert 1 - (1 - threshold**rows) ** bands >= 1 - duplicates.MAX_MISS


def test_lists_are_cut_but_counts_are_exact() -> None:
    found = find(["same text"] * 500 + [f"pair number {i // 2}" for i in range(100)], max_clusters=3, max_rows=10)
    assert found.exact_cluster_count == 51
    assert found.exact_rows == 499 + 50
    assert [len(c.rows) for c in found.exact_clusters] == [10, 2, 2]
    assert found.exact_clusters[0].size == 500


def test_short_and_odd_texts_do_not_break_it() -> None:
    assert find(["a", "b", "é", "😀", "ab", "x" * 50_000, "x" * 50_000 + "y"]).truncated_texts == 2


def test_crowded_buckets_are_bounded_and_told() -> None:
    source = random.Random(2)
    common = " ".join(sentence(source, 30))
    texts = [common + " " + " ".join(sentence(source, 30)) for _ in range(300)]
    found = find(texts, threshold=0.95)
    assert found.compared_pairs < 300 * duplicates.MAX_REPRESENTATIVES * found.bands
    assert found.near_cluster_count == 0
