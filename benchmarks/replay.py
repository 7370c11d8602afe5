"""A server that answers at once: `python -m benchmarks.replay PORT UPSTREAM`, with UPSTREAM as HOST:PORT.

It asks the other server when an address is called for the first time, and from then on sends those bytes again without
looking at anything. What a client waits for beside it is the client's own work.
"""

import http.client
import socket
import sys
import threading
from typing import BinaryIO

_known: dict[bytes, bytes] = {}


def serve(port: int, upstream: str) -> None:
    """Answer until the process is ended."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_talk, args=(connection, upstream), daemon=True).start()


def _talk(connection: socket.socket, upstream: str) -> None:
    """One connection of a client, request after request."""
    with connection, connection.makefile("rb") as lines:
        while head := _head(lines):
            body = lines.read(_length(head))
            address = head.partition(b"?")[0].partition(b" HTTP/")[0]
            if address not in _known:
                _known[address] = _asked(upstream, head, body)
            connection.sendall(_known[address])


def _head(lines: BinaryIO) -> bytes:
    """The lines up to the empty one; nothing where the client has gone."""
    head = b""
    while (line := lines.readline()).strip():
        head += line
    return head


def _length(head: bytes) -> int:
    """How many bytes of a body follow a head."""
    found = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return int(found) if found else 0


def _asked(upstream: str, head: bytes, body: bytes) -> bytes:
    """The other server's answer, with the headers that it sent."""
    first, *lines = head.decode("latin-1").splitlines()
    verb, path, _ = first.split(" ")
    asking = http.client.HTTPConnection(upstream)
    asking.request(verb, path, body, dict(line.split(": ", 1) for line in lines))
    answer = asking.getresponse()
    content = answer.read()
    sent = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders())
    asking.close()
    return f"HTTP/1.1 {answer.status} {answer.reason}\r\n{sent}\r\n".encode("latin-1") + content


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
