"""The addresses of MLflow's protocol: at the root, and once more below /teams/<slug>/ for people in several teams."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from apps.mlflow.api import model_versions as versions
from apps.mlflow.api import probes
from apps.mlflow.api import registered_models as models
from apps.mlflow.api.tracking import artifact_paths, tracking_paths
from apps.mlflow.api.wire import answers

Paths = list[URLPattern | URLResolver]

registry_paths: Paths = [
    path("registered-models/get", answers(GET=models.get)),
    path("registered-models/alias", answers(GET=models.alias_get, POST=models.alias_set, DELETE=models.alias_delete)),
    path("registered-models/search", answers(GET=models.search)),
    path("registered-models/create", answers(POST=models.create)),
    path("registered-models/rename", answers(POST=models.rename)),
    path("registered-models/update", answers(PATCH=models.update)),
    path("registered-models/delete", answers(DELETE=models.delete)),
    path("registered-models/set-tag", answers(POST=models.tag_set)),
    path("registered-models/delete-tag", answers(DELETE=models.tag_delete)),
    path(
        "registered-models/get-latest-versions",
        answers(GET=models.latest_versions, POST=models.latest_versions),
    ),
    path("model-versions/get", answers(GET=versions.get)),
    path("model-versions/search", answers(GET=versions.search)),
    path("model-versions/create", answers(POST=versions.create)),
    path("model-versions/update", answers(PATCH=versions.update)),
    path("model-versions/delete", answers(DELETE=versions.delete)),
    path("model-versions/get-download-uri", answers(GET=versions.download)),
    path("model-versions/transition-stage", answers(POST=versions.transition)),
    path("model-versions/set-tag", answers(POST=versions.tag_set)),
    path("model-versions/delete-tag", answers(DELETE=versions.tag_delete)),
]

protocol_paths: Paths = [
    path("2.0/mlflow/", include([*registry_paths, *tracking_paths])),
    path("2.0/mlflow-artifacts/", include(artifact_paths)),
    path("3.0/mlflow/server-info", answers(GET=probes.server_info)),
    re_path(r"^[23]\.0/", probes.nowhere),
]

addresses: Paths = [
    path("health", probes.health),
    path("version", probes.version),
    path("api/", include(protocol_paths)),
    path("ajax-api/", include(protocol_paths)),
]

urlpatterns: Paths = [path("teams/<slug:team_slug>/", include(addresses)), *addresses]
