"""A document as a Word file, for a regulator who edits it: headings, real tables, alternative text, page fields.

The same document gives the same bytes: the archive is written again without times of its own.
"""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordFile
from docx.shared import Mm, Pt, RGBColor

from apps.core import formatting
from apps.reports.rendering import word_parts as parts
from apps.reports.rendering.data import NOTICE
from apps.reports.rules.documents.content import (
    STATES,
    Block,
    Bullets,
    Document,
    FactList,
    Heading,
    Paragraph,
    Picture,
    Point,
    Table,
)
from apps.reports.rules.documents.spec import JSON, PDF, XLSX
from apps.reports.rules.organisation import further_sections, safe_colour

FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # the least that an archive can hold
FACE = "Calibri"
MOST_ROWS = 500  # of one table; Word grows slow, and the other forms have them all
_WHOLE = ((XLSX, "the workbook"), (JSON, "the JSON file"), (PDF, "the PDF"))  # where every row stands


def document_word(document: Document, made_at: datetime, logo: bytes = b"") -> bytes:
    """The document as DOCX. Text of people is text; nothing in it becomes a field, a link or markup."""
    word = docx.Document()
    _set_up(word, document, made_at)
    _front(word, document, logo)
    for section in document.sections:
        word.add_heading(f"{section.ref}  {section.title}".strip(), 1)
        if section.summary:
            word.add_paragraph(section.summary)
        for point in section.points:
            _point(word, point, document)
    for title, text in further_sections(document.organisation):
        word.add_heading(title, 1)
        _paragraphs(word, text, "Normal")
    return _written(word)


def _set_up(word: WordFile, document: Document, made_at: datetime) -> None:
    at = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    told: Any = word.core_properties
    told.title, told.subject = f"{document.title}: {document.subject}"[:255], document.law[:255]
    told.author = told.last_modified_by = document.organisation.get("name", "")[:255] or "GenAIOps"
    told.created = told.modified = at
    told.identifier, told.language = document.snapshot_digest, "en-GB"
    told.comments, told.keywords, told.revision, told.version = "", "", 1, str(document.version)
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(20)
    page.top_margin = page.bottom_margin = Mm(22)
    _styles(word, safe_colour(document.organisation.get("colour", "")) or "#1f4fa3")
    page.header.paragraphs[0].text = f"{document.title}: {document.subject}"
    line = f"{document.kind}, version {document.version} · snapshot SHA-256 {document.snapshot_digest}"
    parts.footer(page.footer.paragraphs[0], line)


def _styles(word: WordFile, colour: str) -> None:
    styles: Any = word.styles
    parts.language(styles.element, "en-GB")
    styles["Normal"].font.name, styles["Normal"].font.size = FACE, Pt(10)
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 12), ("Heading 3", 10.5)):
        styles[name].font.size = Pt(size)
        styles[name].font.color.rgb = RGBColor.from_string(colour.removeprefix("#").upper())
        parts.face(styles[name].element, FACE)
    for name in ("Header", "Footer", "Caption"):
        styles[name].font.size = Pt(8)
        styles[name].font.color.rgb = RGBColor(0x4A, 0x50, 0x5B)


def _front(word: WordFile, document: Document, logo: bytes) -> None:
    name = document.organisation.get("name", "")
    if logo:
        parts.described(word.add_picture(BytesIO(logo), height=Mm(16)), name or "The organisation")
    sender = [document.organisation.get(key, "") for key in ("name", "address", "contact")]
    if any(sender):
        word.add_paragraph("\n".join(one for one in sender if one))
    word.add_paragraph(document.law)
    word.add_heading(document.title, 0)
    edition = f", edition for the {document.audience}" if document.audience else ""
    period = f", {document.period}" if document.period else ""
    word.add_paragraph(f"{document.subject}{edition}{period}")
    word.add_paragraph(f"Record of {_minute(document.taken_at)}, made {_minute(document.made_at)}.")
    if document.source_url:
        word.add_paragraph(f"Official text: {document.source_url}")
    for note in document.notes:
        word.add_paragraph(note)
    word.add_heading("What is missing", 1)
    counts = [(label, str(document.count(state))) for state, label in STATES.items()]
    parts.table(word, "How many points have which state", ("State", "Points"), counts, frozenset({1}))
    gaps = [(f"{point.ref} {point.title}", gap.problem, gap.remedy) for point in document.points for gap in point.gaps]
    if gaps:
        parts.table(word, f"{len(gaps)} gaps", ("Point", "What is missing", "What would settle it"), gaps)
    else:
        word.add_paragraph("No gaps. Every point is filled from the record, or says why it does not apply.")
    word.add_paragraph(NOTICE)
    word.add_page_break()


def _point(word: WordFile, point: Point, document: Document) -> None:
    word.add_heading(f"{point.ref}  {point.title}".strip(), 2)
    asks: Any = word.add_paragraph()
    asks.add_run(f"{point.state_label}. ").bold = True
    asks.add_run(point.asks).italic = True
    if point.reason:
        word.add_paragraph(f"Not applicable because: {point.reason}")
    for block in point.blocks:
        _block(word, block, document)
    for gap in point.gaps:
        missing: Any = word.add_paragraph()
        missing.add_run("Missing: ").bold = True
        missing.add_run(f"{gap.problem} {gap.remedy}")
    if point.known:
        rows = [
            (
                formatting.sentence(one.status) + (", stale" if one.is_stale else ""),
                one.source,
                _minute(one.at),
                one.digest,
            )
            for one in point.known
        ]
        parts.table(word, "How this is known", ("How", "Source", "When", "SHA-256"), rows)


def _block(word: WordFile, block: Block, document: Document) -> None:
    if isinstance(block, Heading):
        word.add_heading(block.text, 3)
    elif isinstance(block, Paragraph):
        _paragraphs(word, block.text, "Intense Quote" if block.is_quoted else "Normal")
    elif isinstance(block, FactList):
        parts.table(word, "", ("Name", "Value"), block.rows)
    elif isinstance(block, Bullets):
        for item in block.items:
            word.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Picture):
        parts.drawing(word, block)
        _table(word, block.values, document)
    else:
        _table(word, block, document)


def _table(word: WordFile, table: Table, document: Document) -> None:
    """A table's first rows; where there are more, how many are left out and where they stand."""
    parts.table(word, table.title, table.columns, table.rows[:MOST_ROWS], table.numeric)
    left = len(table.rows) - MOST_ROWS
    if left > 0:
        where = next((name for form, name in _WHOLE if form in document.formats), "the record it was made from")
        word.add_paragraph(f"{left:,} of {len(table.rows):,} rows are left out here; all of them stand in {where}.")


def _paragraphs(word: WordFile, text: str, style: str) -> None:
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        if paragraph.strip():
            word.add_paragraph(paragraph.strip("\n"), style=style)


def _minute(moment: str) -> str:
    try:
        return formatting.exact_utc(datetime.fromisoformat(moment))[:16] + " UTC" if moment else ""
    except ValueError:
        return moment


def _written(word: WordFile) -> bytes:
    """The archive with its members in order and without the time at which it was written."""
    first, again = BytesIO(), BytesIO()
    word.save(first)
    with ZipFile(first) as source, ZipFile(again, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name, FIRST_TIME)
            member.compress_type, member.external_attr = ZIP_DEFLATED, 0o600 << 16
            target.writestr(member, source.read(name))
    return again.getvalue()
