from django.urls import path

from apps.checklist import views

app_name = "checklist"
urlpatterns = [
    path("", views.assessment_list, name="assessment-list"),
    path("start/", views.assessment_start, name="assessment-start"),
    path("begin/", views.assessment_create_view, name="assessment-create"),
    path("of/<slug:kind>/<int:pk>/", views.subject_assessments, name="subject"),
    path("matrix/", views.posture_matrix, name="matrix"),
    path("compare/", views.comparison, name="compare"),
    path("risks/<int:risk>/controls/add/", views.control_add_view, name="control-add"),
    path("risks/<int:risk>/controls/check/", views.controls_check_view, name="controls-check"),
    path("frameworks/", views.framework_list, name="framework-list"),
    path("frameworks/load/", views.framework_load_view, name="framework-load"),
    path("frameworks/<str:urn>/", views.framework_detail, name="framework-detail"),
    path("frameworks/<str:urn>/changes/", views.framework_changes, name="framework-changes"),
    path("frameworks/<str:urn>/file/", views.framework_file, name="framework-file"),
    path("frameworks/<str:urn>/scores/", views.framework_scores, name="framework-scores"),
    path("policies/", views.policy_list, name="policy-list"),
    path("policies/set/", views.policy_edit, name="policy-edit"),
    path("policies/<int:pk>/", views.policy_detail, name="policy-detail"),
    path("policies/<int:pk>/withdraw/", views.policy_withdraw_view, name="policy-withdraw"),
    path("<int:pk>/gate/", views.gate_page, name="gate"),
    path("<int:pk>/gate/waive/", views.gate_waive, name="gate-waive"),
    path("<int:pk>/decisions/<int:sign_off>/", views.decision_page, name="decision"),
    path("<int:pk>/upgrade/", views.assessment_upgrade_view, name="assessment-upgrade"),
    path("<int:pk>/", views.assessment_detail, name="assessment-detail"),
    path("<int:pk>/collect/", views.collect, name="collect"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/waivers/", views.waiver_grant_view, name="waiver-grant"),
    path("<int:pk>/waivers/<int:waiver>/revoke/", views.waiver_revoke_view, name="waiver-revoke"),
    path("<int:pk>/work/", views.work_page, name="work"),
    path("<int:pk>/work/<int:assignment>/end/", views.assignment_end_view, name="assignment-end"),
    path("<int:pk>/remarks/", views.remark_write_view, name="remark-write"),
    path("<int:pk>/remarks/<int:remark>/withdraw/", views.remark_withdraw_view, name="remark-withdraw"),
    path("<int:pk>/discussions/<int:discussion>/settle/", views.discussion_settle_view, name="discussion-settle"),
    path("<int:pk>/discussions/<int:discussion>/reopen/", views.discussion_reopen_view, name="discussion-reopen"),
    # Ids of questions may hold dots, and may be named like a page above: these two stand last.
    path("<int:pk>/<str:question>/evidence/", views.evidence_add_view, name="evidence-add"),
    path("<int:pk>/<str:question>/", views.answer, name="answer"),
]
