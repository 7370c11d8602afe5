"""Files that grow while rows stream by, and are cut back to what was saved when a scan goes on after a kill."""

import os
from pathlib import Path

import numpy as np


class Spool:
    """A file of bytes that is only ever appended to. Its length is the state that a check has to save."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("ab")

    def append(self, data: bytes) -> None:
        self._stream.write(data)

    def length(self) -> int:
        """Bytes so far, all of them handed to the operating system."""
        self._stream.flush()
        return os.fstat(self._stream.fileno()).st_size

    def cut_to(self, length: int) -> None:
        """Forget what was appended after the last save. Raises ValueError where the file lost what was saved."""
        if self.length() < length:
            raise ValueError(f"{self._path.name} holds {self.length()} bytes where {length} were saved")
        self._stream.truncate(length)

    def array(self, dtype: str) -> np.ndarray:
        """Everything in the file, in memory."""
        self._stream.flush()
        return np.fromfile(self._path, dtype=dtype)

    def opened(self) -> "Pages":
        """The file for reading at any place."""
        self._stream.flush()
        return Pages(self._path)

    def remove(self) -> None:
        self._stream.close()
        self._path.unlink(missing_ok=True)


class Pages:
    """Reads parts of a file without mapping it, so that memory does not grow with what was read."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb", buffering=0)

    def read(self, start: int, size: int) -> bytes:
        return os.pread(self._stream.fileno(), size, start)

    def close(self) -> None:
        self._stream.close()
