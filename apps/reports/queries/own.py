"""Kinds of documents of the operator's own, as files in DOCUMENT_FOLDER: trusted, like the settings themselves.

A file that is named like one of the product's takes its place. Templates below `templates/` in the same folder take
the place of the product's by the same way (see genaiops_site/settings.py).
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from apps.core.errors import Unavailable
from apps.reports.rules.documents.reading import SpecInvalid, document_specs, read_specs
from apps.reports.rules.documents.spec import AUDIT_PACK, DocumentSpec

Stamp = tuple[tuple[str, int, int], ...]


def all_specs() -> dict[str, DocumentSpec]:
    """Every kind of document by its slug. Raises Unavailable where a file of the operator's breaks a rule."""
    folder = settings.DOCUMENT_FOLDER
    if not folder:
        return document_specs()
    try:
        own = _own(folder, _stamp(Path(folder)))
    except SpecInvalid as error:
        raise Unavailable(
            f"A document's file of this site breaks a rule: {error}",
            code="document.folder",
            remedy="Ask the operator to put it right; nothing can be made before.",
        ) from error
    if AUDIT_PACK in own:
        raise Unavailable(
            f"A document's file of this site is called {AUDIT_PACK}.yaml; packs have a layout of their own.",
            code="document.folder",
            remedy="Ask the operator to give it another name.",
        )
    return document_specs() | own


def _stamp(folder: Path) -> Stamp:
    """What tells that a file changed, so that none is read twice."""
    files = sorted(folder.glob("*.yaml"))
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=2)
def _own(folder: str, stamp: Stamp) -> dict[str, DocumentSpec]:
    return read_specs(Path(folder))


def check_own_documents(**_: Any) -> list[CheckMessage]:
    """Django's check when a site starts: the folder is there and its files keep the rules."""
    folder = settings.DOCUMENT_FOLDER
    if folder and not Path(folder).is_dir():
        return [Error(f"DOCUMENT_FOLDER is {folder}, which is no folder.", id="reports.E001")]
    try:
        all_specs()
    except Unavailable as error:
        return [Error(error.message, hint=error.remedy, id="reports.E002")]
    return []
