"""Where versions run, who calls them, what people are told, and what is kept of it."""

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import statement_of, table
from apps.reports.rules.documents.filling.governance import AI_ACT
from apps.reports.rules.documents.filling.moments import day, exact, who
from apps.reports.rules.documents.filling.registry import condition, filler

NOWHERE = Filled(missing=("No deployment is on record.",))
# The questions whose answers say for how long logs are kept: Articles 26(6) and 13(3)(f).
_ON_KEEPING = ("art-26-6", "art-13-3-f")


def _known(one: Json) -> Known:
    return Known(MEASURED, f"Record of the deployment {one['name']}", one["created_at"], one.get("digest") or "")


@filler("deployment.list")
def listed(facts: Facts) -> Filled:
    """Deployments of the versions."""
    if not facts.deployments:
        return NOWHERE
    columns = ("Deployment", "Model version", "Environment", "Purpose", "State", "Since", "Stopped", "Started by")
    rows = [
        (one["name"], one["version_label"], one["environment"], one["purpose"], one["state"], day(one["created_at"]))
        + (day(one["stopped_at"]), who(one["started_by"]))
        for one in facts.deployments
    ]
    unsaid = tuple(f"What {one['name']} is for is not on record." for one in facts.deployments if not one["purpose"])
    return Filled(table("Deployments", columns, rows), tuple(_known(one) for one in facts.deployments), unsaid)


@filler("deployment.forms")
def forms(facts: Facts) -> Filled:
    """The forms in which the system is made available."""
    if not facts.deployments:
        return NOWHERE
    rows = [(one["name"], one["environment"], _callers(one)) for one in facts.deployments]
    shown = table("Made available as", ("Deployment", "Environment", "Called by"), rows)
    how = Paragraph("Each deployment is an interface that applications call over the network.")
    return Filled((how, *shown), tuple(_known(one) for one in facts.deployments))


def _callers(one: Json) -> str:
    return ", ".join(str(application["name"]) for application in one["applications"]) or "no application on record"


@filler("deployment.disclosures")
def disclosures(facts: Facts) -> Filled:
    """How people are told that they deal with generative AI."""
    return joined(_disclosure(one) for one in facts.deployments) if facts.deployments else NOWHERE


def _disclosure(one: Json) -> Filled:
    said = [application for application in one["applications"] if application["acknowledged_at"]]
    rows = [
        (one["name"], each["name"], each["statement"], who(each["acknowledged_by"]), exact(each["acknowledged_at"]))
        for each in said
    ]
    columns = ("Deployment", "Application", "How it tells people", "Said by", "When")
    silent = [str(each["name"]) for each in one["applications"] if not each["acknowledged_at"]]
    missing = [f"{name} has not said how it tells its users." for name in silent]
    if not one["applications"]:
        missing.append(f"No application that calls {one['name']} is on record, so nobody says what people are told.")
    known = tuple(_said(each) for each in said)
    return Filled(table(f"What people are told, {one['name']}", columns, rows), known, tuple(missing))


def _said(application: Json) -> Known:
    source = f"Acknowledgement of {application['name']}, by {who(application['acknowledged_by'])}"
    return Known(DECLARED, source, application["acknowledged_at"], record_digest(application))


@filler("deployment.applications")
def applications(facts: Facts) -> Filled:
    """Applications that call the deployments."""
    if not facts.deployments:
        return NOWHERE
    rows = [
        (one["name"], each["name"], "yes" if each["acknowledged_at"] else "no", day(each["acknowledged_at"]))
        for one in facts.deployments
        for each in one["applications"]
    ]
    empty = tuple(f"No application calls {one['name']}." for one in facts.deployments if not one["applications"])
    columns = ("Deployment", "Application", "Knows that it calls generative AI", "Since")
    known = tuple(_known(one) for one in facts.deployments if one["applications"])
    return Filled(table("Applications", columns, rows), known, empty)


@filler("deployment.guardrails")
def guardrails(facts: Facts) -> Filled:
    """Guardrails that stand between people and the model."""
    if not facts.deployments:
        return NOWHERE
    return Filled(missing=("No guardrail is on record for any deployment.",))


@filler("deployment.logs")
def logs(facts: Facts) -> Filled:
    """What is recorded while the system runs."""
    if not facts.deployments:
        return NOWHERE
    entries, head = facts.trail.get("entries") or [], facts.trail.get("head") or {}
    rows = [
        (one["name"], number(len(one.get("runs") or ())), number(_entries(entries, one)), _newest(one))
        for one in facts.deployments
    ]
    columns = ("Deployment", "Starts of its process on record", "Entries in the audit trail", "Last start")
    known = Known(MEASURED, "Entries of the audit trail", facts.taken_at, head.get("digest") or "")
    return Filled(table("Records of operation", columns, rows, {1, 2}), (known,), unsaid_keeping(facts))


def unsaid_keeping(facts: Facts) -> tuple[str, ...]:
    """The deployments of which nobody has said how long their logs are kept, each as a sentence. An answer about a
    deployment speaks of that one; an answer about the system or a version speaks of all."""
    asked = [one for name in _ON_KEEPING for one in facts.asked(AI_ACT, name)]
    said = [one.subject for one in asked if (one.answer or {}).get("text") or (one.answer or {}).get("reason")]
    covers_all = any(subject["kind"] != "deployment" for subject in said)
    told = {subject["id"] for subject in said if subject["kind"] == "deployment"}
    open_ones = [] if covers_all else [one for one in facts.deployments if one["id"] not in told]
    return tuple(f"How long the logs of requests to {one['name']} are kept is not on record." for one in open_ones)


def _entries(entries: list[Json], one: Json) -> int:
    return sum(each["object_type"] == "serving.deployment" and each["object_id"] == str(one["id"]) for each in entries)


def _newest(one: Json) -> str:
    runs = one.get("runs") or []
    return exact(runs[0]["started_at"]) if runs else ""


@filler("deployment.limits")
def limits(facts: Facts) -> Filled:
    """What the deployments may not be used for, and how much they may be used."""
    said = joined(statement_of(version, "out_of_scope_uses", "users") for version in facts.versions)
    missing = ("No limit of use is on record for any deployment.",) if facts.deployments else NOWHERE.missing
    return joined([said, Filled(missing=missing)])


@condition("deployment.exists")
def exists(facts: Facts) -> tuple[bool, str]:
    """Whether there is a deployment."""
    return bool(facts.deployments), f"{facts.label} is not deployed."
