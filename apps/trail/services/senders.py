"""How an event leaves the portal: to syslog (RFC 5424 over UDP, TCP or TLS) or to a webhook (CloudEvents over HTTPS).

Addresses come from the settings alone: no page and no caller of the API can make the portal speak to anybody.
"""

import hashlib
import hmac
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils import timezone

from apps.audit.rules.events import DATAGRAM, MEDIA_TYPE, event_text, syslog_message

SECONDS = 10.0  # that a receiver may take
LONGEST_WAIT = 24 * 3600
SIGNATURE = "GenAIOps-Signature"
Send: TypeAlias = Callable[[dict[str, Any]], None]


class NotTaken(Exception):
    """The receiver did not take an event. `problem` is a few words without address or secret; `wait` the seconds that
    the receiver asks for; `is_over` that it wants no more.
    """

    def __init__(self, problem: str, *, wait: float = 0, is_over: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.wait, self.is_over = problem, wait, is_over


@contextmanager
def syslog() -> Iterator[Send]:
    """Events as syslog messages. UDP tells nobody whether they arrived; TCP and TLS are written whole, each with its
    length before it (RFC 6587, 3.4.1).
    """
    address = urlsplit(settings.TRAIL_SYSLOG_URL)
    place, host = (address.hostname or "", address.port or 514), socket.gethostname()
    try:
        if address.scheme == "udp":
            with _datagrams(place) as datagrams:
                yield partial(_send_datagram, datagrams, host)
            return
        with socket.create_connection(place, timeout=SECONDS) as plain:
            with _stream(plain, address.scheme, place[0]) as stream:
                yield lambda event: stream.sendall(_counted(syslog_message(event, host)))
    except OSError as error:
        raise NotTaken(f"no connection ({type(error).__name__})") from None


def _send_datagram(datagrams: socket.socket, host: str, event: dict[str, Any]) -> None:
    datagrams.send(syslog_message(event, host, most=DATAGRAM))


def _datagrams(place: tuple[str, int]) -> socket.socket:
    kind, *_, address = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
    datagrams = socket.socket(kind, socket.SOCK_DGRAM)
    datagrams.settimeout(SECONDS)
    datagrams.connect(address)
    return datagrams


def _stream(plain: socket.socket, scheme: str, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if scheme == "tls" else plain


def _counted(message: bytes) -> bytes:
    return str(len(message)).encode() + b" " + message


@contextmanager
def webhook() -> Iterator[Send]:
    """Events one by one, each signed with the secret; no redirect is followed, and no proxy of the environment used."""
    with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        yield lambda event: _post(client, event_text(event).encode())


def _post(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": f"{MEDIA_TYPE}; charset=utf-8", SIGNATURE: signature(body, int(time.time()))}
    try:
        answer = client.post(settings.TRAIL_WEBHOOK_URL, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise NotTaken(f"no answer ({type(error).__name__})") from None
    if not answer.is_success:
        raise NotTaken(f"HTTP {answer.status_code}", wait=_wait(answer), is_over=answer.status_code == httpx.codes.GONE)


def signature(body: bytes, at: int) -> str:
    """The header by which a receiver knows us: HMAC-SHA256 over the time, a full stop, and the body."""
    secret = settings.TRAIL_WEBHOOK_SECRET.encode()
    return f"t={at},v1={hmac.new(secret, f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def _wait(answer: httpx.Response) -> float:
    """Seconds that Retry-After asks for, as a number or as a date (RFC 9110, 10.2.3); 0 without one."""
    asked = answer.headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit():
        return float(min(int(asked[:9]), LONGEST_WAIT))
    try:
        until = parsedate_to_datetime(asked)
        return min(max((until - timezone.now()).total_seconds(), 0), LONGEST_WAIT)
    except (ValueError, TypeError):
        return 0
