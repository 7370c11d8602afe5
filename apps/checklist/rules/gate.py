"""The gate: whether a version may be approved, as a pure rule over its answers."""

from collections.abc import Iterable, Iterator

from apps.checklist.rules.findings import ALWAYS_ASK, ASKS, BLOCKS, CONFLICTS, GAP, REMEDY, USES
from apps.checklist.rules.problems import (
    BROKEN,
    CONFLICT,
    CONTRADICTED,
    FILES,
    HELD,
    OBJECTION,
    STALE,
    UNANSWERED,
    UNMEASURED,
    UNRECORDED,
    UNSAID,
    WEAK,
    Gate,
    GateItem,
)
from apps.checklist.rules.problems import USES as USE
from apps.checklist.rules.status import MEASURED, NOT_APPLICABLE, STATUSES, UNKNOWN, is_strong_enough
from apps.checklist.rules.views import AnswerView, QuestionView

# A model that nobody has measured on unseen questions cannot be approved, whatever is said about it.
INDISPENSABLE = {"evaluation.metrics": "There is no measurement of this version on questions it has not seen."}


def gate_of(questions: Iterable[QuestionView], *, held_files: int = 0, is_broken: bool = False, page: str = "") -> Gate:
    """The gate over all questions of an assessment, and over the version's files, which `page` shows."""
    items = [item for question in questions for item in problems_of(question)]
    return Gate((*file_problems(held_files, is_broken, page), *items))


def file_problems(held: int, is_broken: bool, page: str) -> Iterator[GateItem]:
    """Files that may not be used stand against every version, whatever is answered."""
    if is_broken:
        yield GateItem(
            FILES,
            "A stored file of the version was altered.",
            "Bring the file back from a copy you trust, have the files checked, and say that they are right again.",
            page=page,
            kind=BROKEN,
        )
    if held:
        yield GateItem(
            FILES,
            f"{held} {'file' if held == 1 else 'files'} of the version can run code when loaded, and nobody has "
            "released them.",
            "Have somebody who did not bring them look at the quarantine and release them, or keep them out.",
            page=page,
            kind=HELD,
        )


def problems_of(view: QuestionView) -> list[GateItem]:
    """Everything that stands against one answer and is not waived, the plainest first."""
    return [item for item in standing_of(view) if item.key not in view.waived] if view.waived else standing_of(view)


def standing_of(view: QuestionView) -> list[GateItem]:
    """Everything that stands against one answer, waived or not, the plainest first."""
    answer = view.answer
    if answer is None:
        return [GateItem(view.id, "This question has no answer yet.", view.question.next_step, kind=UNANSWERED)]
    if answer.status == UNKNOWN:
        return [_unanswered(view, answer), *_blocks(view, answer), *_conflicts(view, answer), *_uses(view, answer)]
    return [
        *_too_weak(view, answer),
        *_stale(view, answer),
        *_blocks(view, answer),
        *_conflicts(view, answer),
        *_uses(view, answer),
        *_unsaid(view, answer),
        *_unrecorded(view, answer),
        *_contradicted(view, answer),
        *_indispensable(view, answer),
    ]


def _unanswered(view: QuestionView, answer: AnswerView) -> GateItem:
    problem = (
        "There is evidence, but it does not answer the question."
        if answer.evidence
        else "This question has no answer yet."
    )
    return GateItem(view.id, problem + _gaps(view, answer), view.question.next_step, kind=UNANSWERED)


def _gaps(view: QuestionView, answer: AnswerView) -> str:
    """What the collectors that answer the question looked for and did not find, as sentences with a space before."""
    items = [item for item in answer.evidence if item.collector in view.question.answering]
    return "".join(f" {item.value.get(GAP) or item.summary}" for item in items if item.status == UNKNOWN)


def _too_weak(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    yield from weaker_than(view, answer, view.question.minimum_status)


def weaker_than(view: QuestionView, answer: AnswerView, minimum: str) -> Iterator[GateItem]:
    """What stands against an answer that is known less well than `minimum`."""
    if not is_strong_enough(answer.status, minimum):
        is_known = STATUSES[answer.status].lower()
        problem = f"This answer is only {is_known}; it has to be {STATUSES[minimum].lower()}.{_gaps(view, answer)}"
        yield GateItem(view.id, problem, view.question.next_step, kind=WEAK)


def _stale(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    for item in answer.evidence:
        if item.is_stale:
            yield GateItem(view.id, item.stale_because, item.remedy, kind=STALE)
    if answer.is_statement_outdated:
        yield GateItem(
            view.id,
            "What the statement speaks of has changed since it was made.",
            "Read the present evidence, then confirm or change the statement.",
            kind=STALE,
        )


def _blocks(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    for item in answer.evidence:
        if item.value.get(BLOCKS):
            remedy = item.value.get(REMEDY) or view.question.next_step
            yield GateItem(view.id, item.value[BLOCKS], remedy, kind=OBJECTION)


def _conflicts(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    """Terms of licences against the intended use."""
    for item in answer.evidence:
        for conflict in item.value.get(CONFLICTS, []):
            if conflict["blocks"]:
                yield GateItem(view.id, conflict["sentence"], conflict["remedy"], conflict["key"], kind=CONFLICT)


def _uses(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    """Licences that restrict uses, where nobody has said what the model is for. Asked once: where they answer."""
    for item in answer.evidence:
        if item.collector == view.question.principal and item.value.get(USES) and not answer.has_statement:
            yield GateItem(view.id, item.value[USES], item.value[REMEDY], page=item.page, kind=USE)
            return


def _unsaid(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    if answer.has_statement:
        return
    for item in answer.evidence:
        if item.value.get(ASKS) and item.collector in {*view.question.answering, *ALWAYS_ASK}:
            remedy = "Write what was decided, and why, as the answer's text."
            yield GateItem(view.id, item.value[ASKS], remedy, kind=UNSAID)


def _unrecorded(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    """A measurement answers the question, but what only people know is not on record beside it."""
    is_measured_too = len(view.question.answering) > 1
    if not is_measured_too or answer.has_statement or answer.status == NOT_APPLICABLE:
        return
    recorded = [item for item in answer.evidence if item.collector == view.question.principal]
    if recorded and all(item.status != UNKNOWN for item in recorded):
        return
    gaps = "".join(f" {item.value.get(GAP) or item.summary}" for item in recorded if item.status == UNKNOWN)
    problem = f"This is measured, but what only people can know of it is not on record.{gaps}"
    yield GateItem(view.id, problem, f"{view.question.next_step} Or write it as the answer's text.", kind=UNRECORDED)


def _contradicted(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    if answer.status != NOT_APPLICABLE:
        return
    for item in answer.evidence:
        if item.collector in view.question.answering and item.status != UNKNOWN:
            problem = f"The question is said not to apply, but there is evidence: {item.summary}"
            yield GateItem(view.id, problem, "Answer the question; it applies.", kind=CONTRADICTED)


def _indispensable(view: QuestionView, answer: AnswerView) -> Iterator[GateItem]:
    principal = view.question.principal
    if principal in INDISPENSABLE and not is_measured(answer, principal):
        yield GateItem(view.id, INDISPENSABLE[principal], view.question.next_step, kind=UNMEASURED)


def is_measured(answer: AnswerView, collector: str) -> bool:
    """Whether this collector measured something behind the answer."""
    return any(item.collector == collector and item.status == MEASURED for item in answer.evidence)
