"""The pages of checklists: the list, one checklist, one question with its history, and the sign-off."""

from apps.checklist.views.answer_files import assessment_export, assessment_fill_in
from apps.checklist.views.answers import answer, evidence_add_view
from apps.checklist.views.assessments import assessment_detail, collect, decide, submit
from apps.checklist.views.citing import evidence_cite_new_view, evidence_cite_view, evidence_drop_view
from apps.checklist.views.controls import control_add_view, controls_check_view
from apps.checklist.views.frameworks import (
    framework_changes,
    framework_detail,
    framework_file,
    framework_list,
    framework_load_view,
    framework_scores,
)
from apps.checklist.views.gates import decision_page, gate_page, gate_waive
from apps.checklist.views.library import (
    library_add,
    library_detail,
    library_file,
    library_list,
    library_version,
    library_version_add,
    library_version_withdraw,
    library_withdraw,
)
from apps.checklist.views.lists import (
    assessment_create_view,
    assessment_list,
    assessment_start,
    subject_assessments,
)
from apps.checklist.views.matrix import comparison, posture_matrix
from apps.checklist.views.policies import policy_detail, policy_edit, policy_list, policy_withdraw_view
from apps.checklist.views.quality import quality_page
from apps.checklist.views.upgrades import assessment_upgrade_view
from apps.checklist.views.waivers import waiver_grant_view, waiver_revoke_view
from apps.checklist.views.work import (
    assignment_end_view,
    discussion_reopen_view,
    discussion_settle_view,
    remark_withdraw_view,
    remark_write_view,
    work_page,
)

__all__ = [
    "answer",
    "assessment_create_view",
    "assessment_detail",
    "assessment_export",
    "assessment_fill_in",
    "assessment_list",
    "assessment_start",
    "assessment_upgrade_view",
    "assignment_end_view",
    "collect",
    "comparison",
    "control_add_view",
    "controls_check_view",
    "decide",
    "decision_page",
    "discussion_reopen_view",
    "discussion_settle_view",
    "evidence_add_view",
    "evidence_cite_new_view",
    "evidence_cite_view",
    "evidence_drop_view",
    "framework_changes",
    "framework_detail",
    "framework_file",
    "framework_list",
    "framework_load_view",
    "framework_scores",
    "gate_page",
    "gate_waive",
    "library_add",
    "library_detail",
    "library_file",
    "library_list",
    "library_version",
    "library_version_add",
    "library_version_withdraw",
    "library_withdraw",
    "policy_detail",
    "policy_edit",
    "policy_list",
    "policy_withdraw_view",
    "posture_matrix",
    "quality_page",
    "remark_withdraw_view",
    "remark_write_view",
    "subject_assessments",
    "submit",
    "waiver_grant_view",
    "waiver_revoke_view",
    "work_page",
]
