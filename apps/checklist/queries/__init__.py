"""Reading frameworks, findings and assessments."""

from apps.checklist.queries.assessments import (
    Posture,
    PostureCell,
    PostureRow,
    answer_history,
    answers_seen_by,
    approval_is_current,
    assessment_of,
    assessment_seen,
    assessment_view,
    assessments_seen_by,
    assessments_waiting_for,
    gate_of,
    makers_of,
    posture,
    present_view,
    sign_offs_seen_by,
    waiver_seen,
    waivers_seen_by,
)
from apps.checklist.queries.collectors import findings_for, known_of
from apps.checklist.queries.frameworks import framework, framework_in, frameworks, read_framework
from apps.checklist.queries.views import views_of
from apps.checklist.rules.subjects import GENAIOPS

__all__ = [
    "GENAIOPS",
    "Posture",
    "PostureCell",
    "PostureRow",
    "answer_history",
    "answers_seen_by",
    "approval_is_current",
    "assessment_of",
    "assessment_seen",
    "assessment_view",
    "assessments_seen_by",
    "assessments_waiting_for",
    "findings_for",
    "framework",
    "framework_in",
    "frameworks",
    "gate_of",
    "known_of",
    "makers_of",
    "posture",
    "present_view",
    "read_framework",
    "sign_offs_seen_by",
    "views_of",
    "waiver_seen",
    "waivers_seen_by",
]
