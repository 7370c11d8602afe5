"""What python-docx has no word for: page fields, repeated table heads, alternative text, and drawings as SVG.

The elements are those of ECMA-376 (WordprocessingML); the drawing's extension is Microsoft's (MS-ODRAWXML, 2.3.1.14).
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from apps.reports.rendering.pictures import blank_png, drawing_size, drawing_words
from apps.reports.rules.documents.content import Picture

WIDTH = 170  # millimetres between the margins
SMALL, WIDE = Pt(8), 6  # from so many columns on a table is set smaller
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_EXTENSION = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
    '<asvg:svgBlip xmlns:asvg="{}" r:embed="{}"/></a:ext></a:extLst>'
)


def table(
    word: WordFile,
    title: str,
    columns: Iterable[str],
    rows: Iterable[Iterable[str]],
    numeric: frozenset[int] = frozenset(),
) -> None:
    """A table whose first row is its head, on every page; nothing where it has no rows."""
    heads, lines = list(columns), [list(row) for row in rows]
    if not lines:
        return
    if title:
        caption: Any = word.add_paragraph(title, style="Caption")
        caption.paragraph_format.keep_with_next = True
    made: Any = word.add_table(rows=0, cols=len(heads), style="Table Grid")
    _describe_table(made, title or ", ".join(heads))
    for place, line in enumerate([heads, *lines]):
        row = made.add_row()
        _keep(row, is_head=place == 0)
        for column, (cell, text) in enumerate(zip(row.cells, line, strict=True)):
            _fill(
                cell.paragraphs[0], text, is_head=place == 0, is_number=column in numeric, is_dense=len(heads) >= WIDE
            )
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _fill(paragraph: Any, text: str, *, is_head: bool, is_number: bool, is_dense: bool) -> None:
    run = paragraph.add_run(text)
    run.bold, run.font.size = is_head, Pt(7) if is_dense else SMALL
    paragraph.paragraph_format.space_after = Pt(1)
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _keep(row: Any, *, is_head: bool) -> None:
    """Rows stay whole, and the head is repeated."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _describe_table(made: Any, words: str) -> None:
    description: Any = OxmlElement("w:tblDescription")
    description.set(qn("w:val"), words[:250])
    made._tbl.tblPr.append(description)


def described(shape: Any, words: str) -> None:
    """Alternative text of a picture."""
    shape._inline.docPr.set("descr", words)


def drawing(word: WordFile, picture: Picture) -> None:
    """A chart as SVG, with an empty picture for programs that cannot draw it; its values follow as a table."""
    width, height = drawing_size(picture.svg)
    shape: Any = word.add_picture(BytesIO(blank_png(int(width), int(height))), width=Mm(min(WIDTH, width / 4.2)))
    described(shape, f"{picture.title}. {drawing_words(picture.svg)}".strip())
    package: Any = word.part.package
    name = PackURI(f"/word/media/drawing{sum(1 for _ in package.iter_parts()) + 1}.svg")
    part = Part(name, "image/svg+xml", picture.svg.encode(), package)
    key = word.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    shape._inline.graphic.graphicData.pic.blipFill.blip.append(parse_xml(_EXTENSION.format(_SVG, key)))


def footer(paragraph: Any, line: str) -> None:
    """The line, a tabulator, and “page of pages” as fields that Word fills in."""
    run = paragraph.add_run(line)
    run.font.size = Pt(6.5)
    paragraph.add_run().add_break()
    paragraph.add_run("Page ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, instruction: str) -> None:
    for kind in ("begin", "", "separate", "text", "end"):
        run = paragraph.add_run("1" if kind == "text" else "")
        if kind == "":
            told: Any = OxmlElement("w:instrText")
            told.text = f" {instruction} "
            run._r.append(told)
        elif kind != "text":
            mark: Any = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def language(styles: Any, code: str) -> None:
    """The language of all text that names no other."""
    for element in styles.iter(qn("w:lang")):
        element.set(qn("w:val"), code)


def face(style: Any, name: str) -> None:
    """A heading's face, in place of the theme's."""
    fonts = style.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(key), name)
