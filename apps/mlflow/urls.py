"""The addresses of MLflow's protocol: at the root, and once more below /teams/<slug>/ for people in several teams."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from apps.mlflow.api import probes
from apps.mlflow.api.wire import answers

Paths = list[URLPattern | URLResolver]

tracking_paths: Paths = []

registry_paths: Paths = []

protocol_paths: Paths = [
    path("2.0/mlflow/", include([*registry_paths, *tracking_paths])),
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
