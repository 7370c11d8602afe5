from django.urls import path

from apps.checklist import views

app_name = "checklist"
urlpatterns = [
    path("", views.assessment_list, name="assessment-list"),
    path("start/", views.assessment_create_view, name="assessment-create"),
    path("<int:pk>/", views.assessment_detail, name="assessment-detail"),
    path("<int:pk>/collect/", views.collect, name="collect"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("<int:pk>/waivers/", views.waiver_grant_view, name="waiver-grant"),
    path("<int:pk>/waivers/<int:waiver>/revoke/", views.waiver_revoke_view, name="waiver-revoke"),
    path("<int:pk>/<slug:question>/", views.answer, name="answer"),
    path("<int:pk>/<slug:question>/evidence/", views.evidence_add_view, name="evidence-add"),
]
