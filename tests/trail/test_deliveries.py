"""Entries handed on to real receivers on this machine: nothing lost, no secret told."""

import hashlib
import hmac
import json
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.trail.models import TrailDelivery
from apps.trail.services import deliveries_send
from apps.trail.services.senders import SIGNATURE
from genaiops_site.trail import check_receivers, checked_years
from tests.audit.test_checkpoints import append
from tests.makers import make_browser, make_client
from tests.people import make_people

pytestmark = pytest.mark.django_db
SECRET = "a secret of the webhook"


class Receiver(ThreadingHTTPServer):
    """A webhook that notes what it was sent and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, headers = server.answers.pop(0) if server.answers else (204, {})
        if status < 300:
            server.taken.append((dict(self.headers), body))
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *given: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def receiver(settings: LazySettings) -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.TRAIL_WEBHOOK_URL = f"http://name:password@127.0.0.1:{server.server_port}/hook?token=unspoken"
        settings.TRAIL_WEBHOOK_SECRET = SECRET
        yield server
        server.shutdown()


def ids(receiver: Receiver) -> list[str]:
    return [json.loads(body)["id"] for _, body in receiver.taken]


def digests() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("digest", flat=True))


def again() -> int:
    TrailDelivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    return deliveries_send()


def test_without_a_receiver_nothing_is_sent() -> None:
    append(2)
    assert deliveries_send() == 0 and not TrailDelivery.objects.exists()


def test_every_entry_is_sent_once_signed_and_in_order(receiver: Receiver) -> None:
    append(4)
    assert deliveries_send() == 4
    append(3)
    assert (deliveries_send(), deliveries_send()) == (3, 0)
    assert ids(receiver) == digests()
    headers, body = receiver.taken[0]
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    at, given = (part.partition("=")[2] for part in headers[SIGNATURE].split(","))
    assert given == hmac.new(SECRET.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()


def test_a_failing_receiver_is_asked_again_later_and_loses_nothing(receiver: Receiver) -> None:
    append(4)
    receiver.answers = [(204, {}), (500, {})]
    assert deliveries_send() == 1
    delivery = TrailDelivery.objects.get()
    assert (delivery.position, delivery.failures, delivery.problem) == (1, 1, "HTTP 500")
    assert deliveries_send() == 0  # not before its time
    receiver.answers = [(503, {"Retry-After": "7200"})]
    assert again() == 0
    assert TrailDelivery.objects.get().next_at > timezone.now() + timedelta(seconds=7000)
    assert again() == 3
    assert ids(receiver) == digests() and TrailDelivery.objects.get().failures == 0


def test_waits_grow_and_end_at_an_hour(receiver: Receiver) -> None:
    append(1)
    waits = []
    for _ in range(9):
        receiver.answers = [(500, {"Retry-After": "nonsense"})]
        again()
        waits.append((TrailDelivery.objects.get().next_at - timezone.now()).total_seconds())
    assert 25 < waits[0] <= 30 < waits[1] <= 60 and 3590 < waits[-1] <= 3600


def test_what_a_crash_left_unnoted_is_sent_again_with_the_same_ids(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(5)
    monkeypatch.setattr("apps.trail.services.delivering.KEPT_EVERY", 2)
    deliveries_send()
    # As a killed worker leaves the row: held, and with the last position that it kept.
    TrailDelivery.objects.update(position=4, held_until=timezone.now() + timedelta(minutes=4))
    assert deliveries_send() == 0
    TrailDelivery.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert deliveries_send() == 1
    assert ids(receiver) == [*digests(), digests()[4]]


def test_readers_are_told_how_far_it_came_and_no_address(receiver: Receiver) -> None:
    people = make_people()
    receiver.answers = [(500, {})]
    deliveries_send()
    (told,) = make_client(people.rui).get("/api/v1/audit-deliveries/").json()
    assert (told["target"], told["position"], told["problem"]) == ("webhook", 0, "HTTP 500")
    page = make_browser(people.rui).get(reverse("portal:checkpoint-list")).text
    assert "HTTP 500" in page and "unspoken" not in page + str(told)
    assert make_client(people.olga).get("/api/v1/audit-deliveries/").status_code == 403


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    append(1)
    receiver.answers = [(302, {"Location": "http://127.0.0.1:1/"})]
    assert deliveries_send() == 0
    assert TrailDelivery.objects.get().problem == "HTTP 302"


def test_gone_ends_the_delivery_until_another_address_is_set(receiver: Receiver, settings: LazySettings) -> None:
    append(2)
    receiver.answers = [(410, {})]
    assert deliveries_send() == 0 and again() == 0
    assert AuditEntry.objects.filter(action="trail.delivery_end").exists()
    settings.TRAIL_WEBHOOK_URL += "&new=1"
    assert deliveries_send() == 3
    assert ids(receiver) == digests()


def test_no_secret_is_told(receiver: Receiver, settings: LazySettings, caplog: pytest.LogCaptureFixture) -> None:
    append(2)
    with caplog.at_level(logging.DEBUG, logger="apps"):
        receiver.answers = [(500, {})]
        again()
        settings.TRAIL_WEBHOOK_URL = "http://name:password@127.0.0.1:1/hook?token=unspoken"
        again()
    row = str(TrailDelivery.objects.values().get())
    trail = str(list(AuditEntry.objects.values_list("data", "object_label")))
    for secret in (SECRET, "password", "unspoken", "127.0.0.1"):
        assert secret not in caplog.text + row + trail
    assert logging.getLogger("httpx").level >= logging.WARNING


def test_syslog_over_udp(settings: LazySettings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        settings.TRAIL_SYSLOG_URL = f"udp://127.0.0.1:{server.getsockname()[1]}"
        append(3)
        assert deliveries_send() == 3
        messages = [server.recv(65_535) for _ in range(3)]
    assert all(message.startswith(b"<110>1 ") for message in messages)
    assert [json.loads(message.partition(b"\xef\xbb\xbf")[2])["id"] for message in messages] == digests()


def test_syslog_over_tcp_counts_its_octets(settings: LazySettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.TRAIL_SYSLOG_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        append(3)
        assert deliveries_send() == 3
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            content = stream.read()
    found = []
    while content:
        size, _, rest = content.partition(b" ")
        message, content = rest[: int(size)], rest[int(size) :]
        found.append(json.loads(message.partition(b"\xef\xbb\xbf")[2])["id"])
    assert found == digests()
    assert deliveries_send() == 0
    append(1)
    assert deliveries_send() == 0  # nobody listens any more
    assert TrailDelivery.objects.get().problem.startswith("no connection")


@pytest.mark.parametrize(
    ("syslog", "webhook", "secret", "may_be_plain"),
    [
        ("http://host", "", "", False),
        ("udp://", "", "", False),
        ("udp://host:99999", "", "", False),
        ("", "http://host/", SECRET, False),
        ("", "file:///etc/passwd", SECRET, True),
        ("", "https://host/", "short", False),
    ],
)
def test_settings_that_would_tell_secrets_are_refused(
    syslog: str, webhook: str, secret: str, may_be_plain: bool
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        check_receivers(syslog, webhook, secret, may_be_plain)
    assert "host/" not in str(refused.value)


def test_fewer_than_ten_years_are_refused() -> None:
    check_receivers("tls://host:6514", "https://host/", SECRET, False)
    check_receivers("", "http://host/", SECRET, True)
    assert checked_years(10) == 10
    with pytest.raises(ImproperlyConfigured):
        checked_years(9)
