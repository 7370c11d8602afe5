"""Rules that a framework keeps as a whole: ids, scales, and what questions say of one another."""

from collections import Counter
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from apps.checklist.rules.frameworks.shapes import BROADER, NARROWER, Framework
from apps.checklist.rules.frameworks.spots import Place, Spot

MOST_QUESTIONS = 2_000  # the largest public catalogues of controls have about 1,200
MOST_DEPTH = 6


def check_whole(made: Framework, place: Place) -> None:
    """Note each rule that the framework breaks as a whole, at the line of the question or group that breaks it."""
    lines = Lines(place.spot)
    _check_ids(made, place, lines)
    _check_size(made, place)
    if place.problems:
        return
    _check_scales(made, place, lines)
    _check_replaced(made, place, lines)
    _check_mappings(made, place, lines)


class Lines:
    """Where the ids stand in the file, so that a problem of the whole names a line."""

    def __init__(self, file: Spot) -> None:
        self.found: dict[str, list[Spot]] = {}
        self._walk(file)

    def _walk(self, spot: Spot) -> None:
        for name in ("groups", "questions"):
            for item in spot.value[name].value if name in spot.value else []:
                self.found.setdefault(item.value["id"].value.strip(), []).append(item.value["id"])
                self._walk(item)

    def last(self, name: str) -> Spot:
        """The last place where this id is given."""
        return self.found[name][-1]


def _check_ids(made: Framework, place: Place, lines: Lines) -> None:
    questions = [question.id for group in made.groups for question in group.all_questions]
    for kind, ids in (("question", questions), ("group", [section.group.id for section in made.sections])):
        for name in _doubled(ids):
            place.refuse(f"every {kind} has an id of its own; more than once: {name}", lines.last(name))


def _check_size(made: Framework, place: Place) -> None:
    if len(made.questions) > MOST_QUESTIONS:
        place.refuse(f"a framework has at most {MOST_QUESTIONS} questions")
    if max(section.depth for section in made.sections) >= MOST_DEPTH:
        place.refuse(f"groups stand at most {MOST_DEPTH} deep")


def _check_scales(made: Framework, place: Place, lines: Lines) -> None:
    for question in made.questions.values():
        if question.scale and question.scale not in made.levels:
            place.refuse(f"{question.id}: there is no scale “{question.scale}”", lines.last(question.id))


def _check_replaced(made: Framework, place: Place, lines: Lines) -> None:
    """An id that stands is replaced by nothing, and an old one by one question: answers move to one place."""
    named = [(old, question.id) for question in made.questions.values() for old in question.replaces]
    for old, new in named:
        if old in made.questions:
            place.refuse(f"{new} replaces {old}, which is still asked", lines.last(new))
    for old in _doubled(old for old, _ in named):
        last = [new for name, new in named if name == old][-1]
        place.refuse(f"{old} is replaced by one question only", lines.last(last))


def _check_mappings(made: Framework, place: Place, lines: Lines) -> None:
    for question in made.questions.values():
        for name in _doubled(mapping.to for mapping in question.mappings):
            place.refuse(f"{question.id} names {name} once", lines.last(question.id))
        for mapping in question.mappings:
            if mapping.urn == made.urn and mapping.question not in made.questions:
                place.refuse(f"{question.id}: this file has no question {mapping.question}", lines.last(question.id))
    circle = circle_in(broader_of([made]))
    if circle:
        inner = next(name for name in circle if name.startswith(f"{made.urn}#"))
        rule = f"a question is never broader than itself: {' → '.join(circle)}"
        place.refuse(rule, lines.last(inner.partition("#")[2]))


def broader_of(frameworks: Iterable[Framework]) -> dict[str, set[str]]:
    """Each question as `URN#id` with those that these frameworks call broader than it."""
    found: dict[str, set[str]] = {}
    for framework in frameworks:
        for question in framework.questions.values():
            here = f"{framework.urn}#{question.id}"
            for mapping in question.mappings:
                if mapping.relation == BROADER or mapping.to == here:
                    found.setdefault(here, set()).add(mapping.to)
                elif mapping.relation == NARROWER:
                    found.setdefault(mapping.to, set()).add(here)
    return found


def circle_in(links: Mapping[str, set[str]]) -> tuple[str, ...]:
    """A circle among these links, from a name back to itself; empty where there is none."""
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def _doubled(names: Iterable[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]
