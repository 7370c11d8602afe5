"""What a sample of rows says of the whole table: how large it must be, and what it leaves possible."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, lgamma, log

from apps.core import formatting

# Where none of 1 000 rows drawn by lot holds something, at most 0.3 % of all rows do (95 % confidence, by the rule of
# three): the rate of planted rows at which the search for triggers is measured. Fewer rows leave more possible than an
# answer may call measured.
LEAST_SAMPLE = 1_000
CONFIDENCE = 0.95
_STEPS = 60  # halvings: beyond the digits of a float
_TOO_SMALL = 1e-15


@dataclass(frozen=True)
class Sample:
    """How many rows of a table were looked at; drawn by lot where they are not all. `write` writes numbers out."""

    rows: int
    total: int
    write: Callable[[int], str] = formatting.number

    @property
    def is_whole(self) -> bool:
        """Whether every row was looked at."""
        return self.rows >= self.total

    @property
    def is_enough(self) -> bool:
        """Whether what was found in it may be called a measurement of the table."""
        return self.is_whole or self.rows >= LEAST_SAMPLE

    @property
    def words(self) -> str:
        """``10 rows``, or ``a sample of 10 of 1 000 rows``."""
        if self.is_whole:
            return f"{self.write(self.rows)} row{'' if self.rows == 1 else 's'}"
        return f"a sample of {self.write(self.rows)} of {self.write(self.total)} rows"

    def at_most(self, found: int) -> float:
        """The share of all rows that may hold what `found` rows of the sample hold: upper limit, 95 % confidence."""
        return highest_share(found, self.rows)

    def bound(self, found: int, what: str) -> str:
        """That limit in a sentence; empty where every row was looked at. `what` is what the rows hold."""
        if self.is_whole:
            return ""
        return f"With 95 % confidence at most {percent(self.at_most(found))} of all rows hold {what}."

    def remedy(self) -> str:
        """What to do where the sample is too small, in a sentence; empty where it is not."""
        if self.is_enough:
            return ""
        least = f", or at least {self.write(LEAST_SAMPLE)}" if self.total > LEAST_SAMPLE else ""
        return (
            f"Only {self.write(self.rows)} of {self.write(self.total)} rows {'was' if self.rows == 1 else 'were'}"
            f" looked at, which tells too little: scan all rows{least}."
        )


def highest_share(found: int, drawn: int) -> float:
    """The upper limit of a share of which `found` of `drawn` were met, one-sided, with 95 % confidence.

    C. Clopper and E. Pearson (1934); for none found it is the rule of three, 3 / drawn, to the digit. Drawing without
    putting back, as from a table, leaves a little less possible.
    """
    if found >= drawn:
        return 1.0
    low, high = found / drawn, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _chance_of_fewer(found, drawn, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _chance_of_fewer(found: int, drawn: int, share: float) -> float:
    """The chance of at most `found` among `drawn`, each with the chance `share` (binomial), where that is the tail.

    Summed downward from `found`, where the terms only become smaller.
    """
    if share >= 1:
        return 0.0
    ways = lgamma(drawn + 1) - lgamma(found + 1) - lgamma(drawn - found + 1)
    term = total = exp(ways + found * log(share) + (drawn - found) * log(1 - share)) if share > 0 else 1.0
    for number in range(found, 0, -1):
        term *= number / (drawn - number + 1) * (1 - share) / share
        total += term
        if term < _TOO_SMALL * total:
            break
    return total


def percent(value: float) -> str:
    """A share that is an upper limit, with two digits that say something, rounded up: ``0.015 %``."""
    digits = 0 if value >= 0.1 else 1
    while 0 < digits < 12 and value * 100 < 10 ** (1 - digits):
        digits += 1
    rounded = ceil(value * 100 * 10**digits - 1e-6) / 10**digits
    return f"{rounded:.{digits}f} %"
