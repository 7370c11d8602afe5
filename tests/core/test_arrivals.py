"""Files in pieces: the length on the disk is what counts, whatever happened to whoever wrote."""

import hashlib
import os
import resource
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from apps.core import arrivals
from apps.core.arrivals import Checksum, Damaged
from apps.core.errors import Conflict, NotFound, StorageFull


@pytest.fixture
def name() -> str:
    made = f"upload-{uuid.uuid4().hex}"
    arrivals.begin(made, 100)
    return made


def content(name: str) -> bytes:
    return arrivals.path(name).read_bytes()


def sha256(data: bytes) -> Checksum:
    return Checksum("sha256", hashlib.sha256(data).digest())


def test_pieces_are_joined_in_order(name: str) -> None:
    assert arrivals.length(name) == 0
    assert arrivals.append(name, 0, [b"abc", b"de"]) == 5
    assert arrivals.append(name, 5, [b"f"]) == 6
    assert content(name) == b"abcdef"


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_a_piece_for_another_place_changes_nothing(name: str, offset: int) -> None:
    arrivals.append(name, 0, [b"abc"])
    with pytest.raises(Conflict, match="3 bytes"):
        arrivals.append(name, offset, [b"x"])
    assert content(name) == b"abc"


def test_what_came_before_the_connection_broke_counts(name: str) -> None:
    def broken() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        arrivals.append(name, 0, broken())
    assert arrivals.length(name) == 3


def test_the_newest_request_goes_on_and_the_one_before_is_refused(name: str) -> None:
    def overtaken() -> Iterator[bytes]:
        yield b"old "
        arrivals.append(name, 4, [b"new"])
        yield b"never"

    with pytest.raises(Conflict) as refused:
        arrivals.append(name, 0, overtaken())
    assert refused.value.code == "upload.taken_over"
    assert content(name) == b"old new"


def test_whoever_writes_to_what_was_removed_is_refused(name: str) -> None:
    def removed() -> Iterator[bytes]:
        yield b"abc"
        arrivals.remove(name)
        yield b"def"

    with pytest.raises(NotFound):
        arrivals.append(name, 0, removed())
    with pytest.raises(NotFound):
        arrivals.length(name)
    arrivals.remove(name)


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_piece_with_the_right_checksum_is_taken(name: str, algorithm: str) -> None:
    checksum = Checksum(algorithm, hashlib.new(algorithm, b"abcdef").digest())
    assert arrivals.append(name, 0, [b"abc", b"def"], checksum=checksum) == 6
    assert content(name) == b"abcdef"


def test_a_piece_with_a_wrong_checksum_leaves_nothing(name: str) -> None:
    arrivals.append(name, 0, [b"abc"])
    with pytest.raises(Damaged):
        arrivals.append(name, 3, [b"dex"], checksum=sha256(b"def"))
    assert content(name) == b"abc"
    assert [file.name for file in arrivals.folder().glob(f"{name}*piece")] == []


def test_half_of_a_piece_with_a_checksum_does_not_count(name: str) -> None:
    def broken() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        arrivals.append(name, 0, broken(), checksum=sha256(b"abcdef"))
    assert arrivals.length(name) == 0


def test_a_full_disk_is_said_and_what_fitted_is_kept(name: str) -> None:
    """The kernel refuses to let this process write files beyond a size, as it would on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        with pytest.raises(StorageFull) as refused:
            arrivals.append(name, 0, [b"a" * 4_000, b"b" * 4_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.status == 507
    assert content(name) == b"a" * 4_000 + b"b" * 1_000
    assert arrivals.append(name, 5_000, [b"b" * 3_000]) == 8_000, "and it goes on once there is room"


def test_a_file_that_no_disk_holds_is_refused_at_once() -> None:
    name = f"upload-{uuid.uuid4().hex}"
    with pytest.raises(StorageFull):
        arrivals.begin(name, 2**62)
    with pytest.raises(NotFound):
        arrivals.length(name)


def test_one_at_a_time_holds_a_file(name: str) -> None:
    arrivals.append(name, 0, [b"abc"])
    with arrivals.held(name) as path:
        assert path.read_bytes() == b"abc"
        arrivals.remove(name)
    with pytest.raises(NotFound), arrivals.held(name):
        pass


def test_the_sweep_removes_what_is_old_and_nobodys(name: str) -> None:
    mine = f"upload-{uuid.uuid4().hex}"
    arrivals.begin(mine, 1)
    fresh = arrivals.folder() / "tmpfresh"
    fresh.touch()
    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    (arrivals.folder() / "tmpfolder").mkdir()
    (arrivals.folder() / "tmpfolder" / "chunk").touch()
    for file in (name, mine, f"{mine}.turn", "tmpold", "tmpfolder"):
        path = arrivals.folder() / file
        path.touch()
        os.utime(path, (old, old))
    arrivals.sweep(datetime.now(UTC) - timedelta(days=1), {mine})
    left = {file.name for file in arrivals.folder().iterdir()}
    assert {mine, f"{mine}.turn", "tmpfresh"} <= left
    assert not {name, "tmpold", "tmpfolder"} & left
    fresh.unlink()
