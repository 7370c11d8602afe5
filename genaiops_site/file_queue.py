"""The filesystem as message broker, with messages that appear whole.

kombu's own transport opens a message under the name that readers look for and writes into it afterwards. A worker that
looks in between takes an empty file and ends with a JSONDecodeError. Here a message is written beside, and renamed.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel whose messages are under their names only once they are whole."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}"  # readers take them in the order of their names
        folder = Path(self.data_folder_out)
        partial = folder / f"{name}.part"
        try:
            partial.write_text(dumps(payload), encoding="utf-8")
            partial.replace(folder / f"{name}.{queue}.msg")
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise ChannelError(f"Cannot add a message to {folder}") from error


class Transport(filesystem.Transport):
    """Taken for a broker whose address begins with filesystem://; `genaiops_site.celery` sees to it."""

    Channel = Channel
