"""Holding answers against policies: a table of outcomes, thresholds to the last digit, waivers, and the gate."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.checklist.queries.policies import default_policy, policy_read
from apps.checklist.rules import MEASURED, NOT_APPLICABLE, UNKNOWN, QuestionView, gate_of
from apps.checklist.rules.gate import file_problems
from apps.checklist.rules.measurements import HELD_OUT, SEEN, Measurement, suite_name, suite_names
from apps.checklist.rules.policies import InForce
from apps.checklist.rules.policies.evaluating import Evaluated, Facts, evaluate
from apps.checklist.rules.policies.outcomes import RuleOutcome
from apps.checklist.rules.policies.shapes import ALWAYS
from apps.checklist.rules.policies.thresholds import meets
from apps.checklist.rules.waivers import WaiverView
from tests.checklist.test_rules import ASKS, BLOCKS, GATE, SAID, answer, evidence, question

SIGNED = "  - approvals: 1 from {approver}\n"
CONFLICTING = {
    "conflicts": [{"key": "c" * 64, "sentence": "It forbids sale.", "remedy": "Do not sell it.", "blocks": True}]
}
USES = {"uses_unsaid": "Nobody said what it is for.", "remedy": "Say it."}


def policy(*lines: str) -> InForce:
    return InForce(policy_read("title: T\nrules:\n" + "".join(f"  - {line}\n" for line in lines) + SIGNED), "desk", 3)


def asked(current: Any, *, named: str = "data-6", **more: Any) -> QuestionView:
    return QuestionView(replace(question(**more), id=named), current, basis="")


def held(line: str, facts: Facts) -> RuleOutcome:
    return evaluate(policy(line), facts).outcomes[0]


OUTCOMES: list[tuple[str, Any, str]] = [
    ("answered: all", None, "not met"),
    ("answered: all", answer(UNKNOWN), "not met"),
    ("answered: all", answer(MEASURED, evidence()), "met"),
    ("answered: data-*", None, "not met"),
    ("answered: modeling-*", None, "cannot be told"),
    ("fresh", answer(MEASURED, evidence(stale_because="Data v1: it has changed.")), "not met"),
    ("fresh", answer(MEASURED, evidence()), "met"),
    ("at least: minimum for all", answer("declared", **SAID), "not met"),
    ("at least: declared for all", answer("declared", **SAID), "met"),
    ("at least: imported for data-6", answer("declared", **SAID), "not met"),
    ("at least: imported for data-6", None, "not met"),
    ("at least: measured for data-6", answer(NOT_APPLICABLE, reason="None was used"), "met"),
    ("no objection: all", answer(MEASURED, evidence(value=BLOCKS), **SAID), "not met"),
    ("no conflict: licence", answer(MEASURED, evidence(value=CONFLICTING), **SAID), "not met"),
    ("no conflict: licence", answer(MEASURED, evidence(value=USES)), "cannot be told"),
    ("no conflict: licence", answer(MEASURED, evidence(value=CONFLICTING | USES)), "not met"),
    ("explained: all", answer(MEASURED, evidence(value=ASKS)), "not met"),
    ("explained: all", answer(MEASURED, evidence(value=ASKS), **SAID), "met"),
    ("consistent: all", answer(NOT_APPLICABLE, evidence(), reason="None"), "not met"),
    ("measured: dataset.pii", answer("declared", **SAID), "not met"),
    ("measured: dataset.pii", answer(MEASURED, evidence()), "met"),
    ("measured: tuning.energy", answer(MEASURED, evidence()), "cannot be told"),
]


@pytest.mark.parametrize(("line", "current", "outcome"), OUTCOMES, ids=[f"{o[0]}: {o[2]}" for o in OUTCOMES])
def test_what_becomes_of_a_rule(line: str, current: Any, outcome: str) -> None:
    found = held(line, Facts([asked(current)]))
    assert found.outcome == outcome
    assert found.says and (outcome == "met" or found.remedies)


@pytest.mark.parametrize(("current", "problems"), [case[1:] for case in GATE], ids=[case[0] for case in GATE])
def test_the_portals_own_policy_is_the_gate_as_it_always_was(current: Any, problems: list[str]) -> None:
    views = [asked(current), asked(current, named="data-7", principal="evaluation.metrics")]
    files = list(file_problems(2, True, "/files/"))
    found = evaluate(default_policy(), Facts(views, files)).gate
    assert found == gate_of(views, held_files=2, is_broken=True, page="/files/")
    assert evaluate(default_policy(), Facts(views)).by_question.get("data-6", ()) == tuple(
        item for item in gate_of(views).problems if item.question == "data-6"
    )


def test_a_policy_asks_only_what_it_says_and_what_always_holds() -> None:
    nothing_said = [asked(None)]
    assert evaluate(policy("fresh"), Facts(nothing_said)).gate.is_green
    files = list(file_problems(1, False, ""))
    found = evaluate(policy("fresh"), Facts(nothing_said, files))
    assert [item.question for item in found.gate.problems] == ["files"]
    assert {one.rule.word for one in found.outcomes} >= set(ALWAYS)


def score(**more: Any) -> Measurement:
    return Measurement(
        **{
            "run": 7,
            "metric": "exact_match",
            "part": "version",
            "value": 0.7,
            "low": 0.6,
            "high": 0.8,
            "n": 50,
            "suites": frozenset({"support-v2", "support"}),
            "rows_label": "Support v2",
            "rows_are": HELD_OUT,
            "rows_digest": "a" * 64,
            "model_digest": "b" * 64,
            "is_present": True,
            "page": "/e/7",
        }
        | more
    )


ASK = "requires: evaluation.exact_match >= 0.7"
SCORES: list[tuple[str, list[Measurement], str, str]] = [
    (ASK, [score()], "met", ""),
    (ASK, [score(value=0.6999999999999998)], "not met", "is 0.6999999999999998 in evaluation 7"),
    (ASK, [score(value=0.69)], "not met", "is 0.69 in evaluation 7; it has to be at least 0.7."),
    (ASK, [score(value=float("inf"))], "met", ""),
    (ASK, [score(value=float("nan"))], "not met", "nan"),
    (ASK, [], "cannot be told", "nobody has measured it"),
    (ASK, [score(metric="loss")], "cannot be told", "nobody has measured it"),
    (ASK, [score(part="difference")], "cannot be told", "nobody has measured it"),
    (ASK, [score(is_present=False)], "cannot be told", "when the version had other files"),
    (ASK, [score(rows_are=SEEN)], "cannot be told", "trained on, which flatters it"),
    (ASK, [score(rows_are=SEEN), score(value=0.9)], "met", ""),
    (ASK, [score(value=0.6), score(value=0.9)], "not met", "0.6"),  # the newest counts, not the best
    (f"{ASK} on suite support-v2", [score()], "met", ""),
    (f"{ASK} on suite support", [score()], "met", ""),
    (f"{ASK} on suite other", [score()], "cannot be told", "on no rows of that name, but on Support v2 (support, "),
    (f"{ASK} on suite other", [], "cannot be told", "on other cannot be told: nobody has measured it"),
    ("requires: evaluation.exact_match.low >= 0.65", [score()], "not met", "lower end of the 95 % interval"),
    ("requires: evaluation.exact_match.high < 0.81", [score()], "met", ""),
    ("requires: evaluation.exact_match.difference > 0", [score(part="difference", value=0.1)], "met", ""),
]


@pytest.mark.parametrize(("line", "scores", "outcome", "says"), SCORES)
def test_a_figure_is_held_against_its_number(line: str, scores: Any, outcome: str, says: str) -> None:
    found = held(line, Facts([], measurements=scores))
    assert (found.outcome, says in found.says) == (outcome, True)
    if outcome in ("met", "not met"):
        (figure,) = found.figures
        assert (figure.page, figure.threshold) == ("/e/7", " ".join(line.split()[2:4]))
        assert figure.digests == (("rows", "a" * 64), ("files of the version", "b" * 64))


def test_numbers_are_compared_as_they_are_written() -> None:
    (threshold,) = [policy(ASK).policy.rules[0].argument]
    assert meets(0.7, threshold) and not meets(0.6999999999999998, threshold)  # type: ignore[arg-type]


def test_rows_are_called_by_their_names() -> None:
    assert suite_name("Support questions v2") == "support-questions-v2"
    assert suite_names("Support", 2) == {"support", "support-v2"}
    tagged = suite_names("Support", 2, ["Golden set", "v1", "3"])
    assert tagged == {"support", "support-v2", "golden-set", "support-golden-set"}, "v1 is another version's name"
    assert suite_name("  Größe/Maß  v1 ") == "größe-maß-v1"


def waiver(key: str, until: date = date(2026, 12, 24), pk: int = 5) -> WaiverView:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    said = ("data-6", "Sentence", "Reason", until, "Rui", 2, now, "", None, "", "in force")
    return WaiverView(pk, key, *said)


def waived(line: str, *keys: str) -> Evaluated:
    views = [asked(answer(MEASURED, evidence(stale_because="It has changed."))), asked(None, named="data-7")]
    return evaluate(policy(line), Facts(views, waivers={key: waiver(key) for key in keys}))


def test_a_reason_may_be_waived_and_is_told_with_its_day() -> None:
    (item,) = waived("fresh").outcomes[0].standing
    found = waived("fresh", item.item.key)
    assert (found.outcomes[0].outcome, found.outcomes[0].until) == ("waived", date(2026, 12, 24))
    assert "24 December 2026" in found.outcomes[0].says
    assert found.gate.is_green


def test_a_whole_rule_may_be_waived_and_covers_no_other_rule() -> None:
    rule = policy("answered: all").policy.rules[0]
    assert waived("answered: all", rule.key).outcomes[0].outcome == "waived"
    both = policy("answered: data-7", "at least: measured for data-*")
    only = both.policy.rules[0].key
    found = evaluate(both, Facts([asked(None, named="data-7"), asked(None)], waivers={only: waiver(only)}))
    assert [one.outcome for one in found.outcomes[:2]] == ["waived", "not met"]
    assert found.gate.questions == ("data-6",)


def test_files_are_waived_by_nothing() -> None:
    files = list(file_problems(1, True, ""))
    rule = next(one for one in policy("fresh").policy.rules if one.word == "files released")
    waivers = {key: waiver(key) for key in (rule.key, *(item.key for item in files))}
    found = evaluate(policy("fresh"), Facts([asked(answer(MEASURED, evidence()))], files, waivers=waivers))
    assert len(found.gate.files) == 2
    assert all(item.never_waived_because for item in files)


def test_sign_offs_that_are_missing_turn_no_gate_red() -> None:
    found = evaluate(policy("fresh"), Facts([asked(answer(MEASURED, evidence()))]))
    approvals = next(one for one in found.outcomes if one.rule.word == "approvals")
    assert (approvals.outcome, approvals.figures[0].value) == ("waiting", "0 of 1")
    signed = Facts([asked(answer(MEASURED, evidence()))], signed=[frozenset({"approver"})])
    approvals = next(one for one in evaluate(policy("fresh"), signed).outcomes if one.rule.word == "approvals")
    assert (found.gate.is_green, approvals.outcome) == (True, "met")
    assert approvals.never_waived_because


def test_an_outcome_is_kept_as_plain_values() -> None:
    kept = held(ASK, Facts([], measurements=[score(value=0.5)])).as_input()
    assert (kept["rule"], kept["outcome"], kept["figures"][0][:3]) == (
        ASK,
        "not met",
        ["Evaluation 7 on 50 rows of Support v2", "0.5 (0.6 to 0.8)", ">= 0.7"],
    )
