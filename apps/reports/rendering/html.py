"""A document as HTML for the press. Whatever people wrote is text: the templates escape it, and no part of it is ever
read as markup, a template or a style."""

from base64 import b64encode
from typing import Any

from django.template.loader import render_to_string

from apps.core.press.parts import MARKER
from apps.reports.rendering.data import NOTICE
from apps.reports.rendering.pieces import parts_of
from apps.reports.rules.documents.content import MISSING, PARTLY, STATES, Document, Point
from apps.reports.rules.organisation import further_sections, safe_colour
from apps.reports.rules.pictures import picture_type

TEMPLATE = "pdf/document/document.html"


def document_html(document: Document, logo: bytes = b"") -> str:
    """The whole document, with the marker between its parts."""
    return render_to_string(TEMPLATE, document_context(document, logo))


def document_context(document: Document, logo: bytes = b"") -> dict[str, Any]:
    """What the templates are given. An operator's own templates may rely on these names."""
    parts = parts_of(document)
    return {
        "document": document,
        "notice": NOTICE,
        "organisation": document.organisation,
        "logo": _address(logo),
        "colour": safe_colour(document.organisation.get("colour", "")),
        "counts": [{"state": key, "label": word, "count": document.count(key)} for key, word in STATES.items()],
        "gaps": [row for point in document.points for row in _gap_rows(point)],
        "gap_count": sum(len(point.gaps) for point in document.points),
        "lacking": document.count(MISSING) + document.count(PARTLY),
        "parts": parts,
        "marker": MARKER if len(parts) > 1 else "",
        "further": further_sections(document.organisation),
    }


def _gap_rows(point: Point) -> list[dict[str, Any]]:
    """What is missing in a point, once for each remedy."""
    remedies = dict.fromkeys(gap.remedy for gap in point.gaps)
    return [
        {"point": point, "remedy": remedy, "problems": [gap.problem for gap in point.gaps if gap.remedy == remedy]}
        for remedy in remedies
    ]


def _address(picture: bytes) -> str:
    return f"data:{picture_type(picture)};base64,{b64encode(picture).decode()}" if picture else ""
