"""An assessment moves to a newer version of its framework, and nothing that was said is lost."""

from dataclasses import dataclass

import pytest

from apps.audit.models import AuditEntry
from apps.checklist.models import Answer, Assessment
from apps.checklist.queries import present_view
from apps.checklist.queries.upgrades import no_longer_asked, old_questions, upgrade_offered
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_submit,
    assessment_upgrade,
    evidence_add,
    framework_load,
)
from apps.core.errors import Conflict, NotFound, Refused
from apps.registry.services import system_create
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_client, make_person
from tests.people import People

FIRST = raw_framework(
    group("g", question("stays"), question("moves"), question("goes"), question("merges")), subjects=["system"]
)
SECOND = raw_framework(
    group("g", question("stays", "In other words?"), question("moved", replaces=["moves", "merges"]), question("new")),
    subjects=["system"],
    version=2,
)


@dataclass(frozen=True)
class Moving:
    """A system whose four questions are answered on the first version, while the second one is there."""

    people: People
    assessment: Assessment


@pytest.fixture
def moving(people: People) -> Moving:
    officer = make_person("compliance_officer", team=people.team)
    framework_load(by=officer, text=text_of(FIRST))
    system = system_create(by=people.olga, team=people.team, name="Desk")
    made = assessment_create(by=people.olga, system=system, urn=URN)
    for name in ("stays", "moves", "goes", "merges"):
        answer_save(by=people.olga, assessment=made, question=name, status="declared", text=f"On {name}.")
    evidence_add(by=people.olga, assessment=made, question="moves", summary="A paper.", link="https://example.org/p")
    assessment_submit(by=people.olga, assessment=made)
    framework_load(by=officer, text=text_of(SECOND))
    return Moving(people, made)


def upgraded(moving: Moving) -> Assessment:
    assessment_upgrade(by=moving.people.olga, assessment=moving.assessment)
    return Assessment.objects.get(pk=moving.assessment.pk)


def test_answers_stay_move_on_or_stay_readable(moving: Moving) -> None:
    before = Answer.objects.count()
    after = upgraded(moving)
    view = present_view(after)
    assert {one.id: one.says for one in view.questions} == {"stays": "On stays.", "moved": "On moves.", "new": ""}
    assert [answer.text for answer in no_longer_asked(after)] == ["On goes."]
    assert old_questions(after)["goes"] == "Is it so?"
    assert Answer.objects.count() == before + 1, "nothing is taken away; one answer goes on under its new id"
    assert Answer.objects.filter(text="On merges.").exists()


def test_author_time_words_and_evidence_go_on_with_an_answer(moving: Moving) -> None:
    old = moving.assessment.answers.get(question="moves", is_current=True)
    new = upgraded(moving).answers.get(question="moved")
    assert (new.answered_by, new.stated, new.stated_on) == (old.answered_by, old.stated, old.stated_on)
    assert new.answered_at == old.answered_at
    [paper] = new.evidence.all()
    assert paper.summary == "A paper."
    assert paper.collected_at == old.evidence.get().collected_at


def test_the_assessment_opens_again_and_the_trail_says_why(moving: Moving) -> None:
    assert upgrade_offered(moving.assessment).version == 2  # type: ignore[union-attr]
    after = upgraded(moving)
    assert (after.state, after.framework_version, after.submitted_at) == ("open", 2, None)
    assert upgrade_offered(after) is None
    entry = AuditEntry.objects.get(action="assessment.upgrade")
    assert (entry.data["from"], entry.data["to"], entry.data["state_before"]) == (1, 2, "submitted")
    assert entry.data["changes"]["removed"] == 1


def test_only_forward_and_only_with_the_right(moving: Moving) -> None:
    for person, refusal in ((moving.people.rui, Refused), (moving.people.xena, NotFound)):
        with pytest.raises(refusal):
            assessment_upgrade(by=person, assessment=moving.assessment)
    with pytest.raises(NotFound):
        assessment_upgrade(by=moving.people.olga, assessment=moving.assessment, version=9)
    with pytest.raises(Conflict):
        assessment_upgrade(by=moving.people.olga, assessment=moving.assessment, version=1)
    upgraded(moving)
    with pytest.raises(Conflict):
        assessment_upgrade(by=moving.people.olga, assessment=moving.assessment)


def test_a_version_made_for_other_things_is_not_moved_to(moving: Moving) -> None:
    officer = make_person("compliance_officer", team=moving.people.team)
    framework_load(by=officer, text=text_of(SECOND | {"version": 3, "subjects": ["version"]}))
    with pytest.raises(Conflict) as refused:
        upgraded(moving)
    assert refused.value.code == "assessment.kind"
    assert Assessment.objects.get().framework_version == 1


def test_over_the_api(moving: Moving) -> None:
    url = f"/api/v1/assessments/{moving.assessment.pk}/upgrade/"
    olga = make_client(moving.people.olga)
    told = olga.get(url).json()
    assert (told["before"], told["after"], told["counts"]["moved"]) == (1, 2, 2)
    assert make_client(moving.people.xena).get(url).status_code == 404
    assert make_client(moving.people.xena).post(url, {}, format="json").status_code == 404
    assert make_client(make_person("auditor", team=moving.people.team)).post(url, {}).status_code == 403
    assert olga.post(url, {"version": "x"}, format="json").status_code == 400
    done = olga.post(url, {}, format="json")
    assert (done.status_code, done.json()["counts"]) == (200, told["counts"])
    assert olga.post(url, {}, format="json").status_code == 409
