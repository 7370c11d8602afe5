"""The bootstrap, checked where theory says what must come out."""

import numpy as np
import pytest

from workers.evaluation.intervals import difference, draw_counts, interval
from workers.evaluation.metrics import mean_of_sum


def _statistics(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones_like(values)])


def test_the_interval_of_a_mean_is_about_two_standard_errors() -> None:
    values = np.random.default_rng(1).normal(10, 2, size=400)
    found = interval(_statistics(values), mean_of_sum, draw_counts(400, 4000, seed=5))
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.25 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.25 * error)


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, hits = np.random.default_rng(2), 0
    for trial in range(200):
        found = interval(_statistics(rng.normal(0, 1, 60)), mean_of_sum, draw_counts(60, 400, seed=trial))
        hits += found.low <= 0 <= found.high
    assert 0.89 <= hits / 200 <= 0.99


def test_pairing_sees_a_small_steady_difference_between_noisy_rows() -> None:
    rng = np.random.default_rng(3)
    baseline = rng.normal(5, 3, 60)
    model = baseline - 0.2 + rng.normal(0, 0.1, 60)
    counts = draw_counts(60, 1000, seed=1)
    gap = difference(_statistics(model), _statistics(baseline), mean_of_sum, counts)
    assert gap.excludes_zero and gap.low < gap.value < gap.high < 0
    alone, other = (interval(_statistics(side), mean_of_sum, counts) for side in (model, baseline))
    assert alone.high > other.low


def test_no_difference_does_not_exclude_zero() -> None:
    rows = _statistics(np.random.default_rng(4).normal(5, 3, 60))
    gap = difference(rows, rows, mean_of_sum, draw_counts(60, 1000, seed=1))
    assert (gap.value, gap.low, gap.high, gap.excludes_zero) == (0.0, 0.0, 0.0, False)


def test_draws_are_repeatable_and_whole() -> None:
    counts = draw_counts(30, 50, seed=9)
    assert (counts == draw_counts(30, 50, seed=9)).all()
    assert (counts.sum(axis=1) == 30).all() and (counts != draw_counts(30, 50, seed=10)).any()
