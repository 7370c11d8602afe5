"""Which fillers and conditions there are, by the names that documents' files use."""

from collections.abc import Callable

from apps.reports.rules.documents.content import Filled
from apps.reports.rules.documents.filling.facts import Facts

Filler = Callable[[Facts], Filled]
Condition = Callable[[Facts], tuple[bool, str]]

FILLERS: dict[str, Filler] = {}
CONDITIONS: dict[str, Condition] = {}


def filler(name: str) -> Callable[[Filler], Filler]:
    """Register a function that says what a snapshot holds on `name`, such as `system.purpose`.

    Its docstring's first line is what a reader is told where nothing was found. Raises ValueError for a name in use.
    """

    def register(function: Filler) -> Filler:
        _refuse_second(FILLERS.get(name, function) is function, name)
        FILLERS[name] = function
        return function

    return register


def condition(name: str) -> Callable[[Condition], Condition]:
    """Register a rule that says whether a point applies, and if not, why. Raises ValueError for a name in use."""

    def register(function: Condition) -> Condition:
        _refuse_second(CONDITIONS.get(name, function) is function, name)
        CONDITIONS[name] = function
        return function

    return register


def _refuse_second(is_first: bool, name: str) -> None:
    if not is_first:
        raise ValueError(f"{name} is registered twice")


def about(name: str) -> str:
    """What a filler speaks of, as the end of a sentence: the first line of its docstring without its full stop."""
    first = (FILLERS[name].__doc__ or name).strip().partition("\n")[0].rstrip(".")
    return first[:1].lower() + first[1:]
