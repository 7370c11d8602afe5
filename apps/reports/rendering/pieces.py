"""Cutting a document into parts that the press sets side by side.

A part begins on a new page, so small sections share one. The cut depends on the content alone: a document has the same
pages wherever it is made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from apps.reports.rules.documents.content import (
    Block,
    Bullets,
    Document,
    FactList,
    Heading,
    Paragraph,
    Picture,
    Point,
    Section,
    Table,
)

# In characters; a page of text has about 2,500. Nothing is cut below `WHOLE`; a part is ended at the next section from
# `AT_SECTION`, at the next point from `AT_POINT`, and within a point from `AT_BLOCK`.
WHOLE, AT_SECTION, AT_POINT, AT_BLOCK = 40_000, 25_000, 50_000, 75_000
ROW, PICTURE = 40, 800  # what a row of a table and a picture take, beside their text
MOST_ROWS = 400  # of one table in one piece


@dataclass(frozen=True)
class Piece:
    """A point, or as much of it as stands in one part."""

    point: Point
    blocks: tuple[Block, ...]
    is_first: bool
    is_last: bool


@dataclass
class Stretch:
    """Pieces of one section in one part."""

    section: Section
    pieces: list[Piece] = field(default_factory=list)
    is_first: bool = True


@dataclass
class Part:
    """What is set together."""

    stretches: list[Stretch] = field(default_factory=list)
    weight: int = 0


def parts_of(document: Document) -> list[Part]:
    """The document's content in parts, at least one."""
    parts = [Part()]
    is_long = sum(_weight(block) for point in document.points for block in point.blocks) > WHOLE
    for section in document.sections:
        if is_long and parts[-1].weight >= AT_SECTION:
            parts.append(Part())
        parts[-1].stretches.append(Stretch(section))
        for piece in _pieces(section.points):
            most = AT_POINT if piece.is_first else AT_BLOCK
            if is_long and parts[-1].weight >= most:
                parts.append(Part([Stretch(section, is_first=False)]))
            parts[-1].stretches[-1].pieces.append(piece)
            parts[-1].weight += 300 + sum(_weight(block) for block in piece.blocks)
    return parts


def _pieces(points: Iterable[Point]) -> Iterator[Piece]:
    for point in points:
        groups = list(_groups(point.blocks)) or [()]
        for place, blocks in enumerate(groups):
            yield Piece(point, tuple(blocks), is_first=place == 0, is_last=place == len(groups) - 1)


def _groups(blocks: Iterable[Block]) -> Iterator[tuple[Block, ...]]:
    """Blocks that stay together: everything up to the next heading or a long table's first rows, then its further
    rows."""
    together: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and together:
            yield tuple(together)
            together = []
        if isinstance(block, Table) and len(block.rows) > MOST_ROWS:
            for start in range(0, len(block.rows), MOST_ROWS):
                title = block.title if start == 0 else f"{block.title} (continued)"
                yield (*together, replace(block, title=title, rows=block.rows[start : start + MOST_ROWS]))
                together = []
        else:
            together.append(block)
    if together:
        yield tuple(together)


def _weight(block: Block) -> int:
    if isinstance(block, Heading | Paragraph):
        return len(block.text)
    if isinstance(block, FactList):
        return sum(ROW + len(name) + len(value) for name, value in block.rows)
    if isinstance(block, Bullets):
        return sum(ROW + len(item) for item in block.items)
    if isinstance(block, Picture):
        return PICTURE + _weight(block.values)
    return sum(ROW + sum(len(cell) for cell in row) for row in block.rows)
