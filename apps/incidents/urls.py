from django.urls import path

from apps.incidents import views

app_name = "incidents"
urlpatterns = [
    path("", views.incident_list, name="incident-list"),
    path("new/", views.incident_open_view, name="incident-open"),
    path("<int:pk>/", views.incident_detail, name="incident-detail"),
    path("<int:pk>/close/", views.incident_close_view, name="incident-close"),
    path("<int:pk>/classify/", views.incident_classify_view, name="incident-classify"),
    path("<int:pk>/holds/", views.hold_place_view, name="hold-place"),
    path("<int:pk>/holds/<int:hold>/release/", views.hold_release_view, name="hold-release"),
    path("<int:pk>/duties/", views.duty_add_view, name="duty-add"),
    path("<int:pk>/duties/<int:duty>/done/", views.duty_done_view, name="duty-done"),
    path("<int:pk>/actions/", views.action_add_view, name="action-add"),
    path("<int:pk>/actions/<int:action>/done/", views.action_done_view, name="action-done"),
    path("<int:pk>/reports/", views.report_start_view, name="report-start"),
    path("<int:pk>/reports/<int:report>/", views.report_detail, name="report-detail"),
    path("<int:pk>/reports/<int:report>/send/", views.report_send_view, name="report-send"),
]
