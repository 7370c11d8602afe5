"""Which sign-offs count for a policy, and whether an approval holds under the policy of today."""

from collections.abc import Collection, Sequence

from apps.checklist.rules.policies.evaluating import Evaluated
from apps.checklist.rules.policies.outcomes import WAITING
from apps.checklist.rules.policies.shapes import InForce
from apps.checklist.rules.problems import APART, BELOW, CONFLICT
from apps.checklist.rules.views import SignOffView

# What may turn up after an approval and takes it away under any policy; everything else was looked at.
_LASTING = {CONFLICT, BELOW}


def counted(sign_offs: Sequence[SignOffView], used: InForce, *, is_waiting: bool) -> list[SignOffView]:
    """The sign-offs that count, the newest of each person.

    While others are awaited, one that was given under another policy does not count: whoever gave it read other
    rules. Once the decision is taken, all of them are what it rests on.
    """
    found = {one.decided_by_id: one for one in reversed(sign_offs)}
    return [one for one in found.values() if not is_waiting or one.policy_digest == used.policy.digest]


def still_holds(now: Evaluated, watched: Collection[str], ended: Collection[str], *, is_same_policy: bool) -> bool:
    """Whether what an approval rests on still stands. `watched` are the questions that may take it away, `ended` what
    waivers let pass that have lapsed or were taken back.

    Under another policy than the one it was given under, all of today's rules have to be met, sign-offs included:
    a stricter policy makes an earlier approval not current, and a milder one leaves it.
    """
    items = now.gate.problems
    if ended and any(item.key in ended for item in items):
        return False
    if ended and any(outcome.rule.key in ended and outcome.standing for outcome in now.outcomes):
        return False
    if is_same_policy:
        return not any(item.kind in _LASTING for item in items)
    if any(outcome.outcome == WAITING for outcome in now.outcomes):
        return False
    return not any(item.question in watched or item.question in APART for item in items)
