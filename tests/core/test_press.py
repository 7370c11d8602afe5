"""Parts of a PDF set side by side and joined: the same text, links, bookmarks and tags as set in one piece."""

import os
import signal
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from apps.core import pdf as pdf_door
from apps.core.errors import Refused, Unavailable
from apps.core.pdf import render_pdf
from apps.core.press.hands import Broken, do_all
from apps.core.press.outlines import Bookmark, nested
from apps.core.press.parts import MARKER, cut, part_html

BASE = "http://portal.invalid/"
HEAD = """<!doctype html><html lang="en"><head><title>Two parts</title>
<link rel="stylesheet" href="/static/css/print.css">
</head><body data-title="Two parts"><p class="document-digest">SHA-256 0123abcd</p>"""
TABLE = """<table class="table"><caption>Values</caption>
<thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody><tr><th scope="row">one</th><td>1</td></tr></tbody></table>"""


def section(name: str, other: str) -> str:
    body = "".join(f"<h3>{name} point {place}</h3><p>{'Words to fill a page. ' * 40}</p>" for place in range(7))
    link = (
        f'<a href="#{other}">the other</a>, <a href="#{name}">this one</a>, <a href="https://example.org/">the law</a>'
    )
    return f'<section class="chapter"><h2 id="{name}">Section {name}</h2>{TABLE}{body}<p>See {link}.</p></section>'


FRONT = """<section class="title-page"><h1>Two parts</h1><nav class="contents"><ol><li><a href="#first">First</a></li>
<li><a href="#second">Second</a></li></ol></nav></section>"""
DOCUMENT = MARKER.join([HEAD, FRONT, section("first", "second"), section("second", "first")]) + "</body></html>"


@pytest.fixture(scope="module")
def joined() -> bytes:
    return render_pdf(DOCUMENT, base_url=BASE, processes=2)


@pytest.fixture(scope="module")
def whole() -> bytes:
    return render_pdf(DOCUMENT.replace(MARKER, ""), base_url=BASE)


def words(content: bytes) -> list[list[str]]:
    return [page.extract_text().split() for page in PdfReader(BytesIO(content)).pages]


def bookmarks(content: bytes) -> list[Any]:
    def told(entries: list[Any]) -> list[Any]:
        reader_page = reader.get_destination_page_number
        return [told(one) if isinstance(one, list) else (one["/Title"], reader_page(one)) for one in entries]

    reader = PdfReader(BytesIO(content))
    return told(reader.outline)


def test_every_page_says_the_same_as_set_in_one_piece(joined: bytes, whole: bytes) -> None:
    assert words(joined) == words(whole)
    assert len(words(joined)) >= 5
    assert words(joined)[0][-3:] == ["1", "/", str(len(words(joined)))]


def test_bookmarks_are_the_same(joined: bytes, whole: bytes) -> None:
    assert bookmarks(joined) == bookmarks(whole)
    assert bookmarks(joined)[0][0] == "Two parts"


def test_the_number_of_processes_changes_no_byte(joined: bytes) -> None:
    assert render_pdf(DOCUMENT, base_url=BASE, processes=1) == joined
    assert render_pdf(DOCUMENT, base_url=BASE, processes=3) == joined


def test_links_across_parts_lead_to_their_place(joined: bytes, whole: bytes) -> None:
    def links(content: bytes) -> list[tuple[str, int]]:
        reader = PdfReader(BytesIO(content))
        places = reader.named_destinations
        notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
        return [
            (name, reader.get_destination_page_number(places[name]) or 0)
            if (name := note.get("/Dest"))
            else (note["/A"]["/URI"], -1)
            for note in notes
        ]

    assert links(joined) == links(whole)
    assert {name for name, _ in links(joined)} == {"first", "second", "https://example.org/"}


def test_the_structure_tree_is_whole(joined: bytes, whole: bytes) -> None:
    assert structure(joined) == structure(whole)


def structure(content: bytes) -> dict[str, int]:
    """Walk the tree and hold it against the pages. Fails where a content, link or table head is in only one of them."""
    pdf = pikepdf.open(BytesIO(content))
    root: Any = pdf.Root.StructTreeRoot
    nums = list(root.ParentTree.Nums)
    tree = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
    in_tree: dict[tuple[Any, int], Any] = {}
    links, names, wanted = set(), [], set()
    stack, elements = [root.K[0]], 0
    while stack:
        element = stack.pop()
        elements += 1
        names += [str(element.ID)] if "/ID" in element else []
        wanted |= {str(one) for one in element.get("/A", {}).get("/Headers", [])}
        for child in element.get("/K", []):
            if isinstance(child, int):
                in_tree[element.Pg.objgen, child] = element.objgen
            elif child.get("/Type") == "/OBJR":
                assert tree[int(child.Obj.StructParent)].objgen == element.objgen
                links.add(child.Obj.objgen)
            else:
                assert child.P.objgen == element.objgen
                stack.append(child)
    marked = 0
    for page in pdf.pages:
        assert all(note.objgen in links for note in page.obj.get("/Annots", []))
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "BDC" and str(operands[0]) != "/Artifact":
                number = int(operands[1].MCID)
                assert tree[int(page.obj.StructParents)][number].objgen == in_tree[page.obj.objgen, number]
                marked += 1
    assert marked == len(in_tree)
    assert len(names) == len(set(names))
    assert wanted <= set(names)
    assert [str(name) for name in list(root.IDTree.Names)[::2]] == sorted(names)
    return {"elements": elements, "marked": marked, "links": len(links), "heads": len(names)}


def test_running_heads_are_artifacts(joined: bytes) -> None:
    pdf = pikepdf.open(BytesIO(joined))
    page = pdf.pages[2]
    told = [
        str(operands[1].get("/Type", "")) for operands, op in pikepdf.parse_content_stream(page) if str(op) == "BDC"
    ]
    assert told.count("/Pagination") >= 4  # title, chapter, digest, number


def test_is_described_once_and_says_that_it_is_pdf_ua(joined: bytes) -> None:
    root = PdfReader(BytesIO(joined)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert PdfReader(BytesIO(joined)).metadata.title == "Two parts"


def test_subsets_of_a_font_have_names_of_their_own(joined: bytes) -> None:
    fonts = {
        (str(font.BaseFont), font.objgen)
        for page in pikepdf.open(BytesIO(joined)).pages
        for font in dict(page.obj.Resources.Font).values()
    }
    assert len({name for name, _ in fonts}) == len(fonts)


def test_a_foreign_resource_in_any_part_stops_the_rendering() -> None:
    with pytest.raises(Refused) as refused:
        render_pdf(DOCUMENT.replace("See ", '<img alt="x" src="file:///etc/passwd">', 1), base_url=BASE)
    assert refused.value.code == "pdf.foreign_resource"


def test_a_link_to_nowhere_is_told() -> None:
    with pytest.raises(Unavailable):
        render_pdf(DOCUMENT.replace('href="#second"', 'href="#third"'), base_url=BASE, processes=2)


def test_a_press_that_was_killed_is_started_again(joined: bytes) -> None:
    process = pdf_door._PRESS._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert render_pdf(DOCUMENT, base_url=BASE, processes=2) == joined


def test_text_that_looks_like_a_link_is_left_alone() -> None:
    pieces = cut(MARKER.join(["<body>", "a", "&lt;a href=&quot;#b&quot;&gt;"]) + "</body>")
    assert "&lt;a href=&quot;#b&quot;&gt;" in part_html(pieces, 1)


def test_bookmarks_hang_below_the_nearest_of_a_smaller_level() -> None:
    flat = [Bookmark(level, str(level), None, is_open=True) for level in (2, 4, 3, 1, 2)]
    top = nested(flat)
    assert [(one.level, [below.level for below in one.below]) for one in top] == [(2, [4, 3]), (1, [2])]
    assert top[0].shown == 2


def test_jobs_are_done_once_each_on_several_processes(tmp_path: Path) -> None:
    do_all([partial((tmp_path / str(place)).touch, exist_ok=False) for place in range(20)], 3)
    assert len(list(tmp_path.iterdir())) == 20


def test_a_process_that_is_killed_or_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="signal 9"):
        do_all([lambda: os.kill(os.getpid(), signal.SIGKILL)], 1)
    with pytest.raises(Broken, match="log"):
        do_all([(tmp_path / "nowhere" / "x").touch], 2)
