"""What regulators ask of a system in use, around the small world of packs: profiles, a serious incident, reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.accounts.services import role_grant
from apps.audit.services import SYSTEM
from apps.checklist.models import Assessment
from apps.checklist.services import answer_save, assessment_create, evidence_collect
from apps.incidents.models import Incident
from apps.incidents.services import (
    action_add,
    duty_add,
    duty_done,
    hold_place,
    incident_classify,
    incident_open,
    report_save,
    report_send,
    report_start,
)
from apps.registry.models import AISystem
from apps.registry.services import document_import
from apps.reports.queries.frozen import freeze
from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.content import Document, Point
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.reading import FOLDER, read_spec
from apps.risks.services import risk_create, risk_rate
from tests.reports.regulated import ORGANISATION, regulate
from tests.reports.world import World

NIST, ISO = "urn:genaiops:framework:nist-ai-600-1", "urn:genaiops:framework:iso-42001-annex-a"
RMF = "urn:genaiops:framework:nist-ai-rmf"
BILL = """{"bomFormat": "CycloneDX", "specVersion": "1.7",
"serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
"metadata": {"component": {"type": "machine-learning-model", "name": "base", "modelCard": {}}}}"""
PARTS = {
    "entity": "Desk Works Ltd, provider and deployer.",
    "overview": "On 20 November, in Cork, a colleague was sent to a desk under repair.",
    "harm": "One person bruised an arm; nobody else was affected.",
}
CAUSE = PARTS | {
    "harm": "One person bruised an arm and is well again.",
    "causation": "The handbook named the desk as free; the answer repeated it.",
    "investigation": "The handbook is now read anew every night.",
}
CONTROLS = {
    "a.2.2": ("in-place", "The board approved the policy on 3 March."),
    "a.2.3": ("planned", "Comparison with the security policy is planned for spring."),
    "a.3.2": ("partly", ""),
    "a.10.2": ("excluded", "No part of the system comes from partners."),
    "a.10.3": ("excluded", "   "),
}


def oversee(world: World) -> AISystem:
    """The approved version at work in a system, both profiles answered in part, and one of NIST's risks on record."""
    system = regulate(world)
    document_import(by=world.olga, version=world.version, content=BILL.encode(), filename="supplier.cdx.json")
    profile = assessment_create(by=world.olga, system=system, urn=NIST)
    evidence_collect(by=world.olga, assessment=profile)
    _say(world, profile, "risk-2", "Sixty questions with known answers were put to it.")
    _decline(world, profile, "risk-1", "It answers about desks; the base model's maker tested for this.")
    _choose(world, profile, "gv-1.1-001", "done", "Counsel looked at it in May.")
    _choose(world, profile, "ms-2.12-003", "not-relevant", "Nothing is trained from scratch.")
    statement = assessment_create(by=world.olga, system=system, urn=ISO)
    for control, (choice, words) in CONTROLS.items():
        _choose(world, statement, control, choice, words)
    management = assessment_create(by=world.olga, system=system, urn=RMF)
    _say(world, management, "measure-3.3", "A button beside each answer sends it to the desk, who read it daily.")
    risk = risk_create(
        by=world.olga, team=world.team, title="Invents desks", likelihood=4, impact=3, category="nist-2", system=system,
        treatment="reduce", plan="Show the page of the handbook.",
    )  # fmt: skip
    risk_rate(by=world.olga, risk=risk, kind="residual", likelihood=2, impact=2, because="Measured on sixty questions.")
    return system


def _say(world: World, assessment: Assessment, question: str, text: str) -> None:
    answer_save(by=world.olga, assessment=assessment, question=question, status="declared", text=text)


def _decline(world: World, assessment: Assessment, question: str, reason: str) -> None:
    answer_save(by=world.olga, assessment=assessment, question=question, status="not_applicable", reason=reason)


def _choose(world: World, assessment: Assessment, question: str, choice: str, text: str) -> None:
    value = {"choice": choice}
    answer_save(by=world.olga, assessment=assessment, question=question, status="declared", text=text, value=value)


def accident(world: World, subject: Any) -> Incident:
    """A serious incident that became known yesterday, with evidence held, a duty told, another open, and an action."""
    aware = datetime.now(UTC) - timedelta(days=1)
    incident = incident_open(
        by=world.rui, team=world.team, title="Sent to a desk under repair", severity="high", kind="harm",
        description="A colleague followed an answer and was hurt.", subject=subject, aware_at=aware,
    )  # fmt: skip
    role_grant(by=SYSTEM, user=world.rui, team=world.team, role="engineer")
    incident = incident_classify(by=world.rui, incident=incident, clock="serious", reason="A person was hurt.")
    hold_place(by=world.rui, incident=incident, subject=world.version, reason="It gave the answer.")
    action_add(by=world.olga, incident=incident, title="Read the handbook every night", owner=world.olga)
    told = duty_add(by=world.rui, incident=incident, duty="customers")
    duty_done(by=world.rui, duty=told, note="All floors, by mail of 21 November.")
    duty_add(by=world.rui, incident=incident, duty="gdpr")
    return incident


def write_report(world: World, incident: Incident, kind: str, parts: dict[str, str], *, is_sent: bool = True) -> None:
    """A report of this kind with these parts, marked as sent where it is."""
    report = report_start(by=world.rui, incident=incident, kind=kind)
    report = report_save(by=world.rui, report=report, sections=parts)
    if is_sent:
        report_send(by=world.rui, report=report, reference="MSA-2026-17")


def facts_now(subject: Any, world: World) -> Facts:
    """What a snapshot of this thing taken now holds."""
    return Facts(freeze(subject, by=world.olga, at=datetime.now(UTC), reason="Audit", organisation=ORGANISATION))


def made(slug: str, facts: Facts) -> Document:
    """The document of this kind that these facts give."""
    spec = read_spec((FOLDER / f"{slug}.yaml").read_bytes(), f"{slug}.yaml")
    return assemble(spec, facts, made_at=facts.taken_at, snapshot_digest="0" * 64)


def point(document: Document, name: str) -> Point:
    """The point with this id."""
    return next(one for one in document.points if one.id == name)
