"""Taking down licences as people write them: one that cannot be read is refused by the word at fault."""

from collections.abc import Iterable

from apps.catalog.rules.licences import Verdict, judge
from apps.core.errors import Invalid


def licence_read(expression: str) -> str:
    """The expression as SPDX writes it. Raises Invalid, which names the word at fault."""
    verdict = judge(expression)
    if not verdict.valid:
        raise Invalid(verdict.problem, code="licence.invalid", remedy=_advice(verdict))
    return verdict.normalised


def require_readable(expression: str | None, before: Iterable[str] = ()) -> None:
    """Raises Invalid for a licence that cannot be read; none at all is no fault, and nor is one that stood before."""
    if expression and expression.strip() and expression not in before:
        licence_read(expression.strip())


def _advice(verdict: Verdict) -> str:
    if verdict.suggestion and verdict.suggestion not in verdict.problem:  # some problems name it themselves
        return f"Did you mean {verdict.suggestion}?"
    return "Leave it empty where nobody knows the licence yet."
