"""Reads what is left of a request's body before its answer goes out."""

from collections.abc import Iterable
from contextlib import suppress
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.core.handlers.wsgi import LimitedStream

MOST_BYTES = 64 * 1024  # a longer rest is left to the server, which closes such a connection


def read_to_its_end(application: WSGIApplication) -> WSGIApplication:
    """The application, after whose work no small body is left unread.

    Many doors need no body, or refuse before they read it. gunicorn's threads (26.2) read such a rest after the answer
    has gone out. A client that is quick with its next request on the same connection then has that read along with it
    and never answered: the connection is closed when its idle time has passed.
    """

    def attentive(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit() or not 0 < int(length) <= MOST_BYTES:
            return application(environ, start_response)
        body = environ["wsgi.input"] = LimitedStream(environ["wsgi.input"], int(length))
        answer = application(environ, start_response)
        with suppress(OSError):  # the client has gone, which sending the answer will tell
            body.read()
        return answer

    return attentive
