"""What a document says, before it is set as PDF, Word file, workbook or JSON: sections, points, and the blocks in them.

A document is made from a snapshot alone. Each of its points has one of four states and says how what stands in it is
known; a point without content says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

FILLED, PARTLY, NOT_APPLICABLE, MISSING = "filled", "partly", "not_applicable", "missing"
STATES = {FILLED: "Filled", PARTLY: "Filled in part", NOT_APPLICABLE: "Not applicable", MISSING: "Missing"}


@dataclass(frozen=True)
class Paragraph:
    """Plain text; an empty line begins a new paragraph. Never markup, whoever wrote it."""

    text: str
    is_quoted: bool = False  # somebody's own words, as in an answer


@dataclass(frozen=True)
class Heading:
    """What the blocks after it speak of, such as one version among several; a point has headings of one rank."""

    text: str


@dataclass(frozen=True)
class FactList:
    """Names and values, such as “Parameters: 1 240 000”."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """Short statements of equal rank."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under named columns; `numeric` holds the positions of columns that are set to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A chart of the portal's own, as SVG with title and description inside, and the table of its values behind it."""

    title: str
    svg: str
    values: Table


Block = Heading | Paragraph | FactList | Bullets | Table | Picture


@dataclass(frozen=True)
class Known:
    """How one thing in a point is known: `status` is one of `apps.checklist.rules.STATUSES`, `at` an ISO 8601 time,
    `digest` the SHA-256 of the evidence or of what it speaks of."""

    status: str
    source: str
    at: str = ""
    digest: str = ""
    is_stale: bool = False


@dataclass(frozen=True)
class Filled:
    """What one filler found in a snapshot. `missing` names what a reader would still look for, as a sentence."""

    blocks: tuple[Block, ...] = ()
    known: tuple[Known, ...] = ()
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.blocks)


NOTHING = Filled()


@dataclass(frozen=True)
class Gap:
    """What is missing in a point, and what would settle it."""

    problem: str
    remedy: str


@dataclass(frozen=True)
class Point:
    """One point of a document: what is asked, and what the record has to say. `reason` belongs to a point that does
    not apply."""

    id: str
    ref: str
    title: str
    asks: str
    state: str
    blocks: tuple[Block, ...] = ()
    known: tuple[Known, ...] = ()
    gaps: tuple[Gap, ...] = ()
    reason: str = ""

    @property
    def state_label(self) -> str:
        """The state in words."""
        return STATES[self.state]


@dataclass(frozen=True)
class Section:
    """Points under one heading."""

    id: str
    ref: str
    title: str
    points: tuple[Point, ...]
    summary: str = ""


@dataclass(frozen=True)
class Document:
    """A whole document about one subject at one moment. `snapshot_digest` is the SHA-256 of the snapshot's JSON,
    `formats` the forms in which its kind is made, so that one can point to another, `period` the days that it speaks
    of, where it speaks of a period.
    """

    kind: str
    version: int
    title: str
    law: str
    source_url: str
    subject: str
    audience: str
    taken_at: str
    made_at: str
    snapshot_digest: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    organisation: dict[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    period: str = ""

    @property
    def points(self) -> list[Point]:
        """Every point, in order."""
        return [point for section in self.sections for point in section.points]

    def count(self, state: str) -> int:
        """How many points have this state."""
        return sum(point.state == state for point in self.points)


def joined(parts: Iterable[Filled]) -> Filled:
    """Several fillers' findings one after the other; what is known in the same way is said once."""
    found: Sequence[Filled] = list(parts)
    return Filled(
        tuple(block for part in found for block in part.blocks),
        tuple(dict.fromkeys(known for part in found for known in part.known)),
        tuple(dict.fromkeys(sentence for part in found for sentence in part.missing)),
    )
