"""Scoring answers on the scales of a rubric: points, weights, subtotals and the total, exactly.

A question is worth the points of the chosen level (its `weight`, or its `value` without one) times the question's own
weight. A group is worth the sum of its questions and of the groups within it, each of those times its weight; the total
is the sum over the outermost groups, each times its weight. Numbers are fractions throughout: nothing is rounded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from apps.checklist.rules.frameworks import Framework, Group, Level, Question

_DIGITS = 300  # more than weights of 24 digits can need through every depth of groups


@dataclass(frozen=True)
class Score:
    """Points that were reached and that could be, and how many of the questions that count were rated."""

    got: Fraction = Fraction(0)
    most: Fraction = Fraction(0)
    rated: int = 0
    asked: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.got + other.got, self.most + other.most, self.rated + other.rated, self.asked + other.asked)

    def times(self, weight: str) -> "Score":
        """This score at a weight, a decimal number as text."""
        return Score(self.got * Fraction(weight), self.most * Fraction(weight), self.rated, self.asked)

    @property
    def share(self) -> Fraction | None:
        """Points reached of those that could be, from 0 to 1; None where none could be."""
        return self.got / self.most if self.most else None

    @property
    def points(self) -> str:
        """Points reached, every digit."""
        return decimal_of(self.got)

    @property
    def most_points(self) -> str:
        """Points that could be reached, every digit."""
        return decimal_of(self.most)

    @property
    def percent(self) -> str:
        """The share in per cent, rounded half up to one place; empty where there is none."""
        if self.share is None:
            return ""
        with localcontext() as context:
            context.prec = _DIGITS
            exact = Decimal(self.share.numerator * 100) / Decimal(self.share.denominator)
            return str(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


NOTHING = Score()


@dataclass(frozen=True)
class RubricScore:
    """The total, and the subtotals by group, by what the questions speak of, and by question (their ids)."""

    total: Score
    groups: Mapping[str, Score]
    subjects: Mapping[str, Score]
    questions: Mapping[str, Score]


def decimal_of(number: Fraction) -> str:
    """A fraction that decimals made, as the shortest decimal number."""
    with localcontext() as context:
        context.prec = _DIGITS
        found = format(Decimal(number.numerator) / Decimal(number.denominator), "f")
    return found.rstrip("0").rstrip(".") if "." in found else found


def scored(framework: Framework, levels: Mapping[str, int], left_out: Collection[str] = ()) -> RubricScore:
    """The score of answers, given as the chosen level of each question.

    A question without an answer counts with no points; one in `left_out` (it does not apply) does not count. Questions
    that ask for no level are not scored.
    """
    counting = [one for one in framework.questions.values() if one.scale and one.id not in left_out]
    questions = {one.id: _question(one, framework.levels[one.scale], levels.get(one.id)) for one in counting}
    groups: dict[str, Score] = {}
    total = _sum(_group(group, questions, groups).times(group.weight) for group in framework.groups)
    subjects: dict[str, Score] = {}
    for one in counting:
        at_weight = _at_weight(questions[one.id], framework.section_of[one.id].path)
        subjects[one.subject] = subjects.get(one.subject, NOTHING) + at_weight
    return RubricScore(total, groups, subjects, questions)


def _question(question: Question, levels: tuple[Level, ...], chosen: int | None) -> Score:
    points = {level.value: level.points for level in levels}
    score = Score(points.get(chosen, Fraction(0)) if chosen is not None else Fraction(0), max(points.values()))
    return Score(score.got, score.most, int(chosen in points), 1).times(question.weight)


def _group(group: Group, questions: Mapping[str, Score], groups: dict[str, Score]) -> Score:
    own = _sum(questions[one.id] for one in group.questions if one.id in questions)
    inner = _sum(_group(one, questions, groups).times(one.weight) for one in group.groups)
    groups[group.id] = own + inner
    return groups[group.id]


def _at_weight(score: Score, path: Iterable[Group]) -> Score:
    for group in path:
        score = score.times(group.weight)
    return score


def _sum(scores: Iterable[Score]) -> Score:
    return sum(scores, NOTHING)
