"""How good a finished document is, told before a regulator tells it: scores by section and metric, and why.

Every cell of the grid (a section times a metric) begins at 100 points; each deduction takes some away, says what is
wrong in one sentence, and what would settle it. A cell never falls below 0. The total is the mean over the sections of
the weighted mean over the metrics.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FULL = 100.0
# The steps of the AI Accountability Lab's assessments of published summaries (least total, letter, what it means).
LETTERS = (
    (95.0, "A+", "Few limitations, if any"),
    (90.0, "A", "Some limitations"),
    (80.0, "B+", "Numerous limitations"),
    (75.0, "B", "Some major limitations"),
    (60.0, "C+", "Major limitations"),
    (50.0, "C", "Hard to use, with major limitations"),
    (40.0, "D+", "Several major limitations"),
    (25.0, "D", "Limitations throughout"),
    (0.0, "F", "Not usable as it is"),
)


@dataclass(frozen=True)
class Deduction:
    """Points taken from one cell. `point` is the id of the document's point that it speaks of, empty for the whole."""

    points: float
    sentence: str
    remedy: str
    point: str = ""


@dataclass(frozen=True)
class Finding:
    """One deduction and the cell that it belongs to."""

    section: str
    metric: str
    deduction: Deduction


@dataclass(frozen=True)
class Row:
    """One cell of the grid: `score` is from 0 to 100."""

    section: str
    metric: str
    score: float
    deductions: tuple[Deduction, ...] = ()


@dataclass(frozen=True)
class Grading:
    """The whole grid, section by section, with its total (0 to 100) and letter."""

    total: float
    letter: str
    rows: tuple[Row, ...]
    weights: tuple[tuple[str, int], ...]

    @property
    def meaning(self) -> str:
        """The letter in words."""
        return next(words for _, letter, words in LETTERS if letter == self.letter)

    @property
    def sections(self) -> list[str]:
        """The names of the sections, in order."""
        return list(dict.fromkeys(row.section for row in self.rows))

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics, in order."""
        return list(dict.fromkeys(row.metric for row in self.rows))

    @property
    def deductions(self) -> list[tuple[Row, Deduction]]:
        """Every deduction with its cell, the costliest for the total first."""
        weight = dict(self.weights)
        pairs = [(row, deduction) for row in self.rows for deduction in row.deductions]
        return sorted(pairs, key=lambda pair: -pair[1].points * weight[pair[0].metric])

    def row(self, section: str, metric: str) -> Row:
        """One cell of the grid; `KeyError` where there is none."""
        for row in self.rows:
            if (row.section, row.metric) == (section, metric):
                return row
        raise KeyError((section, metric))

    def score_of(self, section: str) -> float:
        """The weighted mean of a section's cells, 0 to 100."""
        weight = dict(self.weights)
        rows = [row for row in self.rows if row.section == section]
        return sum(row.score * weight[row.metric] for row in rows) / sum(weight[row.metric] for row in rows)


def letter_of(total: float) -> str:
    """The letter for a total from 0 to 100."""
    return next(letter for least, letter, _ in LETTERS if total >= least)


def graded(sections: Sequence[str], weights: Mapping[str, int], findings: Iterable[Finding]) -> Grading:
    """The grid of these sections and metrics (with their weights) after all deductions.

    A finding about a section or metric outside the grid is a mistake of the rule that made it, and raises `KeyError`.
    """
    cells: dict[tuple[str, str], list[Deduction]] = {
        (section, metric): [] for section in sections for metric in weights
    }
    for finding in findings:
        cells[finding.section, finding.metric].append(finding.deduction)
    rows = tuple(_row(section, metric, deductions) for (section, metric), deductions in cells.items())
    grid = Grading(FULL, LETTERS[0][1], rows, tuple(weights.items()))
    total = round(sum(grid.score_of(section) for section in sections) / len(sections), 1)
    return Grading(total, letter_of(total), rows, tuple(weights.items()))


def _row(section: str, metric: str, deductions: list[Deduction]) -> Row:
    score = max(0.0, FULL - sum(deduction.points for deduction in deductions))
    return Row(section, metric, round(score, 1), tuple(deductions))
