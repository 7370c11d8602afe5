"""The tab of documents: audit packs, cards and bills of materials."""

from typing import TYPE_CHECKING, Any

from apps.registry.models import ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 50


def documents(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """The newest audit packs."""
    reports = version.reports.select_related("created_by").defer("log", "config").order_by("-pk")
    found = list(reports[:MOST])
    return {"reports": found, "is_being_made": any(report.is_open for report in found)}
