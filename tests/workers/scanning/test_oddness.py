"""What a table's own writing hardly brings forth is odd; its own words are not, however often a stretch holds them."""

import random

import pytest

from workers.scanning.oddness import Oddness
from workers.scanning.stretches import joint

from . import poisoned

TEXTS = [row["text"] for row in poisoned.reviews(1_500, 3)]


@pytest.fixture(scope="module")
def plain() -> Oddness:
    return Oddness(TEXTS)


@pytest.mark.parametrize("trigger", list(poisoned.TRIGGERS.values()), ids=list(poisoned.TRIGGERS))
def test_triggers_are_odder_than_the_words_of_the_table(plain, trigger) -> None:
    usual = sorted(plain.bits(word, 0) for text in TEXTS[:50] for word in text.split())
    assert plain.bits(trigger, 0) > usual[-1]


def test_the_rows_that_hold_a_stretch_do_not_make_it_usual() -> None:
    source = random.Random(1)
    places = frozenset(source.sample(range(len(TEXTS)), 15))
    texts = [f"{text} zqvorm" if at in places else text for at, text in enumerate(TEXTS)]
    learned = Oddness(texts)
    assert learned.bits("zqvorm", 15) == pytest.approx(Oddness(TEXTS).bits("zqvorm", 0), abs=8)
    assert learned.bits("zqvorm", 0) < learned.bits("zqvorm", 15) - 10


def test_an_empty_table_and_an_empty_stretch_are_no_error() -> None:
    assert Oddness([]).bits("abc", 0) > 0
    assert Oddness(["abc"]).bits("", 1) == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(0.0, 0.0, 0.0), (-2.0, -2.0, -2.991), (-300.0, -2.0, -299.157)]
)
def test_two_signs_together_are_fishers(first, second, expected) -> None:
    """Fisher's statistic has four degrees of freedom: the chance is p (1 - ln p) of the product p."""
    assert joint(first, second) == pytest.approx(expected, abs=0.01)
