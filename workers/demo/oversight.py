"""What people look after beside the checklist: the gate's reasons, a risk with a control, and a law's questions."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from workers.demo.client import Client, DemoError, Say, refused
from workers.demo.standing import SYSTEM

AI_ACT = "urn:genaiops:framework:eu-ai-act"
UNANSWERED = "unknown"
RISK = "People act on a wrong answer"
CONTROL = "Tuning has to pay off on rows that the model has not seen"
RULE = "requires: evaluation.loss.difference < 0"
REVIEW_DAYS = 90


def gate_told(person: Client, assessment: int, say: Say) -> str:
    """Say of each rule that is not met why not. Raises DemoError where the gate would let the version pass."""
    gate = person.get(f"assessments/{assessment}/gate/")
    outcomes = Counter(rule["outcome"] for rule in gate["rules"])
    if gate["is_green"] or not outcomes["not met"]:
        raise DemoError("Approval was refused, but the gate names no rule that is not met.")
    for rule in gate["rules"]:
        if rule["outcome"] == "not met":
            say(f"not met: “{rule['rule']}”. {rule['says']}")
    told = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
    return f"rules of “{gate['policy']['title']}”: {told}"


def risk_accepted(owner: Client, approver: Client, team: int, say: Say) -> str:
    """A risk of the demo's system, whose control the platform checks; the approver accepts what the owner rated."""
    risk = _risk(owner, team)
    path = f"risks/{risk['id']}"
    control = _checked(owner, path)
    say(f"control “{control['title']}” ({control['rule']}): {control['state']}. {control['found']}")
    if control["state"] != "working":
        raise DemoError(f"The control of the risk is {control['state']}.")
    if risk["state"] == "open":
        _rate_and_accept(owner, approver, path, say)
    risk = owner.get(f"{path}/")
    if risk["state"] != "accepted":
        raise DemoError(f"The risk is {risk['state']} after it was accepted.")
    return f"“{RISK}”: {risk['level']}, accepted by {risk['decided_by']['label']} until {risk['review_on']}"


def _risk(owner: Client, team: int) -> dict[str, Any]:
    system = _system(owner)
    found = [risk for risk in owner.rows("risks/", system=system) if risk["title"] == RISK]
    if found:
        return found[0]
    made: dict[str, Any] = owner.post(
        "risks/",
        team=team,
        system=system,
        title=RISK,
        category="hallucination",
        likelihood=3,
        impact=3,
        treatment="reduce",
        plan="Answer from what was tuned on, and say with each answer that a machine wrote it.",
    )
    return made


def _checked(owner: Client, path: str) -> dict[str, Any]:
    """The risk's control as the platform finds it now; a new one is checked as it is added."""
    found = [control for control in owner.post(f"{path}/check/") if control["rule"] == RULE]
    return found[0] if found else owner.post(f"{path}/controls/", title=CONTROL, rule=RULE)


def _rate_and_accept(owner: Client, approver: Client, path: str, say: Say) -> None:
    owner.post(
        f"{path}/rate/", kind="residual", likelihood=2, impact=2, because="The control works; the service is fictional."
    )
    day = (date.today() + timedelta(days=REVIEW_DAYS)).isoformat()
    say(refused(lambda: owner.post(f"{path}/accept/", reason="Small.", review_on=day), "risk.own_work").title)
    approver.post(f"{path}/accept/", reason="Small enough for a demonstration.", review_on=day)


def law_begun(officer: Client) -> str:
    """Hold the demo's system against the EU AI Act, and count what is answered before anybody wrote a word."""
    system = _system(officer)
    begun = officer.rows("assessments/", system=system, framework=AI_ACT)
    key = begun[0]["id"] if begun else officer.post("assessments/", system=system, framework=AI_ACT)["id"]
    now = officer.post(f"assessments/{key}/collect/")
    known = {status: number for status, number in now["counts"].items() if number and status != UNANSWERED}
    if not known:
        raise DemoError("Nothing that is on record answers any question of the AI Act.")
    told = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in known.items())
    questions = sum(len(group["questions"]) for group in now["groups"])
    return f"{sum(known.values())} of {questions} questions are answered by what is on record: {told}"


def _system(person: Client) -> int:
    return int(person.rows("systems/", name=SYSTEM)[0]["id"])
