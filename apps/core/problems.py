"""The API's one error handler: every refusal becomes an RFC 9457 problem document."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.core.errors import DomainError

MEDIA_TYPE = "application/problem+json"

# What helps against the refusals that the framework itself makes.
REMEDIES = {
    "not_authenticated": "Send a token (“Authorization: Bearer gaio_…”), or sign in.",
    "token.invalid": "Make a new token on your account page.",
    "token.scope": "Use a token that may read and write.",
    "throttled": "Wait as long as the Retry-After header says.",
}


def problem(status: int, title: str, *, code: str, remedy: str = "", **more: Any) -> dict[str, Any]:
    """The members of a problem document; `code` and `remedy` are extension members (RFC 9457, 3.2)."""
    body: dict[str, Any] = {"type": f"urn:genaiops:problem:{code}", "title": title, "status": status, "code": code}
    if remedy:
        body["remedy"] = remedy
    return body | more


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. Unknown exceptions return None: a defect is a 500, never dressed up."""
    if isinstance(error, DomainError):
        body = problem(error.status, error.message, code=error.code, remedy=error.remedy)
        return Response(body, status=error.status, content_type=MEDIA_TYPE)
    if isinstance(error, SuspiciousOperation):
        return _refused_request(error)
    response = exception_handler(error, dict(context))
    if response is None:
        return None
    response.data = _problem_of_drf(error, response.status_code, response.data)
    response.content_type = MEDIA_TYPE
    return response


def _refused_request(error: SuspiciousOperation) -> Response:
    """What Django refuses to read: a form with too many or too large fields."""
    status = 413 if isinstance(error, RequestDataTooBig) else 400
    body = problem(status, "This request cannot be read: it is malformed or too large.", code="input.unreadable")
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _problem_of_drf(error: Exception, status: int, data: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return problem(status, "Some fields cannot be accepted.", code="input.invalid", errors=data)
    if isinstance(error, Http404):
        return problem(status, "There is no such object, or you may not see it.", code="not_found")
    if isinstance(error, PermissionDenied):
        return problem(status, "You may not do this.", code="permission.refused")
    code = error.get_codes() if isinstance(error, exceptions.APIException) else "error"
    detail = data.get("detail", "") if isinstance(data, dict) else data
    return problem(status, str(detail), code=str(code), remedy=REMEDIES.get(str(code), ""))


def wants_problem(request: HttpRequest) -> bool:
    """Whether this request came through the API and not from a page."""
    return request.path.startswith("/api/")
