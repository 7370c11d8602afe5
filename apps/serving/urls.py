from django.urls import path

from apps.serving import views

app_name = "serving"
urlpatterns = [
    path("", views.deployment_list, name="deployment-list"),
    path("start/", views.deployment_start_view, name="deployment-start"),
    path("<int:pk>/", views.deployment_detail, name="deployment-detail"),
    path("<int:pk>/stop/", views.deployment_stop_view, name="deployment-stop"),
    path("<int:pk>/ask/", views.deployment_ask_view, name="deployment-ask"),
    path("<int:pk>/applications/", views.application_add_view, name="application-add"),
    path("applications/<int:pk>/acknowledge/", views.application_acknowledge_view, name="application-acknowledge"),
]
