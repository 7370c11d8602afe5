"""A finished summary as the checks read it: its points by id, the words in each, and the cell a finding belongs to."""

import re
from dataclasses import dataclass
from functools import cached_property

from apps.reports.rules.documents.content import (
    MISSING,
    NOT_APPLICABLE,
    Bullets,
    Document,
    FactList,
    Paragraph,
    Point,
    Table,
)
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import Deduction, Finding

CLARITY, COMPLETENESS, CONSISTENCY, CORRECTNESS, ACCESSIBILITY, COMPREHENSION = (
    "Clarity",
    "Completeness",
    "Consistency",
    "Correctness",
    "Accessibility",
    "Comprehension",
)
# The eight sections of the grid, each with the sections of the document that it speaks of.
GRID = {
    "Document": ("head",),
    "General information": ("s1-1", "s1-2", "s1-3"),
    "Public data": ("s2-1",),
    "Private data": ("s2-2",),
    "Crawled data": ("s2-3",),
    "User data": ("s2-4",),
    "Synthetic and other data": ("s2-5", "s2-6"),
    "Data processing": ("s3-1", "s3-2", "s3-3"),
}
LINK = re.compile(r"https?://[^\s<>\"'„“”]+[^\s<>\"'„“”.,;:)]")


@dataclass(frozen=True)
class Summary:
    """A finished summary with the snapshot it was made from."""

    document: Document
    facts: Facts

    @cached_property
    def places(self) -> dict[str, tuple[str, Point]]:
        """Every point by its id, with the section of the grid that it stands in."""
        grid = {name: cell for cell, names in GRID.items() for name in names}
        return {
            point.id: (grid[section.id], point)
            for section in self.document.sections
            if section.id in grid
            for point in section.points
        }

    @property
    def points(self) -> list[Point]:
        """Every point that is graded, in order."""
        return [point for _, point in self.places.values()]

    @property
    def filled(self) -> list[Point]:
        """Every point that says something."""
        return [point for point in self.points if point.blocks]

    def in_cell(self, cell: str) -> list[Point]:
        """The points of one section of the grid."""
        return [point for place, point in self.places.values() if place == cell]

    def point(self, name: str) -> Point | None:
        """A point that says something; None where it is missing or does not apply."""
        found = self.places.get(name)
        return found[1] if found and found[1].state not in (MISSING, NOT_APPLICABLE) else None

    def words(self, name: str) -> str:
        """What people wrote at a point: quoted answers and stated values."""
        found = self.point(name)
        return " ".join(words_of(found)) if found else ""

    def finding(self, point: str, metric: str, points: float, sentence: str, remedy: str) -> Finding:
        """A deduction in the cell of a point."""
        return Finding(self.places[point][0], metric, Deduction(points, sentence, remedy, point))


def words_of(point: Point) -> list[str]:
    """What people wrote at a point, one text for each answer."""
    found = []
    for block in point.blocks:
        if isinstance(block, Paragraph) and block.is_quoted:
            found.append(block.text)
        elif isinstance(block, FactList):
            found += [value for name, value in block.rows if name == "Stated"]
    return found


def text_of(point: Point) -> str:
    """Everything a point says, tables included."""
    parts: list[str] = []
    for block in point.blocks:
        if isinstance(block, Paragraph):
            parts.append(block.text)
        elif isinstance(block, FactList):
            parts += [f"{name}: {value}" for name, value in block.rows]
        elif isinstance(block, Bullets):
            parts += block.items
        elif isinstance(block, Table):
            parts += [" ".join(row) for row in block.rows]
    return " ".join(parts)


def fact(point: Point | None, name: str) -> str:
    """The value of a named fact at a point; empty where there is none."""
    rows = [row for block in (point.blocks if point else ()) if isinstance(block, FactList) for row in block.rows]
    return next((value for label, value in rows if label == name), "")


def links_in(text: str) -> list[str]:
    """The web addresses in a text."""
    return LINK.findall(text)
