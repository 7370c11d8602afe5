"""Bookmarks of a joined document, from those of its parts."""

from dataclasses import dataclass, field
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, String

from apps.core.press.setting import Facts


@dataclass
class Bookmark:
    """One entry with those below it. `target` is its destination in the file."""

    level: int
    title: str
    target: Any
    is_open: bool
    below: list["Bookmark"] = field(default_factory=list)

    @property
    def shown(self) -> int:
        """How many entries below it show when it is open."""
        return sum(1 + (one.shown if one.is_open else 0) for one in self.below)


def nested(flat: list[Bookmark]) -> list[Bookmark]:
    """Each bookmark below the nearest one before it of a smaller level."""
    top = Bookmark(0, "", None, is_open=True)
    chain = [top]
    for bookmark in flat:
        while chain[-1].level >= bookmark.level:
            chain.pop()
        chain[-1].below.append(bookmark)
        chain.append(bookmark)
    return top.below


def outline_tree(pdf: Pdf, pages: list[Any], facts: list[Facts]) -> None:
    """Write the bookmarks (ISO 32000-1, 12.3.3)."""
    flat, before = [], 0
    for part in facts:
        for level, title, page, x, y, state in part.bookmarks:
            target = Array([pages[before + page], Name.XYZ, round(x, 3), round(y, 3), 0])
            flat.append(Bookmark(level, title, target, state != "closed"))
        before += len(part.pages)
    if flat:
        root = pdf.make_indirect(Dictionary(Type=Name.Outlines))
        top = nested(flat)
        _hang(pdf, root, top)
        root.Count = sum(1 + (one.shown if one.is_open else 0) for one in top)
        pdf.Root.Outlines = root


def _hang(pdf: Pdf, parent: Any, bookmarks: list[Bookmark]) -> None:
    made = [pdf.make_indirect(Dictionary(Title=String(one.title), Dest=one.target, Parent=parent)) for one in bookmarks]
    for entry, following in zip(made, made[1:], strict=False):
        entry.Next, following.Prev = following, entry
    parent.First, parent.Last = made[0], made[-1]
    for entry, bookmark in zip(made, bookmarks, strict=True):
        if bookmark.below:
            _hang(pdf, entry, bookmark.below)
            entry.Count = bookmark.shown if bookmark.is_open else -bookmark.shown
