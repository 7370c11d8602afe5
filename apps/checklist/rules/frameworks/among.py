"""Rules that a framework keeps beside others: what its mappings and replaced ids name is there, in no circle."""

from collections.abc import Sequence

from apps.checklist.rules.frameworks.shapes import Framework
from apps.checklist.rules.frameworks.spots import MOST_PROBLEMS, FrameworkInvalid, Place, Spot
from apps.checklist.rules.frameworks.whole import Lines, broader_of, circle_in


def check_among(made: Framework, raw: Spot, name: str, others: Sequence[Framework]) -> None:
    """Hold a framework against the others that are known. Raises FrameworkInvalid.

    A mapping may name a framework that nobody has loaded yet; where it is known, the question has to be in it.
    """
    place, lines = Place(raw), Lines(raw)
    known = [one for one in others if (one.urn, one.version) != (made.urn, made.version)]
    _check_targets(made, place, lines, known)
    _check_replaced(made, place, lines, known)
    newest = {one.urn: one for one in sorted([*known, made], key=lambda one: one.version)}
    circle = circle_in(broader_of(newest.values()))
    inner = next((part for part in circle if part.startswith(f"{made.urn}#")), "")
    if inner:
        rule = f"a question is never broader than itself: {' → '.join(circle)}"
        place.refuse(rule, lines.last(inner.partition("#")[2]))
    if place.problems:
        raise FrameworkInvalid(name, place.problems[:MOST_PROBLEMS])


def _check_targets(made: Framework, place: Place, lines: Lines, known: Sequence[Framework]) -> None:
    asked: dict[str, set[str]] = {}
    for one in known:
        asked.setdefault(one.urn, set()).update(one.questions)
    for question in made.questions.values():
        for mapping in question.mappings:
            if mapping.urn != made.urn and mapping.question not in asked.get(mapping.urn, {mapping.question}):
                place.refuse(
                    f"{question.id}: {mapping.urn} has no question {mapping.question}", lines.last(question.id)
                )


def _check_replaced(made: Framework, place: Place, lines: Lines, known: Sequence[Framework]) -> None:
    earlier = [one for one in known if one.urn == made.urn and one.version < made.version]
    asked = {name for one in earlier for name in one.questions}
    for question in made.questions.values():
        for old in question.replaces:
            if earlier and old not in asked:
                place.refuse(f"{question.id} replaces {old}, which no earlier version asks", lines.last(question.id))
