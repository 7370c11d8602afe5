"""Every write about documents and audit packs."""

from apps.reports.services.packs import Rendered, report_finish, report_make, report_start

__all__ = ["Rendered", "report_finish", "report_make", "report_start"]
