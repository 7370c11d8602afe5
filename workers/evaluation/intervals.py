"""Confidence intervals by the percentile bootstrap over rows, single and paired.

Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13; paired over the same resampled
rows as P. Koehn, "Statistical Significance Tests for Machine Translation Evaluation", 2004.
A row is drawn as a whole: its tokens depend on each other, rows do not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# From the summed statistics of any number of rows to the metric's value.
Statistic = Callable[[Floats], float]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A value with the bounds that hold it with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """Value of the model less value of the baseline, over the same rows."""

    value: float
    low: float
    high: float
    excludes_zero: bool


def draw_counts(rows: int, resamples: int, seed: int) -> Floats:
    """How often each row is drawn in each resample: (resamples × rows), every line sums to the number of rows."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(rows, np.full(rows, 1 / rows), size=resamples).astype(np.float64)


def interval(statistics: Floats, metric: Statistic, counts: Floats) -> Interval:
    """The metric over all rows, and where its middle 95 % of resampled values lie.

    `statistics` has one line a row; the metric is a function of their sum, as corpus metrics are.
    """
    low, high = _bounds(_values(statistics, metric, counts))
    return Interval(metric(statistics.sum(axis=0)), low, high)


def difference(model: Floats, baseline: Floats, metric: Statistic, counts: Floats) -> Difference:
    """Model less baseline, both on the same drawn rows, so that what makes a row hard for both cancels out."""
    low, high = _bounds(_values(model, metric, counts) - _values(baseline, metric, counts))
    value = metric(model.sum(axis=0)) - metric(baseline.sum(axis=0))
    return Difference(value, low, high, bool(low > 0 or high < 0))


def _values(statistics: Floats, metric: Statistic, counts: Floats) -> Floats:
    return np.array([metric(total) for total in counts @ statistics])


def _bounds(values: Floats) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
