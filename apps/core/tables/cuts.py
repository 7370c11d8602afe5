"""Where a table is cut into the pieces that are stored: at ends of records that their own content chooses.

A record ends a piece when its CRC-32 is small for its length, so the same records are cut alike wherever they stand in
a file, and rows put in or taken out move no cut but those around them (content-defined chunking, as in Muthitacharoen,
Chen and Mazières, "A Low-bandwidth Network File System", SOSP 2001, with records in place of a window of bytes).
"""

import zlib
from collections.abc import Iterable, Iterator

from apps.core.chunks import Piece

LEAST = 256 * 1024  # bytes before a cut is looked for: thousands of tiny files would cost more than they share
AIM = 1024 * 1024  # bytes of a piece on average: a changed row then costs about this much new storage
MOST = 4 * 1024 * 1024  # bytes after which a piece is cut wherever a record ends
# A record of n bytes ends a piece with a chance of n / (AIM - LEAST), whatever the length of records.
_CHANCE = 2**32 // (AIM - LEAST)


class Cutter:
    """Gathers records into pieces, holding one piece at a time."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = self._rows = 0

    def pieces(self, records: Iterable[tuple[bytes, int]]) -> Iterator[Piece]:
        """The pieces that these records fill; each record is its bytes and the number of rows that end in it."""
        crc32, parts, size, counted = zlib.crc32, self._parts, self._size, self._rows
        for data, rows in records:
            length = len(data)
            if size + length > MOST and size:
                yield Piece(b"".join(parts), counted)
                parts, size, counted = [], 0, 0
            parts.append(data)
            size += length
            counted += rows
            if size >= LEAST and crc32(data) < length * _CHANCE:
                yield Piece(b"".join(parts), counted)
                parts, size, counted = [], 0, 0
        self._parts, self._size, self._rows = parts, size, counted

    def rest(self) -> Iterator[Piece]:
        """What is left at the end of the file."""
        if self._parts:
            yield Piece(b"".join(self._parts), self._rows)
            self._parts, self._size, self._rows = [], 0, 0
