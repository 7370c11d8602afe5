"""Typed answers: what a person may choose, count or rate, how it is kept, and how it reads.

An answer keeps its value as one of `{"yes": true}`, `{"choice": "id"}`, `{"number": "12.5"}` (a decimal number as text,
so that nothing is rounded) and `{"level": 2}`. Statements and texts are words alone and have no value.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from apps.checklist.rules.frameworks import CHOICE, NUMBER, SCALE, STATEMENT, TEXT, YES_NO, Level, Question

KEYS = {YES_NO: "yes", CHOICE: "choice", NUMBER: "number", SCALE: "level"}
IN_WORDS = frozenset({STATEMENT, TEXT})
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,15})?")
NUMBER_RULE = "Give a number such as 12 or 0.75: at most 30 digits before the point and 15 behind it."


class ValueRefused(ValueError):
    """A value does not answer the question; the message is a sentence for the person who gave it."""


def checked_value(question: Question, levels: Sequence[Level], given: Mapping[str, Any]) -> dict[str, Any]:
    """The value as it is kept. Raises ValueRefused where it does not answer the question in the way it asks for."""
    if question.answer in IN_WORDS:
        if given:
            raise ValueRefused("This question is answered in words, without a value.")
        return {}
    key = KEYS[question.answer]
    if set(given) != {key}:
        raise ValueRefused(f"This question asks for {ASKED[question.answer]}.")
    return {key: _checked(question, levels, given[key])}


ASKED = {YES_NO: "yes or no", CHOICE: "one of its choices", NUMBER: "a number", SCALE: "a level of its scale"}


def _checked(question: Question, levels: Sequence[Level], value: Any) -> Any:
    if question.answer == NUMBER:
        return _number(value)
    allowed: dict[str, list[Any]] = {YES_NO: [True, False], CHOICE: [one.id for one in question.choices]}
    found = allowed.get(question.answer, [level.value for level in levels])
    is_same_kind = any(type(value) is type(one) and value == one for one in found)  # True is no 1 here
    if not is_same_kind:
        raise ValueRefused(f"Choose {ASKED[question.answer]}.")
    return value


def _number(value: Any) -> str:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise ValueRefused(NUMBER_RULE)
    return text


def options_of(question: Question, levels: Sequence[Level]) -> list[tuple[str, str]]:
    """What can be chosen, as pairs of what a form sends and what a person reads; empty where nothing is chosen."""
    if question.answer == YES_NO:
        return [("yes", "Yes"), ("no", "No")]
    if question.answer == CHOICE:
        return [(one.id, one.title) for one in question.choices]
    return [(str(level.value), f"{level.value}: {level.title}") for level in levels] if question.answer == SCALE else []


def value_of_option(question: Question, sent: str) -> dict[str, Any]:
    """What a form sent, as a value; empty where nothing was sent. `checked_value` still has to look at it."""
    if not sent or question.answer in IN_WORDS:
        return {}
    if question.answer == YES_NO:
        return {"yes": {"yes": True, "no": False}.get(sent)}
    if question.answer == SCALE:
        return {"level": int(sent) if sent.isdecimal() else None}
    return {KEYS[question.answer]: sent}


def option_of_value(value: Mapping[str, Any]) -> str:
    """What a form sends for this value; empty where there is none."""
    if "yes" in value:
        return "yes" if value["yes"] else "no"
    return next((str(item) for item in value.values()), "")


def value_words(question: Question, levels: Sequence[Level], value: Mapping[str, Any]) -> str:
    """A value as a person reads it; empty where there is none."""
    if question.answer not in KEYS or KEYS[question.answer] not in value:
        return ""  # an earlier version of the framework asked in another way
    if question.answer == NUMBER:
        return f"{value['number']} {question.unit}".rstrip()
    return dict(options_of(question, levels)).get(option_of_value(value), "")
