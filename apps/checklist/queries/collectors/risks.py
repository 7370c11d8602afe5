"""The collector that speaks of the risk register: what is open, how grave, held down by what, looked at again when.

Risks are named by number, category and level. Who sees the finding need not be one of the team whose words they are.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.systems import SystemFacts, system_finding
from apps.checklist.queries.collectors.words import counted, joined, listed
from apps.checklist.queries.facts import Facts
from apps.checklist.rules import DECLARED, Finding
from apps.checklist.rules.findings import ASKS, BLOCKS, REMEDY
from apps.risks.models import Risk
from apps.risks.rules import CATEGORIES, CRITICAL, HIGH, LEVELS, OPEN, UNTREATED

COLLECTOR = "risks.register"
METHOD = "The risk register; people judge, and the platform checks the controls that have a rule"
GRAVE = (CRITICAL, HIGH)  # levels at which a risk has to be accepted, or brought down
SHOWN, MOST = 5, 100  # risks that the words name, and that the value holds


def of_version(facts: Facts) -> list[Finding]:
    """Risks of the version, and of the systems that it works in."""
    rows = _gravest_first([*facts.watched.risks, *facts.watched.risks_of_systems])
    if not rows:
        return []
    told, summary, value = _found(rows)
    return [model_finding(COLLECTOR, facts.version, DECLARED, METHOD, summary, speaks_of=told, value=value)]


def of_system(facts: SystemFacts) -> list[Finding]:
    """Risks of the system itself, and of every version at work in it."""
    rows = _gravest_first([*facts.watched.risks, *(row for part in facts.parts for row in part.watched.risks)])
    if not rows:
        return []
    told, summary, value = _found(rows)
    return [system_finding(COLLECTOR, facts.system, DECLARED, METHOD, summary, speaks_of=told, value=value)]


def _gravest_first(rows: Iterable[Risk]) -> list[Risk]:
    order = list(reversed(LEVELS))
    return sorted({row.pk: row for row in rows}.values(), key=lambda row: (order.index(row.level), row.pk))


def _found(rows: list[Risk]) -> tuple[list[dict[str, Any]], str, dict[str, Any]]:
    """What is told of each risk, the words, and the value."""
    told = [_row(row) for row in rows]
    still_open = [row for row in told if row["state"] == OPEN]
    grave = [row for row in still_open if row["level"] in GRAVE]
    value: dict[str, Any] = {"risks": told[:MOST], "count": len(told), "open": len(still_open), "grave": len(grave)}
    if failing := [row for row in told if row["failing_controls"]]:
        value[BLOCKS] = f"A control fails that holds down {_named(failing)}."
        value[REMEDY] = "Put right what the control asks for, or hold the risk down in another way."
    elif grave:
        value[ASKS] = f"{_named(grave).capitalize()} {'is' if len(grave) == 1 else 'are'} high or critical, and nobody "
        value[ASKS] += "has accepted that; say why it may stand."
    return told, _words(told, grave), value


def _row(row: Risk) -> dict[str, Any]:
    """One risk without the words of those who wrote of it. The day of review is late only once it has come."""
    return {
        "id": row.pk,
        "category": row.category,
        "level": row.level,
        "is_rated_with_controls": bool(row.residual_level),
        "state": row.state,
        "treatment": row.treatment,
        "review_on": row.review_on.isoformat() if row.review_on else None,
        "is_review_late": row.review_on is not None and row.review_on <= timezone.localdate(),
        "failing_controls": getattr(row, "failing", 0),
    }


def _words(told: list[dict[str, Any]], grave: list[dict[str, Any]]) -> str:
    levels = Counter(row["level"] for row in told)
    counts = joined([f"{levels[level]} {words.lower()}" for level, words in reversed(LEVELS.items()) if levels[level]])
    parts = [f"{counted(len(told), 'risk')} on the register: {counts}."]
    parts.append(
        f"High or critical and not accepted: {_named(grave)}." if grave else "None that is high stands unaccepted."
    )
    parts += [_one(row) for row in told[:SHOWN]]
    if late := [row for row in told if row["is_review_late"]]:
        parts.append(f"To be looked at again by now: {_named(late)}.")
    if undecided := [row for row in told if row["treatment"] == UNTREATED]:
        parts.append(f"What is done about it is not decided for {_named(undecided)}.")
    return " ".join(parts)


def _one(row: dict[str, Any]) -> str:
    rated = "with its controls" if row["is_rated_with_controls"] else "before any control"
    review = f", looked at again on {row['review_on']}" if row["review_on"] else ", no day of review"
    level = f"{LEVELS[row['level']].lower()} {rated}"
    return f"Risk {row['id']}: {CATEGORIES[row['category']]}, {level}, {row['state']}{review}."


def _named(rows: list[dict[str, Any]]) -> str:
    """`risk 7`, `risks 7 and 9`."""
    return f"risk{'' if len(rows) == 1 else 's'} {listed([str(row['id']) for row in rows])}"
