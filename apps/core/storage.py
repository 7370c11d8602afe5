"""Content-addressed storage: a file is named by the SHA-256 of its bytes and never changes.

Django's storage `artifacts` lies behind it (a folder, or S3 through django-storages), so equal files are kept once.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from apps.core.errors import Conflict, NotFound, StorageFull

CHUNK = 1024 * 1024
Incoming: TypeAlias = "tempfile._TemporaryFileWrapper[bytes]"
READ_ONLY = 0o440
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Stored:
    """What a file is after it was stored: SHA-256 (hexadecimal) and size in bytes."""

    digest: str
    size: int


def _storage() -> Storage:
    return storages["artifacts"]


def _name(digest: str) -> str:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise NotFound("This is not a SHA-256 digest in lower-case hexadecimal.")
    return f"sha256/{digest[:2]}/{digest[2:4]}/{digest}"


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def put(stream: BinaryIO, *, expect: str = "") -> Stored:
    """Store a stream without holding it in memory. With `expect`, refuse bytes of another digest.

    Raises Conflict for a digest that differs and StorageFull when no room is left; neither leaves anything behind.
    """
    try:
        with _arriving() as copy:
            stored = _copy(stream, copy)
            if expect and expect != stored.digest:
                raise Conflict(
                    f"The bytes that arrived have the digest {stored.digest[:12]}…, not {expect[:12]}… as announced.",
                    code="digest.differs",
                    remedy="Send the file again.",
                )
            _keep(Path(copy.name), stored.digest)
            return stored
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull(
                "There is no room left to store this file; nothing was changed.",
                remedy="Free some space or give the storage more, then try again.",
            ) from error
        raise


@contextmanager
def _arriving() -> Iterator[Incoming]:
    """A file for bytes on their way in, gone afterwards unless it was moved."""
    folder = _incoming()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            yield copy
        finally:
            Path(copy.name).unlink(missing_ok=True)


def _incoming() -> Path:
    """Where bytes arrive: beside the stored files, so that they can be moved there in one step."""
    store = _storage()
    return Path(store.location if isinstance(store, FileSystemStorage) else settings.VAR_DIR) / "incoming"


def _copy(stream: BinaryIO, copy: Incoming) -> Stored:
    sha, size = hashlib.sha256(), 0
    for chunk in _chunks(stream):
        sha.update(chunk)
        size += len(chunk)
        copy.write(chunk)
    copy.flush()
    os.fsync(copy.fileno())  # the row that names this digest must not outlive a power cut that its bytes do not
    return Stored(sha.hexdigest(), size)


def _keep(copy: Path, digest: str) -> None:
    """Make the complete file appear under its name at once: a half-written one would be taken for the whole.

    In a folder it also takes the place of a file of that name, whose bytes somebody may have changed.
    """
    store = _storage()
    if isinstance(store, FileSystemStorage):
        final = Path(store.path(_name(digest)))
        final.parent.mkdir(parents=True, exist_ok=True)
        copy.chmod(store.file_permissions_mode or READ_ONLY)
        copy.replace(final)
        return
    if exists(digest):
        return
    with open_binary(copy) as again:
        store.save(_name(digest), File(again))


def open_binary(path: str | Path) -> BinaryIO:
    """A local file, opened for reading bytes."""
    return cast(BinaryIO, Path(path).open("rb"))


def put_path(path: Path) -> Stored:
    """Store a local file."""
    with open_binary(path) as stream:
        return put(stream)


def exists(digest: str) -> bool:
    """Whether bytes of this digest are stored."""
    return _storage().exists(_name(digest))


def open(digest: str) -> BinaryIO:  # the module is used as `storage.open`
    """The stored bytes as a stream. Raises NotFound when they are not there."""
    try:
        return cast(BinaryIO, _storage().open(_name(digest), "rb"))
    except FileNotFoundError:
        raise NotFound(f"No stored file has the digest {digest[:12]}….", code="storage.missing") from None


def local_path(digest: str) -> Path:
    """A path of this machine that holds the bytes: the stored file itself, or a verified copy of a remote one."""
    store = _storage()
    if isinstance(store, FileSystemStorage):
        path = Path(store.path(_name(digest)))
        if not path.exists():
            raise NotFound(f"No stored file has the digest {digest[:12]}….", code="storage.missing")
        return path
    path = Path(settings.WORK_DIR) / "cache" / digest
    if not path.exists():
        _download(digest, path)
    return path


def _download(digest: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    with open(digest) as source, partial.open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK)
    if digest_of_file(partial) != digest:
        partial.unlink()
        raise Conflict(f"The stored file {digest[:12]}… no longer has its digest.", code="storage.tampered")
    partial.replace(path)


def digest_of_file(path: Path) -> str:
    """SHA-256 of a local file."""
    with open_binary(path) as stream:
        sha = hashlib.sha256()
        for chunk in _chunks(stream):
            sha.update(chunk)
    return sha.hexdigest()


def is_intact(digest: str) -> bool:
    """Whether the stored bytes still have the digest they are named by. Reads the whole file."""
    if not exists(digest):
        return False
    sha = hashlib.sha256()
    with open(digest) as stream:
        for chunk in _chunks(stream):
            sha.update(chunk)
    return sha.hexdigest() == digest
