"""Reading audit packs: which exist, what goes into one, and whether one is intact."""

from apps.reports.queries.packs import pack_check, report_seen, reports_seen_by
from apps.reports.queries.snapshot import snapshot

__all__ = ["pack_check", "report_seen", "reports_seen_by", "snapshot"]
