"""Files that grow while rows stream by, and are cut back to what was saved when a scan goes on after a kill."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

_BUFFER = 1 << 20  # bytes held back before they are written


class Spool:
    """A file of bytes that is only ever appended to. Its length is the state that a check has to save.

    No file stays open between two calls: a scan has many of these.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = bytearray()
        path.touch()

    def append(self, data: bytes) -> None:
        self._held += data
        if len(self._held) >= _BUFFER:
            self._write()

    def _write(self) -> None:
        if self._held:
            with self._path.open("ab") as stream:
                stream.write(self._held)
            self._held = bytearray()

    def length(self) -> int:
        """Bytes so far, all of them handed to the operating system."""
        self._write()
        return self._path.stat().st_size

    def cut_to(self, length: int) -> None:
        """Forget what was appended after the last save. Raises ValueError where the file lost what was saved."""
        if self.length() < length:
            raise ValueError(f"{self._path.name} holds {self.length()} bytes where {length} were saved")
        os.truncate(self._path, length)

    def array(self, dtype: str) -> np.ndarray:
        """Everything in the file, in memory."""
        self._write()
        return np.fromfile(self._path, dtype=dtype)

    def opened(self) -> "Pages":
        """The file for reading at any place."""
        self._write()
        return Pages(self._path)


class Pages:
    """Reads parts of a file without mapping it, so that memory does not grow with what was read."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()

    def read(self, start: int, size: int) -> bytes:
        return os.pread(self._stream.fileno(), size, start)
