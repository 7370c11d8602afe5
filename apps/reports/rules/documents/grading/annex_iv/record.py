"""Objections to the record behind the document: tests, data, risks, versions, and what contradicts what."""

from collections.abc import Callable, Iterator
from itertools import chain

from apps.catalog.rules.metadata.fields import label_of
from apps.evaluation.rules import METRICS
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.governance import AI_ACT
from apps.reports.rules.documents.filling.moments import day
from apps.reports.rules.documents.filling.testing import Report, reports_of
from apps.reports.rules.documents.grading.annex_iv.shapes import (
    CONSISTENCY,
    CURRENCY,
    EVIDENCE,
    REASONS,
    TRACEABILITY,
    Objection,
)
from apps.risks.rules import ACCEPT, CLOSED, CRITICAL, HIGH, LEVELS, UNTREATED

_SERIOUS = frozenset({LEVELS[HIGH], LEVELS[CRITICAL]})
_HIGH_RISK = frozenset({"annex-i", "annex-iii"})


def objections_to_record(facts: Facts) -> Iterator[Objection]:
    """Everything that the record shows to be untraceable, outdated, without reason or contradictory."""
    return chain.from_iterable(rule(facts) for rule in _RULES)


def _tests(facts: Facts) -> Iterator[Objection]:
    found = reports_of(facts)
    share = 100.0 / len(found) if found else 0.0
    for test in found:
        yield from _test(test, share)


def _test(test: Report, share: float) -> Iterator[Objection]:
    where = test.version["version"]["label"]
    if not test.run.get("finished_at"):
        remedy = "Evaluate anew; the portal dates every report."
        yield Objection("2", TRACEABILITY, share, f"A test report of {where} is not dated.", remedy, "2g-reports")
    elif test.sign_off is None:
        sentence = f"{test.label}, of {where}, is not signed by a responsible person."
        remedy = "Hand the assessment in and let an approver decide on it by name, after the test."
        yield Objection("2", TRACEABILITY, share, sentence, remedy, "2g-reports")
    if test.is_on_seen_rows:
        sentence = f"{test.label} used rows that may have been part of training, so its figures may flatter."
        remedy = "Evaluate on rows that were kept from training."
        yield Objection("3", EVIDENCE, share, sentence, remedy, "3-accuracy")


def _metrics(facts: Facts) -> Iterator[Objection]:
    """Metrics that the answer to point 4 does not speak of."""
    used = list(dict.fromkeys(score["metric"] for run in facts.evaluations for score in run.get("scores") or []))
    words = " ".join(str((one.answer or {}).get("text") or "").lower() for one in facts.answered(AI_ACT, "annex-iv-4"))
    for metric in used:
        label = METRICS.get(metric, metric)
        names = {metric.lower(), label.partition(" (")[0].lower(), metric.replace("_", " ").lower()}
        if not any(name in words for name in names):
            sentence = f"No reason is given why the metric {label} is the right one."
            remedy = "Name each metric in the answer on point 4, with what it shows and why it fits the purpose."
            yield Objection("4", REASONS, 100.0 / len(used), sentence, remedy, "4")


def _data(facts: Facts) -> Iterator[Objection]:
    data = facts.training_data
    for one in data:
        gaps = [label_of(name).lower() for name in one.get("provenance_gaps") or []]
        if gaps:
            sentence = f"{one['label']}, used for training, lacks in its datasheet: {', '.join(gaps)}."
            remedy = "Complete the datasheet, and register the sources of the data."
            yield Objection("2", TRACEABILITY, 100.0 / len(data), sentence, remedy, "2d-sets")


def _versions(facts: Facts) -> Iterator[Objection]:
    for one in facts.versions:
        told = one["version"]
        if not told.get("manifest_digest"):
            sentence = f"The files of {told['label']} have no digest, so nobody can tell which model this is about."
            yield Objection("1", TRACEABILITY, 50, sentence, "Seal the version's files.", "1a-version")
        elif told.get("approved_digest") and told["approved_digest"] != told["manifest_digest"]:
            sentence = f"{told['label']} was approved with other files than it has now."
            yield Objection("6", CONSISTENCY, 50, sentence, "Let the present files be approved.", "6")
        if told.get("base_names") and not any(step["id"] != told["id"] for step in one.get("lineage") or []):
            sentence = f"{told['label']} names base models that are not registered: {', '.join(told['base_names'])}."
            remedy = "Register the base model with its card, and link the version to it."
            yield Objection("2", TRACEABILITY, 30, sentence, remedy, "2a-others")


def _decisions(facts: Facts) -> Iterator[Objection]:
    """Approvals that no longer hold."""
    for one in facts.assessments:
        if one.get("sign_offs") and not one.get("is_approval_current", True):
            sentence = f"The decision on {one['framework']['title']} for {one['subject']['label']} no longer holds."
            yield Objection("6", CURRENCY, 40, sentence, "Hand the assessment in again, and let it be decided.", "6")


def _system(facts: Facts) -> Iterator[Objection]:
    system = facts.system
    if system is None:
        return
    chosen = facts.answer(AI_ACT, "scope-risk")
    choice = (chosen.answer or {}).get("choice") if chosen else None
    if choice and (choice in _HIGH_RISK) != (system.get("risk_class") == "high"):
        sentence = (
            f"The system's record says “{system.get('risk_class_label')}”, the answer on its risk says otherwise."
        )
        yield Objection("1", CONSISTENCY, 50, sentence, "Settle the class of risk, and correct either.", "1a-purpose")
    if system.get("risk_class") not in (None, "unknown") and not system.get("risk_reason"):
        sentence = "The class of risk is chosen without a reason."
        yield Objection(
            "1", REASONS, 50, sentence, "Write on the page of the system why it is of this class.", "1a-purpose"
        )
    at_work = {part["version_id"] for part in system.get("parts") or [] if not part.get("until")}
    for one in facts.versions:
        if one["version"]["id"] not in at_work:
            sentence = f"{one['version']['label']} is described here, but is not at work in {system['label']}."
            yield Objection(
                "1", CONSISTENCY, 50, sentence, "Put the version into the system, or leave it out.", "1a-version"
            )


def _risks(facts: Facts) -> Iterator[Objection]:
    at_work = [one for one in facts.risks if one.get("state") != CLOSED]
    for one in at_work:
        for metric, sentence, remedy in _risk(one, facts.taken_at[:10]):
            yield Objection("5", metric, 100.0 / len(at_work), sentence, remedy, "5-register")


def _risk(one: Json, today: str) -> Iterator[tuple[str, str, str]]:
    name = f"The risk “{one['title']}”"
    if one.get("treatment") == UNTREATED:
        yield REASONS, f"{name} has no treatment.", "Choose what is done about it, by whom and until when."
    elif one.get("treatment") == ACCEPT and not one.get("decision_reason"):
        yield REASONS, f"{name} is lived with, and nobody said why.", "Let the risk be accepted by name, with a reason."
    if not one.get("residual_level"):
        yield EVIDENCE, f"{name} was not rated with its controls at work.", "Rate the risk that remains."
    elif one["residual_level"] in _SERIOUS and not any(c.get("state") == "working" for c in one.get("controls") or []):
        sentence = f"{name} remains {one['residual_level'].lower()}, and no control is proven to work."
        yield EVIDENCE, sentence, "Tie the risk to a control that the portal can check."
    if one.get("review_on") and one["review_on"] < today:
        yield CURRENCY, f"{name} was to be looked at again by {day(one['review_on'])}.", "Review the risk."


_RULES: tuple[Callable[[Facts], Iterator[Objection]], ...] = (
    _tests,
    _metrics,
    _data,
    _versions,
    _decisions,
    _system,
    _risks,
)
