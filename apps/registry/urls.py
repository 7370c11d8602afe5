from django.urls import path

from apps.registry.views import models, recreations, versions

app_name = "registry"
urlpatterns = [
    path("", models.model_list, name="model-list"),
    path("new/", models.model_create_view, name="model-create"),
    path("tune/", versions.tuning_start_view, name="tuning-start"),
    path("tuning-runs/<int:pk>/recreate/", recreations.recreation_start_view, name="recreation-start"),
    path("<int:pk>/", models.model_detail, name="model-detail"),
    path("<int:pk>/describe/", models.model_describe_view, name="model-describe"),
    path("<int:pk>/import/", versions.version_import_view, name="version-import"),
    path("versions/<int:pk>/propose/", versions.version_propose_view, name="version-propose"),
    path("versions/<int:pk>/retire/", versions.version_retire_view, name="version-retire"),
]
