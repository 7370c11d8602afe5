"""Lines of a UTF-8 file, of bounded length, with clear words for what is not UTF-8."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from apps.core.errors import Invalid
from apps.core.tables.formats import UTF8_MARK

# Eight MiB hold a long document with room to spare, and a hostile line never takes more memory than this.
MAX_LINE_BYTES = 8 * 1024 * 1024
BLOCK_BYTES = 2 * 1024 * 1024  # read at once by whoever reads many lines together


class Record(NamedTuple):
    """Bytes of a file, and the row that ends with them; None for bytes between rows: a header, blank lines."""

    data: bytes
    row: dict[str, object] | None


@dataclass(frozen=True)
class Line:
    """One line without its end. ``ended`` is false for a last line that no newline closes; ``raw`` are its bytes."""

    number: int
    text: str
    ended: bool
    raw: bytes


def lines(path: Path) -> Iterator[Line]:
    """Every line, numbered from 1. Raises Invalid for a line that is too long, holds NUL or is not UTF-8."""
    with path.open("rb") as stream:
        yield from lines_of(stream)


def lines_of(stream: BinaryIO, before: int = 0) -> Iterator[Line]:
    """The lines that are left in a stream, of which `before` lines are behind."""
    number = before
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            raise too_long(number)
        yield _decode(number, raw)


def blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    """What is left in a stream, in blocks that end where a line ends; a line over the bound ends one as well."""
    while block := stream.read(BLOCK_BYTES):
        yield block if block.endswith(b"\n") else block + stream.readline(MAX_LINE_BYTES + 1)


def too_long(number: int) -> Invalid:
    return Invalid(
        f"Line {number} is longer than {MAX_LINE_BYTES // 1024 // 1024} MiB.",
        code="table.line_too_long",
        remedy="Write one row a line, split very long texts, and close every quotation mark.",
    )


def truncated(number: int) -> Invalid:
    return Invalid(
        f"The file stops in the middle of line {number}.",
        code="table.truncated",
        remedy="The copy seems cut off: export or upload it again, or end the last line.",
    )


def _decode(number: int, raw: bytes) -> Line:
    if b"\x00" in raw:
        raise Invalid(
            f"Line {number} contains NUL bytes, so the file is not text or is damaged.",
            code="table.nul",
            remedy="Export the data again as UTF-8 text.",
        )
    ended = raw.endswith(b"\n")
    try:
        text = (raw.removeprefix(UTF8_MARK) if number == 1 else raw).decode("utf-8")
    except UnicodeDecodeError as error:
        if not ended and error.reason == "unexpected end of data":
            raise truncated(number) from None
        raise _not_utf8(number, raw, error.start) from None  # the error holds the line's bytes: do not chain it
    return Line(number, text.rstrip("\r\n"), ended, raw)


def _not_utf8(number: int, raw: bytes, position: int) -> Invalid:
    if _binary(raw):
        return Invalid(
            f"Line {number} is not text.", code="table.binary", remedy="Export the data as UTF-8 text or Parquet."
        )
    return Invalid(
        f"Line {number} is not UTF-8 (byte {position + 1} of the line); it looks like Latin-1 or Windows-1252.",
        code="table.encoding",
        remedy="Save the file as UTF-8 (in a spreadsheet: CSV UTF-8) and upload it again.",
    )


def _binary(raw: bytes) -> bool:
    """Control characters, and bytes that stand for nothing in Windows-1252, are next to absent from text."""
    sample = raw[:4096]
    controls = sum(byte < 32 and byte not in b"\t\r\n\f\x1b" or byte in b"\x7f\x81\x8d\x8f\x90\x9d" for byte in sample)
    return controls > 0.02 * len(sample)
