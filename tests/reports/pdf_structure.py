"""What a machine can tell of PDF/UA-1 (ISO 14289-1; the Matterhorn Protocol's checks): problems of a tagged PDF."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

HEADINGS = {f"/H{level}": level for level in range(1, 7)}
SHOWN = {"Tj", "TJ", "'", '"', "Do", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"}  # operators that put ink
_TABLES = {
    "/Table": {"/TR", "/THead", "/TBody", "/TFoot", "/Caption"},
    "/TR": {"/TH", "/TD"},
    "/L": {"/LI", "/Caption"},
}


def problems(content: bytes) -> list[str]:
    """Everything that is wrong, in words; nothing where all is well."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return [*_head(pdf), *_headings(pdf), *_elements(pdf), *_pages(pdf)]


def _head(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    with pdf.open_metadata() as told:
        if not told.get("dc:title"):
            yield "no title"
        if told.get("pdfuaid:part") != "1":
            yield "does not say that it is PDF/UA-1"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "a viewer shows the file's name in place of the title"
    if pdf.is_encrypted:
        yield "encrypted"
    if len(pdf.pages) > 1 and "/Outlines" not in root:
        yield "no bookmarks"


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The structure elements in reading order."""
    top = pdf.Root.StructTreeRoot.K
    stack = list(reversed(list(top) if isinstance(top, pikepdf.Array) else [top]))
    while stack:
        one = stack.pop()
        yield one
        stack += [child for child in reversed(_children(one)) if _is_element(child)]


def _children(element: Any) -> list[Any]:
    inside = element.get("/K", [])
    return list(inside) if isinstance(inside, pikepdf.Array) else [inside]


def _is_element(child: Any) -> bool:
    return isinstance(child, pikepdf.Dictionary) and "/S" in child


def _headings(pdf: pikepdf.Pdf) -> Iterator[str]:
    """The first is of level one, and none is more than one deeper than the one before (7.4.2)."""
    before = 0
    for element in elements(pdf):
        level = HEADINGS.get(str(element.S), 0)
        if level > before + 1:
            yield f"a heading of level {level} follows one of level {before}"
        before = level or before
    if before == 0:
        yield "no heading"


def _elements(pdf: pikepdf.Pdf) -> Iterator[str]:
    for element in elements(pdf):
        kind = str(element.S)
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip():
            yield "a figure has no alternative text"
        if kind in _TABLES:
            wrong = {str(one.S) for one in _children(element) if _is_element(one)} - _TABLES[kind]
            if wrong:
                yield f"{kind} holds {', '.join(sorted(wrong))}"
        if kind == "/TH" and str(_attribute(element, "/Scope")) not in ("/Row", "/Column", "/Both"):
            yield "a table's head has no scope"
        if kind == "/Table":
            yield from _table(element)
        if kind == "/Link" and not any(_is_note(child) for child in _children(element)):
            yield "a link is in the tree without its place on the page"


def _is_note(child: Any) -> bool:
    return isinstance(child, pikepdf.Dictionary) and child.get("/Type") == "/OBJR"


def _attribute(element: Any, name: str) -> Any:
    told = element.get("/A", {})
    for one in told if isinstance(told, pikepdf.Array) else [told]:
        if isinstance(one, pikepdf.Dictionary) and name in one:
            return one[name]
    return ""


def _table(table: Any) -> Iterator[str]:
    """Each has a head, and all rows cover as many columns (7.5)."""
    rows = list(_rows(table))
    if not any(str(cell.S) == "/TH" for row in rows for cell in row):
        yield "a table has no heads"
    widths = {sum(int(_attribute(cell, "/ColSpan") or 1) for cell in row) for row in rows}
    if len(widths) > 1:
        yield f"the rows of a table have {', '.join(map(str, sorted(widths)))} columns"


def _rows(element: Any) -> Iterator[list[Any]]:
    for child in _children(element):
        if _is_element(child) and str(child.S) == "/TR":
            yield [one for one in _children(child) if _is_element(one)]
        elif _is_element(child) and str(child.S) in ("/THead", "/TBody", "/TFoot"):
            yield from _rows(child)


def _pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        notes = page.obj.get("/Annots", [])
        if len(notes) and str(page.obj.get("/Tabs", "")) != "/S":
            yield f"page {number}: links do not follow the structure"
        for note in notes:
            if str(note.get("/Subtype")) == "/Link":
                if not str(note.get("/Contents", "")).strip():
                    yield f"page {number}: a link says nothing of where it leads"
                if "/StructParent" not in note:
                    yield f"page {number}: a link is not in the tree"
        if _has_untagged(page):
            yield f"page {number}: something is neither content nor ornament"
        yield from (f"page {number}: {name} is not embedded" for name in _loose_fonts(page))


def _has_untagged(page: Any) -> bool:
    """Whether ink lies outside of marked content (7.1)."""
    open_marks = 0
    for _, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        open_marks += (name in ("BDC", "BMC")) - (name == "EMC")
        if name in SHOWN and open_marks == 0:
            return True
    return False


def _loose_fonts(page: Any) -> Iterator[str]:
    fonts = page.obj.get("/Resources", {}).get("/Font", {})
    for font in dict(fonts).values():
        for inner in font.get("/DescendantFonts", [font]):
            told = inner.get("/FontDescriptor", {})
            if not any(f"/FontFile{kind}" in told for kind in ("", "2", "3")):
                yield str(font.get("/BaseFont"))
