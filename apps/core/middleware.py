"""What every page answer carries, and how a refusal becomes a page."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import resolve

from apps.core.errors import DomainError

GetResponse = Callable[[HttpRequest], HttpResponse]
ToolView = Callable[..., HttpResponseBase]
_TOOL_DOOR = "is_tool_door"
_TOOL_ADDRESSES = ("/api/2.0/", "/api/3.0/", "/ajax-api/", "/teams/", "/health", "/version")

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
# Swagger UI sets style attributes from its own script; only its page is given that freedom.
DOCS_POLICY = CONTENT_SECURITY_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


class SecurityHeaders:
    """A strict Content-Security-Policy and no guessing of content types on every answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = DOCS_POLICY if request.path.startswith("/api/docs") else CONTENT_SECURITY_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class DomainErrors:
    """Turns a DomainError raised behind a page into that page: what was refused, why, and what would make it pass."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django's hook. Everything that is no DomainError is left alone."""
        if not isinstance(error, DomainError):
            return None
        return render(request, "error.html", {"error": error}, status=error.status)


def tool_door(view: ToolView) -> ToolView:
    """Marks a view that tools call with a token: nothing of what pages need is read for it."""
    setattr(view, _TOOL_DOOR, True)
    return view


class ToolDoors:
    """Calls the views that `tool_door` marks at once: no session, form token, sign-in or message is looked at.

    Such views know no cookies, so what is left out guards nothing there, and a tool calls them many times a second.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith(_TOOL_ADDRESSES):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Http404:
            return self.get_response(request)
        if not hasattr(match.func, _TOOL_DOOR):
            return self.get_response(request)
        request.resolver_match = match
        return match.func(request, *match.args, **match.kwargs)
