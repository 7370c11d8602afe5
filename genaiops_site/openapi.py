"""How the API describes itself: drf-spectacular's settings. None of them comes from the environment."""

from typing import Any

from genaiops_site.enums import ENUM_NAMES

DESCRIPTION: dict[str, Any] = {
    "TITLE": "GenAIOps API",
    "DESCRIPTION": "What is known about each generative model, and how it is known.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.core.openapi.add_problems",
    ],
}
