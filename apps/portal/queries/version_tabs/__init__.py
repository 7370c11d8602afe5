"""What each tab of a model version's page needs; each reads a constant number of queries, each of them bounded.

A tab is one reader here and one template, `templates/portal/version_<tab>.html`, which gets what the reader found. Its
address is `/models/versions/<number>/<tab>/`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from apps.portal.queries.version_tabs.documents import documents
from apps.portal.queries.version_tabs.files import files
from apps.portal.queries.version_tabs.lineage import lineage
from apps.portal.queries.version_tabs.measures import deployments, evaluations, monitoring, tuning
from apps.portal.queries.version_tabs.trail import trail, trail_of
from apps.registry.models import ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

__all__ = ["READ", "TABS", "trail_of"]

Reader = Callable[["User | AnonymousUser", ModelVersion, int | None], dict[str, Any]]


def _checklist(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    return {}  # the page's head reads it already


TABS = {
    "checklist": "Checklist",
    "lineage": "Lineage",
    "evaluations": "Evaluations",
    "tuning": "Tuning",
    "deployments": "Deployments",
    "monitoring": "Monitoring",
    "files": "Files",
    "documents": "Documents",
    "trail": "Trail",
}

READ: dict[str, Reader] = {
    "checklist": _checklist,
    "lineage": lineage,
    "evaluations": evaluations,
    "tuning": tuning,
    "deployments": deployments,
    "monitoring": monitoring,
    "files": files,
    "documents": documents,
    "trail": trail,
}
