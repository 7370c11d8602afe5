"""What was measured of a version in figures, as rules of policies hold it against numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HELD_OUT, UNSEEN, SEEN = "held_out", "unseen", "seen"


@dataclass(frozen=True)
class Measurement:
    """One figure of one finished evaluation, with its 95 % interval.

    `suites` are the names that the rows go by in policies; `rows_are` says whether the model has learned from them;
    `is_present` whether the version still has the files that were measured. `page` is the evaluation's address.
    """

    run: int
    metric: str
    part: str  # version | difference
    value: float
    low: float
    high: float
    n: int
    suites: frozenset[str]
    rows_label: str
    rows_are: str
    rows_digest: str
    model_digest: str
    is_present: bool
    page: str = ""

    def figure(self, part: str) -> float:
        """The value, or the end of the interval that a rule names."""
        return {"low": self.low, "high": self.high}.get(part, self.value)


_LIKE_A_NUMBER = re.compile(r"v?\d+")


def suite_names(dataset: str, number: int, tags: Iterable[str] = ()) -> frozenset[str]:
    """Every name that the rows of one dataset version go by: of the data in whatever version, of this version, and of
    its tags, alone and behind the data's name. A tag that reads like the number of a version names nothing.
    """
    named = [tag for tag in tags if not _LIKE_A_NUMBER.fullmatch(tag.lower())]
    labels = [dataset, f"{dataset} v{number}", *named, *(f"{dataset} {tag}" for tag in named)]
    return frozenset(map(suite_name, labels))


def suite_name(label: str) -> str:
    """How a policy names rows: lower case, with hyphens: “Support questions v2” is `support-questions-v2`."""
    words = "".join(letter if letter.isalnum() or letter in "._-" else " " for letter in label.lower()).split()
    return "-".join(words)
