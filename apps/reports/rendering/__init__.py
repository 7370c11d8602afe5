"""A document as a file: PDF, Word, workbook or JSON. The same document and time of making give the same bytes.

For tasks and commands only: setting a PDF takes memory that the portal's process must not pay.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings

from apps.core import storage
from apps.core.pdf import render_pdf
from apps.reports.rendering.data import document_json
from apps.reports.rendering.html import document_html
from apps.reports.rendering.word import document_word
from apps.reports.rendering.workbook import document_workbook
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.spec import DOCX, JSON, PDF, XLSX


def pdf(document: Document, made_at: datetime) -> bytes:
    """For people: tagged, with bookmarks, page numbers, and the snapshot's digest on each page."""
    html = document_html(document, logo(document))
    return render_pdf(
        html, base_url=settings.BASE_URL, identifier=document.snapshot_digest or document.kind, created_at=made_at
    )


def docx(document: Document, made_at: datetime) -> bytes:
    """For a regulator who edits it."""
    return document_word(document, made_at, logo(document))


def xlsx(document: Document, made_at: datetime) -> bytes:
    """Gaps, points and every table, to sort and filter."""
    return document_workbook(document, made_at)


def as_json(document: Document, made_at: datetime) -> bytes:
    """Everything, for programs."""
    return document_json(document)


def logo(document: Document) -> bytes:
    """The organisation's picture at the time of the snapshot, by its digest; empty where it had none."""
    digest = document.organisation.get("logo_digest", "")
    if not digest:
        return b""
    with storage.open(digest) as stream:
        return bytes(stream.read())


RENDERERS: Mapping[str, Callable[[Document, datetime], bytes]] = {PDF: pdf, DOCX: docx, XLSX: xlsx, JSON: as_json}
