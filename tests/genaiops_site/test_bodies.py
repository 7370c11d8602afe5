"""No request is lost behind one whose body nobody read: alone, and under the real web server."""

import http.client
import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from genaiops_site.bodies import MOST_BYTES, read_to_its_end

ROOT = Path(__file__).resolve().parents[2]

# Ends its answer late, as a portal does that still has its database connection to tidy.
LATE = """
import time

from genaiops_site.bodies import read_to_its_end


class Answer(list):
    def close(self):
        time.sleep(0.8)


def deaf(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return Answer([b"ok"])


application = read_to_its_end(deaf)
"""


class Gone(io.RawIOBase):
    """The connection of a client that went away."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError


def _asked(body: io.IOBase, length: str, reads: int) -> tuple[list[bytes], bytes]:
    """The answer of an application that reads so many bytes, and what it read."""
    seen = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        seen.append(environ["wsgi.input"].read(reads) if reads else b"")
        return [b"answer"]

    environ = {"wsgi.input": body, "CONTENT_LENGTH": length}
    return list(read_to_its_end(application)(environ, lambda *told: lambda piece: None)), seen[0]


@pytest.mark.parametrize("reads", [0, 3, 10])
def test_what_the_application_left_is_read_and_nothing_behind_it(reads: int) -> None:
    stream = io.BytesIO(b"0123456789POST /next")
    answer, seen = _asked(stream, "10", reads)
    assert (answer, seen) == ([b"answer"], b"0123456789"[:reads])
    assert stream.read() == b"POST /next"


@pytest.mark.parametrize("length", ["", "0", "many", "-1", str(MOST_BYTES + 1)])
def test_bodies_without_a_small_length_are_the_servers_matter(length: str) -> None:
    stream = io.BytesIO(b"0123456789")
    answer, _ = _asked(stream, length, 0)
    assert (answer, stream.tell()) == ([b"answer"], 0)


def test_a_client_that_went_away_is_no_error_of_the_application() -> None:
    assert _asked(Gone(), "10", 0)[0] == [b"answer"]


@pytest.mark.slow
def test_the_next_request_is_answered_under_the_real_server(tmp_path: Path) -> None:
    (tmp_path / "late.py").write_text(LATE)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        command = [sys.executable, "-m", "gunicorn", "--threads", "2", "--no-control-socket", "--pythonpath"]
        command += [f"{tmp_path},{ROOT}", "--bind", f"fd://{listener.fileno()}", "late:application"]
        server = subprocess.Popen(command, cwd=tmp_path, pass_fds=(listener.fileno(),))
        try:
            assert _two_in_turn(listener.getsockname()[1]) == [b"ok", b"ok"]
        finally:
            server.terminate()
            server.wait(30)


def _two_in_turn(port: int) -> list[bytes]:
    """The body goes out after its head was read, and the next request as soon as the answer is here."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as first:
        first.request("GET", "/")  # once this is answered the server is at work
        first.getresponse().read()
    answers = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for _ in range(2):
            connection.putrequest("POST", "/")
            connection.putheader("Content-Length", "2")
            connection.endheaders()
            time.sleep(0.3)
            connection.send(b"{}")
            answers.append(connection.getresponse().read())
    return answers
