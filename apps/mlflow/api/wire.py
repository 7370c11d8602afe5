"""What every door of MLflow's protocol shares: who calls, for which team, JSON in, JSON or MLflow's errors out.

A door is a function that takes a `Call` and returns what becomes the JSON body (or an HttpResponse of its own):

    @reads
    def model_get(call: Call) -> Answer: ...

    path("registered-models/get", answers(GET=model_get))

These addresses are for tools: a token, never a cookie, so neither session nor form token is looked at.
"""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from apps.accounts.models import ApiToken, Team, User
from apps.accounts.rules import scope_allows
from apps.accounts.services import token_accept
from apps.core.errors import DomainError, Refused
from apps.core.middleware import tool_door
from apps.mlflow.queries import team_spoken_for
from apps.mlflow.rules import (
    ENDPOINT_NOT_FOUND,
    INVALID_PARAMETER_VALUE,
    STATUS,
    TEMPORARILY_UNAVAILABLE,
    WireError,
    error_body,
    word_of,
)

Answer = Mapping[str, Any] | HttpResponseBase
Door = Callable[..., Answer]
View = Callable[..., HttpResponseBase]

_log = logging.getLogger(__name__)
_READS = "mlflow_reads"
_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def refuse(message: str, word: str = INVALID_PARAMETER_VALUE) -> WireError:
    """The error to raise where MLflow has words of its own for what is wrong."""
    return WireError(word, message)


class Call:
    """One call of a client: who, for which team, and what was sent. Everything is read when it is first asked for."""

    def __init__(self, request: HttpRequest, team_slug: str = "") -> None:
        self.request = request
        self._team_slug = team_slug

    @cached_property
    def token(self) -> ApiToken:
        """The token in the Authorization header. Raises Refused (code token.…)."""
        return token_accept(_secret(self.request.headers.get("Authorization", "")))

    @property
    def user(self) -> User:
        """The person whose token was sent."""
        return self.token.user

    @cached_property
    def team(self) -> Team:
        """The team that the client speaks for. Raises NotFound, or Invalid where it cannot be told."""
        return team_spoken_for(self.user, self._team_slug, self.request.headers.get("X-MLFLOW-WORKSPACE", "").strip())

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """The query of a GET, else the JSON object of the body. Values of a query are lists of strings."""
        return _query(self.request.GET) if self._is_query else _body(self.request)

    @property
    def _is_query(self) -> bool:
        return self.request.method in ("GET", "HEAD") and bool(self.request.META.get("QUERY_STRING"))

    def _one(self, key: str) -> Any:
        """The single value that was meant; a query brings every one in a list."""
        value = self.given.get(key)
        return value[-1] if self._is_query and value else value

    def text(self, key: str, default: str | None = None) -> str:
        """A string. Without a default it must be there and not be empty."""
        value = self._one(key)
        if value is None or (value == "" and default is None):
            if default is None:
                raise _missing(key)
            return default
        if isinstance(value, bool | list | dict):
            raise _wrong(key, "a string")
        return str(value)

    def given_text(self, key: str) -> str | None:
        """A string, or None where the client did not send it: what is not sent is not changed."""
        return self.text(key, "") if self._one(key) is not None else None

    def number(self, key: str, default: int | None = None, *, least: int = 0, most: int = 2**63 - 1) -> int:
        """A whole number, as JSON or as digits. Without a default it must be there."""
        value = self._one(key)
        if value is None or value == "":
            if default is None:
                raise _missing(key)
            return default
        try:
            number = int(str(value))
        except ValueError:
            raise _wrong(key, "a whole number") from None
        if isinstance(value, bool) or not least <= number <= most:
            raise _wrong(key, f"a whole number between {least} and {most}")
        return number

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false, as JSON or as the word."""
        value = self._one(key)
        if value is None or value == "":
            return default
        word = str(value).lower()
        if word not in ("true", "false"):
            raise _wrong(key, "true or false")
        return word == "true"

    def many(self, key: str) -> list[Any]:
        """A list; empty where it was not sent. In a query every value is a string."""
        value = self.given.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise _wrong(key, "a list")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of strings."""
        values = self.many(key)
        if not all(isinstance(value, str) for value in values):
            raise _wrong(key, "a list of strings")
        return values

    def objects(self, key: str) -> list[dict[str, Any]]:
        """A list of JSON objects."""
        values = self.many(key)
        if not all(isinstance(value, dict) for value in values):
            raise _wrong(key, "a list of objects")
        return values

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """Tags and parameters: [{"key": …, "value": …}] in the order they were sent."""
        return [(_pair_text(pair, "key", key), _pair_text(pair, "value", key)) for pair in self.objects(key)]


def reads(door: Door) -> Door:
    """Marks a door that only reads though its verb is POST: tokens that may only read may call it."""
    setattr(door, _READS, True)
    return door


def answers(**doors: Door) -> View:
    """The view of one address: a door for each verb, such as `answers(GET=alias_get, POST=alias_set)`."""

    def view(request: HttpRequest, team_slug: str = "", **parts: Any) -> HttpResponseBase:
        # The first question tells as well whether the connection still stands.
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            door = doors.get("GET" if request.method == "HEAD" else request.method or "")
            if door is None:
                raise refuse(f"{request.method} is not answered at {request.path}.", ENDPOINT_NOT_FOUND)
            call = Call(request, team_slug)
            scope = call.token.scope  # before anything else: nobody learns anything without a token
            if not (hasattr(door, _READS) or scope_allows(scope, request.method or "")):
                raise Refused("This token may only read.", code="token.scope", remedy="Use one that may also write.")
            answer = door(call, **parts)
            return answer if isinstance(answer, HttpResponseBase) else json_response(answer)
        except DomainError as error:
            return error_response(error)
        except OperationalError:
            return _without_database(request)

    return tool_door(csrf_exempt(login_not_required(view)))


def _without_database(request: HttpRequest) -> HttpResponse:
    """The database went away; clients ask again by themselves."""
    _log.exception("The database did not answer %s %s", request.method, request.path)
    connection.close()
    return error_response(refuse("The database does not answer at the moment.", TEMPORARILY_UNAVAILABLE))


def json_response(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A JSON answer with its length, so that the connection can be used again."""
    content = _compact(body).encode()
    headers = {"Content-Length": str(len(content))}
    return HttpResponse(content, status=status, content_type="application/json", headers=headers)


def error_response(error: DomainError) -> HttpResponse:
    """A refusal in MLflow's form."""
    status = STATUS[word_of(error)]
    response = json_response(error_body(error), status)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="GenAIOps", Bearer realm="GenAIOps"'
    return response


def _secret(header: str) -> str:
    """The token in an Authorization header: after Bearer, or as the password of Basic. Raises Refused."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            raise Refused("The Authorization header cannot be read.", code="token.invalid") from None
    raise Refused(
        "Send a token of the portal.",
        code="token.missing",
        remedy="Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and the token as MLFLOW_TRACKING_PASSWORD.",
    )


def _query(query: QueryDict) -> Mapping[str, Any]:
    found = {key: query.getlist(key) for key in query}
    if any("\x00" in value for values in found.values() for value in values):
        raise refuse("A NUL character cannot be stored.")
    return found


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        raw = request.body
    except RequestDataTooBig:
        raise refuse("The request is larger than the portal reads at once; send it in parts.") from None
    except UnreadablePostError:
        raise refuse("The request broke off.") from None
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise refuse("The body is no JSON.") from None
    if isinstance(body, str):  # some clients send the object as a string of JSON
        return _body_in_string(body)
    if not isinstance(body, dict):
        raise refuse("The body must be a JSON object.")
    if b"\\u0000" in raw or b"\\ud" in raw.lower():
        _require_storable(body)
    return body


def _body_in_string(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise refuse("The body must be a JSON object.")
    _require_storable(body)
    return body


def _require_storable(body: Any) -> None:
    """No database keeps a NUL in a text, and none half of a surrogate pair."""
    text = json.dumps(body, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refuse("The text holds half a character, which cannot be stored.") from None
    if "\\u0000" in text.replace("\\\\", ""):
        raise refuse("A NUL character cannot be stored.")


def _pair_text(pair: Mapping[str, Any], name: str, key: str) -> str:
    value = pair.get(name, "" if name == "value" else None)
    if value is None and name == "value":
        return ""
    if not isinstance(value, str) or (name == "key" and not value):
        raise _wrong(key, "a list of {key, value} with strings in them")
    return value


def _missing(key: str) -> WireError:
    return refuse(f"Missing value for required parameter '{key}'. See the API docs for more information.")


def _wrong(key: str, kind: str) -> WireError:
    return refuse(f"Invalid value for parameter '{key}' supplied: it must be {kind}.")
