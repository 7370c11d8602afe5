"""A team's own policy: who sets it, what it makes of the gate, sign-offs of several people, and waivers of anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.catalog.services import tag_create
from apps.checklist.models import Assessment, GatePolicy, SignOff, Waiver
from apps.checklist.queries import assessments_waiting_for, present_view
from apps.checklist.queries.policies import default_policy, policies_for
from apps.checklist.queries.views import views_of
from apps.checklist.services import answer_save, assessment_decide, assessment_submit, waiver_grant, waiver_revoke
from apps.checklist.services.policies import TEXT_MOST, policy_set, policy_withdraw
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from apps.core.rules import SUCCEEDED
from apps.registry.models import ModelVersion
from apps.registry.services import system_create, system_version_add
from apps.trail.models import TrailCheckRun
from apps.trail.services import trail_check_start
from tests.checklist.conftest import World
from tests.makers import claim, make_person

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)
LATER = SOON + timedelta(days=1)
TWO = "approvals: 2 from {compliance officer, approver}"
WHOLE = """\
title: Desk
rules:
  - answered: all
  - at least: minimum for all
  - fresh
  - no objection
  - no conflict: licence
  - explained
  - consistent
"""


def text(*rules: str, applies: str = "", whole: str = WHOLE) -> str:
    extra = applies and f"applies_to:\n  {applies}\n"
    return whole.replace("rules:", f"{extra}rules:") + "".join(f"  - {rule}\n" for rule in rules)


def officer(world: World, *roles: str, name: str = "Cora") -> User:
    return make_person(*(roles or ("compliance_officer",)), team=world.people.team, name=name)


def set_policy(world: World, *rules: str, by: User | None = None, name: str = "desk", **more: Any) -> GatePolicy:
    words = text(*(rules or (TWO,)), applies=more.pop("applies", ""))
    given = {"text": words, "reason": "agreed with the board"} | more
    return policy_set(by=by or officer(world, name="Setter"), team=world.people.team, name=name, **given)


def again(world: World) -> Assessment:
    return Assessment.objects.select_related("version__model", "created_by", "submitted_by").get(pk=world.assessment.pk)


def stage(world: World) -> str:
    return ModelVersion.objects.get(pk=world.version.pk).stage


def sign(world: World, by: User, decision: str = "approved") -> SignOff:
    return assessment_decide(by=by, assessment=world.assessment, decision=decision, reason="Read it all.")


# --- setting it


def test_each_change_is_a_revision_with_its_reason(world: World) -> None:
    cora = officer(world)
    first = set_policy(world, by=cora)
    second = set_policy(world, TWO, "four eyes", by=cora, expect_revision=1)
    first.refresh_from_db()
    assert (first.revision, first.is_current, second.revision, second.is_current) == (1, False, 2, True)
    assert first.text != second.text
    entry = AuditEntry.objects.filter(action="policy.change").latest("pk")
    assert (entry.reason, entry.data["revision"], entry.data["digest"]) == ("agreed with the board", 2, second.digest)
    with pytest.raises(Conflict, match="meanwhile"):
        set_policy(world, "fresh: data-1", TWO, by=cora, expect_revision=1)
    with pytest.raises(Conflict, match="already"):
        set_policy(world, TWO, "four eyes", by=cora)


def test_who_may_set_it(world: World) -> None:
    for role in ("engineer", "approver", "auditor"):
        with pytest.raises(Refused):
            set_policy(world, by=officer(world, role))
    with pytest.raises(NotFound):
        set_policy(world, by=world.people.xena)
    assert set_policy(world, by=officer(world, "administrator")).revision == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reason": " "}, "Say why"),
        ({"name": "Desk!"}, "small letters"),
        ({"name": ""}, "small letters"),
        ({"text": "x" * (TEXT_MOST + 1)}, "at most"),
        ({"text": "title: T\nrules:\n  - hope\n"}, "Line 3: .*begins no rule"),
        ({"text": "a: &a [*a]"}, "Line 1"),
    ],
)
def test_bad_input_is_told(world: World, given: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        set_policy(world, **given)
    assert not GatePolicy.objects.exists()


def test_one_that_is_withdrawn_holds_for_nothing(world: World) -> None:
    cora = officer(world)
    made = set_policy(world, by=cora)
    assert policies_for([world.assessment])[world.assessment.pk].pk == made.pk
    gone = policy_withdraw(by=cora, policy=made, reason="The portal's own is enough")
    assert policies_for([world.assessment])[world.assessment.pk] == default_policy()
    with pytest.raises(Conflict):
        policy_withdraw(by=cora, policy=made, reason="again")
    with pytest.raises(Conflict):
        policy_withdraw(by=cora, policy=gone, reason="again")
    assert set_policy(world, by=cora).revision == 3


def test_it_holds_for_what_it_names_by_model_tag_and_risk(world: World) -> None:
    set_policy(world, name="a", applies="models: [someone-else]")
    high = set_policy(world, "four eyes", TWO, name="b", applies="risk classes: [high]")
    tagged = set_policy(world, "trail", TWO, name="c", applies="tags: [live=yes]")
    used = lambda: policies_for([world.assessment])[world.assessment.pk].pk  # noqa: E731
    assert used() is None
    world.version.model.tags.create(key="live", value="yes")
    assert used() == tagged.pk
    olga = world.people.olga
    system = system_create(by=olga, team=world.people.team, name="Desk")
    system_version_add(by=olga, system=system, version=world.version)
    type(system).objects.filter(pk=system.pk).update(risk_class="high")
    assert used() == high.pk


def test_reading_costs_the_same_however_many_policies_there_are(world: World) -> None:
    set_policy(world, name="a", applies="risk classes: [high]")
    first = len(_queries(world))
    for number in range(4):
        set_policy(world, name=f"b{number}", applies="tags: [live]")
    assert len(_queries(world)) == first <= 4


def _queries(world: World) -> Any:
    with CaptureQueriesContext(connection) as captured:
        policies_for([world.assessment])
    return captured.captured_queries


# --- the gate


def outcome(world: World, word: str) -> Any:
    return next(one for one in present_view(again(world)).outcomes if one.rule.word == word)


def test_a_threshold_is_told_with_its_figure_and_its_run(submitted: World) -> None:
    set_policy(submitted, "requires: evaluation.loss <= 0.01 on suite support-questions", TWO)
    view = present_view(again(submitted))
    (item,) = view.gate.problems
    found = outcome(submitted, "requires")
    assert (found.outcome, item.question, view.gate.questions) == ("not met", "policy", ())
    (figure,) = found.figures
    assert "?run=" in figure.page and figure.threshold == "<= 0.01"
    assert figure.digests[1] == ("files of the version", submitted.version.manifest_digest)
    with pytest.raises(Conflict, match="has to be at most 0.01"):
        sign(submitted, officer(submitted))


def test_rows_that_nobody_measured_on_cannot_be_told(submitted: World) -> None:
    set_policy(submitted, "requires: evaluation.loss <= 100 on suite moon", TWO)
    assert outcome(submitted, "requires").outcome == "cannot be told"
    assert not present_view(again(submitted)).gate.is_green


def test_a_tag_of_the_data_names_its_rows(submitted: World) -> None:
    set_policy(submitted, "requires: evaluation.loss <= 100 on suite golden", TWO)
    assert "but on Support questions v1 (support-questions, " in outcome(submitted, "requires").says
    tag_create(by=submitted.people.olga, version=submitted.data, name="golden")
    assert outcome(submitted, "requires").outcome == "met"


# --- the trail


def verified(world: World, **found: Any) -> TrailCheckRun:
    run = claim(trail_check_start(by=make_person("auditor", team=world.people.team, name=f"Ada {found}")))
    run.end(SUCCEEDED, result={"is_intact": True, "rows": 40, "head": "f" * 64, "broken_at": None} | found)
    return run


def test_a_trail_that_was_found_changed_closes_every_gate(submitted: World) -> None:
    set_policy(submitted)
    assert outcome(submitted, "trail").outcome == "met" and not outcome(submitted, "trail").figures
    first = verified(submitted)
    (figure,) = outcome(submitted, "trail").figures
    assert outcome(submitted, "trail").outcome == "met" and figure.label.startswith(f"Verification {first.pk} on ")
    second = verified(submitted, is_intact=False, broken_at=17)
    found = outcome(submitted, "trail")
    assert found.outcome == "not met" and "was changed at entry 17." in found.says
    assert f"Verification {second.pk} of " in found.says and found.never_waived_because
    with pytest.raises(Conflict, match="the audit trail was changed"):
        sign(submitted, officer(submitted))
    (item,) = [one.item for one in found.standing]
    with pytest.raises(DomainError):
        waive(submitted, item.key)
    verified(submitted)
    assert outcome(submitted, "trail").outcome == "met", "once it was put right and verified again"


# --- several sign-offs


def test_the_last_of_two_sign_offs_approves(submitted: World) -> None:
    made = set_policy(submitted)
    cora = officer(submitted)
    assert list(assessments_waiting_for(cora)) == [submitted.assessment]
    first = sign(submitted, submitted.people.rui)
    assert (first.is_final, stage(submitted), again(submitted).state) == (False, "candidate", "submitted")
    assert (first.policy_id, first.policy_revision, first.policy_digest) == (made.pk, 1, made.digest)
    assert list(assessments_waiting_for(submitted.people.rui)) == []
    assert outcome(submitted, "approvals").outcome == "waiting"
    assert not present_view(again(submitted)).was_approved
    last = sign(submitted, cora)
    assert (last.is_final, stage(submitted), again(submitted).state) == (True, "approved", "approved")
    assert last.roles == ["compliance_officer"]
    view = present_view(again(submitted))
    assert view.is_approval_current and outcome(submitted, "approvals").outcome == "met"
    assert [one.pk for one in view.signed] and len(view.signed) == 2


def test_one_person_signs_once_and_never_their_own_work(submitted: World) -> None:
    set_policy(submitted)
    sign(submitted, submitted.people.rui)
    with pytest.raises(Conflict) as refused:
        sign(submitted, submitted.people.rui)
    assert refused.value.code == "sign_off.given"
    maker = officer(submitted, "compliance_officer", "engineer", name="Maker")
    answer_save(
        by=maker, assessment=submitted.assessment, question="modeling-2", status="declared", text="Low, as we think."
    )
    assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)
    with pytest.raises(Refused, match="because you wrote answers"):
        sign(submitted, maker)


def test_a_role_that_is_not_counted_does_not_sign(submitted: World) -> None:
    set_policy(submitted, "approvals: 1 from {compliance officer}")
    with pytest.raises(Refused) as refused:
        sign(submitted, submitted.people.rui)
    assert (refused.value.code, "compliance officer" in refused.value.message) == ("sign_off.role", True)
    with pytest.raises(Refused):
        sign(submitted, officer(submitted, "engineer"))
    with pytest.raises(NotFound):
        sign(submitted, submitted.people.xena)
    sign(submitted, officer(submitted))
    assert stage(submitted) == "approved"


def test_a_sign_off_that_is_not_missing_is_refused(submitted: World) -> None:
    set_policy(submitted, "approvals: 1 from {compliance officer}", "approvals: 1 from {approver}")
    sign(submitted, submitted.people.rui)
    with pytest.raises(Conflict) as refused:
        sign(submitted, officer(submitted, "approver", name="Ada"))
    assert refused.value.code == "sign_off.not_missing"
    sign(submitted, officer(submitted))
    assert stage(submitted) == "approved"


def test_a_refusal_and_a_changed_answer_void_what_was_given(submitted: World) -> None:
    set_policy(submitted)
    rui, cora, olga = submitted.people.rui, officer(submitted), submitted.people.olga
    sign(submitted, rui)
    sign(submitted, cora, "refused")
    assert (again(submitted).state, stage(submitted)) == ("refused", "rejected")
    assessment_submit(by=olga, assessment=submitted.assessment)
    assert not sign(submitted, cora).is_final
    said = {"question": "modeling-1", "status": "declared", "text": "Ten answers, English only."}
    answer_save(by=olga, assessment=submitted.assessment, **said)
    assessment_submit(by=olga, assessment=submitted.assessment)
    assert not sign(submitted, rui).is_final
    assert sign(submitted, cora).is_final
    assert stage(submitted) == "approved"


def test_a_decision_keeps_its_exact_inputs(submitted: World) -> None:
    made = set_policy(submitted, "requires: evaluation.loss <= 100", TWO)
    first = sign(submitted, submitted.people.rui)
    basis = sign(submitted, officer(submitted)).basis
    assert digest_of(basis) == SignOff.objects.latest("pk").basis_digest
    assert (basis["policy"]["revision"], basis["policy"]["digest"]) == (1, made.digest)
    assert basis["policy"]["signed"] == [[submitted.people.rui.pk, ["approver"], first.basis_digest]]
    rules = {rule["rule"]: rule for rule in basis["rules"]}
    (figure,) = rules["requires: evaluation.loss <= 100"]["figures"]
    assert rules["fresh: all"]["outcome"] == "met" and figure[2] == "<= 100"


# --- a policy that changes


def test_a_policy_that_changes_between_sign_offs_asks_for_them_again(submitted: World) -> None:
    set_policy(submitted)
    sign(submitted, submitted.people.rui)
    second = set_policy(submitted, "requires: evaluation.loss <= 100", TWO)
    cora = officer(submitted)
    found = sign(submitted, cora)
    assert (found.is_final, found.policy_revision, found.policy_digest) == (False, 2, second.digest)
    assert sign(submitted, submitted.people.rui).is_final


def test_the_decision_names_the_policy_of_the_moment_not_that_of_handing_in(submitted: World) -> None:
    made = set_policy(submitted, "approvals: 1 from {approver}")
    assert sign(submitted, submitted.people.rui).policy_id == made.pk


@pytest.mark.parametrize(
    ("rules", "is_current"),
    [
        (("approvals: 1 from {approver}",), True),
        (("requires: evaluation.loss <= 100", "approvals: 1 from {approver}"), True),
        (("requires: evaluation.loss <= 0.01", "approvals: 1 from {approver}"), False),
        (("requires: evaluation.bleu >= 0 on suite moon", "approvals: 1 from {approver}"), False),
        ((TWO,), False),
        (("approvals: 1 from {compliance officer}",), False),
    ],
)
def test_a_stricter_policy_makes_an_approval_not_current(
    submitted: World, rules: tuple[str, ...], is_current: bool
) -> None:
    sign(submitted, submitted.people.rui)
    made = set_policy(submitted, *rules)
    view = present_view(again(submitted))
    assert (view.is_approval_current, view.state, stage(submitted)) == (is_current, "approved", "approved")
    policy_withdraw(by=officer(submitted), policy=made, reason="back")
    assert present_view(again(submitted)).is_approval_current


# --- waivers


def waive(world: World, key: str, **more: Any) -> Waiver:
    given = {"reason": "Known and small", "expires_on": SOON, "by": world.people.rui} | more
    return waiver_grant(assessment=world.assessment, conflict=key, **given)


@pytest.fixture
def below(submitted: World) -> World:
    """Everything is in order, but a figure misses the number of the team's policy."""
    set_policy(submitted, "requires: evaluation.loss <= 0.01", "approvals: 1 from {approver}")
    return submitted


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_missed_number_may_be_waived_until_it_lapses(below: World, is_whole: bool) -> None:
    found = outcome(below, "requires")
    waiver = waive(below, found.rule.key if is_whole else found.reasons[0].item.key)
    assert (waiver.kind, waiver.question) == (("rule", "") if is_whole else ("threshold missed", "policy"))
    assert (outcome(below, "requires").outcome, outcome(below, "requires").until) == ("waived", SOON)
    sign_off = sign(below, below.people.rui)
    assert sign_off.basis["waivers"] == [[waiver.conflict, waiver.pk, SOON.isoformat()]]
    assert present_view(again(below)).is_approval_current
    late = views_of([again(below)], LATER)[below.assessment.pk]
    assert not late.gate.is_green and not late.is_approval_current
    waiver_revoke(by=below.people.rui, waiver=waiver, reason="It is not so small")
    assert not present_view(again(below)).is_approval_current


def test_an_answer_may_be_waived(world: World) -> None:
    item = next(one for one in present_view(world.assessment).gate.problems if one.question == "data-1")
    waive(world, item.key)
    view = present_view(again(world))
    assert "data-1" not in view.gate.questions and view.question("data-1").problems == ()


def test_four_kinds_are_never_waived(below: World) -> None:
    ModelVersion.objects.filter(pk=below.version.pk).update(held_files=1, broken_at=timezone.now())
    view = present_view(again(below))
    keys = [item.key for item in view.gate.files]
    keys += [one.rule.key for one in view.outcomes if one.rule.word == "files released"]
    assert len(keys) == 3
    for key in keys:
        with pytest.raises(Refused) as refused:
            waive(below, key)
        assert refused.value.code == "waiver.never" and len(refused.value.message) > 60
    for word in ("four eyes", "trail", "approvals"):
        rule = next(one for one in view.outcomes if one.rule.word == word)
        assert rule.never_waived_because
        with pytest.raises(Refused):
            waive(below, rule.rule.key)
    assert not Waiver.objects.exists()


def test_nobody_waives_what_is_their_own_or_does_not_stand(below: World) -> None:
    key = outcome(below, "requires").reasons[0].item.key
    olga = officer(below, "approver", "engineer", name="Both")
    answer_save(by=olga, assessment=below.assessment, question="modeling-2", status="declared", text="Low.")
    with pytest.raises(Refused, match="because you wrote"):
        waive(below, key, by=olga)
    with pytest.raises(NotFound):
        waive(below, "0" * 64)
    with pytest.raises(NotFound):
        waive(below, next(one.rule.key for one in present_view(again(below)).outcomes if one.rule.word == "fresh"))
    waive(below, key)
    with pytest.raises(Conflict, match="already"):
        waive(below, key)


# --- at once


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_give_two_sign_offs_and_one_approval(submitted: World) -> None:
    set_policy(submitted)
    both = [submitted.people.rui, officer(submitted)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda person: _in_thread(submitted, person), both))
    assert sorted(one.is_final for one in found) == [False, True]
    assert stage(submitted) == "approved"
    assert AuditEntry.objects.filter(action="version.approve").count() == 1


def _in_thread(world: World, person: User) -> SignOff:
    try:
        return sign(world, person)
    finally:
        connection.close()
