"""Whether an answer and one that was given elsewhere to the same question can both be right."""

from decimal import Decimal

from apps.checklist.rules.frameworks import CHOICE, NUMBER, SAME, YES_NO
from apps.checklist.rules.status import NOT_APPLICABLE, UNKNOWN
from apps.checklist.rules.taking_over import Elsewhere
from apps.checklist.rules.views import AnswerView, QuestionView


def contradiction(question: QuestionView, own: AnswerView, other: Elsewhere) -> str:
    """Why both cannot be right, as a sentence; empty where they can. Words alone are never held against words.

    What asks for more answers what asks for less, but not the other way round: of such a pair only what follows from
    the former counts.
    """
    because = _of_statuses(own, other) or _of_values(question, own, other)
    where = f"“{other.taken.framework}”, {other.taken.question}, of {other.taken.subject_label}"
    return f"{because} Compare {where}." if because else ""


def _of_statuses(own: AnswerView, other: Elsewhere) -> str:
    is_same = other.taken.relation == SAME
    if own.stated == UNKNOWN:
        return "Here it is said to be unknown; it is answered elsewhere."
    if own.status == NOT_APPLICABLE and other.status != NOT_APPLICABLE:
        return "Here it is said not to apply; it is answered elsewhere."
    if own.status != NOT_APPLICABLE and other.status == NOT_APPLICABLE and is_same:
        return "Here it is answered; elsewhere it is said not to apply."
    return ""


def _of_values(question: QuestionView, own: AnswerView, other: Elsewhere) -> str:
    asked, there = question.question, other.asked
    is_same, kind = other.taken.relation == SAME, asked.answer
    if there.answer != kind or not own.value or not other.value:
        return ""
    if kind == YES_NO and own.value.get("yes") != other.value.get("yes"):
        return _differ(question, other) if is_same or other.value.get("yes") else ""
    is_comparable = (kind == CHOICE and asked.choices == there.choices) or (kind == NUMBER and asked.unit == there.unit)
    if not is_same or not is_comparable:
        return ""
    if kind == CHOICE:
        return _differ(question, other) if own.value != other.value else ""
    differs = Decimal(own.value.get("number", "0")) != Decimal(other.value.get("number", "0"))
    return _differ(question, other) if differs else ""


def _differ(question: QuestionView, other: Elsewhere) -> str:
    return f"Here it says “{question.value_words}”, elsewhere “{other.value_words}”."
