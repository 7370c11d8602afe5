"""Typed answers: what may be given, how it is kept, and how it reads."""

import pytest

from apps.checklist.rules.values import (
    ValueRefused,
    checked_value,
    option_of_value,
    options_of,
    value_of_option,
    value_words,
)
from tests.checklist.framework_files import group, made, question

SCALE = {
    "grade": [{"value": 0, "title": "None", "text": "Nothing."}, {"value": 2, "title": "All", "text": "All of it."}]
}
MADE = made(
    group(
        "first",
        question("words"),
        question("text", answer="text"),
        question("yes", answer="yes_no"),
        question("pick", answer="choice", choices=[{"id": "a", "title": "Apples"}, {"id": "b", "title": "Pears"}]),
        question("count", answer="number", unit="kWh"),
        question("rate", answer="scale", scale="grade"),
    ),
    scales=SCALE,
)


def asked(name: str):
    one = MADE.questions[name]
    return one, MADE.levels.get(one.scale, ())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("words", {}, ""),
        ("text", {}, ""),
        ("yes", {"yes": True}, "Yes"),
        ("yes", {"yes": False}, "No"),
        ("pick", {"choice": "b"}, "Pears"),
        ("count", {"number": "12.50"}, "12.50 kWh"),
        ("count", {"number": "-3"}, "-3 kWh"),
        ("rate", {"level": 2}, "2: All"),
    ],
)
def test_what_answers_a_question_is_kept_as_it_was_given(name: str, value: dict[str, object], words: str) -> None:
    one, levels = asked(name)
    assert checked_value(one, levels, value) == value
    assert value_words(one, levels, value) == words
    assert value_of_option(one, option_of_value(value)) == value, "a form sends back what it showed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("words", {"yes": True}),
        ("yes", {}),
        ("yes", {"yes": 1}),
        ("yes", {"yes": "yes"}),
        ("yes", {"yes": True, "choice": "a"}),
        ("pick", {"choice": "c"}),
        ("pick", {"choice": ["a"]}),
        ("count", {"number": 1.5}),
        ("count", {"number": "1e9"}),
        ("count", {"number": "NaN"}),
        ("count", {"number": "1" * 31}),
        ("count", {"number": True}),
        ("rate", {"level": 1}),
        ("rate", {"level": False}),
        ("rate", {"level": "2"}),
        ("rate", {"level": None}),
    ],
)
def test_what_does_not_answer_it_is_refused(name: str, value: dict[str, object]) -> None:
    with pytest.raises(ValueRefused):
        checked_value(*asked(name), value)


def test_a_whole_number_is_kept_as_text() -> None:
    assert checked_value(*asked("count"), {"number": 7}) == {"number": "7"}


def test_options_are_what_a_person_can_choose() -> None:
    assert options_of(*asked("yes")) == [("yes", "Yes"), ("no", "No")]
    assert options_of(*asked("rate")) == [("0", "0: None"), ("2", "2: All")]
    assert options_of(*asked("count")) == []


def test_a_value_of_another_kind_of_question_reads_as_nothing() -> None:
    assert value_words(*asked("pick"), {"level": 2}) == ""
    assert value_words(*asked("pick"), {"choice": "gone"}) == ""
