"""Findings that speak of a system itself, and the collector that says which systems and versions work together."""

from dataclasses import dataclass
from typing import Any

from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.words import counted, listed, plain
from apps.checklist.queries.facts import Facts
from apps.checklist.queries.watching import Watched
from apps.checklist.rules import DECLARED, UNKNOWN, Finding
from apps.core.canonical import digest_of
from apps.registry.models import AISystem
from apps.registry.rules import RISK_CLASSES, RISK_UNKNOWN

COLLECTOR = "lineage.systems"
METHOD = "The platform's register of systems, kept by people of the team"
SUBJECT = AISystem._meta.label_lower


@dataclass(frozen=True)
class SystemFacts:
    """What is on record about one system itself, and about every version at work in it."""

    system: AISystem
    watched: Watched
    parts: tuple[Facts, ...]


def system_finding(
    collector: str,
    system: AISystem,
    status: str,
    method: str,
    summary: str,
    *,
    speaks_of: Any,
    value: dict[str, Any] | None = None,
) -> Finding:
    """A finding about a system; its digest covers `speaks_of`."""
    return Finding(
        collector=collector,
        status=status,
        method=method,
        summary=summary,
        subject_type=SUBJECT,
        subject_id=str(system.pk),
        subject_label=str(system),
        subject_digest=digest_of({"system": system.pk, "speaks_of": speaks_of}),
        value=value or {},
    )


def of_version(facts: Facts) -> list[Finding]:
    """The systems that the version works in: what each is for, and of which risk class."""
    systems = [part.system for part in facts.watched.systems]
    if not systems:
        return []
    rows = [_row(one) for one in systems]
    summary = f"Works in {counted(len(systems), 'system')}: {' '.join(_told(one) for one in systems)}"
    status = _status(systems)
    value = {"systems": rows}
    return [model_finding(COLLECTOR, facts.version, status, METHOD, summary, speaks_of=rows, value=value)]


def of_system(facts: SystemFacts) -> list[Finding]:
    """What the system is for, of which risk class it is, and which versions work in it."""
    row, versions = _row(facts.system), [str(part.version) for part in facts.parts]
    at_work = f"At work in it: {listed(versions)}." if versions else "No model version is at work in it."
    summary, value = f"{_told(facts.system)} {at_work}", {"systems": [row], "versions": versions}
    speaks_of = [row, [[part.version.pk, part.version.manifest_digest] for part in facts.parts]]
    status = _status([facts.system]) if versions else UNKNOWN
    return [system_finding(COLLECTOR, facts.system, status, METHOD, summary, speaks_of=speaks_of, value=value)]


def _status(systems: list[AISystem]) -> str:
    """Declared where purpose and class of each are on record."""
    is_said = all(one.intended_purpose.strip() and one.risk_class != RISK_UNKNOWN for one in systems)
    return DECLARED if is_said else UNKNOWN


def _row(system: AISystem) -> dict[str, Any]:
    return {
        "id": system.pk,
        "name": system.name,
        "intended_purpose": system.intended_purpose,
        "risk_class": system.risk_class,
        "risk_reason": system.risk_reason,
    }


def _told(system: AISystem) -> str:
    purpose = plain(system.intended_purpose) or "what it is for is not on record"
    reason = f" ({plain(system.risk_reason)})" if system.risk_reason else ""
    return f"“{system.name}”: {purpose}; {RISK_CLASSES[system.risk_class].lower()}{reason}."
