"""Taking many answers in at once: what a file would do, and doing it, all or nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.checklist.models import Answer, Assessment
from apps.checklist.queries import framework, present_view
from apps.checklist.queries.subjects import knowledge_of
from apps.checklist.queries.upgrades import no_longer_asked
from apps.checklist.rules import DECLARED, STATED, AssessmentView, Framework, QuestionView
from apps.checklist.rules.answer_files import (
    CHANGED,
    CONFLICT,
    EMPTY,
    FILLED,
    GONE,
    NAMES,
    NEW,
    REFUSED,
    SAME,
    Preview,
    PreviewLine,
    RowRefused,
    is_same,
    said_in,
)
from apps.checklist.rules.answer_files.columns import PAGE
from apps.checklist.rules.saying import Said
from apps.checklist.rules.values import value_words
from apps.checklist.services.revisions import current_answers, locked, question_of
from apps.checklist.services.saying import check_statement, said_write, value_kept
from apps.core.errors import Conflict, Invalid
from apps.core.spreadsheets import Line, Sheet, read

IMPORT = "answers.import"


def answers_checked(*, by: User, assessment: Assessment, content: bytes) -> Preview:
    """What taking this file in would do, row by row; nothing is written. Raises Invalid for what is no such file."""
    require(by, "assessment.answer", assessment.team_id)
    return _checked(assessment, content)


@transaction.atomic
def answers_take(*, by: User, assessment: Assessment, content: bytes, skip_refused: bool = False) -> Preview:
    """Take every row of a file in, and return what it did. Raises Conflict where a row is refused or was changed
    here since the export, and writes nothing then, unless these are to be skipped.
    """
    require(by, "assessment.answer", assessment.team_id)
    assessment = locked(assessment)
    found = _checked(assessment, content)
    if found.against and not skip_refused:
        raise Conflict(
            f"{len(found.against)} of {len(found.lines)} rows cannot be taken, so nothing was written.",
            code="import.refused",
            remedy="Look at the rows first (apply=false), put them right, or say that they are to be skipped.",
        )
    _write(by, assessment, found.given, found.digest)
    return found


@transaction.atomic
def answers_import(*, by: User, assessment: Assessment, given: Sequence[Said], digest: str = "") -> int:
    """Write all of these answers, or none where one is refused or changed meanwhile. Returns how many were written.

    `digest` is the SHA-256 of the file that they come from.
    """
    require(by, "assessment.answer", assessment.team_id)
    if len({said.question for said in given}) != len(given):
        raise Invalid("Two of these answers speak of the same question.", code="import.doubled")
    _write(by, locked(assessment), given, digest)
    return len(given)


def _write(by: User, assessment: Assessment, given: Sequence[Said], digest: str) -> None:
    used = framework(assessment.framework, assessment.framework_version)
    before, known = current_answers(assessment), knowledge_of([assessment]).of(assessment)
    for said in given:
        question_of(used.questions, said.question)
        check_statement(said)
        said_write(by=by, assessment=assessment, used=used, known=known, before=before.get(said.question), given=said)
    if given:
        data = {"file": digest, "questions": [said.question for said in given]}
        record(action=IMPORT, obj=assessment, by=by, data=data)


@dataclass(frozen=True)
class _Against:
    """What the rows of a file are held against."""

    view: AssessmentView
    questions: dict[str, QuestionView]
    moved: dict[str, str]
    gone: dict[str, Answer]

    @property
    def used(self) -> Framework:
        """The framework of the assessment."""
        return self.view.framework


def _checked(assessment: Assessment, content: bytes) -> Preview:
    sheet, view = read(content, PAGE), present_view(assessment)
    if "id" not in sheet.columns or not set(sheet.columns) & set(FILLED):
        raise Invalid(
            "This file names no questions and answers.",
            code="import.columns",
            remedy=f"Its header holds “id” and at least one of: {', '.join(FILLED)}. Start from an exported file.",
        )
    moved = {old: one.id for one in view.framework.questions.values() for old in one.replaces}
    gone = {one.question: one for one in no_longer_asked(assessment)}
    against = _Against(view, {one.id: one for one in view.questions}, moved, gone)
    lines = tuple(_lines(sheet, against))
    return Preview(lines, tuple(_warnings(sheet, view)), hashlib.sha256(content).hexdigest())


def _lines(sheet: Sheet, against: _Against) -> Iterator[PreviewLine]:
    seen: dict[str, int] = {}
    for line in sheet.lines:
        name = line.cells.get("id", "").strip()
        name = name if name in against.questions else against.moved.get(name, name)
        if name in seen:
            yield PreviewLine(line.number, name, REFUSED, why=f"Line {seen[name]} speaks of this question already.")
            continue
        seen[name] = line.number
        yield _line(line, name, against)


def _line(line: Line, name: str, against: _Against) -> PreviewLine:
    view, urn = against.questions.get(name), line.cells.get("framework", "").strip()
    if urn and urn != against.used.urn:
        return PreviewLine(line.number, name, REFUSED, why=f"This row is for another framework: {urn[:120]}.")
    if view is None and name in against.gone:
        return PreviewLine(line.number, name, GONE, why="The present version of the framework does not ask this.")
    if view is None:
        why = f"The framework has no question “{name[:60]}”." if name else "This row names no question."
        return PreviewLine(line.number, name[:60], REFUSED, why=why)
    return _asked_line(line, view, against)


def _asked_line(line: Line, view: QuestionView, against: _Against) -> PreviewLine:
    found = PreviewLine(line.number, view.id, EMPTY, asked=view.question.text, before=_stated(view))
    is_own = line.cells.get("assessment", str(against.view.pk)).strip() == str(against.view.pk)
    try:
        said = said_in(line.cells, view.question, view.levels, is_own=is_own)
        if said is None:
            return found
        found = replace(found, after=_words(view, said))
        if is_same(said, view.own_answer, view.question):
            return replace(found, kind=SAME)
        check_statement(said)
        value_kept(view.question, against.used, said)
    except RowRefused as refused:
        return replace(found, kind=REFUSED, why=str(refused))
    except Invalid as refused:
        return replace(found, kind=REFUSED, why=refused.message, remedy=refused.remedy)
    if why := _changed_since(view, said):
        return replace(found, kind=CONFLICT, why=why, remedy="Export again, and bring your change to what is there.")
    return replace(found, kind=CHANGED if found.before else NEW, said=_pinned(view, said))


def _changed_since(view: QuestionView, said: Said) -> str:
    """Why a row cannot be written over what is there; empty where nothing changed since the export."""
    if said.expect_revision is not None and said.expect_revision != view.revision:
        answer = view.own_answer
        who = answer.answered_by if answer and answer.answered_by else "The platform"
        return f"{who} changed this answer since the export (revision {said.expect_revision}, now {view.revision})."
    if said.expect_basis not in ("", view.basis):
        return "The evidence changed since the export."
    return ""


def _pinned(view: QuestionView, said: Said) -> Said:
    """The statement on what stands now: whatever changes after this look is told when it is written."""
    return Said(said.question, said.status, said.text, said.reason, said.value, view.revision, view.basis)


def _stated(view: QuestionView) -> str:
    """What a person has said so far, in words; empty where nobody has."""
    answer = view.own_answer
    if answer is None or not answer.stated:
        return ""
    return _in_words(answer.stated, view.value_words, answer.text, answer.reason)


def _words(view: QuestionView, said: Said) -> str:
    return _in_words(said.status, value_words(view.question, view.levels, said.value), said.text, said.reason)


def _in_words(status: str, *parts: str) -> str:
    return "\n".join(filter(None, (STATED.get(status, "") if status != DECLARED else "", *parts)))


def _warnings(sheet: Sheet, view: AssessmentView) -> Iterator[str]:
    versions = {line.cells.get("framework version", "").strip() for line in sheet.lines} - {
        "",
        str(view.framework.version),
    }
    if versions:
        yield (
            f"The file was made for version {', '.join(sorted(versions))[:40]} of the framework; this assessment uses "
            f"version {view.framework.version}. Rows are matched by the ids of questions: read each before you take it."
        )
    others = {line.cells.get("assessment", "").strip() for line in sheet.lines} - {"", str(view.pk)}
    if others:
        yield (
            "The file was made of another assessment. What it says is held against what stands here, and nobody can "
            "tell what changed here since: read each row before you take it."
        )
    if unknown := [name for name in sheet.columns if name and name not in NAMES]:
        yield f"Columns that nobody reads: {', '.join(unknown)[:200]}."
