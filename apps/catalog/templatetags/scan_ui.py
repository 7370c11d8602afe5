"""Tags of what scans found and how far they are."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context

from apps.accounts.models import User
from apps.accounts.queries import may
from apps.catalog.models import ScanRun
from apps.catalog.queries import Scanned, Step, redactable, scan_result, scan_steps_of
from apps.catalog.rules.findings import Shown, checks_missing, findings_shown

register = template.Library()


@dataclass(frozen=True)
class ScanView:
    """A finished scan as this person may see it."""

    sections: list[Shown]
    missing: list[str]
    may_redact: bool

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
    return _view(context["request"].user, scan, scan_result(context["request"].user, scan) or {})


@register.simple_tag(takes_context=True)
def scans_view(context: Context, scanned: Scanned) -> ScanView:
    """What all scans of a version found together, check by check: of each the newest that looked for it."""
    user = context["request"].user
    result = {name: part for scan in scanned.speaking for name, part in _part(user, scanned, scan).items()}
    return _view(user, scanned.redactable, result)


def _part(user: User, scanned: Scanned, scan: ScanRun) -> dict[str, Any]:
    """The sections of which this scan speaks, as this person may see them."""
    result = scan_result(user, scan) or {}
    return {name: result[name] for name, speaking in scanned.by_check.items() if speaking.pk == scan.pk}


def _view(user: User, scan: ScanRun, result: dict[str, Any]) -> ScanView:
    may_make = may(user, "dataset.upload", scan.team_id) and may(user, "dataset.read_raw", scan.team_id)
    is_listed = bool(scan.spans_file and redactable(scan))
    return ScanView(findings_shown(result), checks_missing(result), may_make and is_listed)


@register.simple_tag
def scan_steps(scan: ScanRun) -> list[Step]:
    """How far each check of a scan is."""
    return scan_steps_of(scan)
