"""Going through the answers of an assessment, check by check."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from apps.checklist.rules.problems import CONTRADICTED, OBJECTION, WEAK
from apps.checklist.rules.quality import items
from apps.checklist.rules.quality.contradictions import contradiction
from apps.checklist.rules.quality.items import CHECKS, SEVERITIES, Check, QualityItem
from apps.checklist.rules.status import DECLARED, NOT_APPLICABLE, UNKNOWN
from apps.checklist.rules.values import IN_WORDS
from apps.checklist.rules.views import AnswerView, AssessmentView, QuestionView

SHORT = 15  # characters, wide ones counted twice: what is shorter is no sentence
COPIED_FROM = 40  # characters: shorter texts are often the same for a reason
_SHOWN = 4  # questions that a sentence names
PLACEHOLDERS = frozenset({"lorem ipsum", "to be determined", "to be done", "not available", "see above"})
_PLACES = {severity: place for place, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True)
class _Held:
    """What every question of one assessment is looked at with."""

    view: AssessmentView
    made_on: date
    today: date
    copies: dict[str, list[str]]


def checked(view: AssessmentView, *, made_on: date, today: date) -> list[QualityItem]:
    """Everything odd about the answers, the gravest first, then in the order of the page.

    `made_on` is the day on which what the assessment speaks of was made.
    """
    held = _Held(view, made_on, today, _copies(view.questions))
    found = [item for question in view.questions for item in _of_question(question, held)]
    return sorted(found, key=lambda item: _PLACES[item.severity])


def _of_question(question: QuestionView, held: _Held) -> Iterator[QualityItem]:
    if question.status == UNKNOWN:
        yield from _unanswered(question, held)
    if question.is_stale and question.answer is not None:
        yield _item(items.STALE, question, " ".join(question.answer.stale_because))
    if (own := question.own_answer) is None or not own.stated:
        return
    for check, look in _LOOKS.items():
        if message := look(question, own, held):
            yield _item(CHECKS[check], question, message)
    yield from _contradiction(question, own)


def _item(check: Check, question: QuestionView, message: str) -> QualityItem:
    return QualityItem(check, question.id, question.question.text, message)


def _unanswered(question: QuestionView, held: _Held) -> Iterator[QualityItem]:
    """A question without an answer; one that does not apply yet may wait."""
    used = held.view.framework
    starts = used.starts_on(question.question)
    if date.fromisoformat(starts) > held.today:
        return
    if starts != used.effective_date:
        yield _item(items.OVERDUE, question, f"It applies since {starts}, and there is no answer.")
    else:
        yield _item(items.UNANSWERED, question, "There is no answer.")


def _contradiction(question: QuestionView, own: AnswerView) -> Iterator[QualityItem]:
    other = question.elsewhere
    if other is not None and (message := contradiction(question, own, other)):
        place = (other.taken.assessment, other.taken.question)
        yield QualityItem(items.CONTRADICTION, question.id, question.question.text, message, place)


def _no_evidence(question: QuestionView, own: AnswerView, held: _Held) -> str:
    if own.stated != DECLARED or any(item.status != UNKNOWN for item in own.evidence):
        return ""
    return "Only words answer it." if not own.evidence else "The platform looked and found nothing that supports it."


def _old_evidence(question: QuestionView, own: AnswerView, held: _Held) -> str:
    old = [item for item in own.evidence if not item.collector and item.effective_on < held.made_on]
    if not old:
        return ""
    first = min(item.effective_on for item in old)
    return (
        f"{_counted(len(old), 'piece')} of evidence from before {held.made_on.isoformat()}, when "
        f"{held.view.subject_label} was made; the oldest of {first.isoformat()}."
    )


def _no_reason(question: QuestionView, own: AnswerView, held: _Held) -> str:
    if own.stated != NOT_APPLICABLE or not _says_nothing(own.reason):
        return ""
    return f"The reason says nothing: “{own.reason}”."


def _measured_otherwise(question: QuestionView, own: AnswerView, held: _Held) -> str:
    against = [item.problem for item in question.problems if item.kind in (CONTRADICTED, OBJECTION)]
    return " ".join(dict.fromkeys(against)) if own.stated in (DECLARED, NOT_APPLICABLE) else ""


def _copied(question: QuestionView, own: AnswerView, held: _Held) -> str:
    others = [name for name in held.copies.get(_essence(own.text), []) if name != question.id]
    if own.stated != DECLARED or not others:
        return ""
    more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
    return f"The same words answer {', '.join(others[:_SHOWN])}{more}."


def _too_short(question: QuestionView, own: AnswerView, held: _Held) -> str:
    is_asked = own.stated == DECLARED and question.question.answer in IN_WORDS
    return f"All that it says is “{own.text}”." if is_asked and _says_nothing(own.text) else ""


def _too_weak(question: QuestionView, own: AnswerView, held: _Held) -> str:
    return next((item.problem for item in question.problems if item.kind == WEAK), "")


def _no_value(question: QuestionView, own: AnswerView, held: _Held) -> str:
    is_asked = own.stated == DECLARED and question.question.answer not in IN_WORDS
    if not is_asked or question.value_words:
        return ""
    return f"The question asks for an answer of this kind: {question.question.answer_label.lower()}."


_Look = Callable[[QuestionView, AnswerView, _Held], str]
_LOOKS: dict[str, _Look] = {
    items.NO_EVIDENCE.id: _no_evidence,
    items.OLD_EVIDENCE.id: _old_evidence,
    items.NO_REASON.id: _no_reason,
    items.MEASURED_OTHERWISE.id: _measured_otherwise,
    items.COPIED.id: _copied,
    items.TOO_SHORT.id: _too_short,
    items.TOO_WEAK.id: _too_weak,
    items.NO_VALUE.id: _no_value,
}


def _copies(questions: Iterable[QuestionView]) -> dict[str, list[str]]:
    """The questions that each text answers; texts that are short are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        if (own := question.own_answer) is not None and own.stated == DECLARED and len(own.text) >= COPIED_FROM:
            found[_essence(own.text)].append(question.id)
    return found


def _essence(text: str) -> str:
    return " ".join(text.casefold().split())


def _says_nothing(text: str) -> bool:
    essence = _essence(text)
    breadth = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in essence)
    return breadth < SHORT or essence.strip(" .!?") in PLACEHOLDERS


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
