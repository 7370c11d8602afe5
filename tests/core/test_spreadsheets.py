"""Spreadsheets that go out come back character by character; what comes from elsewhere is bounded before it is read."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from apps.core.errors import Invalid
from apps.core.listing import as_meant, csv_answer, harmless
from apps.core.spreadsheets import Page, read, workbook
from apps.core.spreadsheets.bounds import MOST_CHARACTERS, MOST_ROWS

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AWKWARD = [
    "=1+1", "+1", "-5", "@cmd", "'=1", "''=1", "'word", "it's", "a\nb", "\ttab", "_x000D_", "_x005F_", "\x01\x0b",
    "é 😀 𝒳 ‏שלום", 'say "so"; or, not', "007", "1e5", "TRUE", "<b>&amp;", "a\rb", "  ahead", "x" * 32_767,
]  # fmt: skip
BOOK = '<workbook xmlns:r="r"><sheets><sheet name="Answers" sheetId="1" r:id="rId1"/></sheets></workbook>'
LINKS = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'


def book(sheet: str, shared: str = "", more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook written by hand, as other programs write them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared:
            archive.writestr("xl/sharedStrings.xml", shared)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def made(texts: list[str]) -> bytes:
    page = Page("Answers", ("id", "text"), [(str(n), text) for n, text in enumerate(texts)], (10, 40))
    about = Page("About", ("what", "it is"), [("a", "b")], (10, 10))
    return workbook([about, page], title="Test", made_at=NOW)


def texts_of(content: bytes) -> list[str]:
    return [line.cells.get("text", "") for line in read(content, "Answers").lines]


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read(content, "Answers")
    assert refused.value.remedy
    return refused.value.code


def test_a_workbook_gives_every_text_back() -> None:
    assert texts_of(made(AWKWARD)) == AWKWARD
    assert made(AWKWARD) == made(AWKWARD), "the same pages give the same bytes"


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(made(AWKWARD))) as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())


def test_a_text_over_the_bound_of_a_cell_is_cut_and_says_so() -> None:
    [text] = texts_of(made(["😀" * 20_000]))
    assert len(text.encode("utf-16-le")) // 2 <= 32_767 and "cut here" in text


def test_csv_gives_every_text_back_and_no_formula() -> None:
    texts = [text for text in AWKWARD if "\r" not in text and text.strip()]
    answer = csv_answer("test", ("id", "text"), enumerate(texts), is_marked=True)
    content = b"".join(answer)  # type: ignore[arg-type]
    assert content.startswith(b"\xef\xbb\xbf")
    assert texts_of(content) == texts


@pytest.mark.parametrize("text", AWKWARD)
def test_what_is_put_before_a_formula_can_be_taken_away(text: str) -> None:
    assert as_meant(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_as_spreadsheet_programs_in_europe_write_it() -> None:
    content = '\ufeffID;Text;\r\na;"one; two\r\nthree";\r\n;;\r\nb;-5;beside\r\n'.encode()
    sheet = read(content, "Answers")
    assert sheet.columns == ("id", "text")
    assert [(line.number, line.cells) for line in sheet.lines] == [
        (2, {"id": "a", "text": "one; two\nthree"}),
        (5, {"id": "b", "text": "-5"}),
    ]


def test_a_workbook_as_other_programs_write_it() -> None:
    shared = "<sst><si><t>id</t></si><si><r><t>te</t></r><r><t>xt</t></r><rPh><t>spoken</t></rPh></si></sst>"
    sheet = (
        '<x:worksheet xmlns:x="x"><x:sheetData><x:row r="3"><x:c r="A3" t="s"><x:v>0</x:v></x:c>'
        '<x:c t="s"><x:v>1</x:v></x:c></x:row><x:row><x:c r="B4" t="b"><x:v>1</x:v></x:c></x:row>'
        '<x:row r="9"><x:c r="A9"><x:v>12.50</x:v></x:c><x:c r="B9" t="str"><x:f>1+1</x:f><x:v>two</x:v></x:c></x:row>'
        '<x:row r="10"><x:c r="A10" t="inlineStr"><x:is><x:t>in</x:t></x:is></x:c><x:c r="B10" t="s"><x:v>99</x:v>'
        "</x:c></x:row></x:sheetData></x:worksheet>"
    )
    found = read(book(sheet, shared), "Answers")
    assert found.columns == ("id", "text")
    assert [(line.number, line.cells) for line in found.lines] == [
        (4, {"text": "TRUE"}),
        (9, {"id": "12.50", "text": "two"}),
        (10, {"id": "in"}),
    ]


def test_files_that_are_no_table_are_refused() -> None:
    assert refusal(b"") == "spreadsheet.empty"
    assert refusal(b"\n\n ;\n".replace(b";", b"")) == "spreadsheet.empty"
    assert refusal("Grün;gelb\n".encode("cp1252")) == "spreadsheet.not_text"
    assert refusal(b"id;text\n1;\x00\n") == "spreadsheet.not_text"
    assert refusal(b'id,text\n1,"open\n') == "spreadsheet.not_csv"
    assert refusal(b"id,text,ID\n") == "spreadsheet.columns"
    assert refusal(b"\xd0\xcf\x11\xe0 old") == "spreadsheet.not_read"
    assert refusal(b"PK\x03\x04 broken") == "spreadsheet.not_read"
    assert refusal(made(["a"])[:-200]) == "spreadsheet.not_read"
    assert refusal(b"x" * 5_000_000) == "spreadsheet.too_large"
    assert refusal(b"id\n" + b"a\n" * (MOST_ROWS + 1)) == "spreadsheet.too_large"
    assert refusal(",".join(f"c{n}" for n in range(200)).encode()) == "spreadsheet.too_large"


def test_a_workbook_that_unfolds_is_refused_before_it_does() -> None:
    assert refusal(book("<a/>", more={"xl/big.xml": b" " * (65 * 1024 * 1024)})) == "spreadsheet.too_large"
    assert refusal(book("<a/>", more={f"xl/{n}": b"" for n in range(501)})) == "spreadsheet.too_large"
    entities = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><worksheet>&c;</worksheet>'
    assert refusal(book(entities)) == "spreadsheet.doctype"
    assert refusal(book('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>')) == "spreadsheet.doctype"
    assert refusal(book("<a>")) == "spreadsheet.not_read"


def test_cells_far_apart_and_texts_used_often_cost_no_more_than_they_hold() -> None:
    far = '<a><row r="1"><c r="A1"><v>id</v></c></row><row r="1048576"><c r="XFD1048576"><v>far</v></c></row></a>'
    assert read(book(far), "Answers").lines == ()
    text = "x" * 30_000
    cells = "".join(f'<row><c t="s"><v>{n and 1}</v></c></row>' for n in range(MOST_CHARACTERS // len(text) + 2))
    assert (
        refusal(book(f"<a>{cells}</a>", f"<sst><si><t>id</t></si><si><t>{text}</t></si></sst>"))
        == "spreadsheet.too_large"
    )


def test_only_a_page_that_is_there_is_read() -> None:
    sheet = '<a><row><c t="inlineStr"><is><t>id</t></is></c></row></a>'
    assert read(book(sheet), "Something else").columns == ("id",), "the first page where none has the name"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(stream.getvalue()) == "spreadsheet.not_read"
