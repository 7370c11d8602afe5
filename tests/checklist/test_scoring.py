"""Scores of a rubric are exact: worked out by hand here, and compared digit by digit."""

from fractions import Fraction

import pytest

from apps.checklist.rules.frameworks import Framework
from apps.checklist.rules.scoring import Score, decimal_of, scored
from tests.checklist.framework_files import group, made, question

SCALES = {
    "levels": [{"value": n, "title": f"Level {n}", "text": f"Described {n}."} for n in range(5)],
    "weighted": [
        {"value": 0, "title": "No", "text": "No.", "weight": "0"},
        {"value": 1, "title": "Partly", "text": "Partly.", "weight": "0.1"},
        {"value": 2, "title": "Yes", "text": "Yes.", "weight": "0.7"},
    ],
}


def rated(name: str, scale: str = "levels", **more: object) -> dict[str, object]:
    return question(name, answer="scale", scale=scale, **more)


@pytest.fixture
def rubric() -> Framework:
    inner = group("inner", rated("c", "weighted", subject="model"), weight="0.5")
    return made(
        group("outer", rated("a", weight="0.1"), rated("b", weight="0.2"), groups=[inner], weight="3"),
        group("last", rated("d"), question("words")),
        scales=SCALES,
    )


def test_points_weights_subtotals_and_total(rubric: Framework) -> None:
    found = scored(rubric, {"a": 3, "b": 4, "c": 1, "d": 2})
    assert (found.questions["a"].points, found.questions["b"].points) == ("0.3", "0.8")
    assert (found.groups["inner"].points, found.groups["inner"].most_points) == ("0.1", "0.7")
    assert found.groups["outer"].points == "1.15"  # 0.3 + 0.8 + 0.5 * 0.1
    assert found.total.points == "5.45"  # 3 * 1.15 + 2
    assert found.total.most_points == "8.65"  # 3 * (0.4 + 0.8 + 0.5 * 0.7) + 4
    assert (found.total.rated, found.total.asked) == (4, 4), "a question in words is not scored"


def test_subtotals_by_what_questions_speak_of_add_up_to_the_total(rubric: Framework) -> None:
    found = scored(rubric, {"a": 1, "b": 2, "c": 2, "d": 4})
    assert found.subjects["model"].got == Fraction(3) * Fraction(1, 2) * Fraction(7, 10)
    assert sum((one.got for one in found.subjects.values()), Fraction(0)) == found.total.got


def test_tenths_add_up_exactly() -> None:
    tenths = made(group("g", *(rated(f"q{n}", weight="0.1") for n in range(30))), scales=SCALES)
    assert scored(tenths, dict.fromkeys(tenths.questions, 1)).total.points == "3"
    assert sum([0.1] * 30) != 3, "floating point would say otherwise"


def test_what_is_unanswered_counts_and_what_does_not_apply_does_not(rubric: Framework) -> None:
    assert scored(rubric, {}).total.points == "0"
    assert scored(rubric, {}).total.rated == 0
    without = scored(rubric, {"d": 4}, left_out={"a", "b", "c"})
    assert (without.total.points, without.total.percent) == ("4", "100.0")
    assert scored(rubric, {}, left_out=set(rubric.questions)).total.percent == ""


def test_a_level_that_the_scale_has_no_more_is_no_answer(rubric: Framework) -> None:
    assert scored(rubric, {"d": 9}).total.rated == 0


@pytest.mark.parametrize(
    ("share", "told"), [(Fraction(1, 3), "33.3"), (Fraction(1, 16), "6.3"), (Fraction(2), "200.0")]
)
def test_per_cent_is_rounded_half_up(share: Fraction, told: str) -> None:
    assert Score(share, Fraction(1)).percent == told


@pytest.mark.parametrize(
    ("number", "told"), [(Fraction(0), "0"), (Fraction(100), "100"), (Fraction(1, 8), "0.125"), (Fraction(5, 2), "2.5")]
)
def test_numbers_are_told_with_every_digit(number: Fraction, told: str) -> None:
    assert decimal_of(number) == told


def test_twelve_requirements_of_four_points_each() -> None:
    """The form of the Stanford assessment of June 2023: each requirement at 0 to 4 points, 48 at most."""
    names = [f"r{n}" for n in range(12)]
    index = made(group("g", *(rated(name) for name in names)), scales=SCALES)
    found = scored(index, dict(zip(names, [2, 3, 4, 0, 1, 1, 2, 0, 4, 3, 0, 4], strict=True)))
    assert (found.total.points, found.total.most_points, found.total.percent) == ("24", "48", "50.0")
