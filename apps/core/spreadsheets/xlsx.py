"""Reading one page of an XLSX workbook (ECMA-376, part 1) that somebody brings.

Nothing is unpacked before its size is known, document types are refused (with them go entities that unfold), and what
is counted is what a cell costs once it is read: one long text may stand in many cells.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from apps.core.spreadsheets.bounds import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    MOST_UNPACKED,
    refuse,
)

Row = tuple[int, list[str]]
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ST_Xstring, 22.9.2.19: what XML cannot hold, by its number
_BOOKED = "xl/workbook.xml"


def cells_of(content: bytes, page: str) -> Iterator[Row]:
    """The rows of the page of this name, or of the first one, with their numbers. Raises Invalid."""
    parts = _parts(content)
    place = _place_of(parts, page)
    shared = _Texts.of(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else []
    rows = _Cells(shared)
    _parse(parts[place], rows)
    yield from rows.lines()


def _parts(content: bytes) -> dict[str, bytes]:
    """The XML parts of a workbook. What they take is known before they are unpacked, and held to while they are."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [one for one in archive.infolist() if one.filename.endswith((".xml", ".rels"))]
            if len(archive.infolist()) > MOST_PARTS or sum(one.file_size for one in infos) > MOST_UNPACKED:
                refuse("This workbook unfolds into more than is read.", "too_large")
            found = {one.filename: _unpacked(archive, one) for one in infos}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError):
        refuse("This file is no workbook that can be read: it is damaged or protected.", "not_read")
    if len(found) != len(infos) or sum(map(len, found.values())) > MOST_UNPACKED:
        refuse("This workbook unfolds into more than is read.", "too_large")
    return found


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with archive.open(part) as stream:
        return stream.read(part.file_size)


def _place_of(parts: dict[str, bytes], page: str) -> str:
    """The part that holds the page of this name, or the first page."""
    pages: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def take(name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            link = next((value for key, value in given.items() if key.endswith(":id")), "")
            pages.append((given.get("name", ""), link))
        elif name == "Relationship":
            targets[given.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))[1:]

    for name in (_BOOKED, "xl/_rels/workbook.xml.rels"):
        _parse(parts.get(name) or refuse("This file is no workbook that can be read.", "not_read"), _Starts(take))
    named = {name.casefold(): link for name, link in reversed(pages)}
    link = named.get(page.casefold(), pages[0][1] if pages else "")
    place = targets.get(link, "")
    if place not in parts:
        refuse("This workbook holds no page with a table.", "not_read")
    return place


class _Starts:
    """Hands each element's name and attributes on as it begins."""

    def __init__(self, take: Callable[[str, dict[str, str]], None]) -> None:
        self.start = take

    def end(self, name: str) -> None:
        """Nothing is asked of ends."""

    def text(self, data: str) -> None:
        """Nothing is asked of text."""


def _parse(content: bytes, reader: Any) -> None:
    """Read XML through, calling `start`, `end` and `text`; names come without their namespace's prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = lambda name, given: reader.start(name.rpartition(":")[2], given)
    parser.EndElementHandler = lambda name: reader.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        refuse(f"This workbook holds XML that cannot be read ({expat.ErrorString(error.code)}).", "not_read")


def _no_doctype(*_: Any) -> None:
    refuse("This workbook declares a document type, which no spreadsheet program writes.", "doctype")


class _Texts:
    """The texts that cells refer to by number, in their order (18.4)."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._open = _Text()

    @classmethod
    def of(cls, content: bytes) -> list[str]:
        """The texts of a part."""
        texts = cls()
        _parse(content, texts)
        return texts.found

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        self._open.start(name)

    def end(self, name: str) -> None:
        """An element ends; with `si` a whole text does."""
        self._open.end(name)
        if name == "si":
            self.found.append(self._open.taken())

    def text(self, data: str) -> None:
        """Characters of a text."""
        self._open.text(data)


class _Text:
    """One text while it is read: `t` of runs, without the `rPh` that tells how it is spoken."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._is_text = self._is_spoken = False

    def start(self, name: str) -> None:
        self._is_text = name == "t" and not self._is_spoken
        self._is_spoken = self._is_spoken or name == "rPh"

    def end(self, name: str) -> None:
        self._is_text = False
        self._is_spoken = self._is_spoken and name != "rPh"

    def text(self, data: str) -> None:
        if self._is_text:
            self._pieces.append(data)

    def taken(self) -> str:
        """The text; the next one begins."""
        text = _ESCAPED.sub(_character, "".join(self._pieces))
        self._pieces.clear()
        return text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return found[0] if number == 0 or 0xD800 <= number < 0xE000 else chr(number)  # no database stores these


class _Cells:
    """The cells of a page (18.3.1.4), as text; each row is as long as its last cell asks for."""

    def __init__(self, shared: list[str]) -> None:
        self._shared, self._text = shared, _Text()
        self._rows: dict[int, dict[int, str]] = {}
        self._row = self._column = self._characters = 0
        self._kind, self._is_value = "", False
        self._value: list[str] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        """A row, a cell or what it holds begins; a place that is not told is the next one."""
        self._text.start(name)
        if name == "row":
            told = given.get("r", "")
            self._row, self._column = int(told) if told.isdecimal() and len(told) < 8 else self._row + 1, 0
        elif name == "c":
            self._at(given.get("r", ""))
            self._kind = given.get("t", "n")
            self._value.clear()
        self._is_value = name == "v"

    def _at(self, place: str) -> None:
        found = _PLACE.fullmatch(place)
        self._column = _number_of(found[1]) if found else self._column + 1
        self._row = int(found[2]) if found else self._row

    def end(self, name: str) -> None:
        """Something ends; with a cell its text is known."""
        self._text.end(name)
        self._is_value = False
        if name == "c" and (text := self._cell()):
            self._keep(text)

    def text(self, data: str) -> None:
        """Characters of a value or of a text."""
        self._text.text(data)
        if self._is_value:
            self._value.append(data)

    def _cell(self) -> str:
        inline, value = self._text.taken(), "".join(self._value)
        if self._kind == "inlineStr":
            return inline
        if self._kind == "s":
            is_known = value.isdecimal() and len(value) < 9 and int(value) < len(self._shared)
            return self._shared[int(value)] if is_known else ""
        if self._kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, "")
        return _ESCAPED.sub(_character, value) if self._kind == "str" else value

    def _keep(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS or len(self._rows) > MOST_ROWS + 1:
            refuse(f"Such a file has at most {MOST_ROWS} rows and {MOST_CHARACTERS:,} characters.", "too_large")
        if self._column <= MOST_COLUMNS + 1:  # one more, so that a header beyond the bound is told
            self._rows.setdefault(self._row, {})[self._column] = text

    def lines(self) -> Iterator[Row]:
        """Every row that holds anything, in the order of their numbers."""
        for number, cells in sorted(self._rows.items()):
            yield number, [cells.get(column, "") for column in range(1, max(cells) + 1)]


def _number_of(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
