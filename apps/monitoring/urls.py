from django.urls import path

from apps.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("", views.drift_list, name="drift-list"),
    path("start/", views.drift_start_view, name="drift-start"),
    path("<int:pk>/", views.drift_detail, name="drift-detail"),
]
