"""Tags of what scans found and how far they are."""

from dataclasses import dataclass

from django import template
from django.template import Context

from apps.accounts.queries import may
from apps.catalog.models import ScanRun
from apps.catalog.queries import Step, redactable, scan_steps_of
from apps.catalog.rules.findings import Shown, checks_missing, findings_shown

register = template.Library()


@dataclass(frozen=True)
class ScanView:
    """A finished scan as this person may see it."""

    sections: list[Shown]
    missing: list[str]
    may_redact: bool


@register.simple_tag(takes_context=True)
def scan_view(context: Context, scan: ScanRun) -> ScanView:
    """What a scan found, check by check; samples in it are masked."""
    result, user = scan.result or {}, context["request"].user
    may_make = may(user, "dataset.upload", scan.team_id) and may(user, "dataset.read_raw", scan.team_id)
    is_listed = bool(scan.spans_file and redactable(scan))
    return ScanView(findings_shown(result), checks_missing(result), may_make and is_listed)


@register.simple_tag
def scan_steps(scan: ScanRun) -> list[Step]:
    """How far each check of a scan is."""
    return scan_steps_of(scan)
