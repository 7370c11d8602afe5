"""What clients ask before they begin: does a server answer, of which version, and what can it do."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from apps.core.middleware import tool_door
from apps.mlflow.api.wire import Answer, Call, error_response, reads, refuse
from apps.mlflow.rules import ENDPOINT_NOT_FOUND

# Of the protocol that these doors speak, as the client's package of that version sends it.
PROTOCOL_VERSION = "3.17.2"


@tool_door
@login_not_required
def health(request: HttpRequest, **parts: Any) -> HttpResponse:
    """Answers OK as soon as the portal accepts requests."""
    return HttpResponse("OK", content_type="text/plain")


@tool_door
@login_not_required
def version(request: HttpRequest, **parts: Any) -> HttpResponse:
    """The version of MLflow's protocol that is spoken here."""
    return HttpResponse(PROTOCOL_VERSION, content_type="text/plain")


@reads
def server_info(call: Call) -> Answer:
    """What the server keeps and can do. A workspace is a team; it may be named by header or in the address."""
    return {
        "store_type": "SqlStore",
        "workspaces_enabled": True,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": False,
        "multipart_downloads_enabled": False,
    }


@tool_door
@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest, **parts: Any) -> HttpResponse:
    """Answers an address of the protocol that is not there: say so, and never pretend."""
    message = f"The portal does not answer {request.method} {request.path}; see “What is not there” in docs/mlflow.md."
    return error_response(refuse(message, ENDPOINT_NOT_FOUND))
