"""Submitting and the sign-off by a second person, who alone can approve a version."""

from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.services import role_grant
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.catalog.services import dataset_version_describe
from apps.checklist.models import Assessment, SignOff
from apps.checklist.queries import (
    approval_is_current,
    assessment_view,
    assessments_waiting_for,
    framework,
    gate_of,
)
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_decide,
    assessment_submit,
    evidence_add,
    evidence_collect,
)
from apps.core.canonical import digest_of
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import ModelVersion
from apps.registry.services import version_retire
from tests.checklist.conftest import World, collect_and_say
from tests.makers import fresh, make_deployment, make_person
from tests.stories import PROVENANCE, make_dataset_version, make_evaluation, make_scan, make_tuned_version


def decide(world: World, decision: str = "approved", **more: Any) -> SignOff:
    given = {"by": world.people.rui, "reason": "Read it all."} | more
    return assessment_decide(assessment=world.assessment, decision=decision, **given)


def again(world: World) -> Assessment:
    """The assessment as a new request reads it."""
    return Assessment.objects.select_related("version__model", "created_by", "submitted_by").get(pk=world.assessment.pk)


def stage(world: World) -> str:
    return ModelVersion.objects.get(pk=world.version.pk).stage


def test_submitting_proposes_a_draft(world: World) -> None:
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    assert (again(world).state, again(world).submitted_by, stage(world)) == (
        "submitted",
        world.people.olga,
        "candidate",
    )


def test_submitting_twice_is_refused(submitted: World) -> None:
    with pytest.raises(Conflict):
        assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)


def test_a_retired_version_is_not_submitted(world: World) -> None:
    admin = make_person("administrator", team=world.people.team)
    version_retire(by=admin, version=world.version, reason="Old")
    with pytest.raises(Conflict):
        assessment_submit(by=world.people.olga, assessment=world.assessment)
    assert again(world).state == "open"


def test_a_green_gate_and_a_second_person_approve_the_version(submitted: World) -> None:
    assert gate_of(submitted.assessment).problems == ()
    sign_off = decide(submitted)
    version = ModelVersion.objects.get(pk=submitted.version.pk)
    assert (version.stage, version.approved_digest) == ("approved", version.manifest_digest)
    assert again(submitted).state == "approved"
    assert sign_off.basis_digest == digest_of(SignOff.objects.get().basis)
    assert len(sign_off.basis["answers"]) == 18
    assert sign_off.basis["framework"]["digest"] == framework().digest
    assert approval_is_current(again(submitted))
    assert AuditEntry.objects.filter(action="version.approve").exists()


def test_the_basis_holds_the_digests_of_all_evidence(submitted: World) -> None:
    basis = decide(submitted).basis
    pii = next(item for item in basis["answers"] if item["question"] == "data-6")
    now = assessment_view(submitted.people.rui, again(submitted)).question("data-6")
    assert [entry[2] for entry in pii["evidence"]] == [item.subject_digest for item in now.evidence]


def test_refusing_rejects_the_version_and_the_work_goes_on(submitted: World) -> None:
    decide(submitted, "refused", reason="The limitations are too vague.")
    assert (again(submitted).state, stage(submitted)) == ("refused", "rejected")
    answer_save(
        by=submitted.people.olga,
        assessment=submitted.assessment,
        question="modeling-1",
        status="declared",
        text="Ten answers, English only, no memory.",
    )
    assert again(submitted).state == "open"
    assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)
    decide(submitted)
    assert stage(submitted) == "approved"


def test_a_refused_assessment_may_be_submitted_as_it_is(submitted: World) -> None:
    decide(submitted, "refused")
    assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)
    assert (again(submitted).state, stage(submitted)) == ("submitted", "candidate")


def test_a_red_gate_lists_every_problem_and_moves_nothing(world: World) -> None:
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    with pytest.raises(Conflict) as refused:
        decide(world)
    assert refused.value.code == "gate.red"
    for item in gate_of(world.assessment).problems:
        assert f"{item.question}: {item.problem}" in refused.value.message
        assert item.remedy in refused.value.remedy
    assert (stage(world), again(world).state, SignOff.objects.count()) == ("candidate", "submitted", 0)


def test_a_red_gate_does_not_stop_a_refusal(world: World) -> None:
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    decide(world, "refused")
    assert stage(world) == "rejected"


@pytest.mark.parametrize(
    ("given", "error"), [({"decision": "maybe"}, Invalid), ({"reason": "  "}, Invalid)], ids=["decision", "reason"]
)
def test_a_decision_is_clear_and_has_a_reason(submitted: World, given: dict[str, str], error: type) -> None:
    with pytest.raises(error):
        decide(submitted, **{"decision": "approved"} | given)


def test_only_what_was_submitted_can_be_decided(world: World) -> None:
    collect_and_say(world)
    with pytest.raises(Conflict) as refused:
        decide(world)
    assert refused.value.code == "assessment.state"


# --- four eyes, each way


def approver(world: World, *roles: str, name: str = "Ada") -> Any:
    return make_person("approver", *roles, team=world.people.team, name=name)


def assert_own_work(world: World, person: Any, part: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(world, by=fresh(person))
    assert refused.value.code == "sign_off.own_work"
    assert part in refused.value.message
    assert refused.value.remedy
    assert again(world).state == "submitted"


def test_whoever_made_the_version_may_not_decide(submitted: World) -> None:
    role_grant(by=SYSTEM, user=submitted.people.olga, team=submitted.people.team, role="approver")
    assert_own_work(submitted, submitted.people.olga, "you made this version")


def test_whoever_started_the_tuning_may_not_decide(submitted: World) -> None:
    ada = approver(submitted)
    ModelVersion.objects.get(pk=submitted.version.pk).made_by.__class__.objects.update(created_by=ada)
    assert_own_work(submitted, ada, "you started the tuning")


def test_whoever_submitted_may_not_decide(world: World) -> None:
    collect_and_say(world)
    ada = approver(world, "engineer")
    assessment_submit(by=ada, assessment=world.assessment)
    assert_own_work(world, ada, "you submitted it")


def test_whoever_wrote_a_current_answer_may_not_decide(world: World) -> None:
    collect_and_say(world)
    ada = approver(world, "compliance_officer")
    said = {"question": "modeling-2", "status": "declared"}
    answer_save(by=ada, assessment=world.assessment, text="Low.", **said)
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    assert_own_work(world, ada, "you wrote answers in it")


def test_whoever_gave_evidence_may_not_decide(world: World) -> None:
    collect_and_say(world)
    ada = approver(world, "compliance_officer")
    evidence_add(by=ada, assessment=world.assessment, question="modeling-2", summary="My notes")
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    assert_own_work(world, ada, "you gave evidence for it")


def test_an_author_whose_words_were_replaced_may_decide(world: World) -> None:
    collect_and_say(world)
    ada = approver(world, "compliance_officer")
    for person in (ada, world.people.olga):
        answer_save(by=person, assessment=world.assessment, question="modeling-2", status="declared", text="Low.")
    assessment_submit(by=world.people.olga, assessment=world.assessment)
    decide(world, by=ada)
    assert stage(world) == "approved"


def test_the_platforms_answers_are_nobodys_work(submitted: World) -> None:
    """Rui pressed no button but could have: collecting evidence is no authorship."""
    ada = approver(submitted, "compliance_officer")
    evidence_collect(by=ada, assessment=submitted.assessment)
    decide(submitted, by=ada)
    assert stage(submitted) == "approved"


def test_those_without_the_role_may_not_decide(submitted: World) -> None:
    with pytest.raises(Refused) as refused:
        decide(submitted, by=make_person("administrator", "compliance_officer", team=submitted.people.team))
    assert "approver" in refused.value.remedy
    with pytest.raises(NotFound):
        decide(submitted, by=submitted.people.xena)


def test_waiting_decisions_leave_ones_own_out(submitted: World) -> None:
    people = submitted.people
    role_grant(by=SYSTEM, user=people.olga, team=people.team, role="approver")
    assert list(assessments_waiting_for(people.rui)) == [submitted.assessment]
    assert list(assessments_waiting_for(fresh(people.olga))) == []
    assert list(assessments_waiting_for(people.xena)) == []


# --- what happens afterwards


def test_a_changed_answer_takes_a_submission_back(submitted: World) -> None:
    answer_save(
        by=submitted.people.olga,
        assessment=submitted.assessment,
        question="modeling-1",
        status="declared",
        text="Changed.",
    )
    assert (again(submitted).state, again(submitted).submitted_by) == ("open", None)
    with pytest.raises(Conflict):
        decide(submitted)


def test_an_amended_answer_opens_an_approved_assessment_and_the_version_keeps_its_stage(submitted: World) -> None:
    decide(submitted)
    said = {"question": "modeling-1", "status": "declared", "text": "One more limitation."}
    answer_save(by=submitted.people.olga, assessment=submitted.assessment, **said)
    assert (again(submitted).state, stage(submitted)) == ("open", "approved")
    assert not approval_is_current(again(submitted))
    assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)
    decide(submitted)
    assert approval_is_current(again(submitted))
    assert SignOff.objects.count() == 2


def test_an_approval_can_be_taken_back_after_an_amendment(submitted: World) -> None:
    decide(submitted)
    said = {"question": "modeling-1", "status": "declared", "text": "It is worse than we thought."}
    answer_save(by=submitted.people.olga, assessment=submitted.assessment, **said)
    assessment_submit(by=submitted.people.olga, assessment=submitted.assessment)
    decide(submitted, "refused")
    assert stage(submitted) == "rejected"


def test_changed_data_makes_an_approval_stale_without_anybody_touching_it(submitted: World) -> None:
    decide(submitted)
    dataset_version_describe(
        by=submitted.people.olga,
        version=submitted.data,
        licence="CC-BY-NC-4.0",
        provenance=PROVENANCE,
        reason="The licence was wrong",
    )
    assert not approval_is_current(again(submitted))
    assert again(submitted).state == "approved"


def test_deploying_is_what_was_approved_and_makes_nothing_stale(submitted: World) -> None:
    decide(submitted)
    make_deployment(submitted.people.olga, ModelVersion.objects.select_related("model").get(pk=submitted.version.pk))
    assert {answer.question for answer in evidence_collect(assessment=again(submitted))} == {
        "deployment-1",
        "deployment-2",
    }
    found = assessment_view(submitted.people.rui, again(submitted))
    assert (found.state, found.is_approval_current) == ("approved", True)
    first = found.question("deployment-1")
    assert (first.status, first.says) == ("measured", "On the machine of the support team.")


def test_two_decisions_at_once_give_one(submitted: World) -> None:
    decide(submitted)
    with pytest.raises(Conflict):
        decide(submitted, by=approver(submitted))


def test_a_second_version_has_a_checklist_of_its_own(submitted: World) -> None:
    olga = submitted.people.olga
    data = make_dataset_version(olga, submitted.people.team, "More", [{"question": "More?", "answer": "Yes."}])
    make_scan(olga, data)
    second = make_tuned_version(olga, submitted.base, data)
    make_evaluation(olga, second, data, submitted.base)
    assert assessment_create(by=olga, version=second).state == "open"
    assert again(submitted).state == "submitted"


def test_files_that_may_not_be_used_turn_the_gate_red_whatever_is_answered(submitted: World) -> None:
    ModelVersion.objects.filter(pk=submitted.version.pk).update(held_files=1)
    gate = gate_of(again(submitted))
    assert (gate.is_green, gate.questions, [item.question for item in gate.files]) == (False, (), ["files"])
    assert gate.files[0].page == f"/models/versions/{submitted.version.pk}/files/"
    with pytest.raises(Conflict, match="1 file of the version can run code"):
        decide(submitted)
    ModelVersion.objects.filter(pk=submitted.version.pk).update(held_files=0, broken_at=timezone.now())
    with pytest.raises(Conflict, match="was altered"):
        decide(submitted)
    assert stage(submitted) == "candidate"
