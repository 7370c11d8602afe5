from django.urls import path

from apps.registry import views

app_name = "registry"
urlpatterns = [
    path("", views.model_list, name="model-list"),
    path("new/", views.model_create_view, name="model-create"),
    path("tune/", views.tuning_start_view, name="tuning-start"),
    path("<int:pk>/", views.model_detail, name="model-detail"),
    path("<int:pk>/describe/", views.model_describe_view, name="model-describe"),
    path("<int:pk>/import/", views.version_import_view, name="version-import"),
    path("versions/<int:pk>/propose/", views.version_propose_view, name="version-propose"),
    path("versions/<int:pk>/retire/", views.version_retire_view, name="version-retire"),
]
