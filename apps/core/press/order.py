"""What the press is asked for, as it goes through the pipe."""

import json
from dataclasses import asdict, dataclass

MOST_BY_DEFAULT = 4  # processes: each takes about 200 MB, and a machine of many CPUs need not have more memory


@dataclass(frozen=True)
class Order:
    """One document. `folder` holds `document.html`, and `document.pdf` afterwards; `prefix` is the address of the
    static files, which lie in `folders`, the first one first; `created` is a time in W3C's notation or empty."""

    folder: str
    base_url: str
    prefix: str
    folders: tuple[str, ...]
    identifier: str
    created: str
    processes: int

    def to_line(self) -> str:
        """The order as one line."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Order":
        """The order that `to_line` wrote."""
        values = json.loads(line)
        return cls(**values | {"folders": tuple(values["folders"])})


@dataclass(frozen=True)
class Reply:
    """How it went: pages made; or the address that was refused; or what broke, with a process that was killed named."""

    pages: int = 0
    refused: str = ""
    broken: str = ""

    def to_line(self) -> str:
        """The reply as one line."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Reply":
        """The reply that `to_line` wrote."""
        return cls(**json.loads(line))
