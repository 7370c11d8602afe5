"""DuckDB, held tightly: in memory, a few files and no others, no extension, bounded memory, threads and time.

What may be reached is set first, then closed: `enable_external_access` off leaves `allowed_paths` alone, and the locked
configuration cannot be opened again by any statement (https://duckdb.org/docs/stable/operations_manual/securing_duckdb).
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from django.conf import settings

from apps.core.errors import Invalid, StorageFull, Unavailable


def quoted(text: str | Path) -> str:
    """A text as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


@contextmanager
def opened(*files: Path, seconds: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads and writes these files only; what does not fit into memory spills into WORK_DIR.

    With `seconds` it is interrupted after so long, and raises Invalid. Raises Unavailable where the bounded memory did
    not suffice and StorageFull where the disk did not.
    """
    folder = Path(settings.WORK_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="query-") as spill:
        connection = duckdb.connect(":memory:")
        _close_in(connection, files, spill)
        done = threading.Event()
        watch = threading.Thread(target=_watch, args=(connection, seconds or 0, done), daemon=True)
        try:
            if seconds:
                watch.start()
            yield connection
        except duckdb.InterruptException:
            raise _too_slow(seconds or 0) from None
        except duckdb.OutOfMemoryException:
            raise _too_large() from None
        except duckdb.IOException as error:
            if "No space left" in str(error) or "max_temp_directory_size" in str(error):
                raise StorageFull("There is no room left to work on these rows.", remedy="Free some space.") from None
            raise
        finally:
            done.set()
            if seconds:
                watch.join()
            connection.close()


def _watch(connection: duckdb.DuckDBPyConnection, seconds: float, done: threading.Event) -> None:
    """Interrupt whatever runs once the time is over, again and again: between two statements an interrupt is lost."""
    if done.wait(seconds):
        return
    while not done.wait(0.02):
        connection.interrupt()


def _close_in(connection: duckdb.DuckDBPyConnection, files: tuple[Path, ...], spill: str) -> None:
    paths = ", ".join(quoted(path) for path in files)
    for setting in (
        f"threads = {settings.QUERY_THREADS}",
        f"memory_limit = '{settings.QUERY_MEMORY_BYTES // 1024}KiB'",
        f"temp_directory = {quoted(spill)}",
        "TimeZone = 'UTC'",
        "python_enable_replacements = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        f"allowed_paths = [{paths}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")


def _too_slow(seconds: float) -> Invalid:
    return Invalid(
        f"This took longer than {seconds:g} seconds and was stopped.",
        code="rows.too_slow",
        remedy="Ask for less: a simpler expression, or fewer columns.",
    )


def _too_large() -> Unavailable:
    return Unavailable(
        "These rows need more memory at once than is set aside for one question.",
        code="rows.too_large",
        remedy="Ask for less, or let an administrator raise QUERY_MEMORY_BYTES.",
    )
