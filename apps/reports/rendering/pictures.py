"""What the portal's own drawings say of themselves, and a picture for programs that cannot draw them."""

import re
import struct
import zlib
from html import unescape

_DESCRIPTION = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def drawing_words(svg: str) -> str:
    """The description inside one of the portal's own drawings."""
    found = _DESCRIPTION.search(svg)
    return unescape(found.group(1)) if found else ""


def drawing_size(svg: str) -> tuple[float, float]:
    """Width and height of one of the portal's own drawings, in its pixels."""
    found = _SIZE.search(svg)
    return (float(found.group(1)), float(found.group(2))) if found else (720.0, 320.0)


def blank_png(width: int, height: int) -> bytes:
    """A white picture: what a program shows that cannot draw SVG. Its values stand in the table below it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)  # one bit a pixel, grey
    rows = (b"\x00" + b"\xff" * ((width + 7) // 8)) * height
    content = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content
