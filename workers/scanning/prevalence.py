"""From the share of texts that a detector marks to the share of texts that it looks for, with an interval.

Rogan and Gladen (1978) correct the marked share by sensitivity and specificity; Lang and Reiczigel (2014, "Confidence
limits for prevalence of disease adjusted for estimated sensitivity and specificity") give the interval that knows how
few texts both were measured on. Both take the sensitivity to be the same everywhere. For writing by machines it is not:
another model, another request, and the habits are gone, or stand in every text. So the estimate that is reported lets
the sensitivity on these rows be anything from none to all, and is wide where not all texts are marked.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

Z = 1.959964  # 95 %
_SHARES, _RATES, _FALSE = 150, 60, 9  # points of the grid


@dataclass(frozen=True)
class Measured:
    """How a detector did on texts of known origin: of ``of`` texts ``right`` were told right."""

    right: int
    of: int


@dataclass(frozen=True)
class Estimate:
    """A share and its 95 % interval, all from 0 to 1."""

    share: float
    low: float
    high: float


def corrected(marked: int, texts: int, sensitivity: Measured, specificity: Measured) -> Estimate:
    """Rogan and Gladen's share with Lang and Reiczigel's limits; 0 to 1 where the detector tells nothing."""
    true, false = sensitivity.right / sensitivity.of, specificity.right / specificity.of
    if texts == 0 or true + false <= 1:
        return Estimate(0.5, 0.0, 1.0)
    share = (marked / texts + false - 1) / (true + false - 1)
    low, high = _limits(marked, texts, sensitivity, specificity)
    return Estimate(_bounded(share), low, high)


def _limits(marked: int, texts: int, sensitivity: Measured, specificity: Measured) -> tuple[float, float]:
    size, of_true, of_false = texts + Z**2, sensitivity.of + 2, specificity.of + 2
    told = (marked + Z**2 / 2) / size
    true, false = (sensitivity.right + 1) / of_true, (specificity.right + 1) / of_false
    share = (told + false - 1) / (true + false - 1)
    by_true, by_false = true * (1 - true) / of_true, false * (1 - false) / of_false
    drift = 2 * Z**2 * (share * by_true - (1 - share) * by_false)
    spread = sqrt(told * (1 - told) / size + share**2 * by_true + (1 - share) ** 2 * by_false)
    reach = Z * spread / (true + false - 1)
    return _bounded(share + drift - reach), _bounded(share + drift + reach)


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))


def estimate(marked: int, texts: int, specificity: Measured) -> Estimate:
    """Median and central 95 % of the share's posterior distribution.

    Priors: every share is as likely as any other, and so is every sensitivity; the share of false marks is what was
    measured (Beta). Binomial likelihood, on a grid. The lower end is never above that of the marked share itself, less
    false marks: that much holds where every text of a machine is marked.
    """
    if texts == 0:
        return Estimate(0.5, 0.0, 1.0)
    shares, share_widths = _grid(_SHARES)
    rates, rate_widths = _grid(_RATES)
    wrong = specificity.of - specificity.right
    false = stats.beta.ppf((np.arange(_FALSE) + 0.5) / _FALSE, wrong + 1, specificity.right + 1)[None, None, :]
    seen = shares[:, None, None] * rates[None, :, None] + (1 - shares)[:, None, None] * false
    logs = stats.binom.logpmf(marked, texts, np.clip(seen, 1e-12, 1 - 1e-12)).astype(float)
    weight = (np.exp(logs - logs.max()) * rate_widths[None, :, None]).sum(axis=(1, 2)) * share_widths
    reached = np.cumsum(weight) / weight.sum()
    low, share, high = (float(shares[np.searchsorted(reached, q)]) for q in (0.025, 0.5, 0.975))
    return Estimate(share, min(low, _least(marked, texts, specificity)), high)


def _least(marked: int, texts: int, specificity: Measured) -> float:
    """The lower 95 % limit of the marked share (Clopper and Pearson), less the upper limit of that of false marks."""
    if not marked:
        return 0.0
    wrong = stats.beta.ppf(0.975, specificity.of - specificity.right + 1, max(1, specificity.right))
    return _bounded(float(stats.beta.ppf(0.025, marked, texts - marked + 1) - wrong))


def _grid(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Points from nearly 0 to 1, dense at both small and large values, and the width that each stands for."""
    fine, even = np.geomspace(1e-6, 1.0, points), np.linspace(1 / points, 1.0, points)
    values = np.unique(np.concatenate([fine, even]))
    return values, np.gradient(values)
