"""What a document may refer to: the portal's own static files, and images written into it."""

import mimetypes
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

_DATA_TYPES = ("data:image/png", "data:image/jpeg", "data:image/svg+xml")


class StaticFiles(URLFetcher):
    """Gives WeasyPrint the portal's own static files and images written into the document, and nothing else.

    Text that people typed stands in the document, so neither the network nor the file system may be reached through it.
    """

    def __init__(self, prefix: str, folders: Sequence[str]) -> None:
        super().__init__()
        self._prefix = prefix
        self._folders = [Path(folder) for folder in folders]
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
        if address.startswith(self._prefix) and is_inside:
            for folder in self._folders:
                if (folder / name).is_file():
                    return folder / name
        # WeasyPrint drops a broken image inside another image without a word, so the refusal is also kept here.
        self.refused.append(url)
        raise FatalURLFetchingError(url)
