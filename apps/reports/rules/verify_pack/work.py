"""How much work a check may take where somebody waits for it, whatever the file that they brought holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MEBIBYTE = 1024**2


class Unreadable(Exception):
    """The file cannot be checked at all."""


class TooCostly(Unreadable):
    """Checking it takes more than whoever asks wants to spend on it."""


class Budget:
    """What is left of the steps, of which one is about a millisecond of one processor, and of the bytes of JSON, of
    which each may take thirty of memory.
    """

    def __init__(self, steps: float, json_bytes: int) -> None:
        self.steps, self.json_bytes = steps, json_bytes


_BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def at_most(steps: float, json_bytes: int) -> Iterator[None]:
    """Let the checks inside take no more; they raise TooCostly before they would. Without it they take what they need,
    as on a reader's own machine.
    """
    token = _BUDGET.set(Budget(steps, json_bytes))
    try:
        yield
    finally:
        _BUDGET.reset(token)


def spend(steps: float, what: str) -> None:
    """Take steps for `what`, the rest of a sentence. Raises TooCostly where too few are left."""
    budget = _BUDGET.get()
    if budget is None:
        return
    budget.steps -= steps
    if budget.steps < 0:
        raise TooCostly(f"{what} would take longer than somebody should wait")


def spend_json(size: int) -> None:
    """Take the bytes of a JSON file that is read in one go. Raises TooCostly where too few are left."""
    budget = _BUDGET.get()
    if budget is None:
        return
    budget.json_bytes -= size
    if budget.json_bytes < 0:
        raise TooCostly("the record in it is larger than what is read here")
