from django.urls import path

from apps.incidents import views

app_name = "incidents"
urlpatterns = [
    path("", views.incident_list, name="incident-list"),
    path("new/", views.incident_open_view, name="incident-open"),
    path("<int:pk>/", views.incident_detail, name="incident-detail"),
    path("<int:pk>/close/", views.incident_close_view, name="incident-close"),
]
