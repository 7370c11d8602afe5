"""Removing chunks that no file needs any more: of a merge that was refused at its end, of an upload that broke off.

Only what a list of chunks names is ever looked at; files that were stored whole are none of its business. What goes has
to be old, to be named by no list that is in use, and to be spoken of in no row of any table. Others may begin to use
a chunk at any moment; so it is taken out of its place first, looked at again, and put back where somebody came
meanwhile (`apps.core.chunks` marks what it finds stored as asked for now, and stores anew what it finds gone).
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from django.core.files.storage import FileSystemStorage

from apps.core import blobs, chunks
from apps.core.errors import Conflict

logger = logging.getLogger(__name__)
Referred = Callable[[set[str]], set[str]]
ASIDE = "swept"


@dataclass(frozen=True)
class Swept:
    """What a sweep removed: lists, chunks, and the bytes of the latter. `looked_at` lists were there."""

    looked_at: int = 0
    lists: int = 0
    chunks: int = 0
    size: int = 0


def sweep(before: datetime, referred: Referred, *, is_trial: bool = False) -> Swept:
    """Remove lists that nothing refers to, and the chunks that only they name, all untouched since `before`.

    `referred` tells which of some digests are in use. `is_trial`: count, and remove nothing. An object store is left
    alone: nothing there says when a chunk was last asked for.
    """
    if not blobs.in_folder():
        return Swept()
    _put_back_all()
    limit = before.timestamp()
    lists = {path.name: path for path in _lists()}
    old = {digest for digest, path in lists.items() if _changed(path) < limit}
    unused = old - referred(old) if old else set()
    if not unused:
        return Swept(len(lists))
    candidates = _named_by(unused) - _named_by(set(lists) - unused, is_strict=True)
    candidates -= referred(candidates)
    paths = [path for digest in sorted(candidates) if (path := blobs.path_in_folder(digest)) is not None]
    paths = [path for path in paths if _changed(path) < limit]
    if is_trial:
        return Swept(len(lists), len(unused), len(paths), sum(path.stat().st_size for path in paths))
    gone = [size for path in paths if (size := _remove(path, limit, referred)) is not None]
    removed = [digest for digest in sorted(unused) if _remove(lists[digest], limit, referred) is not None]
    return Swept(len(lists), len(removed), len(gone), sum(gone))


def _location() -> Path:
    return Path(cast(FileSystemStorage, blobs.backend()).location)


def _lists() -> Iterator[Path]:
    return (path for path in (_location() / chunks.LISTS).glob("*/*/*") if path.is_file())


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _named_by(lists: Iterable[str], *, is_strict: bool = False) -> set[str]:
    """The chunks that these lists name. A spoilt list names nobody knows which: then nothing may go (`is_strict`)."""
    found: set[str] = set()
    for digest in lists:
        try:
            found |= chunks.digests_in(digest)
        except Conflict:
            if is_strict:
                raise
            logger.warning("The list of chunks %s… is spoilt; what it names stays", digest[:12])
    return found


def _remove(path: Path, limit: float, referred: Referred) -> int | None:
    """Take a file away and tell its size; None where somebody wants it after all."""
    if _changed(path) >= limit:
        return None
    aside = _location() / ASIDE / path.relative_to(_location())
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    if _changed(aside) >= limit or referred({path.name}):
        _put_back(aside, path)
        return None
    size = aside.stat().st_size
    aside.unlink()
    return size


def _put_back(aside: Path, path: Path) -> None:
    """To its place, unless somebody stored it there anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.hardlink_to(aside)
    aside.unlink()


def _put_back_all() -> None:
    """What a sweep that was killed had taken aside and not yet looked at."""
    home = _location() / ASIDE
    for aside in [path for path in home.glob("*/*/*/*") if path.is_file()]:
        _put_back(aside, _location() / aside.relative_to(home))
