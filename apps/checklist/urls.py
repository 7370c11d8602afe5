from django.urls import path

from apps.checklist import views

app_name = "checklist"
urlpatterns = [
    path("", views.assessment_list, name="assessment-list"),
    path("start/", views.assessment_create_view, name="assessment-create"),
    path("frameworks/", views.framework_list, name="framework-list"),
    path("frameworks/load/", views.framework_load_view, name="framework-load"),
    path("frameworks/<str:urn>/", views.framework_detail, name="framework-detail"),
    path("frameworks/<str:urn>/changes/", views.framework_changes, name="framework-changes"),
    path("frameworks/<str:urn>/scores/", views.framework_scores, name="framework-scores"),
    path("<int:pk>/upgrade/", views.assessment_upgrade_view, name="assessment-upgrade"),
    path("<int:pk>/", views.assessment_detail, name="assessment-detail"),
    path("<int:pk>/collect/", views.collect, name="collect"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/waivers/", views.waiver_grant_view, name="waiver-grant"),
    path("<int:pk>/waivers/<int:waiver>/revoke/", views.waiver_revoke_view, name="waiver-revoke"),
    path("<int:pk>/<slug:question>/", views.answer, name="answer"),
    path("<int:pk>/<slug:question>/evidence/", views.evidence_add_view, name="evidence-add"),
]
