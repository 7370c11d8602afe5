from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="report-list"),
    path("new/", views.document_choose, name="document-choose"),
    path("organisation/", views.organisation_page, name="organisation"),
    path("organisation/logo/", views.organisation_logo_view, name="organisation-logo"),
    path("organisation/logo/file/", views.organisation_logo_file, name="organisation-logo-file"),
    path("verify/", views.verify, name="verify"),
    path("verify/verify_pack.py", views.verify_program, name="verify-program"),
    path("keys/", views.keys, name="keys"),
    path("keys/<slug:fingerprint>.pem", views.certificate, name="certificate"),
    path("of/<slug:kind>/<int:pk>/", views.subject_documents, name="subject"),
    path("of/<slug:kind>/<int:pk>/look/", views.readiness_start_view, name="readiness-start"),
    path("of/<slug:kind>/<int:pk>/freeze/", views.snapshot_start_view, name="snapshot-start"),
    path("of/<slug:kind>/<int:pk>/<slug:slug>/", views.document_prepare, name="document-prepare"),
    path("of/<slug:kind>/<int:pk>/<slug:slug>/make/", views.document_start_view, name="document-start"),
    path("snapshots/", views.snapshot_list, name="snapshot-list"),
    path("snapshots/compare/", views.snapshot_compare, name="snapshot-compare"),
    path("snapshots/<int:pk>/", views.snapshot_detail, name="snapshot-detail"),
    path("snapshots/<int:pk>/json/", views.snapshot_download, name="snapshot-download"),
    path("snapshots/<int:pk>/<slug:slug>/", views.document_prepare_from, name="document-prepare-from"),
    path("snapshots/<int:pk>/<slug:slug>/make/", views.document_start_from_view, name="document-start-from"),
    path("<int:pk>/", views.report_detail, name="report-detail"),
    path("<int:pk>/<slug:form>/", views.report_download, name="report-download"),
]
