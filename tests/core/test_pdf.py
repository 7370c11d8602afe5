"""PDFs: tagged, bookmarked, the same bytes each time, and closed to the network and the file system."""

import base64
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from pypdf import PdfReader

from apps.core.charts import Axis, Series, line_chart
from apps.core.errors import Refused
from apps.core.pdf import render_pdf
from apps.core.press.order import Order, Reply

BASE = "http://portal.invalid/"
CHART = line_chart("Loss", x=Axis("Step"), y=Axis("Loss"), series=[Series("a", [0, 1, 2], [3.0, 2.0, 1.0])])
DOCUMENT = f"""<!doctype html><html lang="en"><head><title>Audit pack</title>
<link rel="stylesheet" href="/static/css/print.css"></head><body>
<p class="document-digest">SHA-256 0123abcd</p>
<section class="title-page"><img src="/static/img/logo.svg" alt="GenAIOps"><h1>Audit pack</h1></section>
<section class="chapter"><h2>Answers</h2><h3>Question one</h3><p>{{}}</p>
<figure class="chart">{CHART.svg}</figure></section></body></html>"""


def pdf(body: str = "Text", **options) -> bytes:
    return render_pdf(DOCUMENT.format(body), base_url=BASE, **options)


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def figures(element) -> list:
    element = element.get_object()
    if not hasattr(element, "get"):
        return []
    found = [element.get("/Alt")] if element.get("/S") == "/Figure" else []
    children = element.get("/K", [])
    children = children.get_object()
    for child in children if isinstance(children, list) else [children]:
        found += figures(child) if not isinstance(child, int) else []
    return found


def test_is_tagged_and_described():
    root = PdfReader(BytesIO(pdf())).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert figures(root["/StructTreeRoot"]["/K"][0]) == ["GenAIOps", "Loss"]


def test_has_bookmarks_running_titles_and_page_numbers():
    content = pdf()
    outline = PdfReader(BytesIO(content)).outline
    assert outline[0]["/Title"] == "Audit pack"
    assert outline[1][0]["/Title"] == "Answers"
    first, second = text_of(content)
    assert "1 / 2" in first
    assert "SHA-256 0123abcd" in second
    assert second.count("Answers") == 2  # the heading and the running head


def test_same_input_gives_the_same_bytes():
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert pdf(created_at=when, identifier="a" * 64) == pdf(created_at=when, identifier="a" * 64)
    assert PdfReader(BytesIO(pdf(created_at=when))).metadata.creation_date == when
    assert pdf() != pdf("Other text")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "https://example.org/x.png",
        "http://portal.invalid/media/secret.png",
        "http://portal.invalid.evil.example/static/img/logo.svg",
        "/static/../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/manage.py",
        "/static//etc/passwd",
        "/static/css/no-such-file.png",
        "ftp://example.org/x",
        "data:text/html,hello",
    ],
)
def test_foreign_resources_stop_the_rendering(address):
    with pytest.raises(Refused) as refused:
        pdf(f'<img alt="x" src="{address}">')
    assert refused.value.code == "pdf.foreign_resource"
    assert refused.value.remedy


def test_a_style_sheet_in_the_text_cannot_fetch_either():
    with pytest.raises(Refused):
        pdf('<style>p { background: url("file:///etc/hostname") }</style>')


def test_an_image_inside_an_image_cannot_fetch_either():
    image = '<image href="file:///etc/passwd" width="9" height="9"/>'
    inner = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{image}</svg>'
    address = "data:image/svg+xml;base64," + base64.b64encode(inner.encode()).decode()
    with pytest.raises(Refused):
        pdf(f'<img alt="x" src="{address}">')


def test_an_attachment_cannot_carry_a_file_out():
    with pytest.raises(Refused):
        pdf('<a rel="attachment" href="file:///etc/passwd">x</a>')


def test_the_site_does_not_load_weasyprint():
    code = "import genaiops_site.asgi, sys; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0


@pytest.mark.parametrize(("cpus", "configured", "expected"), [(64, 0, 4), (2, 0, 2), (None, 0, 1), (64, 12, 12)])
def test_many_cpus_do_not_take_more_memory_unasked(
    cpus: int | None, configured: int, expected: int, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Order] = []

    def ask(order: Order) -> Reply:
        asked.append(order)
        (Path(order.folder) / "document.pdf").write_bytes(b"%PDF-")
        return Reply()

    settings.PDF_PROCESSES = configured
    monkeypatch.setattr("apps.core.pdf.os.cpu_count", lambda: cpus)
    monkeypatch.setattr("apps.core.pdf._PRESS.ask", ask)
    render_pdf("<p>Words</p>", base_url="http://portal.invalid/")
    assert [order.processes for order in asked] == [expected]
