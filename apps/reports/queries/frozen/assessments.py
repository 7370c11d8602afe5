"""Assessments as a snapshot holds them: every question with its answer, its evidence and its gaps, at this moment."""

import hashlib
from typing import Any

from django.db.models import Q

from apps.checklist.models import Assessment
from apps.checklist.queries import framework
from apps.checklist.queries.assessments import with_names
from apps.checklist.queries.frameworks import framework_text
from apps.checklist.queries.views import views_of
from apps.checklist.rules import AssessmentView, Framework, QuestionView
from apps.reports.queries.answers import framework_facts, gap_facts, question_facts, sign_off_facts, waiver_facts
from apps.reports.queries.frozen.scope import Scope
from apps.reports.queries.words import display_name, moment


def assessments_of(scope: Scope) -> list[Assessment]:
    """The team's assessments of these things; one query."""
    about = Q(system__in=scope.systems) | Q(version__in=scope.versions)
    about |= Q(dataset_version__in=scope.datasets) | Q(deployment__in=scope.deployments)
    return list(with_names(Assessment.objects.filter(about, team=scope.team_id)).order_by("pk"))


def assessments_facts(assessments: list[Assessment]) -> list[dict[str, Any]]:
    """Each assessment as it stands now. The number of queries does not depend on how many there are."""
    views = views_of(assessments)
    return [_assessment(views[one.pk]) for one in assessments]


def _assessment(view: AssessmentView) -> dict[str, Any]:
    return {
        "id": view.pk,
        "framework": framework_facts(view.framework),
        "subject": {"kind": view.subject_kind, "id": view.subject_id, "label": view.subject_label},
        "state": view.state,
        "state_label": view.state_label,
        "is_approval_current": view.is_approval_current,
        "created_by": display_name(view.created_by),
        "created_at": moment(view.created_at),
        "submitted_by": display_name(view.submitted_by),
        "submitted_at": moment(view.submitted_at),
        "sign_offs": [sign_off_facts(item) for item in view.sign_offs],
        "waivers": [waiver_facts(item) for item in view.waivers],
        "gate": {"is_green": view.gate.is_green, "gaps": [gap_facts(item) for item in view.gate.problems]},
        "groups": [
            {
                "id": group.group.id,
                "title": group.title,
                "questions": [_question(question) for question in group.questions],
            }
            for group in view.groups
        ],
    }


def _question(view: QuestionView) -> dict[str, Any]:
    told = question_facts(view)
    asked = {"ref": view.question.ref, "answer_kind": view.question.answer}
    if view.answer is not None and told["answer"] is not None:
        value = {"value": view.answer.value, "choice": view.answer.value.get("choice"), "value_words": view.value_words}
        said = {"says": view.says, "is_statement_outdated": view.answer.is_statement_outdated}
        told["answer"] |= value | said
    return told | asked


def frameworks_facts(assessments: list[Assessment]) -> list[dict[str, Any]]:
    """Every framework that one of these was made against, with the SHA-256 of its file."""
    named = sorted({(one.framework, one.framework_version) for one in assessments})
    return [_framework(framework(urn, version)) for urn, version in named]


def _framework(used: Framework) -> dict[str, Any]:
    digest = hashlib.sha256(framework_text(used).encode("utf-8")).hexdigest()
    return framework_facts(used) | {"effective_date": used.effective_date, "digest": digest}


def waivers_told(assessments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every waiver with the assessment it was granted on."""
    return [
        waiver | {"assessment": one["id"], "framework": one["framework"]["title"], "subject": one["subject"]}
        for one in assessments
        for waiver in one["waivers"]
    ]
