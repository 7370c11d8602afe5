"""Files in chunks: together they are the file, most of them are shared by what is alike, and a changed one is noticed.

The object store is a backend of Django's that is no folder (its in-memory storage): what stands above S3 is the same.
"""

import csv
import hashlib
import io
import json
import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.core import storage, tables
from apps.core.chunks import Piece
from apps.core.errors import Conflict, Invalid, NotFound, StorageFull
from apps.core.tables.cuts import LEAST, MOST

WORDS = ["reset", "hold", "button", "invoice", "order", "device", "password", "account", "refund", "question"]


@pytest.fixture(autouse=True, params=["folder", "elsewhere"])
def root(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Path:
    """A store of its own for each test: a folder, and one that is none."""
    backend = settings.STORAGES["artifacts"]
    options = backend["OPTIONS"] | {"location": str(tmp_path / "artifacts")}
    if request.param == "elsewhere":
        backend, options = {"BACKEND": "django.core.files.storage.InMemoryStorage"}, {}
    settings.STORAGES = settings.STORAGES | {"artifacts": backend | {"OPTIONS": options}}
    settings.VAR_DIR = tmp_path / "var"
    settings.WORK_DIR = tmp_path / "work"
    return tmp_path


@cache
def rows(count: int, seed: int = 1) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    return [{"id": n, "text": " ".join(dice.choices(WORDS, k=150)), "n": dice.random()} for n in range(count)]


def jsonl(some: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in some).encode()


def as_csv(some: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(some[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row | {"text": f'{row["text"]}\nsaid "{row["n"]}"'} for row in some)
    return text.getvalue().encode()


def as_text(some: list[dict[str, Any]]) -> bytes:
    return "\n\n".join(str(row["text"]) for row in some).encode()


def as_parquet(some: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(some), buffer, use_content_defined_chunking=True, compression="none")
    return buffer.getvalue()


WRITERS = {"jsonl": jsonl, "csv": as_csv, "txt": as_text, "parquet": as_parquet}


def stored(content: bytes, ending: str, folder: Path, **more: Any) -> storage.Chunked:
    path = folder / f"rows.{ending}"
    path.write_bytes(content)
    reading = tables.Reading(path, path.name)
    return storage.put_chunked(reading.pieces(), layout=reading.format, **more)


@pytest.mark.parametrize("ending", WRITERS)
def test_the_chunks_together_are_the_file(root: Path, ending: str) -> None:
    content = WRITERS[ending](rows(5_000))
    found = stored(content, ending, root)
    format = {"txt": "text"}.get(ending, ending)
    chunks = storage.chunks_of(found.digest, format)
    assert tuple(chunks) == found.chunks and len(chunks) > 2
    assert b"".join(storage.chunk_path(chunk).read_bytes() for chunk in chunks) == content
    assert (found.digest, found.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert sum(chunk.rows or 0 for chunk in chunks) == 5_000
    assert all(LEAST <= chunk.size <= MOST for chunk in chunks[:-1])
    assert storage.exists(found.digest) and storage.is_intact(found.digest)
    assert storage.local_path(found.digest).read_bytes() == content
    with storage.open(found.digest) as stream:
        assert stream.read() == content


@pytest.mark.parametrize("ending", ["jsonl", "txt"])
def test_a_chunk_of_lines_reads_as_a_file_of_its_own(root: Path, ending: str) -> None:
    found = stored(WRITERS[ending](rows(4_000)), ending, root)
    format = {"txt": "text"}.get(ending, ending)
    together = [row for chunk in found.chunks for row in tables.iter_rows(storage.chunk_path(chunk), format)]
    assert together == list(tables.iter_rows(storage.local_path(found.digest), format))


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("at", [0.0, 0.5])
def test_rows_in_the_middle_leave_most_chunks_shared(root: Path, ending: str, at: float) -> None:
    before, place = rows(9_000), int(9_000 * at)
    after = [*before[:place], *rows(5, seed=7), *before[place + 3 :]]
    one = stored(WRITERS[ending](before), ending, root)
    two = stored(WRITERS[ending](after), ending, root)
    assert one.new_bytes == one.size
    # Shared is everything but the chunk in which the change lies. In Parquet the writer decides where its pages end
    # behind a change, so only what lies before it is certain.
    fresh = [chunk for chunk in two.chunks if chunk not in one.chunks]
    assert two.new_bytes == sum(chunk.size for chunk in fresh) < one.size * (0.75 if ending == "parquet" else 0.35)


def test_any_seeds_and_edits_keep_the_bytes(root: Path) -> None:
    dice = random.Random(3)
    some = list(rows(2_000))
    for _ in range(12):
        start = dice.randrange(len(some))
        some[start : start + dice.randrange(40)] = rows(dice.randrange(60), seed=dice.randrange(10**6))
        content = jsonl(some)
        found = stored(content, "jsonl", root)
        with storage.open(found.digest) as stream:
            assert stream.read() == content
        assert sum(chunk.rows or 0 for chunk in found.chunks) == len(some)


def test_the_same_file_again_takes_no_room(root: Path) -> None:
    content = jsonl(rows(4_000))
    assert stored(content, "jsonl", root).new_bytes == len(content)
    assert stored(content, "jsonl", root).new_bytes == 0


def test_equal_chunks_of_one_file_are_kept_once(root: Path) -> None:
    piece = Piece(b"the same row\n" * 30_000, 30_000)
    found = storage.put_chunked([piece] * 5, layout="text")
    assert (len(found.chunks), found.new_bytes) == (5, len(piece.data))
    with storage.open(found.digest) as stream:
        assert stream.read() == piece.data * 5


def test_one_content_read_as_two_formats_keeps_both_counts(root: Path) -> None:
    content = b"a,b\n1,2\n"
    digest = stored(content, "csv", root).digest
    assert stored(content, "txt", root).digest == digest
    assert [chunk.rows for chunk in storage.chunks_of(digest, "csv")] == [1]
    assert [chunk.rows for chunk in storage.chunks_of(digest, "text")] == [2]
    assert [chunk.rows for chunk in storage.chunks_of(digest, "jsonl")] == [None]


def test_a_file_that_was_stored_whole_is_one_chunk(root: Path) -> None:
    digest = storage.put(io.BytesIO(b"whole")).digest
    assert storage.chunks_of(digest) == [storage.Chunk(digest, 5, None)]
    with pytest.raises(NotFound):
        storage.chunks_of("0" * 64)


def _spoil(digest: str, change: bytes | None) -> None:
    """Change or remove a stored file behind the portal's back."""
    from apps.core import blobs

    name, store = blobs.name_of(digest), blobs.backend()
    store.delete(name)
    if change is not None:
        store.save(name, io.BytesIO(change))  # type: ignore[arg-type] # Django reads any stream


@pytest.mark.parametrize("change", ["other bytes", "fewer bytes", "no bytes", "gone"])
def test_one_changed_chunk_is_noticed(root: Path, change: str) -> None:
    content = jsonl(rows(4_000))
    found = stored(content, "jsonl", root)
    victim = found.chunks[1]
    data = storage.chunk_path(victim).read_bytes()
    spoilt = {"other bytes": data[:-9] + b"x" + data[-8:], "fewer bytes": data[:-1], "no bytes": b"", "gone": None}
    for copy in (root / "work").rglob("*"):
        copy.unlink() if copy.is_file() else None
    _spoil(victim.digest, spoilt[change])
    assert not storage.is_intact(found.digest)
    with pytest.raises((Conflict, NotFound)) as refused:
        storage.local_path(found.digest)
    assert refused.value.code == ("storage.missing" if change == "gone" else "storage.tampered")
    assert not any(path.is_file() for path in (root / "work").rglob("*"))


def test_storing_again_heals_a_changed_chunk(root: Path, request: pytest.FixtureRequest) -> None:
    if "elsewhere" in request.node.name:
        pytest.skip("of what lies elsewhere only the name is looked at: reading all of it back would cost more")
    content = jsonl(rows(4_000))
    found = stored(content, "jsonl", root)
    _spoil(found.chunks[0].digest, b"something else")
    assert not storage.is_intact(found.digest)
    assert stored(content, "jsonl", root).new_bytes == 0
    assert storage.is_intact(found.digest)


def test_a_stream_of_chunks_can_be_sought(root: Path) -> None:
    content = jsonl(rows(4_000))
    digest = stored(content, "jsonl", root).digest
    dice = random.Random(5)
    with storage.open(digest) as stream:
        assert stream.seek(0, os.SEEK_END) == len(content)
        for _ in range(50):
            start, length = dice.randrange(len(content)), dice.randrange(3_000_000)
            stream.seek(start)
            assert stream.read(length) == content[start : start + length]
        stream.seek(len(content) + 10)
        assert stream.read() == b""


def _everything(root: Path) -> set[str]:
    from apps.core import blobs

    store = blobs.backend()
    found = {str(path) for path in root.rglob("*") if path.is_file() and not path.name.startswith("rows.")}

    def below(folder: str) -> Iterator[str]:
        folders, files = store.listdir(folder) if store.exists(folder) else ([], [])
        yield from (f"{folder}/{name}" for name in files)
        for name in folders:
            yield from below(f"{folder}/{name}")

    return found | set(below("sha256")) | set(below("chunked"))


def test_what_is_refused_leaves_nothing_behind(root: Path) -> None:
    good = jsonl(rows(4_000))
    with pytest.raises(Conflict) as differs:
        stored(good, "jsonl", root, expect="0" * 64)
    assert differs.value.code == "digest.differs"
    with pytest.raises(Invalid):
        stored(good + b'{"id": 1}\n', "jsonl", root)
    assert _everything(root) == set()


def test_a_full_disk_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third chunk finds no room; tests/end_to_end fills a real disk."""
    from apps.core import blobs

    settle, calls = blobs.settle, list[int]()

    def full(copy: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        settle(copy)

    monkeypatch.setattr(blobs, "settle", full)
    with pytest.raises(StorageFull):
        stored(jsonl(rows(9_000)), "jsonl", root)
    assert _everything(root) == set()


@pytest.mark.parametrize("spoilt", [b"not json", b"[]", b'{"layouts": {}}', b'{"layouts": {"jsonl": [[1, 2]]}}'])
def test_a_spoilt_list_of_chunks_is_said_to_be(root: Path, spoilt: bytes) -> None:
    from apps.core import blobs

    digest = stored(jsonl(rows(4_000)), "jsonl", root).digest
    name = blobs.name_of(digest, "chunked")
    blobs.backend().delete(name)
    blobs.backend().save(name, io.BytesIO(spoilt))  # type: ignore[arg-type] # Django reads any stream
    assert not storage.is_intact(digest)
    with pytest.raises(Conflict) as refused:
        storage.open(digest)
    assert refused.value.code == "storage.tampered"


def test_copies_that_nobody_asks_for_are_cleared(root: Path) -> None:
    old = storage.local_path(stored(jsonl(rows(4_000)), "jsonl", root).digest)
    os.utime(old, (1, 1))
    new = storage.local_path(stored(jsonl(rows(4_000, seed=2)), "jsonl", root).digest)
    assert new.exists() and not old.exists()
