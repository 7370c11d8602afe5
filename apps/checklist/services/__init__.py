"""Every write about assessments, answers, evidence and sign-offs."""

from apps.checklist.services.answers import answer_save, evidence_add, evidence_collect
from apps.checklist.services.decisions import assessment_create, assessment_decide, assessment_submit
from apps.checklist.services.waivers import waiver_grant, waiver_revoke

__all__ = [
    "answer_save",
    "assessment_create",
    "assessment_decide",
    "assessment_submit",
    "evidence_add",
    "evidence_collect",
    "waiver_grant",
    "waiver_revoke",
]
