"""Parts of an assessment in people's hands: who may give them, how far they are, and when they are due."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.rules import ADMINISTRATOR, APPROVER, AUDITOR, ENGINEER
from apps.audit.models import AuditEntry
from apps.checklist.models import Assignment
from apps.checklist.queries.work import assignment_views, overdue_seen_by, waiting_for
from apps.checklist.rules.work import DONE, ENDED, IN_HAND, OVERDUE, due_problem
from apps.checklist.services import (
    assessment_submit,
    assignment_end,
    assignment_give,
)
from apps.core.errors import Conflict, DomainError, Invalid, NotFound, Refused
from tests.checklist.house import House, make_house
from tests.makers import make_browser, make_client, make_person, queries_of
from tests.people import People

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=9)


@pytest.fixture
def house(people: People) -> House:
    return make_house(people)


def give(house: House, **more: Any) -> Assignment:
    """Cora gives Olga something."""
    given = {"by": house.cora, "assessment": house.assessment, "person": house.people.olga}
    return assignment_give(**given | more)


def state(one: Assignment, on: date = TODAY) -> str:
    (view,) = assignment_views([Assignment.objects.get(pk=one.pk)], on)
    return view.state


@pytest.mark.parametrize(("days", "is_fine"), [(-1, False), (0, True), (3_650, True), (3_651, False)])
def test_a_day_that_is_past_is_refused(days: int, is_fine: bool) -> None:
    on = date(2026, 3, 1)
    assert (due_problem(on + timedelta(days=days), on) == "") == is_fine
    assert due_problem(None, on) == ""


def test_a_question_is_done_with_its_answer_and_overdue_after_its_day(house: House) -> None:
    one = give(house, question="p-1", due_on=SOON)
    assert [state(one, SOON), state(one, SOON + timedelta(days=1))] == [IN_HAND, OVERDUE]
    assert [item.pk for item in waiting_for(house.people.olga)] == [one.pk]
    house.say("p-1")
    assert state(one, SOON + timedelta(days=1)) == DONE
    assert waiting_for(house.people.olga) == []


def test_a_group_counts_the_groups_within_it_and_the_whole_is_done_when_handed_in(house: House) -> None:
    whole, people, inner = give(house), give(house, group="people"), give(house, group="inner")
    house.say("p-1")
    assert [(v.answered, v.total) for v in assignment_views([whole, people, inner])] == [(1, 5), (1, 3), (0, 2)]
    assert [v.label for v in assignment_views([whole, people])] == ["The whole assessment", "People"]
    assessment_submit(by=house.people.olga, assessment=house.assessment)
    assert [state(one) for one in (whole, people, inner)] == [DONE] * 3


def test_who_may_give_to_whom(house: House) -> None:
    olga, rui, team = house.people.olga, house.people.rui, house.people.team
    other, auditor = make_person(ENGINEER, team=team), make_person(AUDITOR, team=team)
    assert give(house, by=olga, question="p-1").person == olga  # an engineer takes it up
    assert give(house, by=make_person(ADMINISTRATOR, team=team), question="p-2").person == olga
    for by in (olga, rui, auditor):
        with pytest.raises(Refused):
            give(house, by=by, person=other, question="w-1")
    for by in (rui, auditor):
        with pytest.raises(Refused):
            give(house, by=by, person=by, question="w-1")
    with pytest.raises(NotFound):
        give(house, by=house.people.xena, question="w-1")


@pytest.mark.parametrize("role", [APPROVER, AUDITOR, "", "elsewhere"])
def test_only_who_may_answer_there_is_given_something(house: House, role: str) -> None:
    somebody = house.people.xena if role == "elsewhere" else make_person(*filter(None, [role]), team=house.people.team)
    with pytest.raises(Invalid, match="may not answer"):
        give(house, person=somebody, question="p-1")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"due_on": TODAY - timedelta(days=1)}, Invalid),
        ({"due_on": TODAY + timedelta(days=9_999)}, Invalid),
        ({"note": "x" * 2_001}, Invalid),
        ({"group": "people", "question": "p-1"}, Invalid),
        ({"question": "p-9"}, NotFound),
        ({"group": "nowhere"}, NotFound),
    ],
)
def test_what_cannot_be_given_is_refused(house: House, given: dict[str, Any], error: type[DomainError]) -> None:
    with pytest.raises(error):
        give(house, **given)
    assert not Assignment.objects.exists()
    assert not AuditEntry.objects.filter(action="assignment.give").exists()


def test_what_is_answered_is_nobodys_work(house: House) -> None:
    house.say("p-1")
    with pytest.raises(Conflict, match="nothing left to do"):
        give(house, question="p-1")


def test_given_anew_it_leaves_the_hands_it_was_in(house: House) -> None:
    first, other = give(house, question="p-1"), make_person(ENGINEER, team=house.people.team)
    second = give(house, question="p-1", person=other, due_on=SOON)
    assert [state(first), state(second)] == [ENDED, IN_HAND]
    assert [(v.pk, v.person_id) for v in assignment_views(Assignment.objects.filter(ended_at=None))] == [
        (second.pk, other.pk)
    ]
    with pytest.raises(Refused, match="Somebody else gave this"):
        give(house, by=house.people.olga, question="p-1")
    with transaction.atomic(), pytest.raises(IntegrityError):
        Assignment.objects.filter(pk=first.pk).update(ended_at=None)


def test_it_is_taken_back_with_a_reason(house: House) -> None:
    one, own = give(house, question="p-1"), give(house, by=house.people.olga, question="p-2")
    with pytest.raises(Refused):
        assignment_end(by=house.people.olga, assignment=one, reason="No time")
    with pytest.raises(Invalid, match="Say why"):
        assignment_end(by=house.cora, assignment=one, reason=" ")
    assignment_end(by=house.cora, assignment=one, reason="Olga is away")
    assignment_end(by=house.people.olga, assignment=own, reason="No time")
    assert [state(one), state(own)] == [ENDED, ENDED]
    with pytest.raises(Conflict, match="already"):
        assignment_end(by=house.cora, assignment=one, reason="Again")


def test_the_trail_names_people_by_number_and_holds_no_note(house: House) -> None:
    give(house, question="p-1", due_on=SOON, note="Ask Ann on extension 12")
    entry = AuditEntry.objects.get(action="assignment.give")
    assert entry.data == {
        "assessment": house.assessment.pk,
        "group": "",
        "question": "p-1",
        "person": f"user:{house.people.olga.pk}",
        "due_on": SOON.isoformat(),
    }


def test_a_question_that_is_not_asked_any_more_waits_for_nobody(house: House) -> None:
    one = give(house, question="p-1")
    Assignment.objects.filter(pk=one.pk).update(question="gone-1", due_on=TODAY - timedelta(days=1))
    (view,) = assignment_views([Assignment.objects.get(pk=one.pk)])
    assert (view.state_label, view.label, view.is_waiting) == ("No longer asked", "gone-1", False)


def test_the_page_gives_shows_and_takes_back(house: House) -> None:
    cora, url = make_browser(house.cora), reverse("checklist:work", args=[house.assessment.pk])
    assert "Nobody was given anything yet" in cora.get(url).content.decode()
    sent = {"part": "question:p-2", "person": house.people.olga.pk, "due_on": SOON.isoformat(), "note": "By heart"}
    past = cora.post(url, sent | {"due_on": "2020-01-01"})
    assert past.status_code == 422 and "This day is past" in past.content.decode()
    assert cora.post(url, sent | {"person": house.people.xena.pk}).status_code == 422
    assert cora.post(url, sent).status_code == 302
    one = Assignment.objects.get()
    shown = cora.get(url).content.decode()
    assert "Who decides?" in shown and "By heart" in shown and "in hand" in shown
    olga, page = make_browser(house.people.olga), reverse("checklist:assessment-detail", args=[house.assessment.pk])
    assert "<strong>Olga</strong>, due" in olga.get(page).content.decode()
    assert "<strong>Olga</strong>, due" in olga.get(f"{page}p-2/").content.decode()
    end = reverse("checklist:assignment-end", args=[house.assessment.pk, one.pk])
    assert olga.post(end, {"reason": "No"}).status_code == 403
    assert make_browser(house.people.xena).post(end, {"reason": "No"}).status_code == 404
    assert cora.post(end, {"reason": "She is away"}).status_code == 302
    assert "She is away" in cora.get(url).content.decode()


def test_a_group_and_the_whole_stand_on_the_assessment(house: House) -> None:
    give(house, group="place"), give(house, group="people")
    give(house, due_on=SOON)
    Assignment.objects.filter(group="").update(due_on=TODAY - timedelta(days=1))
    text = make_browser(house.cora).get(f"/checklists/{house.assessment.pk}/").content.decode()
    assert text.count("“Place” given to: <strong>Olga</strong>") == 1 and "The whole: <strong>Olga</strong>" in text
    assert text.count("“People” given to: <strong>Olga</strong>") == 2, "the group within it names it too"
    assert "1 overdue" in text
    question = make_browser(house.cora).get(f"/checklists/{house.assessment.pk}/w-1/").content.decode()
    assert "“Place” given to" in question and "The whole given to" in question


def test_the_list_shows_what_is_mine_and_what_is_late(house: House) -> None:
    olga, cora, url = make_browser(house.people.olga), make_browser(house.cora), reverse("checklist:assessment-list")
    one = give(house, question="p-1", due_on=TODAY)
    assert "1 given to you" in olga.get(url).content.decode()
    assert "Front desk" in olga.get(url, {"work": "mine"}).content.decode()
    assert "Front desk" not in cora.get(url, {"work": "mine"}).content.decode()
    assert "Front desk" not in cora.get(url, {"work": "overdue"}).content.decode()
    Assignment.objects.filter(pk=one.pk).update(due_on=TODAY - timedelta(days=1))
    assert "Front desk" in cora.get(url, {"work": "overdue"}).content.decode()
    assert "1 given to you, 1 overdue" in olga.get(url).content.decode()
    assert overdue_seen_by(house.people.xena) == []
    house.say("p-1")
    assert "Front desk" not in cora.get(url, {"work": "overdue"}).content.decode()
    assert "given to you" not in olga.get(url).content.decode()


def test_the_api_gives_lists_and_takes_back(house: House) -> None:
    cora, olga, xena = (make_client(one) for one in (house.cora, house.people.olga, house.people.xena))
    auditor = make_client(make_person(AUDITOR, team=house.people.team))
    api, body = f"/api/v1/assessments/{house.assessment.pk}/", {"person": house.people.olga.pk, "question": "p-1"}
    assert xena.post(f"{api}assignments/", body).status_code == 404
    assert auditor.post(f"{api}assignments/", body).status_code == 403
    assert cora.post(f"{api}assignments/", body | {"person": house.people.xena.pk}).status_code == 404
    assert cora.post(f"{api}assignments/", body | {"person": house.people.rui.pk}).json()["code"] == "assignment.person"
    assert cora.post(f"{api}assignments/", body | {"due_on": "2020-01-01"}).json()["code"] == "assignment.due"
    assert cora.post(f"{api}assignments/", body | {"due_on": "soon"}).status_code == 400
    made = cora.post(f"{api}assignments/", body | {"due_on": SOON.isoformat(), "note": "By heart"})
    assert made.status_code == 201 and made.json()["part"] == "Who is asked?" and made.json()["state"] == "in hand"
    own = olga.post(f"{api}assignments/", {"group": "place"}).json()
    assert (own["person"], own["questions"]) == ("Olga", 2)
    seen = auditor.get("/api/v1/assignments/").json()["results"]
    assert [one["id"] for one in seen] == [own["id"], made.json()["id"]]
    assert auditor.get(f"/api/v1/assignments/{own['id']}/").json() == own
    assert auditor.get("/api/v1/assignments/?mine=true").json()["results"] == []
    assert xena.get("/api/v1/assignments/").json()["results"] == []
    assert xena.get(f"/api/v1/assignments/{own['id']}/").status_code == 404
    assert [one["id"] for one in olga.get("/api/v1/assessments/?work=mine").json()["results"]] == [house.assessment.pk]
    end = f"{api}assignments/{made.json()['id']}/end/"
    assert olga.post(end, {"reason": "x"}).status_code == 403
    assert cora.post(end, {}).status_code == 400
    assert cora.post(end, {"reason": "Away"}).json()["ended_because"] == "Away"
    standing = olga.get("/api/v1/assignments/?is_standing=true").json()["results"]
    assert [one["id"] for one in standing] == [own["id"]]


def test_pages_cost_the_same_however_much_was_given(house: House) -> None:
    browser, pk = make_browser(house.people.olga), house.assessment.pk
    pages = [f"/checklists/{pk}/", f"/checklists/{pk}/work/", f"/checklists/{pk}/p-1/"]
    pages += ["/checklists/", "/checklists/?work=mine", "/checklists/?work=overdue"]
    give(house, question="p-1")
    before = [queries_of(browser, page) for page in pages]
    for part in ({}, {"group": "people"}, {"group": "inner"}, {"question": "p-2"}, {"question": "w-1"}):
        give(house, **part, due_on=TODAY)
    Assignment.objects.filter(due_on=TODAY).update(due_on=TODAY - timedelta(days=3))
    after = [queries_of(browser, page) for page in pages[:5]]
    assert after == before[:5]
    late = queries_of(browser, pages[5])
    Assignment.objects.filter(group="").delete()
    assert queries_of(browser, pages[5]) == late
