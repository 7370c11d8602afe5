"""How a request proves who makes it: a session in the browser, a bearer token for tools."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.backends import ModelBackend
from django.http import Http404, HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.models import ApiToken, User
from apps.accounts.rules import is_guest_door, scope_allows
from apps.accounts.services import token_accept
from apps.core.errors import Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from rest_framework.views import APIView  # REST framework loads this module while it loads its views


class GuestDoors:
    """Middleware: whoever is signed in as a guest finds the audit room and nothing else of the portal, and nothing that
    they are shown stays behind when their access has ended: neither in their browser nor in a proxy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(getattr(request, "user", None), "is_guest", False):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, named: object) -> None:
        """Django's hook, once the address is known."""
        if getattr(request.user, "is_guest", False) and not is_guest_door(view):
            raise Http404


class PeopleBackend(ModelBackend):
    """Django's password check, which also ends with the time a time-boxed account was given."""

    def user_can_authenticate(self, user: "User | AnonymousUser | None") -> bool:
        return isinstance(user, User) and user.has_access


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer gaio_…`, made by `manage.py api_token_create EMAIL` or on the account page."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() != "bearer":
            return None
        try:
            door = is_guest_door((request.parser_context or {}).get("view"))
            token = token_accept(parts[1] if len(parts) == 2 else "", is_for_guests=True)
        except Refused as error:
            raise AuthenticationFailed(error.message, code=error.code) from error
        if token.user.is_guest and not door:
            raise NotFound
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="GenAIOps"'


class TokenScope(BasePermission):
    """Somebody is signed in, and a read token only reads. What they may do is asked in the services."""

    message = "This token may only read."
    code = "token.scope"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        return not isinstance(request.auth, ApiToken) or scope_allows(request.auth.scope, request.method or "GET")


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI description names the token."""

    target_class = BearerToken
    name = "bearerToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "gaio_…"}
