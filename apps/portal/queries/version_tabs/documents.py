"""The tab of documents: those made for regulators, audit packs, cards and bills of materials."""

from typing import TYPE_CHECKING, Any

from apps.accounts.queries import may
from apps.portal.queries.cards import completeness_of
from apps.registry.models import ModelVersion
from apps.registry.queries.documents import documents_seen_by
from apps.registry.rules import RETIRED, cards
from apps.reports.queries.packs import titled
from apps.reports.rules.documents.spec import AUDIT_PACK

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

MOST = 50


def documents(user: "User | AnonymousUser", version: ModelVersion, chosen: int | None) -> dict[str, Any]:
    """The newest documents, the cards that were read in, and how complete those would be that are handed out."""
    found = list(version.reports.select_related("created_by").defer("log").order_by("-pk")[:MOST])
    told = completeness_of(user, version, "")
    return {
        "reports": titled(found, user),
        "is_being_made": any(report.is_open and report.document == AUDIT_PACK for report in found),
        "completeness": told,
        "share": told.score / 100,
        "lacks": _lacks(),
        "documents": list(documents_seen_by(user).filter(version=version).defer("found")[:MOST]),
        "formats": cards.FORMATS,
        "may_say": version.stage != RETIRED
        and version.deleted_at is None
        and may(user, "version.describe", version.team_id),
        "statements": cards.STATEMENTS,
        "columns": tuple(cards.COLUMNS),
    }


def _lacks() -> dict[str, list[str]]:
    """What each format has no term for among the statements that the questions need."""
    needed = [field for field in cards.FIELDS if field.is_needed]
    offered = {"hub": cards.HUB, "cyclonedx": cards.CYCLONEDX, "spdx": cards.SPDX}
    return {name: [one.label for one in needed if key not in one.carriers] for name, key in offered.items()}
