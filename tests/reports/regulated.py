"""A system under the AI Act around the small world of packs: classified, assessed, with risks and an incident."""

from datetime import UTC, datetime
from typing import Any

from apps.accounts.services import role_grant
from apps.audit.services import SYSTEM
from apps.checklist.models import Assessment
from apps.checklist.services import answer_save, assessment_create, evidence_collect
from apps.incidents.services import incident_open
from apps.registry.models import AISystem
from apps.registry.services import system_create, system_version_add
from apps.reports.queries.frozen import freeze
from apps.reports.rules.documents.filling.facts import Facts
from apps.risks.services import risk_create, risk_rate
from tests.reports.world import World

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MADE_AT = "2026-11-22T12:00:00+00:00"
AI_ACT = "urn:genaiops:framework:eu-ai-act"
ORGANISATION = {"name": "Desk Works Ltd", "address": "1 Harbour Street, Cork", "contact": "Office of the board"}
CHOICES = {"scope-role": "both", "scope-risk": "annex-iii"}
DECLINED = {
    "annex-iv-1f": "The system is software only and no part of any product.",
    "annex-iv-2f": "No change is planned without a new assessment.",
    "art-12-3": "The system identifies nobody by biometric traits.",
    "art-50-3": "The system reads neither emotions nor biometric traits.",
    "art-50-4-deepfake": "The system makes text only, no image, sound or video.",
}
WORDS = {
    "annex-iv-2b": "The base model was kept small so that it runs without a graphics processor.",
    "annex-iv-4": "Exact match fits because answers are short; ROUGE-L shows how far a longer answer is off.",
    "annex-iv-7": "No harmonised standard was published in the Official Journal when we looked on 2 November 2026.",
    "art-10-2-a": "Only questions of our own staff were taken, because they ask as later users will.",
    "art-10-2-d": "Handbook answers stand for good answers; they may be out of date.",
    "art-13-1": "Each answer names the page of the handbook that it rests on.",
    "art-14-4-d": "Colleagues at the desk decide themselves; the answer is a suggestion.",
    "art-26-6": "Logs of requests are kept for twelve months.",
    "art-27-1-a": "A colleague asks, the system suggests an answer, the colleague decides.",
    "art-50-1": "A line above the box says that a machine answers.",
}


def regulate(world: World) -> AISystem:
    """Put the approved version to work in a high-risk system with an assessment in part, two risks and an incident."""
    role_grant(by=SYSTEM, user=world.rui, team=world.team, role="compliance_officer")
    system = system_create(
        by=world.rui,
        team=world.team,
        name="Desk helper",
        description="Answers questions of colleagues about desks.",
        intended_purpose="Helping colleagues find a desk and book it.",
        risk_class="high",
        risk_reason="Allocating workplaces touches employment, Annex III, point 4(b).",
    )
    system_version_add(by=world.olga, system=system, version=world.version, role="answers the questions")
    assess(world, system)
    bias = risk_create(
        by=world.olga, team=world.team, title="Answers suit some teams better", likelihood=4, impact=3,
        category="bias", system=system, treatment="reduce", plan="Evaluate by team.",
    )  # fmt: skip
    risk_rate(by=world.olga, risk=bias, kind="residual", likelihood=2, impact=3, because="Evaluated by team.")
    risk_create(by=world.olga, team=world.team, title="Outdated answers", likelihood=3, impact=2, system=system)
    incident_open(by=world.rui, team=world.team, title="Wrong desk", severity="low", subject=system)
    return system


def assess(world: World, system: AISystem) -> Assessment:
    """Some questions answered in words, some with a choice, some declined with a reason; the rest is left open."""
    assessment = assessment_create(by=world.olga, system=system, urn=AI_ACT)
    evidence_collect(by=world.olga, assessment=assessment)
    for question, text in WORDS.items():
        answer_save(by=world.olga, assessment=assessment, question=question, status="declared", text=text)
    for question, choice in CHOICES.items():
        value, text = {"choice": choice}, "See the purpose of the system."
        answer_save(by=world.olga, assessment=assessment, question=question, status="declared", text=text, value=value)
    for question, reason in DECLINED.items():
        answer_save(by=world.olga, assessment=assessment, question=question, status="not_applicable", reason=reason)
    return assessment


def facts_of(subject: Any, world: World) -> Facts:
    """What a snapshot of this thing holds, taken by somebody of the team for an organisation with name and address."""
    return Facts(freeze(subject, by=world.olga, at=AT, reason="Audit", organisation=ORGANISATION))
