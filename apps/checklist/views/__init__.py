"""The pages of checklists: the list, one checklist, one question with its history, and the sign-off."""

from apps.checklist.views.answers import answer, evidence_add_view
from apps.checklist.views.assessments import assessment_detail, collect, decide, submit
from apps.checklist.views.lists import assessment_create_view, assessment_list
from apps.checklist.views.waivers import waiver_grant_view, waiver_revoke_view

__all__ = [
    "answer",
    "assessment_create_view",
    "assessment_detail",
    "assessment_list",
    "collect",
    "decide",
    "evidence_add_view",
    "submit",
    "waiver_grant_view",
    "waiver_revoke_view",
]
