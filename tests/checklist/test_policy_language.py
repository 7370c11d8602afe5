"""The language of policies: tables of lines that are rules, of lines that are none, and of whole texts."""

from pathlib import Path

import pytest

from apps.checklist.queries.policies import default_policy, default_text, policy_read, vocabulary
from apps.checklist.rules.policies import About, InForce, Policy, PolicyInvalid, chosen, missing
from apps.checklist.rules.policies.sentences import WORDS, SentenceInvalid, read_rule
from apps.checklist.rules.policies.shapes import ALWAYS, APPROVALS, Applies, Questions, Signers, Strength, Threshold

RULES = [
    ("fresh", "", Questions(), "fresh: all"),
    ("Fresh", "all", Questions(), "fresh: all"),
    ("answered", "data-*", Questions(("data-*",)), "answered: data-*"),
    ("answered", "data-1,  modeling-*", Questions(("data-1", "modeling-*")), "answered: data-1, modeling-*"),
    ("no  conflict", "licence", None, "no conflict: licence"),
    ("files released", "", None, "files released"),
    ("at least", "measured for data-6", Strength("measured", Questions(("data-6",))), "at least: measured for data-6"),
    ("at least", "minimum for all", Strength("minimum", Questions()), "at least: minimum for all"),
    (
        "requires",
        "evaluation.exact_match >= 0.7 on suite support-v2",
        Threshold("exact_match", "", ">=", "0.7", "support-v2"),
        "requires: evaluation.exact_match >= 0.7 on suite support-v2",
    ),
    ("requires", "evaluation.loss<2", Threshold("loss", "", "<", "2"), "requires: evaluation.loss < 2"),
    (
        "requires",
        "evaluation.loss.difference <= -0.5",
        Threshold("loss", "difference", "<=", "-0.5"),
        "requires: evaluation.loss.difference <= -0.5",
    ),
    (
        "requires",
        "evaluation.rouge_l.low > 0.25",
        Threshold("rouge_l", "low", ">", "0.25"),
        "requires: evaluation.rouge_l.low > 0.25",
    ),
    (
        "approvals",
        "2 from {compliance officer, approver}",
        Signers(2, ("compliance_officer", "approver")),
        "approvals: 2 from {compliance officer, approver}",
    ),
    (
        "approvals",
        "1 from { Approver , approver }",
        Signers(1, ("approver",)),
        "approvals: 1 from {approver}",
    ),
]


@pytest.mark.parametrize(("word", "said", "argument", "text"), RULES, ids=[f"{row[0]} {row[1]}" for row in RULES])
def test_a_line_is_a_rule(word: str, said: str, argument: object, text: str) -> None:
    rule = read_rule(word, said, 3)
    assert (rule.argument, rule.text, rule.line) == (argument, text, 3)


NO_RULES = [
    ("hope", "", "begins no rule", "approvals"),
    ("fresh", "Data 6", "names no questions", "data-6"),
    ("answered", "", "does not say which", "answered: all"),
    ("answered", "data-*,,x", "names no questions", "all"),
    ("files released", "please", "nothing follows", "files released"),
    ("four eyes", "two", "nothing follows", "four eyes"),
    ("no conflict", "interest", "no kind of conflict", "licence"),
    ("at least", "known for all", "how well", "minimum, declared, imported, measured"),
    ("at least", "measured", "how well", "for QUESTIONS"),
    ("measured", "the.moon", "measures nothing", "evaluation.metrics"),
    ("requires", "evaluation.exact_match", "no figure", ">= NUMBER"),
    ("requires", "evaluation.exact_match => 0.7", "no figure", "<="),
    ("requires", "evaluation.exact_match >= 7e-1", "no figure", "NUMBER"),
    ("requires", "evaluation.exact_match >= nan", "no figure", "NUMBER"),
    ("requires", "evaluation.exact_match >= 0.5 + 0.2", "no figure", "NUMBER"),
    ("requires", "evaluation.exact_match.middle >= 0.7", "no figure", ".low, .high"),
    ("requires", "__import__('os').system('x') >= 1", "no figure", "evaluation.METRIC"),
    ("approvals", "two from {approver}", "how many", "NUMBER from 1 to 9"),
    ("approvals", "0 from {approver}", "how many", "1 to 9"),
    ("approvals", "1 from approver", "how many", "{administrator"),
    ("approvals", "1 from {}", "how many", "approver"),
    ("approvals", "1 from {engineer}", "no role that signs", "compliance officer"),
    ("approvals", "1 from {auditor}", "no role that signs", "compliance officer"),
]


@pytest.mark.parametrize(("word", "said", "problem", "allowed"), NO_RULES, ids=[f"{r[0]} {r[1]}" for r in NO_RULES])
def test_a_line_that_is_no_rule_says_what_is_allowed(word: str, said: str, problem: str, allowed: str) -> None:
    with pytest.raises(SentenceInvalid, match=problem) as refused:
        read_rule(word, said, 1)
    assert allowed in refused.value.allowed


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(PolicyInvalid) as refused:
        policy_read(text, vocabulary())
    return [(problem.line, problem.rule) for problem in refused.value.problems]


SIGNED = "  - approvals: 1 from {approver}\n"
BAD = [
    ("", 1, "holds something"),
    ("- fresh\n", 1, "mapping of fields"),
    ("title: T\n", 1, "missing: rules"),
    ("title: T\nrules: fresh\n", 2, "rules is a list"),
    ("title: T\nrules: []\n", 2, "at least one item"),
    ("title: ''\nrules:\n" + SIGNED, 1, "title is a text and not empty"),
    ("title: T\nrule: x\nrules:\n" + SIGNED, 2, "not known: rule"),
    ("title: T\nrules:\n  - fresh\n", 1, "who has to sign"),
    ("title: T\nrules:\n  - hope\n" + SIGNED, 3, "“hope” begins no rule. Allowed: a rule begins with files released"),
    ("title: T\nrules:\n  - fresh\n  - fresh: all\n" + SIGNED, 4, "stands in line 3 already"),
    ("title: T\nrules:\n  - fresh\n    because: yes\n" + SIGNED, 4, ""),
    ("title: T\nrules:\n  - {fresh: all, answered: all}\n" + SIGNED, 3, "one rule"),
    ("title: T\nrules:\n  - fresh:\n      - data-1\n" + SIGNED, 4, "one line"),
    ("title: T\nrules:\n  - answered: data-99\n" + SIGNED, 3, "no question is called “data-99”. Allowed: data-1"),
    ("title: T\nrules:\n  - requires: evaluation.joy >= 1\n" + SIGNED, 3, "measures “joy”. Allowed: evaluation.bleu"),
    ("title: T\napplies_to:\n  risk classes: [huge]\nrules:\n" + SIGNED, 3, "allowed are high, limited"),
    ("title: T\napplies_to: {}\nrules:\n" + SIGNED, 2, "at least one of models"),
    ("title: T\nrules: &a\n" + SIGNED, 2, "no anchors"),
    ("title: T\ntitle: U\nrules:\n" + SIGNED, 2, "twice here"),
    ("title: T\nrules:\n  - answered: *\n" + SIGNED, 3, "write “all”"),
    ("title: T\nrules: " + "[" * 60 + "]" * 60, 2, "deep"),
    ("title: !!python/object:os.system x\nrules:\n" + SIGNED, 1, "no tags"),
    ("title: T\nrules:\n" + "".join(f"  - answered: data-{n}\n" for n in range(120)) + SIGNED, 3, "at most 100 rules"),
]


@pytest.mark.parametrize(("text", "line", "rule"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_a_text_that_is_no_policy_names_line_and_rule(text: str, line: int, rule: str) -> None:
    assert any(at == line and rule in said for at, said in problems(text)), problems(text)


def test_every_wrong_line_is_told_at_once() -> None:
    found = problems("title: T\nrules:\n  - hope\n  - fresh: Data\n  - approvals: none\n")
    assert [line for line, _ in found] == [3, 4, 5]


POLICY = """\
title: Support desk
applies_to:
  models: [support-*]
  risk classes: [high, limited]
rules:
  - requires: evaluation.exact_match >= 0.7 on suite support-v2
    because: The desk promised seven answers of ten.
  - "no conflict: licence"
  - approvals: 2 from {compliance officer, approver}
"""


def test_a_policy_is_read_with_its_reasons_and_what_always_holds() -> None:
    policy = policy_read(POLICY, vocabulary())
    assert [rule.word for rule in policy.rules] == ["requires", "no conflict", "approvals", *ALWAYS]
    assert policy.rules[0].because == "The desk promised seven answers of ten."
    assert [rule.line for rule in policy.rules][:3] == [6, 8, 9]
    assert policy.roles == {"compliance_officer", "approver"}


def test_the_digest_is_over_what_a_policy_says() -> None:
    digest = policy_read(POLICY).digest
    assert policy_read("# a comment\n" + POLICY.replace(">= 0.7", ">=   0.7")).digest == digest
    assert policy_read(POLICY.replace("0.7", "0.70")).digest != digest
    assert policy_read(POLICY.replace("seven", "eight")).digest != digest


def test_the_portals_own_policy_holds_every_kind_of_rule_but_thresholds() -> None:
    words = [rule.word for rule in default_policy().policy.rules]
    assert set(words) == set(WORDS) - {"requires"}
    assert default_policy().policy.roles == {"approver"}
    assert policy_read(default_text(), vocabulary()) == default_policy().policy


APPLIES = [
    (Applies(), About("anything"), True),
    (Applies(models=("support-*",)), About("Support-desk"), True),
    (Applies(models=("support-*",)), About("desk"), False),
    (Applies(tags=("live",)), About("desk", {"live": "yes"}), True),
    (Applies(tags=("live=no",)), About("desk", {"live": "yes"}), False),
    (Applies(tags=("live=no", "desk")), About("desk", {"live": "yes", "desk": ""}), True),
    (Applies(risk_classes=("high",)), About("desk", {}, frozenset({"limited"})), False),
    (Applies(models=("desk",), risk_classes=("high",)), About("desk", {}, frozenset({"high", "limited"})), True),
    (Applies(models=("desk",), risk_classes=("high",)), About("other", {}, frozenset({"high"})), False),
]


@pytest.mark.parametrize(("applies", "about", "holds"), APPLIES)
def test_whom_a_policy_is_for(applies: Applies, about: About, holds: bool) -> None:
    assert applies.hold(about) is holds


def test_the_first_with_conditions_that_hold_comes_before_the_general_one() -> None:
    general = InForce(Policy("General", ()), "a-general", 1)
    high = InForce(Policy("High", (), Applies(risk_classes=("high",))), "b-high", 1)
    desk = InForce(Policy("Desk", (), Applies(models=("desk",))), "c-desk", 1)
    own, default = [desk, general, high], default_policy()
    assert chosen(own, About("desk", {}, frozenset({"high"})), default) == high
    assert chosen(own, About("desk"), default) == desk
    assert chosen(own, About("other"), default) == general
    assert chosen([desk, high], About("other"), default) == default


OFFICER, APPROVER = frozenset({"compliance_officer"}), frozenset({"approver"})
EITHER, BOTH = Signers(2, ("compliance_officer", "approver")), OFFICER | APPROVER
EACH = (Signers(1, ("compliance_officer",)), Signers(1, ("approver",)))
SIGNERS = [
    ((EITHER,), [], 2),
    ((EITHER,), [OFFICER], 1),
    ((EITHER,), [OFFICER, OFFICER], 0),
    (EACH, [APPROVER, APPROVER], 1),
    (EACH, [OFFICER, APPROVER], 0),
    (EACH, [BOTH], 1),
    (EACH, [BOTH, APPROVER], 0),
    (EACH, [BOTH, BOTH], 0),
    ((*EACH, EITHER), [BOTH, BOTH, APPROVER], 1),
    ((), [], 0),
]


@pytest.mark.parametrize(("signers", "given", "lack"), SIGNERS)
def test_one_person_counts_once_over_all_rules(
    signers: tuple[Signers, ...], given: list[frozenset[str]], lack: int
) -> None:
    assert missing(signers, given) == lack
    assert APPROVALS in WORDS


def test_the_example_of_the_documentation_is_a_policy() -> None:
    page = (Path(__file__).parents[2] / "docs" / "gates.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert {rule.word for rule in policy_read(example, vocabulary()).rules} == set(WORDS)
    wrong = example.replace("evaluation.exact_match >= 0.7 on suite support-v2", "evaluation.exact_match => 0.7")
    with pytest.raises(PolicyInvalid) as refused:
        policy_read(wrong, vocabulary())
    told = page.split("```\nline ")[1].split("…")[0].strip()
    assert str(refused.value).startswith(f"line {told}")
    assert all(f"`{word}" in page for word in WORDS)
