"""Storing the bytes of a version, before anything is said about them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.catalog.models import DatasetVersion
from apps.catalog.queries.rows import statistics_of
from apps.core import storage, tables
from apps.core.errors import Invalid

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class Content:
    """A stored table and what it holds; sizes in bytes. The names are those of a version's fields."""

    digest: str
    size: int
    chunks: int
    new_bytes: int
    filename: str
    format: str
    encoding: str
    rows: int
    columns: list[dict[str, str]]
    statistics: dict[str, Any] | None = None


def content_store(
    path: Path, filename: str, *, expect_digest: str = "", on_progress: OnProgress | None = None
) -> Content:
    """Store a local table in chunks, in the one pass that learns its rows and columns; nothing is held in memory.

    Raises Invalid for a file that cannot be read, Conflict for another digest than `expect_digest`, StorageFull when
    there is no room; a file that is refused leaves nothing behind.
    """
    size = path.stat().st_size
    if size > settings.UPLOAD_MAX_BYTES:
        raise Invalid(f"Files are accepted up to {settings.UPLOAD_MAX_BYTES} bytes.", code="upload.too_large")
    name = tables.clean_filename(filename)
    reading = tables.Reading(path, name)
    pieces = _told(reading.pieces(), size, on_progress) if on_progress else reading.pieces()
    stored = storage.put_chunked(pieces, layout=reading.format, expect=expect_digest)
    facts = reading.facts()
    columns = [{"name": column.name, "type": column.type} for column in facts.columns]
    return Content(
        digest=stored.digest,
        size=stored.size,
        chunks=len(stored.chunks),
        new_bytes=stored.new_bytes,
        filename=name,
        format=facts.format,
        encoding=facts.encoding,
        rows=facts.rows,
        columns=columns,
        statistics=statistics_of(path, facts.format, columns, digest=stored.digest, rows=facts.rows),
    )


def _told(pieces: Iterator[tables.Piece], size: int, on_progress: OnProgress) -> Iterator[tables.Piece]:
    done = 0
    for piece in pieces:
        yield piece
        done += len(piece.data)
        on_progress(0.9 * min(1.0, done / max(1, size)), "Storing the rows")


def content_of(version: DatasetVersion) -> Content:
    """The content of a version that is there already; storing it again takes no room."""
    return Content(
        digest=version.digest,
        size=version.size,
        chunks=version.chunks,
        new_bytes=0,
        filename=version.filename,
        format=version.format,
        encoding=version.encoding,
        rows=version.rows,
        columns=version.columns,
        statistics=version.statistics,
    )
