from django.urls import path

from apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="report-list"),
    path("make/", views.report_create, name="report-create"),
    path("verify/", views.verify, name="verify"),
    path("<int:pk>/", views.report_detail, name="report-detail"),
    path("<int:pk>/<slug:form>/", views.report_download, name="report-download"),
]
