"""Writing what one person says about one question. Every door for answers, one by one or by file, ends here."""

from apps.accounts.models import User
from apps.checklist.models import Answer, Assessment
from apps.checklist.rules import DECLARED, NOT_APPLICABLE, STATED, Framework, Known, Question, answer_status
from apps.checklist.rules.saying import Said
from apps.checklist.rules.statements import statement_basis
from apps.checklist.rules.values import IN_WORDS, ValueRefused, checked_value, value_words
from apps.checklist.services.revisions import SAVE, Statement, by_hand, revise
from apps.core.errors import Conflict, Invalid

TEXT_MOST = 20_000  # characters of an answer; more belongs in a document that is linked


def said_write(
    *, by: User, assessment: Assessment, used: Framework, known: Known, before: Answer | None, given: Said
) -> Answer:
    """Write the next revision of an answer, with the evidence as it is now, in a transaction that holds the assessment.

    Whoever calls has asked whether the person may, and read `before`, the current answer to this question. Raises
    Invalid for what is no answer, Conflict where something changed since the person looked.
    """
    asked = used.questions[given.question]
    kept = value_kept(asked, used, given)
    basis = statement_basis(asked, known)
    check_unchanged(asked, used, before, given.expect_revision, is_basis_same=given.expect_basis in ("", basis))
    return revise(
        by=by,
        assessment=assessment,
        question=asked,
        before=before,
        status=answer_status(given.status, known.status_of(asked.answering)),
        statement=Statement(given.status, given.text, given.reason, stated_on=basis, by_id=by.pk, value=kept),
        findings=known.of(asked.collectors),
        given=by_hand(before),
        action=SAVE,
    )


def check_statement(given: Said) -> None:
    """Raise Invalid for what a person cannot say, or not without a reason, or not at this length."""
    if given.status not in STATED:
        raise Invalid(
            f"“{given.status}” cannot be said by a person.",
            code="answer.status",
            remedy="Say declared, not_applicable or unknown. Measured and imported answers come from the platform.",
        )
    if given.status == NOT_APPLICABLE and not given.reason:
        raise Invalid(
            "Say why the question does not apply; the reason is part of the record.", code="answer.reason_missing"
        )
    if max(len(given.text), len(given.reason)) > TEXT_MOST:
        raise Invalid(
            f"An answer has up to {TEXT_MOST} characters.",
            code="answer.too_long",
            remedy="Put the rest in a document and add it as evidence.",
        )


def value_kept(asked: Question, used: Framework, given: Said) -> dict[str, object]:
    """The value of an answer as it is kept; only what answers the question has one. Raises Invalid."""
    if given.status != DECLARED:
        if given.value:
            raise Invalid("Only an answer has a value; “unknown” and “does not apply” have none.", code="answer.value")
        return {}
    if asked.answer in IN_WORDS and not given.text:
        raise Invalid("An answer needs words.", code="answer.empty", remedy="Write the answer, or say “unknown”.")
    try:
        return checked_value(asked, used.levels.get(asked.scale, ()), given.value)
    except ValueRefused as refused:
        raise Invalid(str(refused), code="answer.value") from refused


def check_unchanged(
    asked: Question, used: Framework, before: Answer | None, expect_revision: int | None, *, is_basis_same: bool
) -> None:
    """Raise Conflict where the answer or its evidence is no longer what the person looked at."""
    revision = before.revision if before else 0
    if expect_revision is not None and revision != expect_revision:
        who = str(before.answered_by) if before and before.answered_by else "The platform"
        said = _said(asked, used, before) if before else ""
        raise Conflict(
            f"{who} changed this answer while you were writing.{f' It now says: “{said}”' if said else ''}",
            code="answer.changed",
            remedy="Read the present answer, then save yours again if it still holds.",
        )
    if not is_basis_same:
        raise Conflict(
            "The evidence changed while you were writing.",
            code="answer.evidence_changed",
            remedy="Read the present evidence, then save your answer again if it still holds.",
        )


def _said(asked: Question, used: Framework, answer: Answer) -> str:
    words = value_words(asked, used.levels.get(asked.scale, ()), answer.value)
    return ". ".join(filter(None, (words, answer.text or answer.reason)))
