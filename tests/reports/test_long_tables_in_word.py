"""Word files cut long tables and say so: how many rows are left out, and in which form of the kind they all stand."""

import io
from dataclasses import replace
from zipfile import ZipFile

import docx
import pytest

from apps.reports.rendering import RENDERERS
from apps.reports.rendering.data import document_json
from apps.reports.rendering.word import MOST_ROWS, document_word
from apps.reports.rules.documents.content import FILLED, Block, Document, Picture, Point, Section, Table
from apps.reports.rules.documents.reading import document_specs
from tests.reports.test_rendering import AT, CHART, document

ROWS = tuple((f"row {place}", "0.5") for place in range(MOST_ROWS + 1_234))
LONG = Table("Values", ("Name", "Share"), ROWS)


def with_block(block: Block, *formats: str) -> Document:
    """A document of one point."""
    point = Point("p", "", "P", "", FILLED, (block,))
    return replace(document(), sections=(Section("a", "", "A", (point,)),), formats=formats)


def told(made: Document) -> list[str]:
    """The sentences about rows that are left out."""
    paragraphs = docx.Document(io.BytesIO(document_word(made, AT))).paragraphs
    return [one.text for one in paragraphs if "left out" in one.text]


@pytest.mark.parametrize("block", [LONG, Picture("Chart", CHART.svg, LONG)], ids=["table", "picture"])
@pytest.mark.parametrize(
    ("formats", "where"),
    [
        (("pdf", "docx", "xlsx", "json"), "the workbook"),
        (("pdf", "docx", "json"), "the JSON file"),
        (("pdf", "docx"), "the PDF"),
        (("docx",), "the record it was made from"),
    ],
)
def test_a_cut_table_tells_how_many_rows_and_where_they_stand(
    block: Block, formats: tuple[str, ...], where: str
) -> None:
    assert told(with_block(block, *formats)) == [
        f"1,234 of 1,734 rows are left out here; all of them stand in {where}."
    ]


def test_a_table_of_the_most_rows_is_whole() -> None:
    assert told(with_block(replace(LONG, rows=ROWS[:MOST_ROWS]), "docx", "json")) == []


def test_every_row_stands_where_the_note_points_to() -> None:
    made = with_block(Picture("Chart", CHART.svg, LONG), "docx", "xlsx", "json")
    last = ROWS[-1][0].encode()
    assert last in document_json(made) and last in unpacked(RENDERERS["xlsx"](made, AT))
    assert b"formats" not in document_json(made)


def unpacked(workbook: bytes) -> bytes:
    """All that a workbook's members hold."""
    with ZipFile(io.BytesIO(workbook)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())


def test_every_kind_with_a_word_file_has_one_that_holds_all_rows() -> None:
    words = [spec for spec in document_specs().values() if "docx" in spec.formats]
    assert words and all({"xlsx", "json"} & set(spec.formats) for spec in words)
