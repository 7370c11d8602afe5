"""One step of the PDF benchmark, in a process of its own: `html NAME FILE`, `plain HTML PDF` or `ours HTML PDF`."""

import os
import sys
from pathlib import Path
from typing import Any

import django

BASE_URL = "http://127.0.0.1"
SECTIONS, POINTS = 24, 12  # of the long document, about 500 pages
WORDS = "The portal records what was measured, by which run, on which rows, and what a person said about it. "


def main() -> None:
    """Do the step that the command line names."""
    step, *words = sys.argv[1:]
    {"html": html, "plain": plain, "ours": ours}[step](*words)


def html(name: str, target: str) -> None:
    """Write the HTML of the demo's audit pack or of the long document."""
    _set_up()
    Path(target).write_text(_pack() if name == "pack" else _long(), encoding="utf-8")


def plain(source: str, target: str) -> None:
    """WeasyPrint as its manual says, with the portal's static files."""
    from weasyprint import HTML

    from apps.core.press.files import StaticFiles
    from apps.core.press.parts import MARKER

    files = StaticFiles(f"{BASE_URL}/static/", [str(Path(__file__).parent.parent / "static")])
    text = Path(source).read_text(encoding="utf-8").replace(MARKER, "")
    HTML(string=text, base_url=BASE_URL, url_fetcher=files).write_pdf(target, pdf_variant="pdf/ua-1", pdf_tags=True)


def ours(source: str, target: str) -> None:
    """The portal's own way."""
    _set_up()
    from apps.core.pdf import render_pdf

    Path(target).write_bytes(render_pdf(Path(source).read_text(encoding="utf-8"), base_url=BASE_URL))


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()


def _pack() -> str:
    from apps.registry.models import TuningRun
    from apps.reports.queries import snapshot
    from apps.reports.queries.document import document_html

    tuning = TuningRun.objects.exclude(output_version=None).latest("pk")
    assert tuning.output_version is not None
    return document_html(snapshot(tuning.output_version), "0" * 64)


def _long() -> str:
    """A document of every kind of block, through the same templates as all documents."""
    from apps.reports.rendering.html import document_html
    from apps.reports.rules.documents.content import Document, Section

    sections = tuple(
        Section(f"s{place}", f"{place}", f"Section {place}", tuple(_point(place, number) for number in range(POINTS)))
        for place in range(1, SECTIONS + 1)
    )
    at = "2026-11-22T12:00:00+00:00"
    about = ("Long document", "A made-up law", "https://example.org/law", "Desk answers v1", "", at, at, "0" * 64)
    return document_html(Document("long-document", 1, *about, sections, (), {"name": "Desk Works Ltd"}))


def _point(section: int, number: int) -> Any:
    from apps.core.charts import Axis, Series, line_chart
    from apps.reports.rules.documents.content import Bullets, FactList, Known, Paragraph, Picture, Point, Table

    rows = tuple((f"Measure {row}", f"{row * section + number:,}", WORDS[: 20 + row], "0" * 64) for row in range(22))
    steps = list(range(12))
    chart = line_chart(
        "Loss", x=Axis("Step"), y=Axis("Loss"), series=[Series("Training", steps, [9.0 / (1 + step) for step in steps])]
    )
    blocks = (
        Paragraph(f"{WORDS * 6}\n\n{WORDS * 3}"),
        FactList(tuple((f"Fact {row}", WORDS[: 30 + 5 * row]) for row in range(8))),
        Table("What was measured", ("Measure", "Value", "Remark", "SHA-256"), rows, frozenset({1})),
        Bullets((WORDS, WORDS)),
        *(
            [Picture("Loss", chart.svg, Table("Values", chart.table_headers, chart.table_rows))]
            if number % 4 == 0
            else []
        ),
    )
    known = (Known("measured", "Evaluation run", "2026-11-22T12:00:00+00:00", "0" * 64),)
    name = f"p{section}-{number}"
    return Point(name, f"{section}({number})", f"Point {number}", WORDS, "filled", blocks, known)


if __name__ == "__main__":
    main()
