"""Every write about assessments, answers, evidence and sign-offs."""

from apps.checklist.services.answer_files import answers_checked, answers_import, answers_take
from apps.checklist.services.answers import answer_save, evidence_add, evidence_collect
from apps.checklist.services.assessments import assessment_create
from apps.checklist.services.assignments import assignment_end, assignment_give
from apps.checklist.services.citing import evidence_cite, evidence_cite_new, evidence_drop
from apps.checklist.services.controls import controls_check, risk_control_add, risk_controls_check
from apps.checklist.services.decisions import assessment_decide, assessment_submit
from apps.checklist.services.discussions import discussion_reopen, discussion_settle, remark_withdraw, remark_write
from apps.checklist.services.frameworks import LOAD, FrameworkRefused, framework_checked, framework_load
from apps.checklist.services.library import (
    evidence_document_add,
    evidence_document_withdraw,
    evidence_version_add,
    evidence_version_withdraw,
)
from apps.checklist.services.policies import policy_set, policy_withdraw
from apps.checklist.services.upgrades import assessment_upgrade
from apps.checklist.services.waivers import waiver_grant, waiver_revoke

__all__ = [
    "LOAD",
    "FrameworkRefused",
    "answer_save",
    "answers_checked",
    "answers_import",
    "answers_take",
    "assessment_create",
    "assessment_decide",
    "assessment_submit",
    "assessment_upgrade",
    "assignment_end",
    "assignment_give",
    "controls_check",
    "discussion_reopen",
    "discussion_settle",
    "evidence_add",
    "evidence_cite",
    "evidence_cite_new",
    "evidence_collect",
    "evidence_document_add",
    "evidence_document_withdraw",
    "evidence_drop",
    "evidence_version_add",
    "evidence_version_withdraw",
    "framework_checked",
    "framework_load",
    "risk_control_add",
    "risk_controls_check",
    "policy_set",
    "policy_withdraw",
    "remark_withdraw",
    "remark_write",
    "waiver_grant",
    "waiver_revoke",
]
