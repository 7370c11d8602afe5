"""What every check of a scan has in common: it is fed batches of rows, keeps its state on disk, and ends in a section.

A scan reads its rows once, piece by piece. Now and then, behind a whole piece, every check saves what it knows, so
that a scan which was killed goes on behind the last piece that was saved. A section is a plain dictionary that JSON
can hold, with these keys beside the check's own:

* ``method``: one or two sentences for people: what was done, by which published method.
* ``versions``: the packages, data files or models that decided, each with its version.
* ``rows_scanned``: rows looked at; fewer than the table has where a sample was drawn.
* ``error_rate``: what is known of wrong answers, as a sentence with figures where there are some.

The frame adds ``digest``, the SHA-256 of the section as canonical JSON. Equal rows and settings give an equal section,
whether or not the scan was interrupted: no times, paths or numbers of attempts stand in it.

A check is a module with ``def make(config: Config, survey: Survey, folder: Path) -> Check`` and one line in
`workers.scanning.registry`. ``folder`` is the check's own, exists, and outlives a restart; it is for what is too large
to be written anew at every save: append to files in it, remember their lengths in the snapshot, and cut them back to
those lengths in `restore`, because they may have grown after the last save. Places of findings go to ``spans.jsonl``
in that folder, by `workers.scanning.spans.Spans`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class Survey:
    """What is known of the whole table before it is scanned. ``copy_columns`` leave identifiers out."""

    rows: int
    columns: tuple[str, ...]
    copy_columns: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """Consecutive rows. ``cells`` holds the texts of each row by column: nested values are flattened to their texts."""

    first_row: int
    rows: list[dict[str, Any]]
    cells: list[dict[str, list[str]]]


@dataclass(frozen=True)
class Reference:
    """Another table, to compare with: JSON Lines files in order, a name for people, and the digest of its content."""

    label: str
    paths: tuple[str, ...]
    digest: str
    options: dict[str, Any] = field(default_factory=dict)


class Check(Protocol):
    """One thing that a scan looks for.

    Made once per scan with its settings, the survey and a folder of its own that outlives a restart. Memory must not
    grow with the table beyond a few bytes a row; what is larger goes into the folder.
    """

    name: str

    def restore(self, snapshot: Path) -> None:
        """Take up what an earlier attempt saved in the folder `snapshot`. Called before the first `feed`, or never."""

    def feed(self, batch: Batch) -> None:
        """Look at the next rows. Batches come in the order of the table and leave no row out."""

    def save(self, snapshot: Path) -> None:
        """Write everything known so far into the empty folder `snapshot`. The frame makes the whole save one step."""

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        """The section of the result. ``on_progress`` takes a fraction of this check's own work, and may raise."""
