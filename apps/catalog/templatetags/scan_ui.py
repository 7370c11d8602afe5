"""Tags of what scans found and how far they are."""

from dataclasses import dataclass, field, replace
from typing import Any

from django import template
from django.template import Context

from apps.accounts.queries import may
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries import Scanned, Step, kinds_placed, leads_a_branch, scan_result, scan_steps_of
from apps.catalog.rules.findings import Shown, checks_missing, findings_shown, without_texts
from apps.catalog.rules.scans import COMPARED

register = template.Library()


@dataclass(frozen=True)
class ScanView:
    """Finished scans as this person may see them.

    `not_compared` names the tables to compare with that came or changed since; `is_past` says that a copy without
    what was found would be possible, were the version still the newest of a branch.
    """

    sections: list[Shown]
    missing: list[str]
    not_compared: list[str] = field(default_factory=list)
    may_redact: bool = False
    is_past: bool = False

    @property
    def open(self) -> list[Shown]:
        """The checks that somebody should look at, the gravest first."""
        order = {"bad": 0, "warning": 1, "unknown": 2}
        wanted = [check for check in self.sections if check.tone != "good"]
        return sorted(wanted, key=lambda check: order.get(check.tone, 3))

    @property
    def fine(self) -> list[Shown]:
        """The checks that found nothing to look at."""
        return [check for check in self.sections if check.tone == "good"]


@register.simple_tag(takes_context=True)
def scan_view(context: Context, scan: ScanRun) -> ScanView:
    """What a scan found, check by check; samples are masked, and quotes too for those who may not read rows."""
    result = scan_result(context["request"].user, scan) or {}
    return _view(result)


@register.simple_tag(takes_context=True)
def scans_view(context: Context, scanned: Scanned, version: DatasetVersion) -> ScanView:
    """What all scans of a version found together, check by check: of each the newest that looked for it."""
    user, team = context["request"].user, version.team_id
    result: dict[str, Any] = dict(scanned.sections)
    if not may(user, "dataset.read_raw", team):
        result = without_texts(result)
    missing = [one.label for check in COMPARED for one in scanned.not_compared(check, version)]
    can_redact = may(user, "dataset.upload", team) and may(user, "dataset.read_raw", team)
    is_listed = any(kinds_placed(scan) for scan in scanned.scans)
    return replace(
        _view(result, version.rows),
        not_compared=missing if may(user, "scan.start", team) else [],
        may_redact=can_redact and is_listed and leads_a_branch(version.pk),
        is_past=can_redact and is_listed,
    )


def _view(result: dict[str, Any], rows: int | None = None) -> ScanView:
    return ScanView(findings_shown(result, rows), checks_missing(result))


@register.simple_tag
def scan_steps(scan: ScanRun) -> list[Step]:
    """How far each check of a scan is."""
    return scan_steps_of(scan)
