"""Cards and bills of materials that were read into model versions: what each was, and what it lacked."""

from collections import defaultdict
from typing import Any

from apps.registry.models import VersionDocument
from apps.registry.rules.cards import FORMATS, label_of
from apps.reports.queries.words import moment, person


def bills_of(pks: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The documents of each of these versions, the oldest first; one query."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = VersionDocument.objects.filter(version__in=pks).select_related("created_by").order_by("created_at", "pk")
    for row in rows:
        found[row.version_id].append(_document(row))
    return found


def _document(row: VersionDocument) -> dict[str, Any]:
    about = row.found.get("about") or {}
    return {
        "id": row.pk,
        "format": row.format,
        "format_label": FORMATS.get(row.format, row.format),
        "specification": str(about.get("specification") or ""),
        "serial": str(about.get("serial_number") or ""),
        "filename": row.filename,
        "digest": row.digest,
        "missing": len(row.missing),
        "applied": [label_of(name) for name in row.applied],
        "applied_at": moment(row.applied_at),
        "created_by": person(row.created_by),
        "created_at": moment(row.created_at),
    }
