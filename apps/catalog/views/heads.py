"""What stands at the top of every page about a version: its name, its state, and the tabs."""

from typing import Any

from apps.accounts.models import User
from apps.catalog import queries
from apps.catalog.models import DatasetVersion
from apps.catalog.queries.licences import provenance_part
from apps.catalog.rules.findings import findings_shown

TABS = {
    "overview": "Overview",
    "rows": "Rows",
    "statistics": "Statistics",
    "provenance": "Provenance and licence",
    "findings": "Findings",
    "changes": "Changes",
    "uses": "Uses",
}


def version_head(user: User, version: DatasetVersion, tab: str) -> dict[str, Any]:
    """The context of the head, with `tab` as the one that is open."""
    origin = provenance_part(user, version)
    page = queries.dataset_version_page(user, version, [link.source for link in origin.links])
    return {
        "page": page,
        "version": version,
        "found": page.found,
        "tabs": [(name, label, name == tab, *_drawn_to(name, page)) for name, label in TABS.items()],
        "is_being_scanned": any(scan.is_open for scan in page.scans),
        "origin": origin,
    }


def _drawn_to(tab: str, page: queries.DatasetVersionPage) -> tuple[int | None, str]:
    """The figure beside a tab's name, and its tone: open questions, checks to act on (or to look at), and uses."""
    if tab == "rows":
        return page.version.rows, ""
    if tab == "provenance" and page.gaps:
        return len(page.gaps), "warning"
    if tab == "findings" and page.scan:
        tones = [check.tone for check in findings_shown(page.found)]
        worst = next((tone for tone in ("bad", "warning") if tone in tones), "")
        return (tones.count(worst), worst) if worst else (None, "")
    return (page.use_count, "") if tab == "uses" and page.use_count else (None, "")
