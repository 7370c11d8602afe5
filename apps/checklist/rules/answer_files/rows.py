"""One question with its answer as a row of a file. Everything that the page shows is in it."""

from collections.abc import Iterable
from typing import Any

from apps.checklist.rules.evidence import EvidenceView
from apps.checklist.rules.frameworks import CHOICE, NUMBER, SCALE, YES_NO, Level, Question
from apps.checklist.rules.values import option_of_value, options_of
from apps.checklist.rules.views import AssessmentView, GroupView, QuestionView


def row_of(view: AssessmentView, group: GroupView, question: QuestionView) -> dict[str, Any]:
    """The cells of one question by their columns; the evidence as it is, for the writer to put into a cell."""
    own, shown, taken = question.own_answer, question.answer, question.taken_from
    return {
        "id": question.id,
        "group": group.title,
        "reference": question.question.ref,
        "question": question.question.text,
        "asks for": question.question.answer_label,
        "may be": choices_of(question.question, question.levels),
        "status": own.stated if own else "",
        "value": option_of_value(own.value) if own else "",
        "answer": own.text if own else "",
        "reason": own.reason if own else "",
        "known": question.status,
        "says": question.says,
        "answered by": shown.answered_by if shown else "",
        "answered at": shown.answered_at.isoformat() if shown else "",
        "revision": question.revision,
        "stale": " ".join(shown.stale_because) if shown else "",
        "taken over from": f"{taken.framework}: {taken.question} ({taken.subject_label})" if taken else "",
        "evidence": question.evidence,
        "has to be": question.question.minimum_status,
        "applies from": view.framework.starts_on(question.question),
        "framework": view.framework.urn,
        "framework version": view.framework.version,
        "assessment": view.pk,
        "basis": question.basis,
    }


def choices_of(question: Question, levels: Iterable[Level]) -> str:
    """What can stand under “value”, for people to read; empty where the answer is words alone."""
    options = options_of(question, list(levels))
    if question.answer == NUMBER:
        return f"a number, in {question.unit}" if question.unit else "a number"
    if question.answer == CHOICE:
        return "\n".join(f"{value}: {title}" for value, title in options)
    return (
        " or ".join(value for value, _ in options) if question.answer == YES_NO else "\n".join(dict(options).values())
    )


def options_told(question: Question, levels: Iterable[Level]) -> list[str]:
    """What can be chosen for “value”, as it is written; empty where nothing is chosen."""
    is_chosen = question.answer in (YES_NO, CHOICE, SCALE)
    return [value for value, _ in options_of(question, list(levels))] if is_chosen else []


def evidence_told(item: EvidenceView) -> dict[str, Any]:
    """One piece of evidence with everything that is on record about it."""
    return {
        "status": item.status,
        "brought by": item.title,
        "collector": item.collector,
        "method": item.method,
        "says": item.summary,
        "details": item.value,
        "speaks of": item.subject_label,
        "kind": item.subject_type,
        "number": item.subject_id,
        "digest": item.subject_digest,
        "effective": item.effective_on.isoformat(),
        "collected at": item.collected_at.isoformat(),
        "given by": item.given_by,
        "stale": item.stale_because,
    }


def evidence_words(items: Iterable[EvidenceView]) -> str:
    """Evidence for people to read, one line a piece."""
    return "\n".join(
        f"{item.status_label}: {item.summary} [{item.title}; {item.method}; {item.subject_label}; "
        f"{item.effective_on.isoformat()}; {item.subject_digest[:12]}{'; stale' if item.is_stale else ''}]"
        for item in items
    )
