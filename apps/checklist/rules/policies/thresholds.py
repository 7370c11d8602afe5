"""Holding a figure of an evaluation against the number that a rule names, exactly as both are written."""

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import ge, gt, le, lt

from apps.checklist.rules.measurements import SEEN, Measurement
from apps.checklist.rules.policies.outcomes import Figure
from apps.checklist.rules.policies.shapes import COMPARISONS, PARTS, Threshold
from apps.checklist.rules.problems import BELOW, POLICY, UNTOLD, GateItem

_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt}


def held_against(asked: Threshold, measurements: Sequence[Measurement]) -> tuple[list[GateItem], tuple[Figure, ...]]:
    """What stands against the threshold, and the figures; `measurements` come with the newest first.

    Only measurements of the present files on rows that the model has not learned from tell anything.
    """
    part = "difference" if asked.part == "difference" else "version"
    named = [one for one in measurements if one.metric == asked.metric and one.part == part]
    elsewhere = named
    named = [one for one in named if not asked.suite or asked.suite in one.suites]
    telling = [one for one in named if one.is_present and one.rows_are != SEEN]
    if not telling:
        return [_untold(asked, named, elsewhere)], tuple(_figure(asked, one) for one in named[:1])
    found = telling[0]
    figures = (_figure(asked, found),)
    return ([] if meets(found.figure(asked.part), asked) else [_below(asked, found)]), figures


MOST_NAMED = 5  # measurements on other rows that a reason names


def listed(suites: Iterable[str]) -> str:
    """The names that rows go by, the shortest first."""
    return ", ".join(sorted(suites, key=lambda name: (len(name), name)))


def meets(value: float, asked: Threshold) -> bool:
    """Whether a value meets a threshold; a value that is no number meets none."""
    if math.isnan(value):
        return False
    return _COMPARE[asked.comparison](Decimal(repr(value)), Decimal(asked.limit))


def _words(asked: Threshold) -> str:
    suite = f" on {asked.suite}" if asked.suite else ""
    return f"{PARTS[asked.part]}{asked.metric.replace('_', ' ')}{suite}"


def _untold(asked: Threshold, named: Sequence[Measurement], elsewhere: Sequence[Measurement]) -> GateItem:
    """Why nobody can tell: nothing measured, other files or other rows measured, or rows that the model has learned
    from."""
    if any(one.is_present for one in named):
        why = "the only measurement is on rows that the model was trained on, which flatters it"
    elif named:
        why = "it was measured when the version had other files"
    elif elsewhere:
        rows = "; ".join(dict.fromkeys(f"{one.rows_label} ({listed(one.suites)})" for one in elsewhere[:MOST_NAMED]))
        why = f"it was measured on no rows of that name, but on {rows}"
    else:
        why = "nobody has measured it"
    problem = f"The {_words(asked)} cannot be told: {why}."
    remedy = (
        f"Evaluate this version{f' on rows named {asked.suite}' if asked.suite else ''} that it was not trained on."
    )
    return GateItem(POLICY, problem, remedy, page=named[0].page if named else "", kind=UNTOLD)


def _below(asked: Threshold, found: Measurement) -> GateItem:
    value = found.figure(asked.part)
    problem = (
        f"The {_words(asked)} is {_number(value, asked)} in evaluation {found.run}; it has to be "
        f"{COMPARISONS[asked.comparison]} {asked.limit}."
    )
    remedy = "Improve the version and evaluate it again, or have somebody waive the rule for a while, with a reason."
    return GateItem(POLICY, problem, remedy, page=found.page, kind=BELOW)


def _number(value: float, asked: Threshold) -> str:
    """Six digits, or all of them where six would look like the limit itself."""
    short = f"{value:.6g}"
    return repr(value) if math.isfinite(value) and Decimal(short) == Decimal(asked.limit) else short


def _figure(asked: Threshold, found: Measurement) -> Figure:
    interval = f" ({found.low:.4g} to {found.high:.4g})"
    rows = f"{found.n} row{'' if found.n == 1 else 's'} of {found.rows_label}"
    return Figure(
        f"Evaluation {found.run} on {rows}",
        f"{_number(found.figure(asked.part), asked)}{interval}",
        f"{asked.comparison} {asked.limit}",
        found.page,
        (("rows", found.rows_digest), ("files of the version", found.model_digest)),
    )
