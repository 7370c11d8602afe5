"""Joining the parts of a document into one PDF: pages with their numbers, links across parts, bookmarks, one structure
tree (ISO 32000-1, 14.7) and the fonts' subsets told apart.

The elements of the structure tree are taken over as they are. What changes is what they are found by: each page's and
link's key in the parent tree (`StructParents`, `StructParent`) moves behind those of the parts before.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

from apps.core.press.outlines import outline_tree
from apps.core.press.parts import ELSEWHERE
from apps.core.press.setting import Facts

_SAVE = b"q\n"
_NUMBER = b"Q\n/Artifact <</Type /Pagination>> BDC\nq /PageNumber Do Q\nEMC\n"


@dataclass
class _Joined:
    """The document as it grows."""

    pdf: Pdf
    elements: list[Any] = field(default_factory=list)
    mapped: list[tuple[int, Any]] = field(default_factory=list)  # the parent tree: key and what hangs there
    names: list[Any] = field(default_factory=list)  # ids of table heads, each followed by its element
    next_key: int = 0


def merge(parts: list[Path], numbers: list[Path], target: Path, identifier: str) -> int:
    """Join the parts, print the pages of `numbers` over theirs, and write `target`. Returns how many there are."""
    facts = [Facts.read(part.with_suffix(".json")) for part in parts]
    sources = [Pdf.open(part.with_suffix(".pdf")) for part in parts]
    joined = _Joined(Pdf.new())
    for place, source in enumerate(sources):
        _append(joined, source, place)
    pages = [page.obj for page in joined.pdf.pages]
    _print_numbers(joined.pdf, pages, numbers)
    _write_structure(joined)
    places = _places(facts, pages)
    _link(pages, places)
    _describe(joined.pdf, sources[0])
    joined.pdf.Root.Names = Dictionary(Dests=Dictionary(Names=_name_array(places)))
    outline_tree(joined.pdf, pages, facts)
    _save(joined.pdf, target, identifier)
    return len(pages)


def _append(joined: _Joined, source: Pdf, place: int) -> None:
    """Take over the pages of a part and what its structure tree says of them."""
    _tell_fonts_apart(source, place)
    first = len(joined.pdf.pages)
    for page in source.pages:  # one by one: `extend` would look for forms and named places, which are dealt with here
        joined.pdf.pages.append(page)
    shift = joined.next_key
    for page in list(joined.pdf.pages)[first:]:
        page.obj.StructParents = int(page.obj.StructParents) + shift
        for note in page.obj.get("/Annots", []):
            if "/StructParent" in note:
                note.StructParent = int(note.StructParent) + shift
    root = joined.pdf.copy_foreign(source.Root.StructTreeRoot)
    tree = list(root.ParentTree.Nums)
    keys = [int(key) for key in tree[::2]]
    joined.mapped.extend((key + shift, value) for key, value in zip(keys, tree[1::2], strict=True))
    joined.next_key = shift + max(keys) + 1
    joined.elements.extend(root.K[0].K)
    joined.names.extend(root.IDTree.Names if "/IDTree" in root else [])


def _tell_fonts_apart(source: Pdf, place: int) -> None:
    """Different subsets of one font in a file have different tags of six letters (ISO 32000-1, 9.6.4)."""
    fonts: Any = source.pages[0].obj.Resources.get("/Font", {})
    for font in dict(fonts).values():
        _rename(font, "/BaseFont", place)
        for inner in font.get("/DescendantFonts", []):
            _rename(inner, "/BaseFont", place)
            _rename(inner.FontDescriptor, "/FontName", place)


def _rename(owner: Any, key: str, place: int) -> None:
    _, plus, name = str(owner[key]).partition("+")
    if plus:
        digest = hashlib.sha256(f"{place} {owner[key]}".encode()).digest()
        owner[key] = Name("/" + "".join(chr(ord("A") + byte % 26) for byte in digest[:6]) + "+" + name)


def _print_numbers(pdf: Pdf, pages: list[Any], numbers: list[Path]) -> None:
    """Lay each page's number over it, as an artifact."""
    save, number = pdf.make_stream(_SAVE), pdf.make_stream(_NUMBER)
    sources = [Pdf.open(path.with_suffix(".pdf")) for path in numbers]  # a page lives as long as its file is open
    leaves = [leaf for source in sources for leaf in source.pages]
    for page, leaf in zip(pages, leaves, strict=True):
        resources: Any = Dictionary(page.Resources)
        drawings: Any = Dictionary(resources.get("/XObject", {}))
        drawings.PageNumber = pdf.copy_foreign(leaf.as_form_xobject())
        resources.XObject = drawings
        page.Resources = resources
        page.Contents = Array([save, page.Contents, number])


def _write_structure(joined: _Joined) -> None:
    pdf = joined.pdf
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    for element in joined.elements:
        element.P = document
    document.K = Array(joined.elements)
    root.K = Array([document])
    nums = Array([value for pair in joined.mapped for value in pair])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=nums))
    root.ParentTreeNextKey = joined.next_key
    if joined.names:
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(joined.names)))
    pdf.Root.StructTreeRoot = root


def _places(facts: list[Facts], pages: list[Any]) -> dict[str, Any]:
    """Where each id stands, as a destination; the first one counts."""
    found: dict[str, Any] = {}
    before = 0
    for part in facts:
        for name, (page, x, y) in part.anchors.items():
            found.setdefault(name, Array([pages[before + page], Name.XYZ, round(x, 3), round(y, 3), 0]))
        before += len(part.pages)
    return found


def _name_array(places: dict[str, Any]) -> Any:
    return Array([value for name in sorted(places, key=str.encode) for value in (String(name), places[name])])


def _link(pages: list[Any], places: dict[str, Any]) -> None:
    """Turn the placeholders of links to other parts into links within the document."""
    for page in pages:
        for note in page.get("/Annots", []):
            address = str(note.A.get("/URI", "")) if "/A" in note else ""
            if address.startswith(ELSEWHERE):
                name = address.removeprefix(ELSEWHERE)
                del note["/A"]
                if name not in places:
                    raise LookupError(f"The document links to “{name}”, which is not in it.")
                note.Dest = note.Contents = String(name)


def _describe(pdf: Pdf, source: Pdf) -> None:
    """What the first part says of itself holds for the whole."""
    for key in ("/Metadata", "/Lang", "/MarkInfo", "/ViewerPreferences"):
        value = source.Root[key]
        pdf.Root[key] = pdf.copy_foreign(value) if value.is_indirect else _again(value)
    pdf.trailer.Info = pdf.copy_foreign(source.trailer.Info)


def _again(value: Any) -> Any:
    """A direct value, free of the file that it stood in."""
    return Dictionary({key: _again(one) for key, one in value.items()}) if isinstance(value, Dictionary) else value


def _save(pdf: Pdf, target: Path, identifier: str) -> None:
    name = String(identifier[:32])
    pdf.trailer.ID = Array([name, name])
    pdf.save(
        target,
        min_version="1.7",
        object_stream_mode=ObjectStreamMode.generate,
        deterministic_id=True,
        fix_metadata_version=False,
    )
