"""Stored files on their way out: whole or one range of them (RFC 9110, 14), with the digest to check them by.

`Repr-Digest` (RFC 9530) is the SHA-256 of the whole file, whatever range was asked for.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from apps.core import storage

BLOCK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last of a Range header for a file of `size` bytes; the whole file when the
    header asks for several ranges or for nothing that makes sense, as RFC 9110 has it; None when no byte lies in it.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:  # the last so many bytes
        count = min(int(last), size)
        return (size - count, size) if count else None
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return 0, size
    return (start, end) if start < size else None


def written_answer(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """Bytes that were written for this answer, as a download; the ETag is their SHA-256."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = str(content_disposition_header(True, name))
    answer["ETag"] = f'"{hashlib.sha256(content).hexdigest()}"'
    return answer


def stored_answer(
    request: HttpRequest, *, digest: str, size: int, name: str, content_type: str = "application/octet-stream"
) -> HttpResponseBase:
    """A stored file as an answer that is written while it is read. Raises NotFound when nothing is stored under the
    digest. A range is given only of the file that the client has begun (If-Range).
    """
    tag = f'"{digest}"'
    is_same = request.headers.get("If-Range", tag) == tag
    asked = request.headers.get("Range", "") if is_same else ""
    span = range_of(asked, size)
    if span is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    answer = StreamingHttpResponse(_Span(storage.open(digest), *span), content_type=content_type)
    if span != (0, size):
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
    answer["Content-Length"] = str(span[1] - span[0])
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = tag
    answer["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    answer["Content-Disposition"] = str(content_disposition_header(True, name))
    return answer


class _Span:
    """The bytes from `start` up to `end` of a stream, in blocks; closed with the answer, read or not."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream, self._left = stream, end - start
        stream.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._stream.read(min(BLOCK, self._left))
        if not block:
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._stream.close()
