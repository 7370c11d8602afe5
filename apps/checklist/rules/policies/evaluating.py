"""Holding an assessment against a policy: each rule's outcome, and the gate that they make up together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from apps.accounts.rules import ROLES
from apps.checklist.rules.findings import COLLECTORS
from apps.checklist.rules.gate import INDISPENSABLE, is_measured, standing_of, weaker_than
from apps.checklist.rules.measurements import Measurement
from apps.checklist.rules.policies.outcomes import (
    CANNOT_TELL,
    MET,
    NOT_MET,
    WAITING,
    WAIVED,
    Figure,
    Reason,
    RuleOutcome,
    never_waived_because,
)
from apps.checklist.rules.policies.sentences import WORDS
from apps.checklist.rules.policies.shapes import (
    ALWAYS,
    ANSWERED,
    APPROVALS,
    CONSISTENT,
    EXPLAINED,
    FILES_RELEASED,
    FOUR_EYES,
    FRESH,
    MINIMUM,
    NO_CONFLICT,
    NO_OBJECTION,
    TRAIL,
    Collectors,
    InForce,
    Policy,
    Questions,
    Rule,
    Signers,
    Strength,
    Threshold,
    missing,
)
from apps.checklist.rules.policies.thresholds import held_against
from apps.checklist.rules.policies.trail import TrailKnown, against_trail
from apps.checklist.rules.problems import (
    BROKEN,
    CONFLICT,
    CONTRADICTED,
    HELD,
    OBJECTION,
    POLICY,
    STALE,
    UNANSWERED,
    UNMEASURED,
    UNRECORDED,
    UNSAID,
    UNTOLD,
    USES,
    Gate,
    GateItem,
)
from apps.checklist.rules.status import UNKNOWN
from apps.checklist.rules.views import QuestionView
from apps.checklist.rules.waivers import WaiverView

# What each of these rules asks about is what stands against an answer, by its kind.
_KINDS = {
    FILES_RELEASED: {BROKEN, HELD},
    ANSWERED: {UNANSWERED},
    FRESH: {STALE},
    NO_CONFLICT: {CONFLICT, USES},
    NO_OBJECTION: {OBJECTION},
    EXPLAINED: {UNSAID, UNRECORDED},
    CONSISTENT: {CONTRADICTED},
}
_OF_SIGN_OFFS = {APPROVALS, FOUR_EYES, TRAIL}
_UNTOLD = {USES, UNTOLD}  # kinds that say: nobody knows


@dataclass(frozen=True)
class Facts:
    """What a policy is held against. `signed` are the roles of each person who has signed in this round, `waivers`
    those in force, by what they let pass; `trail` is the newest verification, where there was one."""

    questions: Sequence[QuestionView]
    files: Sequence[GateItem] = ()
    measurements: Sequence[Measurement] = ()
    waivers: Mapping[str, WaiverView] | None = None
    signed: Sequence[frozenset[str]] = ()
    trail: TrailKnown | None = None


@dataclass(frozen=True)
class Evaluated:
    """Every rule's outcome, the gate, and what stands against each question, in the order of the page."""

    outcomes: tuple[RuleOutcome, ...]
    gate: Gate

    @cached_property
    def by_question(self) -> dict[str, tuple[GateItem, ...]]:
        """What stands against each answer that something stands against."""
        found: dict[str, list[GateItem]] = defaultdict(list)
        for item in self.gate.problems:
            found[item.question].append(item)
        return {question: tuple(items) for question, items in found.items()}


def evaluate(used: InForce, facts: Facts, *, is_gate: bool = True) -> Evaluated:
    """Hold an assessment against a policy. The order of the reasons is that of the page, not that of the rules.

    Where the assessment opens no gate, only what is said of sign-offs holds.
    """
    standing = {view.id: standing_of(view) for view in facts.questions} if is_gate else {}
    rules = [rule for rule in used.policy.rules if is_gate or rule.word in _OF_SIGN_OFFS]
    outcomes = tuple(_outcome(rule, used.policy, facts, standing) for rule in rules)
    against = {reason.item: None for outcome in outcomes for reason in outcome.standing}
    return Evaluated(outcomes, Gate(tuple(_in_order(against, facts, standing))))


def _in_order(
    against: Mapping[GateItem, None], facts: Facts, standing: Mapping[str, list[GateItem]]
) -> Iterable[GateItem]:
    more: dict[str, list[GateItem]] = defaultdict(list)
    for item in against:
        more[item.question].append(item)
    yield from (item for item in facts.files if item in against)
    for view in facts.questions:
        known = [item for item in standing.get(view.id, ()) if item in against]
        yield from known
        yield from (item for item in more.get(view.id, ()) if item not in known)
    yield from more.get(POLICY, ())


def _outcome(rule: Rule, policy: Policy, facts: Facts, standing: Mapping[str, list[GateItem]]) -> RuleOutcome:
    if isinstance(rule.argument, Signers):
        return _signed(rule, rule.argument, facts)
    if isinstance(rule.argument, Threshold):
        items, figures = held_against(rule.argument, facts.measurements)
        return _told(rule, items, facts, figures)
    if rule.word == FILES_RELEASED:
        return _told(rule, list(facts.files), facts)
    if rule.word == TRAIL:
        items, figures = against_trail(facts.trail)
        return _told(rule, items, facts, figures)
    if rule.word in ALWAYS:
        return RuleOutcome(rule, MET, WORDS[rule.word].asks)
    views = _meant(rule, facts.questions)
    if not views:
        return _told(rule, [_names_nothing(rule)], facts)
    items = [item for view in views for item in _against(rule, policy, view, standing[view.id])]
    return _told(rule, items, facts, _counted(views, items), _digests(views, items))


def _meant(rule: Rule, views: Sequence[QuestionView]) -> list[QuestionView]:
    """The questions that a rule speaks of."""
    argument = rule.argument.questions if isinstance(rule.argument, Strength) else rule.argument
    if isinstance(argument, Questions):
        return [view for view in views if argument.cover(view.id)]
    if isinstance(argument, Collectors):
        names = set(argument.names)
        answered = [view for view in views if view.question.principal in names]
        return answered or [view for view in views if names & set(view.question.collectors)]
    return list(views)


def _names_nothing(rule: Rule) -> GateItem:
    problem = f"“{rule.text}” speaks of no question of this checklist, so nobody can tell whether it holds."
    return GateItem(POLICY, problem, "Have the policy corrected: name questions that the checklist has.", kind=UNTOLD)


def _against(rule: Rule, policy: Policy, view: QuestionView, standing: list[GateItem]) -> Iterator[GateItem]:
    """What a rule holds against one answer."""
    if rule.word in _KINDS:
        yield from (item for item in standing if item.kind in _KINDS[rule.word])
        return
    answer = view.answer
    if answer is None or answer.status == UNKNOWN:
        if not any(isinstance(one.argument, Questions) and one.argument.cover(view.id) for one in policy.of(ANSWERED)):
            yield from (item for item in standing if item.kind == UNANSWERED)
    elif isinstance(rule.argument, Strength):
        minimum = view.question.minimum_status if rule.argument.status == MINIMUM else rule.argument.status
        yield from weaker_than(view, answer, minimum)
    elif isinstance(rule.argument, Collectors):
        for name in rule.argument.names:
            if name in view.question.collectors and not is_measured(answer, name):
                problem = INDISPENSABLE.get(name, f"Nothing was measured here: {COLLECTORS[name]}.")
                yield GateItem(view.id, problem, view.question.next_step, kind=UNMEASURED)


def _counted(views: list[QuestionView], items: list[GateItem]) -> tuple[Figure, ...]:
    against = len({item.question for item in items})
    return (Figure("Questions that it stands against", f"{against} of {len(views)}", "0"),)


def _digests(views: list[QuestionView], items: list[GateItem]) -> tuple[tuple[str, str], ...]:
    """What the answers speak of that something stands against; those of all others stand beside them in the basis."""
    named = {item.question for item in items}
    found = [(one.subject_label, one.subject_digest) for view in views if view.id in named for one in view.evidence]
    return tuple(dict.fromkeys(found))


def _told(
    rule: Rule,
    items: list[GateItem],
    facts: Facts,
    figures: tuple[Figure, ...] = (),
    digests: tuple[tuple[str, str], ...] = (),
) -> RuleOutcome:
    """The outcome from everything that stands against a rule, and the waivers that let some of it pass."""
    items = list(dict.fromkeys(items))
    waivers = facts.waivers or {}
    whole = waivers.get(rule.key) if waivers and not never_waived_because(rule) else None
    reasons = tuple(_reason(item, whole or (waivers.get(item.key) if waivers else None)) for item in items)
    standing = [one.item for one in reasons if not one.is_waived]
    until = min((one.until for one in reasons if one.until), default=None)
    outcome = MET if not items else WAIVED if not standing else NOT_MET
    if standing and all(item.kind in _UNTOLD for item in standing):
        outcome = CANNOT_TELL
    used = whole.pk if whole and items else None
    return RuleOutcome(rule, outcome, _says(rule, outcome, standing, until), reasons, figures, digests, used, until)


def _reason(item: GateItem, waiver: WaiverView | None) -> Reason:
    if waiver is None or item.never_waived_because:
        return Reason(item)
    return Reason(item, waiver.pk, waiver.expires_on)


def _says(rule: Rule, outcome: str, standing: list[GateItem], until: date | None) -> str:
    if outcome == MET:
        return WORDS[rule.word].asks
    if outcome == WAIVED and until:
        return f"Something stands against it that may stand until {until:%d %B %Y}."
    if len(standing) == 1:
        return standing[0].problem
    return f"{len(standing)} things stand against it."


def _signed(rule: Rule, needed: Signers, facts: Facts) -> RuleOutcome:
    """How many of the sign-offs that a rule asks for have been given in this round."""
    lack = missing([needed], facts.signed)
    roles = " or ".join(ROLES[role].lower() for role in needed.roles)
    given = Figure("Sign-offs", f"{needed.number - max(lack, 0)} of {needed.number}", str(needed.number))
    if lack <= 0:
        return RuleOutcome(rule, MET, f"Enough people have signed as {roles}.", figures=(given,))
    people = "person" if lack == 1 else "people"
    return RuleOutcome(rule, WAITING, f"{lack} more {people} with the role of {roles} must sign.", figures=(given,))
