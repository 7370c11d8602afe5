"""The suite runs without a network: a test that reaches for one is told so at once instead of waiting."""

import errno
import ipaddress
import os
import sys

_ALLOWED_NAMES = {"localhost", "", "0.0.0.0", "::"}


def _is_local(host: object) -> bool:
    if host is None or not isinstance(host, str | bytes):
        return True
    name = host.decode() if isinstance(host, bytes) else host
    if name in _ALLOWED_NAMES:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host: object = args[0]
    elif event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    if not _is_local(host):
        # The error of a machine without a network, so that the code under test meets what it would meet there.
        raise OSError(errno.ENETUNREACH, f"{os.strerror(errno.ENETUNREACH)} (tests stay on this machine): {host!r}")


def refuse_the_network() -> None:
    """From here on this process connects to the loopback addresses only. An audit hook cannot be taken off again."""
    sys.addaudithook(_watch)
