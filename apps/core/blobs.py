"""Single files in storage, named by the SHA-256 of their bytes: what `apps.core.storage` is built from.

Django's storage `artifacts` lies behind it (a folder, or S3 through django-storages), so equal files are kept once.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from apps.core.errors import Conflict, NotFound, StorageFull

BLOCK = 1024 * 1024
Incoming: TypeAlias = "tempfile._TemporaryFileWrapper[bytes]"
READ_ONLY = 0o440
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def backend() -> Storage:
    """The storage that keeps the files."""
    return storages["artifacts"]


def in_folder() -> bool:
    """Whether the files lie in a folder of this machine."""
    return isinstance(backend(), FileSystemStorage)


def name_of(digest: str, kind: str = "sha256") -> str:
    """Where a file of this digest lies below the storage. Raises NotFound for what is no digest."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise NotFound("This is not a SHA-256 digest in lower-case hexadecimal.")
    return f"{kind}/{digest[:2]}/{digest[2:4]}/{digest}"


def missing(digest: str) -> NotFound:
    """What is said of a digest that nothing is stored under."""
    return NotFound(f"No stored file has the digest {digest[:12]}….", code="storage.missing")


def tampered(digest: str) -> Conflict:
    """What is said of stored bytes that are no longer those they are named by."""
    return Conflict(f"The stored file {digest[:12]}… no longer has its digest.", code="storage.tampered")


def differs(digest: str, expect: str) -> Conflict:
    """What is said of bytes on their way in that are not those which were announced."""
    return Conflict(
        f"The bytes that arrived have the digest {digest[:12]}…, not {expect[:12]}… as announced.",
        code="digest.differs",
        remedy="Send the file again.",
    )


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in blocks of a bounded size."""
    while block := stream.read(BLOCK):
        yield block


@contextmanager
def told_when_full() -> Iterator[None]:
    """Turn the system's word that no room is left into StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull(
                "There is no room left to store this file; nothing was changed.",
                remedy="Free some space or give the storage more, then try again.",
            ) from error
        raise


def incoming() -> Path:
    """Where bytes arrive: beside the stored files, so that they can be moved there in one step."""
    store = backend()
    folder = Path(store.location if isinstance(store, FileSystemStorage) else settings.VAR_DIR) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def arriving() -> Iterator[Incoming]:
    """A file for bytes on their way in, gone afterwards unless it was moved."""
    with tempfile.NamedTemporaryFile(dir=incoming(), delete=False) as copy:
        try:
            yield copy
        finally:
            Path(copy.name).unlink(missing_ok=True)


def settle(copy: "BinaryIO | Incoming") -> None:
    """Let the bytes reach the disk: the row that names them must not outlive a power cut that they do not."""
    copy.flush()
    os.fsync(copy.fileno())


def copied(stream: BinaryIO, copy: Incoming) -> tuple[str, int]:
    """Write the stream into `copy`: its SHA-256 and size in bytes."""
    sha, size = hashlib.sha256(), 0
    for block in blocks(stream):
        sha.update(block)
        size += len(block)
        copy.write(block)
    settle(copy)
    return sha.hexdigest(), size


def place_of(name: str) -> Path:
    """The path of a stored file's name where files lie in a folder, its folders made."""
    store = cast(FileSystemStorage, backend())
    final = Path(store.path(name))
    final.parent.mkdir(parents=True, exist_ok=True)
    return final


def keep(copy: Path, name: str) -> None:
    """Make the complete file appear under its name at once: a half-written one would be taken for the whole.

    In a folder it also takes the place of a file of that name, whose bytes somebody may have changed.
    """
    store = backend()
    if isinstance(store, FileSystemStorage):
        final = place_of(name)
        copy.chmod(store.file_permissions_mode or READ_ONLY)
        copy.replace(final)
        return
    if store.exists(name):
        return
    with open_binary(copy) as again:
        store.save(name, File(again))


def open_binary(path: str | Path) -> BinaryIO:
    """A local file, opened for reading bytes."""
    return cast(BinaryIO, Path(path).open("rb"))


def exists(digest: str) -> bool:
    """Whether a single file of this digest is stored."""
    return backend().exists(name_of(digest))


def opened(digest: str) -> BinaryIO:
    """The stored bytes of a single file. Raises NotFound when they are not there."""
    try:
        return cast(BinaryIO, backend().open(name_of(digest), "rb"))
    except FileNotFoundError:
        raise missing(digest) from None


def path_in_folder(digest: str) -> Path | None:
    """The stored file itself, where files lie in a folder and this one is there."""
    store = backend()
    if not isinstance(store, FileSystemStorage):
        return None
    path = Path(store.path(name_of(digest)))
    return path if path.exists() else None


def digest_of_stream(stream: BinaryIO) -> str:
    """SHA-256 of everything that is left in the stream."""
    sha = hashlib.sha256()
    for block in blocks(stream):
        sha.update(block)
    return sha.hexdigest()
