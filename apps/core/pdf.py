"""HTML to PDF by WeasyPrint: tagged for assistive technology (PDF/UA-1), bookmarked, the same bytes for the same input.

The work is done by a process of its own (`apps.core.press`), which this one starts when it is first needed and keeps;
it ends when this one does, or when nothing was asked of it for a while. It is an ordinary program and no child of
`multiprocessing`, because Celery's own workers may have none of those.
"""

import atexit
import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from apps.core.errors import Refused, Unavailable
from apps.core.press.order import MOST_BY_DEFAULT, Order, Reply


def render_pdf(
    html: str, *, base_url: str, identifier: str = "", created_at: datetime | None = None, processes: int = 0
) -> bytes:
    """The document as a tagged PDF. Where `html` has the marker of `apps.core.press.parts` between its parts, they are
    set side by side on `processes` processes (0: as many as PDF_PROCESSES says) and joined.

    `base_url` is the portal's own address, below which `{% static %}` paths lie. `identifier` (by default the SHA-256
    of the HTML) and `created_at` are written into the file; nothing else in it depends on when or where it is made.
    Raises Refused when the document names a file or address outside the portal's static files, and Unavailable when a
    process was killed or failed.
    """
    with tempfile.TemporaryDirectory(prefix="pdf-", dir=_work_folder()) as folder:
        (Path(folder) / "document.html").write_text(html)
        order = Order(
            folder=folder,
            base_url=base_url,
            prefix=urljoin(base_url, settings.STATIC_URL),
            folders=tuple(_static_folders()),
            identifier=identifier or hashlib.sha256(html.encode()).hexdigest(),
            created=f"{created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if created_at else "",
            processes=processes or settings.PDF_PROCESSES or min(os.cpu_count() or 1, MOST_BY_DEFAULT),
        )
        _check(_PRESS.ask(order))
        return (Path(folder) / "document.pdf").read_bytes()


def _work_folder() -> Path:
    folder = Path(settings.WORK_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _static_folders() -> Iterator[str]:
    """The collected files, whose names may carry a hash, then the source folders."""
    if settings.STATIC_ROOT:
        yield str(settings.STATIC_ROOT)
    for finder in get_finders():
        yield from (str(storage.location) for storage in getattr(finder, "storages", {}).values())


def _check(reply: Reply) -> None:
    if reply.refused:
        raise Refused(
            f"The document refers to “{reply.refused[:120]}”, which is not one of the portal's own files.",
            code="pdf.foreign_resource",
            remedy="Remove the reference from the template or text that brought it in.",
        )
    if reply.broken:
        raise Unavailable(
            f"The PDF could not be made. {reply.broken}",
            code="pdf.broken",
            remedy="Try again; where memory is short, set PDF_PROCESSES lower.",
        )


class _Press:
    """The process that sets documents, one order at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0

    def ask(self, order: Order) -> Reply:
        """Have the order done. A press that went away between two orders is started again."""
        with self._lock:
            reply = self._ask(order) or self._ask(order)
        return reply or Reply(broken="The process that sets PDF documents was killed.")

    def _ask(self, order: Order) -> Reply | None:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(order.to_line())
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            return None
        line = process.stdout.readline()
        if not line:
            self.close()
            return None
        return Reply.from_line(line)

    def _running(self) -> "subprocess.Popen[str]":
        """The press of this very process: one that was forked meanwhile starts its own."""
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            self.close()
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "apps.core.press"],
                cwd=settings.BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self._process

    def close(self) -> None:
        """End the press, if there is one; let go of one that belongs to the process this was forked from."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        if self._owner == os.getpid():
            process.wait()


_PRESS = _Press()
atexit.register(_PRESS.close)
