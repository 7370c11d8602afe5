"""The filesystem as message broker, with messages and tables that appear whole.

kombu's own transport opens a message under the name that readers look for and writes into it afterwards. A worker that
looks in between takes an empty file and ends with a JSONDecodeError. Here a message is written beside, and renamed.

The tables that say which queues an exchange serves have the same fault, and one more: two workers that start on an
empty folder both find no table and both write a new one, so that the binding of one is lost. Here a table is changed
under a lock that lies in a file of its own, and is renamed into its place as well; whoever reads needs no lock.
"""

import fcntl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

from kombu.exceptions import ChannelError
from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

Table: TypeAlias = list[filesystem.exchange_queue_t]


class Channel(filesystem.Channel):
    """A channel whose messages and tables are under their names only once they are whole."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}"  # readers take them in the order of their names
        _write_whole(Path(self.data_folder_out) / f"{name}.{queue}.msg", payload)

    def get_table(self, exchange: str) -> Table:
        """The queues that an exchange serves, as they stand at this moment."""
        return _table_in(self._exchange_file(exchange))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self.control_folder.mkdir(parents=True, exist_ok=True)
        self._change_table(exchange, lambda table: table if bound in table else [bound, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        if self._exchange_file(exchange).exists():
            self._change_table(exchange, lambda table: [one for one in table if one != bound])

    def _change_table(self, exchange: str, change: Callable[[Table], Table]) -> None:
        """Replace a table by what `change` makes of it; nobody else changes it meanwhile."""
        file = self._exchange_file(exchange)
        with _alone(file.with_name(f"{file.name}.lock")):
            before = _table_in(file)
            after = change(before)
            if after != before:
                _write_whole(file, after)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """For one process at a time; the system lets go of the lock however the process ends."""
    try:
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise ChannelError(f"Cannot lock {lock}") from error


def _table_in(file: Path) -> Table:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ChannelError(f"Cannot read {file}") from error
    # An empty one was left by kombu's own transport, which made the file first and wrote into it afterwards.
    return [filesystem.exchange_queue_t(*bound) for bound in loads(text)] if text.strip() else []


def _write_whole(file: Path, content: Any) -> None:
    """Write JSON beside the file and rename it, so that nobody ever sees half of it."""
    partial = file.with_name(f"{file.name.partition('.')[0]}.{uuid.uuid4().hex}.part")
    try:
        partial.write_text(dumps(content), encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ChannelError(f"Cannot write {file}") from error


class Transport(filesystem.Transport):
    """Taken for a broker whose address begins with filesystem://; `genaiops_site.celery` sees to it."""

    Channel = Channel
