"""Files that are written once: whole or not at all, flushed to the disk, read-only, and never in another's place."""

import os
from collections.abc import Iterable
from pathlib import Path

from apps.core.blobs import told_when_full
from apps.core.errors import Conflict

READ_ONLY, OWNER_ONLY = 0o444, 0o600


def write_once(path: Path, content: Iterable[bytes], *, mode: int = READ_ONLY) -> None:
    """Write a new file. Raises Conflict when one of that name is there, and StorageFull."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with told_when_full():
            _fill(draft, content, mode)
            os.link(draft, path)  # fails where the name is taken, unlike a rename
    except FileExistsError:
        raise Conflict(
            f"There is a file {path.name} already; files of the trail are never overwritten.", code="trail.file_exists"
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    _settle_folder(path.parent)


def _fill(draft: Path, content: Iterable[bytes], mode: int) -> None:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        for block in content:
            handle.write(block)
        handle.flush()
        os.fsync(handle.fileno())
    draft.chmod(mode)


def _settle_folder(path: Path) -> None:
    """Let the name reach the disk too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
