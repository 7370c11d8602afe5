"""Answering: evidence is collected once, words are kept, every change is a revision, and two writers do not collide."""

from typing import Any

import pytest

from apps.accounts.services import role_grant
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.catalog.services import dataset_version_describe
from apps.checklist.models import Answer
from apps.checklist.queries import answer_history, assessment_view
from apps.checklist.rules import DECLARED, MEASURED, NOT_APPLICABLE, UNKNOWN, AssessmentView
from apps.checklist.services import answer_save, assessment_create, evidence_add, evidence_collect
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from tests.checklist.conftest import World
from tests.makers import fresh, make_person
from tests.people import People
from tests.stories import PROVENANCE, make_base_version, make_scan, scan_result


def view(world: World) -> AssessmentView:
    return assessment_view(world.people.olga, world.assessment)


def save(world: World, question: str = "modeling-1", **more: Any) -> Answer:
    given = {"status": DECLARED, "text": "It knows desks.", "by": world.people.olga} | more
    return answer_save(assessment=world.assessment, question=question, **given)


def collect(world: World) -> list[Answer]:
    return evidence_collect(by=world.people.olga, assessment=world.assessment)


def current(world: World, question: str) -> Answer:
    return Answer.objects.get(assessment=world.assessment, question=question, is_current=True)


def test_an_assessment_starts_with_eighteen_unanswered_questions(world: World) -> None:
    found = view(world)
    assert found.counts == {UNKNOWN: 18}
    assert not found.gate.is_green
    assert {item.question for item in found.gate.problems} == {question.id for question in found.questions}


def test_a_version_has_one_assessment_for_a_framework(world: World) -> None:
    with pytest.raises(Conflict) as refused:
        assessment_create(by=world.people.olga, version=world.version)
    assert refused.value.code == "assessment.exists"


def test_collecting_writes_answers_of_the_platform(world: World) -> None:
    written = collect(world)
    assert {answer.question for answer in written} >= {"data-1", "data-6", "modeling-3", "modeling-7"}
    answer = current(world, "data-6")
    assert (answer.status, answer.answered_by, answer.revision) == (MEASURED, None, 1)
    counted = answer.evidence.filter(collector="dataset.pii")
    assert [item.subject_label for item in counted] == ["Support questions v1", "General text v1"]


def test_collecting_twice_writes_nothing_the_second_time(world: World) -> None:
    collect(world)
    answers, entries = Answer.objects.count(), AuditEntry.objects.count()
    assert collect(world) == []
    assert (Answer.objects.count(), AuditEntry.objects.count()) == (answers, entries)


def test_collecting_again_revises_only_what_changed(world: World) -> None:
    collect(world)
    make_scan(world.people.olga, world.data, scan_result(entities={"EMAIL_ADDRESS": 1}))
    assert {answer.question for answer in collect(world)} == {"data-5", "data-6"}
    assert [answer.revision for answer in answer_history(world.assessment, "data-6")] == [2, 1]


def test_the_worker_may_collect(world: World) -> None:
    assert evidence_collect(assessment=world.assessment)
    assert AuditEntry.objects.filter(action="answer.collect", actor="worker").exists()


def test_every_revision_is_in_the_trail_without_its_words(world: World) -> None:
    save(world, text="Call Jane Doe.")
    entry = AuditEntry.objects.filter(action="answer.save").get()
    assert entry.data["question"] == "modeling-1"
    assert "Jane" not in str(entry.data)


def test_a_supporting_collector_alone_does_not_answer(world: World) -> None:
    """An evaluation belongs to the limitations, but it does not state them."""
    collect(world)
    answer = current(world, "modeling-1")
    assert answer.status == UNKNOWN
    assert [item.collector for item in answer.evidence.all()] == ["evaluation.metrics"]


def test_a_persons_words_are_kept_and_get_the_evidence(world: World) -> None:
    save(world, "data-6", text="We looked at it.")
    make_scan(world.people.olga, world.data, scan_result(entities={"EMAIL_ADDRESS": 1}))
    collect(world)
    answer = current(world, "data-6")
    assert (answer.status, answer.text, answer.answered_by) == (MEASURED, "We looked at it.", world.people.olga)
    assert answer.evidence.filter(collector="dataset.pii").count() == 2


def test_finding_nothing_does_not_take_a_persons_answer_away(people: People) -> None:
    version = make_base_version(people.olga, people.team)
    assessment = assessment_create(by=people.olga, version=version)
    answer_save(by=people.olga, assessment=assessment, question="data-1", status=DECLARED, text="Public books.")
    assert "data-1" not in {answer.question for answer in evidence_collect(by=people.olga, assessment=assessment)}
    assert Answer.objects.get(assessment=assessment, question="data-1").status == DECLARED


@pytest.mark.parametrize("status", [MEASURED, "imported", "certain", ""])
def test_nobody_can_type_measured_or_imported(world: World, status: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(world, status=status)
    assert refused.value.code == "answer.status"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"status": DECLARED, "text": "  "}, "answer.empty"),
        ({"status": NOT_APPLICABLE, "text": "No.", "reason": " "}, "answer.reason_missing"),
        ({"status": DECLARED, "text": "x" * 20_001}, "answer.too_long"),
    ],
)
def test_what_is_said_has_to_say_something(world: World, given: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(world, **given)
    assert refused.value.code == code


def test_not_applicable_with_a_reason(world: World) -> None:
    answer = save(world, "modeling-2", status=NOT_APPLICABLE, text="", reason="It is never used.")
    assert (answer.status, answer.stated) == (NOT_APPLICABLE, NOT_APPLICABLE)


def test_not_applicable_against_the_evidence_is_a_problem(world: World) -> None:
    save(world, "modeling-7", status=NOT_APPLICABLE, text="", reason="It used no energy.")
    problems = [item.problem for item in view(world).question("modeling-7").problems]
    assert any("said not to apply, but there is evidence" in problem for problem in problems)


def test_an_unknown_question_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        save(world, "data-99")


def test_two_people_writing_at_once_do_not_overwrite_each_other(world: World) -> None:
    other = make_person("compliance_officer", team=world.people.team, name="Cora")
    save(world, by=other, text="Written by Cora.", expect_revision=0)
    with pytest.raises(Conflict) as refused:
        save(world, text="Written by Olga.", expect_revision=0)
    assert refused.value.code == "answer.changed"
    assert refused.value.message == ("Cora changed this answer while you were writing. It now says: “Written by Cora.”")
    save(world, text="Both.", expect_revision=1)
    assert [answer.text for answer in answer_history(world.assessment, "modeling-1")] == ["Both.", "Written by Cora."]


def test_evidence_that_changed_under_the_writers_hands_is_not_signed_for(world: World) -> None:
    collect(world)
    seen = view(world).question("data-6")
    make_scan(world.people.olga, world.data, scan_result(entities={"CREDIT_CARD": 500}))
    with pytest.raises(Conflict) as refused:
        save(world, "data-6", text="Nothing in it.", expect_revision=seen.revision, expect_basis=seen.basis)
    assert refused.value.code == "answer.evidence_changed"


def test_evidence_by_hand_supports_but_does_not_answer(world: World) -> None:
    answer = evidence_add(
        by=world.people.olga,
        assessment=world.assessment,
        question="modeling-2",
        summary="Minutes of the risk meeting",
        link="https://example.org/minutes",
    )
    assert answer.status == UNKNOWN
    item = answer.evidence.get()
    assert (item.collector, item.given_by, item.value) == (
        "",
        world.people.olga,
        {"link": "https://example.org/minutes"},
    )


def test_evidence_by_hand_goes_along_through_later_revisions(world: World) -> None:
    collect(world)
    evidence_add(by=world.people.olga, assessment=world.assessment, question="modeling-1", summary="A test report")
    save(world, text="Desks only.")
    found = view(world).question("modeling-1").evidence
    assert [(item.title, item.given_by) for item in found] == [("Evaluation", ""), ("Given by hand", "Olga")]
    assert collect(world) == []


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "example.org"])
def test_a_link_is_a_web_address(world: World, link: str) -> None:
    with pytest.raises(Invalid):
        evidence_add(
            by=world.people.olga, assessment=world.assessment, question="data-1", summary="Look here", link=link
        )


def test_reviewers_read_and_outsiders_see_nothing(world: World) -> None:
    people = world.people
    assert assessment_view(people.rui, world.assessment).pk == world.assessment.pk
    with pytest.raises(Refused):
        save(world, by=people.rui)
    for act in (
        lambda: save(world, by=people.xena),
        lambda: evidence_collect(by=people.xena, assessment=world.assessment),
        lambda: assessment_view(people.xena, world.assessment),
        lambda: assessment_create(by=people.xena, version=world.base),
    ):
        with pytest.raises(NotFound):
            act()


def test_personal_data_needs_words_until_somebody_says_what_was_decided(world: World) -> None:
    make_scan(world.people.olga, world.data, scan_result(entities={"EMAIL_ADDRESS": 6}))
    collect(world)
    assert "nobody has said what was decided" in view(world).question("data-6").problems[0].problem
    save(world, "data-6", text="The addresses are invented; they stay.")
    found = view(world).question("data-6")
    assert (found.problems, found.status) == ((), MEASURED)
    assert found.answer is not None
    assert found.answer.how_known == "Measured by the platform, in the words of Olga"


def test_words_about_an_old_scan_do_not_cover_a_new_one(world: World) -> None:
    """Collecting brings the numbers up to date; what was decided about them has to be confirmed by a person."""
    save(world, "data-6", text="Nothing was found.")
    make_scan(world.people.olga, world.data, scan_result(entities={"CREDIT_CARD": 500}))
    collect(world)
    found = view(world).question("data-6")
    assert [item.problem for item in found.problems] == ["What the statement speaks of has changed since it was made."]
    save(world, "data-6", text="Five hundred invented cards.", expect_revision=found.revision)
    assert view(world).question("data-6").problems == ()


def test_a_changed_datasheet_makes_answers_stale_until_they_are_collected_again(world: World) -> None:
    collect(world)
    assert view(world).stale == ()
    said = PROVENANCE | {"permission": "A contract, since today"}
    dataset_version_describe(
        by=world.people.olga, version=world.data, licence="CC-BY-4.0", provenance=said, reason="New contract"
    )
    stale = view(world).question("data-3")
    assert stale.is_stale
    assert "Support questions v1: it has changed since the evidence was collected." in stale.problems[0].problem
    assert "data-6" not in view(world).stale  # what the scan found does not hang on the datasheet
    collect(world)
    assert view(world).stale == ()


def test_new_files_make_everything_that_speaks_of_the_model_stale(world: World) -> None:
    collect(world)
    save(world, "modeling-2", text="Low.")
    type(world.version).objects.filter(pk=world.version.pk).update(manifest_digest="f" * 64)
    world.assessment.refresh_from_db()
    assert set(view(world).stale) >= {"modeling-2", "modeling-3", "modeling-4", "modeling-5", "modeling-7"}


def test_the_role_is_asked_each_time(world: World) -> None:
    role_grant(by=SYSTEM, user=world.people.rui, team=world.people.team, role="compliance_officer")
    save(world, by=fresh(world.people.rui))
    assert current(world, "modeling-1").answered_by == world.people.rui
