"""Documents as files: every form says what the document says, people's text stays text, and the bytes are the same."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from pypdf import PdfReader

from apps.core.charts import Axis, Bar, bar_chart
from apps.core.press.parts import MARKER
from apps.reports.rendering import RENDERERS
from apps.reports.rendering.html import document_html
from apps.reports.rendering.pieces import MOST_ROWS, parts_of
from apps.reports.rendering.word import document_word
from apps.reports.rules.documents.content import (
    FILLED,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    Bullets,
    Document,
    FactList,
    Gap,
    Known,
    Paragraph,
    Picture,
    Point,
    Section,
    Table,
)
from apps.reports.templatetags.document import widths

AT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
DIGEST = "0123456789abcdef" * 4
HOSTILE = '<script>alert(1)</script> {{ settings.SECRET_KEY }} {% include "x" %} <img src="file:///etc/passwd">'
FORMULA = '=HYPERLINK("http://evil.example/","x")'
CHART = bar_chart("Scores", value=Axis("Share"), bars=[Bar("Version & base", 0.5, 0.4, 0.6, "This version")])


def document(**more: Any) -> Document:
    values = Table("Values", CHART.table_headers, CHART.table_rows)
    points = (
        Point(
            "purpose",
            "Annex IV(1)(a)",
            "Intended purpose",
            "What the system is for.",
            FILLED,
            (Paragraph(HOSTILE, is_quoted=True), FactList((("Risk class", "High"), ("Formula", FORMULA)))),
            (Known("declared", "Answer by Olga", AT.isoformat(), DIGEST, is_stale=True),),
        ),
        Point(
            "data",
            "Annex IV(2)(d)",
            "Training data",
            "Which data.",
            PARTLY,
            (
                Table("Datasets", ("Name", "Rows"), ((FORMULA, "1,200"), ("Support", "30")), frozenset({1})),
                Picture("Scores", CHART.svg, values),
                Bullets(("One", HOSTILE)),
            ),
            gaps=(Gap("The licence is unknown.", "Record the licence."),),
        ),
        Point("none", "Annex IV(1)(f)", "Pictures", "Pictures of it.", NOT_APPLICABLE, reason="It is software only."),
        Point("lost", "Annex IV(9)", "Plan", "The plan.", MISSING, gaps=(Gap("No plan.", "Write one."),)),
    )
    return Document(
        kind="ai-act-annex-iv",
        version=3,
        title="Technical documentation",
        law="Regulation (EU) 2024/1689, Annex IV",
        source_url="https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
        subject="Desk answers v1",
        audience="",
        taken_at=AT.isoformat(),
        made_at=AT.isoformat(),
        snapshot_digest=DIGEST,
        sections=(Section("one", "1", "General", points[:2]), Section("two", "2", "Further", points[2:])),
        notes=("Keep it for ten years.",),
        organisation={"name": "Desk & Sons", "colour": "#663300", "sections": json.dumps([["Own words", HOSTILE]])}
        | more,
    )


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {form: render(document(), AT) for form, render in RENDERERS.items()}


def test_the_same_document_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    assert {form: render(document(), AT) for form, render in RENDERERS.items()} == files
    assert document_word(replace(document(), subject="Other"), AT) != files["docx"]


def test_pdf_page_one_counts_and_lists_what_is_missing(files: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(files["pdf"]))
    first = " ".join(reader.pages[0].extract_text().split())
    assert "What is missing" in first
    assert "2 of 4 points lack something: 2 gaps" in first
    assert "No plan." in first
    assert "Desk & Sons" in first


def test_pdf_has_digest_version_and_number_on_each_page(files: dict[str, bytes]) -> None:
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(files["pdf"])).pages]
    for place, text in enumerate(pages, 1):
        assert f"snapshot SHA-256 {DIGEST}" in text
        assert "ai-act-annex-iv, version 3" in text
        assert f"{place} / {len(pages)}" in text


def test_pdf_is_tagged_with_bookmarks_for_sections_and_points(files: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(files["pdf"]))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    titles = str(reader.outline)
    for title in ("Technical documentation", "General", "Intended purpose", "From Desk & Sons"):
        assert title in titles


def test_pdf_says_state_reason_and_how_each_point_is_known(files: dict[str, bytes]) -> None:
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"])).pages).split())
    for words in (
        "no legal advice",
        "Filled in part",
        "Not applicable because: It is software only.",
        "2026-11-22 12:30 UTC",
        "Stale",
    ):
        assert words in text


def test_what_people_wrote_is_never_markup_or_template() -> None:
    html = document_html(document())
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ settings.SECRET_KEY }} {% include &quot;x&quot; %}" in html
    assert 'src="file:' not in html
    hostile = replace(document(), subject=HOSTILE, title=HOSTILE, law=HOSTILE, notes=(HOSTILE,))
    assert "<script" not in document_html(replace(hostile, organisation={"name": HOSTILE, "colour": "red;} x{"}))


def test_an_unreadable_or_false_colour_is_not_used() -> None:
    assert "--accent: #663300" in document_html(document())
    assert "--accent" not in document_html(document(colour="#ffff00"))
    assert "--accent" not in document_html(document(colour="#fff;}</style>"))


def test_json_holds_everything_with_the_kind_of_each_block(files: dict[str, bytes]) -> None:
    told = json.loads(files["json"])
    assert told["format"] == "genaiops-document/1"
    assert told["counts"] == {"filled": 1, "partly": 1, "not_applicable": 1, "missing": 1}
    blocks = told["sections"][0]["points"][1]["blocks"]
    assert [block["kind"] for block in blocks] == ["table", "picture", "bullets"]
    assert blocks[0]["numeric"] == [1]
    assert told["sections"][0]["points"][0]["blocks"][0]["text"] == HOSTILE


def test_word_has_headings_tables_alternative_texts_and_fields(files: dict[str, bytes]) -> None:
    word = docx.Document(io.BytesIO(files["docx"]))
    headings = [one.text for one in word.paragraphs if one.style.name.startswith("Heading")]
    assert {"What is missing", "1  General", "Annex IV(1)(a)  Intended purpose", "Own words"} <= set(headings)
    assert ["Datasets" in one.text for one in word.paragraphs].count(True) == 1
    assert [cell.text for cell in word.tables[-4].rows[0].cells] != []
    assert all(table._tbl.xpath(".//w:tblHeader") for table in word.tables)
    described = [one._inline.docPr.get("descr") for one in word.inline_shapes]
    assert described == [f"Scores. {CHART.description}"]
    footer = word.sections[0].footer._element.xml
    assert " PAGE " in footer
    assert " NUMPAGES " in footer
    assert DIGEST in footer
    assert any(HOSTILE in one.text for one in word.paragraphs)


def test_word_carries_the_drawing_and_no_time_of_its_own(files: dict[str, bytes]) -> None:
    with ZipFile(io.BytesIO(files["docx"])) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        drawings = [name for name in archive.namelist() if name.endswith(".svg")]
        assert [archive.read(name).decode() for name in drawings] == [CHART.svg]
        assert b"svgBlip" in archive.read("word/document.xml")
        assert b"image/svg+xml" in archive.read("[Content_Types].xml")
    core = docx.Document(io.BytesIO(files["docx"])).core_properties
    assert (core.created, core.identifier, core.author) == (AT, DIGEST, "Desk & Sons")


def test_workbook_has_a_sheet_for_each_table_and_no_formula(files: dict[str, bytes]) -> None:
    with ZipFile(io.BytesIO(files["xlsx"])) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        sheets = [archive.read(f"xl/worksheets/sheet{place}.xml") for place in range(1, len(names) + 1)]
        texts = archive.read("xl/sharedStrings.xml").decode()
    assert names[:3] == ["About", "Gaps", "Points"]
    assert len(names) == 5
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    assert escape(FORMULA, quote=False) in texts
    assert b"<v>1200</v>" in sheets[3]


def test_a_small_document_is_one_part_and_a_long_one_several() -> None:
    assert MARKER not in document_html(document())
    long = _long(30)
    parts = parts_of(long)
    assert len(parts) > 2
    assert document_html(long).count(MARKER) == len(parts) + 1
    again = [
        piece.point.id for part in parts for stretch in part.stretches for piece in stretch.pieces if piece.is_first
    ]
    assert again == [point.id for point in long.points]


def _long(count: int) -> Document:
    text = Paragraph("Words. " * 500)
    points = [Point(f"p{place}", "", f"Point {place}", "", FILLED, (text,)) for place in range(count)]
    return replace(document(), sections=(Section("a", "", "A", tuple(points)), Section("b", "", "B", ())))


def test_a_table_of_thousands_of_rows_is_cut_and_loses_none() -> None:
    rows = tuple((str(place), "x" * 80) for place in range(3 * MOST_ROWS + 1))
    point = Point("p", "", "P", "", FILLED, (Table("Rows", ("No.", "Text"), rows),))
    parts = parts_of(replace(document(), sections=(Section("a", "", "A", (point,)),)))
    pieces = [piece for part in parts for stretch in part.stretches for piece in stretch.pieces]
    tables = [block for piece in pieces for block in piece.blocks if isinstance(block, Table)]
    assert tuple(row for table in tables for row in table.rows) == rows
    assert [piece.is_first for piece in pieces] == [True, False, False, False]
    assert len(parts) > 1


def test_columns_are_as_wide_as_their_texts_need() -> None:
    table = Table("T", ("No.", "Text"), (("1", "A long text that goes on for a while, and then for another while."),))
    narrow, wide = (float(width.rstrip("%")) for width in widths(table))
    assert narrow < 30 < wide
    assert narrow + wide == pytest.approx(100, abs=0.1)
