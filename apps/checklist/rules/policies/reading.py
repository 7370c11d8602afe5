"""From the text of a policy, read as spots that know their lines, to the policy; every broken rule is told at once."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from apps.checklist.rules.frameworks import Spot
from apps.checklist.rules.frameworks.spots import Place, Problem
from apps.checklist.rules.policies.sentences import SentenceInvalid, read_rule
from apps.checklist.rules.policies.shapes import (
    ALWAYS,
    APPROVALS,
    Applies,
    Policy,
    Questions,
    Rule,
    Strength,
    Threshold,
)

MOST_RULES = 100
MOST_APPROVALS = 4
TITLE_MOST, BECAUSE_MOST = 120, 500
BECAUSE = "because"
_CONDITIONS = ("models", "tags", "risk classes")


class PolicyInvalid(ValueError):
    """The text of a policy breaks rules; for each the line, the rule and what is allowed."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(map(_counted, problems), key=lambda problem: problem.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def _counted(problem: Problem) -> Problem:
    """The place as people count: the first rule is rule 1."""
    return replace(problem, place=re.sub(r"rules\[(\d+)\]", lambda found: f"rule {int(found[1]) + 1}", problem.place))


@dataclass(frozen=True)
class Vocabulary:
    """What a policy may name. Checked when it is set; a policy that was set once can always be read."""

    questions: frozenset[str]
    metrics: frozenset[str]
    risk_classes: frozenset[str]


def policy_from(spot: Spot, vocabulary: Vocabulary | None = None) -> Policy:
    """The policy that a text holds. Raises PolicyInvalid."""
    place = Place(spot)
    found = place.fields(("title", "rules"), ("applies_to",))
    title = place.text(found, "title", most=TITLE_MOST)
    applies = _applies(place.inside(found["applies_to"], "applies_to"), vocabulary) if "applies_to" in found else None
    items = place.items(found, "rules", is_filled=True)
    if len(items) > MOST_RULES:
        place.refuse(f"a policy has at most {MOST_RULES} rules", found["rules"])
    rules = [rule for item in items[:MOST_RULES] if (rule := _rule(item, vocabulary)) is not None]
    _whole(place, rules)
    if place.problems:
        raise PolicyInvalid(place.problems)
    return Policy(title, (*rules, *_always(rules)), applies or Applies())


def _always(rules: list[Rule]) -> tuple[Rule, ...]:
    """What every policy holds and this one does not write down."""
    written = {rule.word for rule in rules}
    return tuple(Rule(word, None, word) for word in ALWAYS if word not in written)


def _applies(place: Place, vocabulary: Vocabulary | None) -> Applies:
    found = place.fields((), _CONDITIONS)
    if not found and isinstance(place.spot.value, dict):
        place.refuse(f"applies_to names at least one of {', '.join(_CONDITIONS)}; leave it out for every version")
    classes = place.texts(found, "risk classes")
    if vocabulary is not None and (unknown := sorted(set(classes) - vocabulary.risk_classes)):
        allowed = ", ".join(sorted(vocabulary.risk_classes))
        place.refuse(f"“{unknown[0]}” is no risk class; allowed are {allowed}", found["risk classes"])
    return Applies(place.texts(found, "models"), place.texts(found, "tags"), classes)


def _rule(place: Place, vocabulary: Vocabulary | None) -> Rule | None:
    """One item of the list: `fresh`, or `answered: data-*`, with `because` beside it where somebody gives one."""
    if isinstance(place.spot.value, str):
        return _sentence(place, place.spot.value, "", "", vocabulary)
    if not isinstance(place.spot.value, dict):
        place.refuse("a rule is one line, such as “fresh” or “answered: data-*”")
        return None
    words = [word for word in place.spot.value if word != BECAUSE]
    if len(words) != 1:
        place.refuse("here stands one rule, with “because” beside it or nothing; begin each rule with “- ”")
        return None
    because = place.text(place.spot.value, BECAUSE, "", BECAUSE_MOST)
    spot = place.spot.value[words[0]]
    said = spot.value if isinstance(spot.value, str) else spot.text
    if isinstance(spot.value, (dict, list)):
        place.refuse(f"what follows “{words[0]}” stands on one line", spot)
        return None
    return _sentence(place, words[0], said or "", because, vocabulary)


def _sentence(place: Place, word: str, said: str, because: str, vocabulary: Vocabulary | None) -> Rule | None:
    if not said and ":" in word:  # a whole rule in quotes
        word, _, said = word.partition(":")
    try:
        rule = read_rule(word, said, place.spot.line, because)
        if vocabulary is not None:
            _known(rule, vocabulary)
    except SentenceInvalid as error:
        place.refuse(f"{error}. Allowed: {error.allowed}")
        return None
    return rule


def _known(rule: Rule, vocabulary: Vocabulary) -> None:
    """Raise SentenceInvalid where a rule names what there is not: it would never hold, or never be broken."""
    argument = rule.argument
    if isinstance(argument, Threshold) and argument.metric not in vocabulary.metrics:
        allowed = ", ".join(f"evaluation.{name}" for name in sorted(vocabulary.metrics))
        raise SentenceInvalid(f"no evaluation measures “{argument.metric}”", allowed)
    meant = argument.questions if isinstance(argument, Strength) else argument
    for pattern in meant.patterns if isinstance(meant, Questions) else ():
        if not any(fnmatchcase(question, pattern) for question in vocabulary.questions):
            raise SentenceInvalid(f"no question is called “{pattern}”", ", ".join(sorted(vocabulary.questions)))


def _whole(place: Place, rules: list[Rule]) -> None:
    """What holds of all rules together."""
    seen: dict[str, int] = {}
    for rule in rules:
        if rule.text in seen:
            place.problems.append(Problem(rule.line, "", f"“{rule.text}” stands in line {seen[rule.text]} already."))
        seen.setdefault(rule.text, rule.line)
    approvals = [rule for rule in rules if rule.word == APPROVALS]
    if len(approvals) > MOST_APPROVALS:
        place.refuse(f"there are at most {MOST_APPROVALS} rules of approvals")
    if rules and not approvals and not place.problems:
        place.refuse("it says who has to sign. Allowed: approvals: 1 from {approver}")
