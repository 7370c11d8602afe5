"""What a rule's outcome says of the control that it checks."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.checklist.rules.policies.outcomes import CANNOT_TELL, MET, RuleOutcome
from apps.core.canonical import digest_of
from apps.risks.rules import FAILING, UNCHECKED, WORKING

# The worst of several versions speaks for all of them.
_WORST = (FAILING, UNCHECKED, WORKING)


@dataclass(frozen=True)
class Checked:
    """How a control stands, in a sentence, with the digest of what that was told from."""

    state: str
    found: str
    digest: str


def checked(version: str, outcome: RuleOutcome) -> Checked:
    """What one version's measurements say of a control."""
    state = {MET: WORKING, CANNOT_TELL: UNCHECKED}.get(outcome.outcome, FAILING)
    figures = "; ".join(f"{one.label}: {one.value}" for one in outcome.figures if one.threshold and one.value)
    found = f"{version}: {outcome.says}" + (f" ({figures})" if figures else "")
    return Checked(state, found, digest_of(outcome.as_input()))


def summed(found: Sequence[Checked], versions: int) -> Checked:
    """What all versions say that a risk speaks of. `versions` counts those without a checklist as well."""
    if not versions:
        return Checked(UNCHECKED, "No model version is at work there, so nothing can be measured.", "")
    states = [one.state for one in found] + [UNCHECKED] * (versions - len(found))
    state = next(one for one in _WORST if one in states)
    told = [one.found for one in found if one.state == state]
    if state == UNCHECKED and len(found) < versions:
        told.append("A version has no checklist yet, so nothing is held against it.")
    return Checked(state, " ".join(told), digest_of([one.digest for one in found]))
