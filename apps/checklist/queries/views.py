"""Assessments as they stand at this moment: rows, present findings and the framework joined into plain values."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from apps.checklist.models import Answer, Assessment, SignOff, Waiver
from apps.checklist.queries.frameworks import framework
from apps.checklist.queries.gates import approval_is_current, held, round_of, trail_known
from apps.checklist.queries.policies import policies_for
from apps.checklist.queries.row_views import WITH_EVIDENCE, answer_view, sign_off_view, waiver_view
from apps.checklist.queries.subjects import knowledge_of, page_of_subject
from apps.checklist.queries.taking_over import Source, Sources, sources_for
from apps.checklist.rules import (
    UNKNOWN,
    AssessmentView,
    Framework,
    GateItem,
    GroupView,
    Known,
    Question,
    QuestionView,
    SignOffView,
    WaiverView,
)
from apps.checklist.rules.policies import InForce
from apps.checklist.rules.policies.trail import TrailKnown
from apps.checklist.rules.statements import statement_basis
from apps.checklist.rules.taking_over import Elsewhere, TakenFrom

Answers = dict[str, Answer]


@dataclass(frozen=True)
class _Read:
    """What was read of one assessment, beside its own row."""

    used: Framework
    known: Known
    answers: Answers
    sources: Sources
    sign_offs: tuple[SignOffView, ...]
    waivers: tuple[WaiverView, ...]
    policy: InForce
    on: date
    trail: TrailKnown | None


def views_of(assessments: Sequence[Assessment], on: date | None = None) -> dict[int, AssessmentView]:
    """Each assessment as it stands on this day (today), by its id. The number of queries does not depend on how many
    there are.

    The assessments come with their subject, `created_by` and `submitted_by` read.
    """
    on = on or timezone.localdate()
    waivers, sign_offs = _waivers(assessments, on), _sign_offs(assessments)
    knowledge, policies = knowledge_of(assessments), policies_for(assessments)
    answers, sources = _current_answers(assessments), sources_for(assessments, knowledge)
    trail = trail_known() if assessments else None
    return {
        one.pk: _assessment_view(
            one,
            _Read(
                framework(one.framework, one.framework_version),
                knowledge.of(one),
                answers[one.pk],
                sources[one.pk],
                tuple(sign_offs[one.pk]),
                tuple(waivers[one.pk]),
                policies[one.pk],
                on,
                trail,
            ),
        )
        for one in assessments
    }


def _current_answers(assessments: Sequence[Assessment]) -> dict[int, Answers]:
    rows = Answer.objects.filter(assessment__in=assessments, is_current=True).select_related("answered_by")
    found: dict[int, Answers] = defaultdict(dict)
    for answer in rows.prefetch_related(WITH_EVIDENCE):
        found[answer.assessment_id][answer.question] = answer
    return found


def _sign_offs(assessments: Sequence[Assessment]) -> dict[int, list[SignOffView]]:
    found: dict[int, list[SignOffView]] = defaultdict(list)
    for row in SignOff.objects.filter(assessment__in=assessments).select_related("decided_by"):
        found[row.assessment_id].append(sign_off_view(row))
    return found


def _waivers(assessments: Sequence[Assessment], on: date) -> dict[int, list[WaiverView]]:
    found: dict[int, list[WaiverView]] = defaultdict(list)
    for row in Waiver.objects.filter(assessment__in=assessments).select_related("granted_by", "revoked_by"):
        found[row.assessment_id].append(waiver_view(row, on))
    return found


def _assessment_view(assessment: Assessment, read: _Read) -> AssessmentView:
    version, groups = assessment.version, tuple(_groups(read))
    questions = [question for group in groups for question in group.questions]
    now = held(assessment, read.policy, questions, read.known, read.sign_offs, read.waivers, read.trail)
    signed = round_of(assessment, read.policy, read.sign_offs)
    kind, pk = assessment.subject_kind, assessment.subject_id
    return AssessmentView(
        pk=assessment.pk,
        framework=read.used,
        state=assessment.state,
        subject_kind=kind,
        subject_id=pk,
        subject_label=str(assessment.subject),
        subject_page=page_of_subject(kind, pk),
        version_id=assessment.version_id,
        version_stage=version.stage if version else "",
        manifest_digest=version.manifest_digest if version else "",
        team_id=assessment.team_id,
        created_by=str(assessment.created_by),
        created_at=assessment.created_at,
        submitted_by=str(assessment.submitted_by or ""),
        submitted_by_id=assessment.submitted_by_id,
        submitted_at=assessment.submitted_at,
        groups=tuple(_with_problems(group, now.problems) for group in groups),
        gate=now.found.gate,
        sign_offs=read.sign_offs,
        waivers=read.waivers,
        is_approval_current=approval_is_current(assessment, questions, now, signed),
        counts=dict(Counter(question.status for question in questions)),
        policy=read.policy,
        outcomes=now.found.outcomes,
        signed=tuple(signed),
    )


def _groups(read: _Read) -> Iterator[GroupView]:
    """Every group that has questions of its own, at every depth, in the order of the page."""
    waived = frozenset(waiver.conflict for waiver in read.waivers if waiver.is_in_force)
    for section in read.used.sections:
        if section.group.questions:
            questions = tuple(_question_view(question, read, waived) for question in section.group.questions)
            yield GroupView(section.group, questions, tuple(group.title for group in section.within))


def _with_problems(group: GroupView, problems: dict[str, tuple[GateItem, ...]]) -> GroupView:
    told = (replace(one, problems=problems[one.id]) if problems.get(one.id) else one for one in group.questions)
    return replace(group, questions=tuple(told))


def _question_view(question: Question, read: _Read, waived: frozenset[str]) -> QuestionView:
    basis, row = statement_basis(question, read.known), read.answers.get(question.id)
    answer = answer_view(row, basis, read.known, read.on) if row else None
    had = {(item.collector, item.subject_type, item.subject_id) for item in answer.evidence} if answer else set()
    view = QuestionView(
        question=question,
        answer=answer,
        basis=basis,
        uncollected=tuple(one for one in read.known.of(question.collectors) if one.subject not in had),
        waived=waived,
        levels=read.used.levels.get(question.scale, ()),
    )
    return _with_source(view, read.sources)


def _with_source(view: QuestionView, sources: Sources) -> QuestionView:
    """The question with an answer that was given elsewhere, where it has none of its own. Its own evidence stays: what
    was found against it does not go with it. Beside an own answer, the other one is kept to be compared.
    """
    if view.id not in sources:
        return view
    source = sources[view.id]
    taken, answer, own = _taken(view, source), source.view.answer, view.evidence
    if view.answer is not None and (view.answer.stated or view.answer.status != UNKNOWN):
        return replace(view, elsewhere=_elsewhere(source, taken))
    return replace(
        view, answer=replace(answer, evidence=(*answer.evidence, *own)) if answer else None, taken_from=taken
    )


def _taken(view: QuestionView, source: Source) -> TakenFrom:
    return TakenFrom(
        assessment=source.assessment.pk,
        framework=source.framework.title,
        subject_label=str(source.assessment.subject),
        question=source.view.id,
        text=source.view.question.text,
        relation=source.relation,
        says=source.view.says,
        revision=view.revision,
    )


def _elsewhere(source: Source, taken: TakenFrom) -> Elsewhere:
    answer = source.view.answer
    value = answer.value if answer else {}
    return Elsewhere(taken, source.view.question, source.view.status, value, source.view.value_words)
