"""Files are named by their SHA-256, kept once, and never half.

The S3 backend is not tested here: it needs a server. What stands above it is the same code.
"""

import hashlib
import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core import storage
from apps.core.errors import Conflict, NotFound, StorageFull

CONTENT = b"a row\n" * 1_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    """A store of its own for each test."""
    _use(settings, tmp_path / "artifacts", tmp_path)
    return tmp_path / "artifacts"


def _use(settings: Any, folder: Path, var: Path) -> None:
    backend = settings.STORAGES["artifacts"]
    options = backend["OPTIONS"] | {"location": str(folder)}
    settings.STORAGES = settings.STORAGES | {"artifacts": backend | {"OPTIONS": options}}
    settings.VAR_DIR = var


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_named_by_its_digest(root: Path) -> None:
    stored = storage.put(io.BytesIO(CONTENT))
    assert (stored.digest, stored.size) == (DIGEST, len(CONTENT))
    assert [path.name for path in _files(root)] == [DIGEST]
    assert storage.exists(DIGEST) and storage.is_intact(DIGEST)
    with storage.open(DIGEST) as stream:
        assert stream.read() == CONTENT
    assert storage.local_path(DIGEST).read_bytes() == CONTENT


def test_equal_files_are_kept_once(root: Path) -> None:
    storage.put(io.BytesIO(CONTENT))
    storage.put(io.BytesIO(CONTENT))
    assert len(_files(root)) == 1


def test_an_empty_file_is_a_file(root: Path) -> None:
    assert storage.put(io.BytesIO(b"")).digest == hashlib.sha256(b"").hexdigest()
    assert len(_files(root)) == 1


def test_another_digest_than_announced_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict) as refused:
        storage.put(io.BytesIO(CONTENT), expect="0" * 64)
    assert refused.value.code == "digest.differs"
    assert _files(tmp_path) == []


@pytest.mark.parametrize("digest", ["", "abc", "../../etc/passwd", DIGEST.upper(), f"{DIGEST}/..", "é" * 64])
def test_only_a_digest_is_looked_up(digest: str) -> None:
    for read in (storage.open, storage.local_path, storage.exists):
        with pytest.raises(NotFound):
            read(digest)


def test_what_is_not_there_is_said_to_be_missing() -> None:
    assert not storage.exists(DIGEST)
    for read in (storage.open, storage.local_path):
        with pytest.raises(NotFound) as refused:
            read(DIGEST)
        assert refused.value.code == "storage.missing"
    assert not storage.is_intact(DIGEST)


def test_a_changed_file_is_found_out(root: Path) -> None:
    storage.put(io.BytesIO(CONTENT))
    path = storage.local_path(DIGEST)
    path.chmod(0o644)
    path.write_bytes(CONTENT[:-1] + b"!")
    assert not storage.is_intact(DIGEST)


def test_reading_in_pieces_holds_no_more_than_a_piece(root: Path) -> None:
    class Source(io.RawIOBase):
        largest, left = 0, 50 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= storage.CHUNK
            take = min(size, self.left)
            self.left -= take
            return b"x" * take

    assert storage.put(Source()).size == 50 * 1024 * 1024  # type: ignore[arg-type]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB; making one needs root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip("mounting a small file system needs root on Linux; the next test fills a quota instead")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_behind(small_disk: Path, tmp_path: Path, settings: Any) -> None:
    _use(settings, small_disk, tmp_path)
    big = os.urandom(1024 * 1024)
    for _ in range(2):  # a half-written file of the first try must not be taken for the whole by the second
        with pytest.raises(StorageFull) as refused:
            storage.put(io.BytesIO(big))
    assert refused.value.status == 507
    assert refused.value.remedy
    assert _files(tmp_path) == []
    assert not storage.exists(hashlib.sha256(big).hexdigest())
    small = storage.put(io.BytesIO(b"still works"))
    assert storage.is_intact(small.digest)


FILL = """
import io, os, resource, signal, sys
import django
django.setup()
from apps.core import storage
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    storage.put(io.BytesIO(os.urandom(1024 * 1024)))
except storage.StorageFull as error:
    print(error.code)
"""


def test_a_file_larger_than_the_system_allows_is_refused_alike(tmp_path: Path) -> None:
    """Without root: the kernel answers EFBIG at a process's limit, as a file system does at its own."""
    environment = dict(os.environ) | {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "genaiops_site.settings"}
    done = subprocess.run([sys.executable, "-c", FILL], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "storage.full", done.stderr
    assert _files(tmp_path / "artifacts") == []


def test_the_limit_of_this_process_is_untouched() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 65536


def test_storing_again_heals_a_changed_file(root: Path) -> None:
    """What `workers.doors` advises when it finds one: register the file again from a trusted source."""
    storage.put(io.BytesIO(CONTENT))
    path = storage.local_path(DIGEST)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    storage.put(io.BytesIO(CONTENT))
    assert storage.is_intact(DIGEST) and len(_files(root)) == 1


def test_a_stored_file_has_the_mode_that_the_settings_say(tmp_path: Path, settings: Any) -> None:
    """Workers link stored files into their folders; nothing there may write into them."""
    assert settings.STORAGES["artifacts"]["OPTIONS"]["file_permissions_mode"] == 0o440
    for _ in range(2):
        storage.put(io.BytesIO(CONTENT))
        assert storage.local_path(DIGEST).stat().st_mode & 0o777 == 0o440
