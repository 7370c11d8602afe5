"""HTML to PDF by WeasyPrint: tagged for assistive technology (PDF/UA-1), bookmarked, the same bytes for the same input.

Import this module from tasks and management commands only: WeasyPrint costs memory that the web process must
not pay. tests/core/test_pdf.py checks that importing the site leaves WeasyPrint unloaded.
"""

import hashlib
import mimetypes
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from apps.core.errors import Refused

_DATA_TYPES = ("data:image/png", "data:image/jpeg", "data:image/svg+xml")


class StaticFiles(URLFetcher):
    """Gives WeasyPrint the portal's own static files and images written into the document, and nothing else.

    Text that people typed stands in the document, so neither the network nor the file system may be reached through it.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._prefix = urljoin(base_url, settings.STATIC_URL)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """WeasyPrint's hook: the bytes behind `url`. Stops the rendering for any other address."""
        if url.startswith(_DATA_TYPES):
            return super().fetch(url, headers)
        path = self._path(url)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, BytesIO(path.read_bytes()), {"Content-Type": kind})

    def _path(self, url: str) -> Path:
        address = urlsplit(url)._replace(query="", fragment="").geturl()
        name = unquote(address.removeprefix(self._prefix))
        is_inside = ".." not in Path(name).parts and not name.startswith("/") and not set("\\\0") & set(name)
        if address.startswith(self._prefix) and is_inside and (path := _static_file(name)):
            return path
        # WeasyPrint drops a broken image inside another image without a word, so the refusal is also kept here.
        self.refused.append(url)
        raise FatalURLFetchingError(url)


def _static_file(name: str) -> Path | None:
    """The collected file, whose name may carry a hash, or the one in the source folders."""
    if settings.STATIC_ROOT and (collected := Path(settings.STATIC_ROOT) / name).is_file():
        return collected
    found = finders.find(name)
    return Path(str(found)) if found else None


def render_pdf(html: str, *, base_url: str, identifier: str = "", created_at: datetime | None = None) -> bytes:
    """The document as a tagged PDF.

    `base_url` is the portal's own address, below which `{% static %}` paths lie. `identifier` (by default the SHA-256
    of the HTML) and `created_at` are written into the file; nothing else in it depends on when or where it is made.
    Raises Refused when the document names a file or address outside the portal's static files.
    """
    name = identifier or hashlib.sha256(html.encode()).hexdigest()
    files = StaticFiles(base_url)
    try:
        content = _render(html, base_url, files, name, created_at)
    except FatalURLFetchingError:
        content = b""
    if files.refused:
        raise Refused(
            f"The document refers to “{files.refused[0][:120]}”, which is not one of the portal's own files.",
            code="pdf.foreign_resource",
            remedy="Remove the reference from the template or text that brought it in.",
        )
    return content


def _render(html: str, base_url: str, files: StaticFiles, identifier: str, created_at: datetime | None) -> bytes:
    page = HTML(string=html, base_url=base_url, url_fetcher=files)
    document = page.render(pdf_variant="pdf/ua-1", pdf_tags=True)
    if created_at is not None:
        document.metadata.created = document.metadata.modified = f"{created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True, "pdf_identifier": identifier.encode()[:32]}
    return bytes(document.write_pdf(**options))
