"""The AI system: what it is for, how it is classed, and what works in it."""

from apps.checklist.rules.status import DECLARED
from apps.core.formatting import digest_short
from apps.reports.rules.documents.content import NOTHING, Filled, Known, joined
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, fact_list, label_of, quoted, statement_of, table
from apps.reports.rules.documents.filling.moments import day, who
from apps.reports.rules.documents.filling.registry import condition, filler

UNCLASSED, HIGH = "unknown", "high"


def _known(system: Json) -> Known:
    return Known(DECLARED, f"Record of the system {system['label']}", system["updated_at"], system.get("digest") or "")


def _no_system(facts: Facts) -> Filled:
    return Filled(missing=(is_recorded(facts)[1],))


@filler("system.purpose")
def purpose(facts: Facts) -> Filled:
    """The intended purpose of the system and of the models in it."""
    parts = [
        quoted(f"Intended purpose of {one['label']}", one["intended_purpose"], _known(one)) for one in facts.systems
    ]
    unsaid = tuple(
        f"The intended purpose of {one['label']} is not on record."
        for one in facts.systems
        if not one["intended_purpose"]
    )
    return joined([*parts, Filled(missing=unsaid), each_version(facts, _purpose_of_model), _purpose_of_places(facts)])


def _purpose_of_model(version: Json) -> Filled:
    model, own = version["model"], statement_of(version, "intended_uses")
    known = Known(DECLARED, f"Record of the model {model['name']}", model["created_at"], record_digest(model))
    return joined([quoted(f"Intended purpose of the model {model['name']}", model["intended_purpose"], known), own])


def _purpose_of_places(facts: Facts) -> Filled:
    """Of a deployment's own document: what it is for."""
    if facts.kind != "deployment":
        return NOTHING
    return joined(
        quoted(
            f"Purpose of the deployment {one['name']}",
            one["purpose"],
            Known(DECLARED, f"Record of the deployment {one['name']}", one["created_at"], one.get("digest") or ""),
        )
        for one in facts.deployments
    )


@filler("system.risk_class")
def risk_class(facts: Facts) -> Filled:
    """The risk class of the system under the AI Act, with the reason."""
    return joined(_risk_class(one) for one in facts.systems) if facts.systems else _no_system(facts)


def _risk_class(system: Json) -> Filled:
    if system["risk_class"] == UNCLASSED:
        return Filled(missing=(f"{system['label']} is not yet classified.",))
    missing = () if system["risk_reason"] else (f"Why {system['label']} is of this class is not on record.",)
    rows = (
        ("System", system["label"]),
        ("Risk class", system["risk_class_label"]),
        ("Reason", system["risk_reason"]),
    )
    return fact_list(rows, _known(system), missing=missing)


@filler("system.description")
def description(facts: Facts) -> Filled:
    """What the system is and does, and who answers for it."""
    return joined(_description(one) for one in facts.systems) if facts.systems else _no_system(facts)


def _description(system: Json) -> Filled:
    rows = (
        ("System", system["label"]),
        ("Description", system["description"]),
        ("Team", system["team"]),
        ("Answers for it", who(system["owner"], "")),
        ("On record since", day(system["created_at"])),
    )
    missing = () if system["description"] else (f"{system['label']} is not described.",)
    return fact_list(rows, _known(system), missing=missing)


@filler("system.parts")
def parts(facts: Facts) -> Filled:
    """The model versions at work in the system."""
    if not facts.systems:
        return _no_system(facts)
    columns = ("System", "Model version", "What it does in it", "Stage", "Since", "Until", "Files (SHA-256)")
    rows = [_part(system, part) for system in facts.systems for part in system["parts"]]
    shown = table("What works in the system", columns, rows)
    unsaid = tuple(
        f"What {part['version_label']} does in {system['label']} is not on record."
        for system in facts.systems
        for part in system["parts"]
        if not part["role"] and not part["until"]
    )
    empty = tuple(f"No model version works in {one['label']}." for one in facts.systems if not one["parts"])
    return Filled(shown, tuple(_known(one) for one in facts.systems if one["parts"]), (*unsaid, *empty))


def _part(system: Json, part: Json) -> tuple[object, ...]:
    until = day(part["until"]) if part["until"] else "at work"
    digest = digest_short(part.get("manifest_digest"))
    stage = part.get("stage_label") or part["stage"]
    return (system["label"], part["version_label"], part["role"], stage, day(part["since"]), until, digest)


@condition("system.is_recorded")
def is_recorded(facts: Facts) -> tuple[bool, str]:
    """Whether there is a system on record at all."""
    names = ", ".join(label_of(version) for version in facts.versions) or facts.label
    return bool(facts.systems), f"{names} works in no AI system that is on record."


@condition("system.is_high_risk")
def is_high_risk(facts: Facts) -> tuple[bool, str]:
    """Whether some system is, or may be, of the high risk class."""
    low = [one for one in facts.systems if one["risk_class"] not in (HIGH, UNCLASSED)]
    if not facts.systems or len(low) < len(facts.systems):
        return True, ""
    return False, " ".join(f"{one['label']} is classed as {one['risk_class_label'].lower()}." for one in low)
