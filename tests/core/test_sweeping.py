"""Chunks that nothing uses go, with real files; whatever somebody uses or begins to use stays."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages

from apps.core import blobs, chunks, storage, sweeping
from apps.core.errors import Conflict
from apps.core.storage import Piece

OLD = time.time() - 30 * 86_400
BEFORE = datetime.now(UTC) - timedelta(days=7)
BOTH, ONLY_FIRST, ONLY_SECOND = b"rows of both\n", b"rows of the first\n", b"rows of the second\n"


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Iterator[Path]:
    """A storage of its own, in a folder."""
    told = {
        **settings.STORAGES,  # type: ignore[attr-defined]
        "artifacts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    settings.STORAGES = told  # type: ignore[attr-defined]
    assert Path(storages["artifacts"].location) == tmp_path
    yield tmp_path


def put(*pieces: bytes) -> chunks.Chunked:
    return storage.put_chunked([Piece(data, 1) for data in pieces], layout="txt")


def age(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (OLD, OLD))


def used(*files: chunks.Chunked) -> Callable[[set[str]], set[str]]:
    return lambda digests: digests & {file.digest for file in files}


def stored(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in (folder / "sha256").rglob("*") if path.is_file()}


def test_what_only_an_unused_file_names_goes_and_what_it_shares_stays(folder: Path) -> None:
    first, second = put(BOTH, ONLY_FIRST), put(BOTH, ONLY_SECOND)
    age(folder)
    swept = sweeping.sweep(BEFORE, used(first))
    assert swept == sweeping.Swept(looked_at=2, lists=1, chunks=1, size=len(ONLY_SECOND))
    assert stored(folder) == {BOTH, ONLY_FIRST} and storage.is_intact(first.digest)
    assert not storage.exists(second.digest)
    assert not [path for path in (folder / sweeping.ASIDE).rglob("*") if path.is_file()]


def test_a_trial_counts_and_removes_nothing(folder: Path) -> None:
    unused = put(BOTH, ONLY_FIRST)
    age(folder)
    assert sweeping.sweep(BEFORE, used(), is_trial=True).chunks == 2
    assert storage.is_intact(unused.digest)


def test_what_is_young_stays(folder: Path) -> None:
    unused = put(BOTH)
    assert sweeping.sweep(BEFORE, used()) == sweeping.Swept(looked_at=1)
    assert storage.is_intact(unused.digest)


def test_storing_the_same_chunk_again_keeps_it(folder: Path) -> None:
    put(BOTH, ONLY_FIRST)
    age(folder)
    arriving = put(BOTH, ONLY_SECOND)  # no version names it yet
    assert sweeping.sweep(BEFORE, used()).chunks == 1
    assert storage.is_intact(arriving.digest) and stored(folder) == {BOTH, ONLY_SECOND}


def test_a_chunk_that_somebody_asks_for_between_looking_and_taking_is_put_back(folder: Path) -> None:
    unused = put(BOTH, ONLY_FIRST)
    age(folder)
    asked: list[set[str]] = []

    def referred(digests: set[str]) -> set[str]:
        """Nothing is in use when it is first asked about; then, chunk by chunk, a row has come to name each."""
        asked.append(digests)
        return digests if len(asked) > 2 else set()

    assert sweeping.sweep(BEFORE, referred).chunks == 0
    assert storage.is_intact(unused.digest) and len(asked) == 5, "twice for all, then for each of three files"


def test_an_upload_that_comes_while_a_chunk_is_taken_out_stores_it_anew(folder: Path) -> None:
    put(BOTH)
    age(folder)
    made: list[chunks.Chunked] = []

    def referred(digests: set[str]) -> set[str]:
        if len(digests) == 1 and not blobs.exists(next(iter(digests))) and not made:
            made.append(put(BOTH, ONLY_FIRST))  # the chunk lies aside at this moment
        return digests & {file.digest for file in made}

    sweeping.sweep(BEFORE, referred)
    assert made and storage.is_intact(made[0].digest)


def test_what_a_killed_sweep_had_taken_aside_comes_back(folder: Path) -> None:
    kept = put(BOTH, ONLY_FIRST)
    chunk = blobs.path_in_folder(kept.chunks[0].digest)
    assert chunk is not None
    aside = folder / sweeping.ASIDE / chunk.relative_to(folder)
    aside.parent.mkdir(parents=True)
    chunk.rename(aside)
    assert not storage.is_intact(kept.digest)
    sweeping.sweep(BEFORE, used(kept))
    assert storage.is_intact(kept.digest) and not aside.exists()


def test_nothing_goes_while_a_list_in_use_cannot_be_read(folder: Path) -> None:
    kept, unused = put(BOTH, ONLY_FIRST), put(BOTH, ONLY_SECOND)
    listed = Path(storages["artifacts"].path(blobs.name_of(kept.digest, chunks.LISTS)))
    listed.chmod(0o640)
    listed.write_text("{}")
    age(folder)
    with pytest.raises(Conflict, match="no longer has its digest"):
        sweeping.sweep(BEFORE, used(kept))
    assert storage.is_intact(unused.digest)


def test_files_that_were_stored_whole_are_never_looked_at(folder: Path) -> None:
    path = folder / "whole"
    path.write_bytes(b"a report")
    digest = storage.put_path(path).digest
    age(folder)
    assert sweeping.sweep(BEFORE, used()) == sweeping.Swept()
    assert storage.is_intact(digest)


def test_no_chunk_is_ever_stored_without_a_list_that_names_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed while it moves chunks to their names leaves the list, by which a sweep finds them."""
    keep = blobs.keep

    def killed(copy: Path, name: str) -> None:
        if name.startswith("sha256/") and stored(folder):
            raise KeyboardInterrupt
        keep(copy, name)

    monkeypatch.setattr(blobs, "keep", killed)
    with pytest.raises(KeyboardInterrupt):
        put(BOTH, ONLY_FIRST)
    monkeypatch.undo()
    age(folder)
    assert len(stored(folder)) == 1
    assert sweeping.sweep(BEFORE, used()).chunks == 1 and stored(folder) == set()
