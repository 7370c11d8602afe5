"""The risk register: what could go wrong, how serious it is before and after, and what is done about it."""

from collections import Counter

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import Filled, Known
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import table
from apps.reports.rules.documents.filling.moments import day, who
from apps.reports.rules.documents.filling.registry import condition, filler
from apps.risks.rules import CLOSED, FAILING, IMPACTS, LIKELIHOODS, OPEN, SCALE, UNTREATED

NONE = Filled(missing=("No risk is on record.",))


def _known(facts: Facts) -> tuple[Known, ...]:
    """The register as people keep it, and each control that the platform checked."""
    rated = [
        Known(DECLARED, f"Risk {one['id']} of the register", one["updated_at"] or "", record_digest(one))
        for one in facts.risks
    ]
    checked = [
        Known(MEASURED, f"Control “{control['title']}”", control["checked_at"], control["found_digest"])
        for one in facts.risks
        for control in one["controls"]
        if control["rule"] and control["checked_at"]
    ]
    return (*rated, *checked)


@filler("risks.register")
def register(facts: Facts) -> Filled:
    """Risks, with likelihood, impact, treatment and controls."""
    if not facts.risks:
        return NONE
    columns = ("No.", "Risk", "About", "Before", "What is done", "After", "Owner", "State")
    shown = table("Risk register", columns, [_line(one) for one in facts.risks], {0})
    held = [
        (one["id"], control["title"], control["rule"] or "people say", control["state_label"], control["found"])
        + (day(control["checked_at"]),)
        for one in facts.risks
        for control in one["controls"]
    ]
    controls = table("Controls", ("Risk", "Control", "Checked by", "State", "Found", "On"), held, {0})
    return Filled((*shown, *controls), _known(facts), tuple(_missing(facts)))


def _line(one: Json) -> tuple[object, ...]:
    before = f"{one['level']} ({one['likelihood']} × {one['impact']})"
    residual = (one["residual_likelihood"], one["residual_impact"])
    after = f"{one['residual_level']} ({residual[0]} × {residual[1]})" if residual[0] else "not rated"
    words = f"{one['title']} ({one['category_label'].lower()}). {one['description']}".strip()
    done = f"{one['treatment_label']}. {one['plan']}".strip()
    state = f"{one['state_label']}, looked at again on {one['review_on']}" if one["review_on"] else one["state_label"]
    return (one["id"], words, one["about"]["label"], before, done, after, who(one["owner"]), state)


def _missing(facts: Facts) -> list[str]:
    """What a reader of the register would ask next."""
    found = []
    for one in facts.risks:
        if one["state"] == CLOSED:
            continue
        if one["treatment"] == UNTREATED:
            found.append(f"Risk {one['id']}: nobody has decided what is done about it.")
        if any(control["state"] == FAILING for control in one["controls"]):
            found.append(f"Risk {one['id']}: one of its controls fails.")
        if one["review_on"] and facts.taken_at and one["review_on"] < facts.taken_at[:10]:
            found.append(f"Risk {one['id']}: its day of review, {one['review_on']}, is past.")
    return found


@filler("risks.residual")
def residual(facts: Facts) -> Filled:
    """What is left of the risks, and who accepts it."""
    left = [one for one in facts.risks if one["state"] != CLOSED]
    if not left:
        return NONE
    columns = ("No.", "Risk", "Left with the controls at work", "Likelihood", "Impact", "State", "Decided by", "Reason")
    rows = [
        (
            one["id"],
            one["title"],
            one["residual_level"] or "not rated",
            one["residual_likelihood"],
            one["residual_impact"],
        )
        + (one["state_label"], who(one["decided_by"]), one["decision_reason"])
        for one in left
    ]
    unrated = [one for one in left if not one["residual_level"]]
    undecided = [one for one in left if one["state"] == OPEN and one["residual_level"]]
    missing = [f"Risk {one['id']}: what is left of it is not rated." for one in unrated]
    missing += [f"Risk {one['id']}: nobody has accepted what is left of it." for one in undecided]
    return Filled(table("Residual risks", columns, rows, {0, 3, 4}), _known(facts), tuple(missing))


def _left(one: Json) -> tuple[object, ...]:
    rated = (one["residual_level"] or "not rated", one["residual_likelihood"], one["residual_impact"])
    return (one["id"], one["title"], *rated, one["state_label"], who(one["decided_by"]), one["decision_reason"])


@filler("risks.matrix")
def matrix(facts: Facts) -> Filled:
    """How many risks stand where, by likelihood and impact."""
    left = [one for one in facts.risks if one["state"] != CLOSED]
    if not left:
        return NONE
    counted = Counter(_place(one) for one in left)
    columns = ("Likelihood", *(f"{label} ({value})" for value, label in IMPACTS.items()))
    rows = [
        (
            f"{LIKELIHOODS[row]} ({row})",
            *(number(counted[row, column]) if counted[row, column] else "" for column in SCALE),
        )
        for row in reversed(SCALE)
    ]
    title = "Risks by likelihood and impact, with the controls at work where that was rated"
    return Filled(table(title, columns, rows, range(1, 6)), _known(facts))


def _place(one: Json) -> tuple[int, int]:
    """Where a risk stands as far as is known: with the controls where somebody rated that."""
    if one["residual_likelihood"]:
        return one["residual_likelihood"], one["residual_impact"]
    return one["likelihood"], one["impact"]


@condition("risks.exist")
def exist(facts: Facts) -> tuple[bool, str]:
    """Whether a risk is on record."""
    return bool(facts.risks), f"No risk of {facts.label} is on record."
