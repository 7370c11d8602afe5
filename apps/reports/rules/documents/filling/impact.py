"""What a fundamental-rights impact assessment asks beyond answers and risks (Article 27)."""

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import UNKNOWN, number
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.governance import AI_ACT
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.provider import organisation_known
from apps.reports.rules.documents.filling.registry import filler

_ASSESSED = tuple(f"art-27-1-{letter}" for letter in "abcdef")


@filler("impact.scope")
def scope(facts: Facts) -> Filled:
    """System, deployer and place of use."""
    system = facts.system or {}
    if not system and not facts.deployments:
        return NOTHING
    rows = [
        ("Deployer", str(facts.organisation.get("name") or UNKNOWN)),
        ("System", str(system.get("label") or UNKNOWN)),
        ("Intended purpose", str(system.get("intended_purpose") or UNKNOWN)),
    ]
    rows += [(f"Deployment “{one['name']}”", _place(one)) for one in facts.deployments]
    known = (Known(DECLARED, f"Record of {facts.label}", facts.taken_at, str(facts.subject.get("digest") or "")),)
    return Filled((FactList(tuple(rows)),), known, tuple(_unsaid(facts, system)))


def _place(deployment: Json) -> str:
    told = [deployment.get("environment"), deployment.get("purpose"), deployment.get("version_label")]
    return ", ".join(str(one) for one in told if one) or UNKNOWN


def _unsaid(facts: Facts, system: Json) -> list[str]:
    missing = []
    if not facts.organisation.get("name"):
        missing.append("The name of the deployer is not on record.")
    if not system:
        missing.append("The version works in no AI system on record, so the intended purpose is not known.")
    elif not system.get("intended_purpose"):
        missing.append("The intended purpose of the system is not on record.")
    return missing


@filler("impact.period")
def period(facts: Facts) -> Filled:
    """Since when each deployment is in use, and how much it was used."""
    if not facts.deployments:
        return NOTHING
    rows: list[tuple[str, str]] = []
    for one in facts.deployments:
        since = day(one["ready_at"]) if one.get("ready_at") else "not yet in use"
        rows += [(f"{one['name']}: in use since", since), (f"{one['name']}: until", _until(one))]
        requests = (one.get("traffic") or {}).get("requests")
        rows += [(f"{one['name']}: requests counted", number(requests))] if requests is not None else []
    known = tuple(
        Known(MEASURED, f"Record of the deployment {one['name']}", _used_from(one), one.get("digest") or "")
        for one in facts.deployments
    )
    return Filled((FactList(tuple(rows)),), known)


def _used_from(deployment: Json) -> str:
    return str(deployment.get("ready_at") or deployment["created_at"])


def _until(deployment: Json) -> str:
    return day(deployment["stopped_at"]) if deployment.get("stopped_at") else "no end on record"


@filler("impact.first_use")
def first_use(facts: Facts) -> Filled:
    """When the assessment was made, beside the first use."""
    given = [one.answer or {} for name in _ASSESSED for one in facts.answered(AI_ACT, name)]
    dates = [str(one["answered_at"]) for one in given if one.get("answered_at")]
    used = [str(one["ready_at"]) for one in facts.deployments if one.get("ready_at")]
    if not dates:
        return NOTHING
    rows = (
        ("Newest answer of the assessment", day(max(dates))),
        ("First use on record", day(min(used)) if used else "not yet in use"),
    )
    late = used and max(dates) > min(used)
    missing = ("Part of the assessment was written, or written anew, after the first use.",) if late else ()
    return Filled((FactList(rows),), (Known(MEASURED, "Dates of answers and deployments", facts.taken_at),), missing)


@filler("impact.complaints")
def complaints(facts: Facts) -> Filled:
    """Where complaints reach the deployer."""
    contact = facts.organisation.get("contact")
    if not contact:
        return NOTHING
    rows = (("Contact for complaints", str(contact)),)
    return Filled((FactList(rows),), (organisation_known(facts),))
