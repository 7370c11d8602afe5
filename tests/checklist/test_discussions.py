"""Discussions beside questions: who writes, who reads, what is left of a remark that was withdrawn."""

import hashlib
import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.rules import ADMINISTRATOR, AUDITOR, ENGINEER
from apps.accounts.services import access_share
from apps.audit.models import AuditEntry
from apps.checklist.models import Discussion, Remark
from apps.checklist.queries.discussions import discussions_seen_by, discussions_waiting_for, talk_of
from apps.checklist.services import (
    assignment_give,
    discussion_reopen,
    discussion_settle,
    remark_withdraw,
    remark_write,
)
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.incidents.services import hold_place, incident_open
from tests.checklist.conftest import World
from tests.checklist.house import House, make_house
from tests.makers import make_browser, make_client, make_person, queries_of
from tests.people import People

WORDS = "Ask Ann on extension 4711"


@pytest.fixture
def house(people: People) -> House:
    return make_house(people)


def write(house: House, text: str = WORDS, question: str = "p-1", by: User | None = None) -> Remark:
    return remark_write(by=by or house.people.olga, assessment=house.assessment, text=text, question=question)


def waiting(user: User) -> list[str]:
    return [one.question for one in discussions_waiting_for(user)]


def test_remarks_stand_in_order_with_their_line_breaks(house: House) -> None:
    write(house, " First\r\n\r\n  second \n")
    write(house, "Answer", by=house.people.rui)
    talk = talk_of(house.people.rui, house.assessment.pk, "p-1")
    assert talk is not None and talk.discussion.is_open
    assert [(one.text, one.written_by.name) for one in talk.remarks] == [
        ("First\n\n  second", "Olga"),
        ("Answer", "Rui"),
    ]
    assert talk_of(house.people.rui, house.assessment.pk, "p-2") is None
    assert talk_of(house.people.xena, house.assessment.pk, "p-1") is None


def test_who_writes(house: House) -> None:
    auditor = make_person(AUDITOR, team=house.people.team)
    with pytest.raises(Refused):
        write(house, by=auditor)
    with pytest.raises(NotFound):
        write(house, by=house.people.xena)
    with pytest.raises(Invalid, match="Write what"):
        write(house, "  \n ")
    with pytest.raises(Invalid, match="up to 5000"):
        write(house, "x" * 5_001)
    with pytest.raises(NotFound):
        write(house, question="p-9")
    assert not Discussion.objects.exists() and not Remark.objects.exists()


def test_the_trail_holds_no_words(house: House) -> None:
    write(house)
    entry = AuditEntry.objects.get(action="remark.write")
    assert (entry.data["length"], entry.data["digest"]) == (len(WORDS), hashlib.sha256(WORDS.encode()).hexdigest())
    everything = json.dumps(list(AuditEntry.objects.values("object_label", "reason", "data")))
    assert "4711" not in everything and "Ann" not in everything


def test_a_withdrawn_remark_is_without_words_everywhere(house: House) -> None:
    write(house, "It stays")
    remark = write(house)
    remark_withdraw(by=house.people.olga, remark=remark)
    remark.refresh_from_db()
    assert (remark.text, remark.withdrawn_by) == ("", house.people.olga)
    pk, browser, api = house.assessment.pk, make_browser(house.people.rui), make_client(house.people.rui)
    for page in (f"/checklists/{pk}/", f"/checklists/{pk}/p-1/", f"/checklists/{pk}/work/", "/reminders/"):
        assert "4711" not in browser.get(page).content.decode(), page
    assert b"4711" not in browser.get("/checklists/?format=csv").getvalue()
    talk = Discussion.objects.get().pk
    for path in ("", "discussions/", f"discussions/{talk}/remarks/", "answers/p-1/"):
        assert "4711" not in api.get(f"/api/v1/assessments/{pk}/{path}").content.decode(), path
    shown = browser.get(f"/checklists/{pk}/p-1/").content.decode()
    assert "Withdrawn by Olga" in shown and "It stays" in shown
    with pytest.raises(Conflict):
        remark_withdraw(by=house.people.olga, remark=remark)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Remark.objects.filter(pk=remark.pk).update(text="back again")


def test_who_withdraws(house: House) -> None:
    remark = write(house)
    for by in (house.people.rui, house.cora, make_person(AUDITOR, team=house.people.team)):
        with pytest.raises(Refused):
            remark_withdraw(by=by, remark=remark)
    with pytest.raises(NotFound):
        remark_withdraw(by=house.people.xena, remark=remark)
    administrator = make_person(ADMINISTRATOR, team=house.people.team, name="Ada")
    assert remark_withdraw(by=administrator, remark=remark).withdrawn_by == administrator


def test_nothing_is_withdrawn_while_the_subject_is_kept_as_evidence(house: House) -> None:
    remark = write(house)
    incident = incident_open(by=house.people.olga, team=house.people.team, title="A leak", severity="high")
    hold_place(by=house.people.rui, incident=incident, subject=house.assessment.subject, reason="It is looked into")
    with pytest.raises(Refused):
        remark_withdraw(by=house.people.olga, remark=remark)
    remark.refresh_from_db()
    assert remark.text == WORDS


def test_it_is_settled_and_opens_again(house: House) -> None:
    talk = write(house).discussion
    with pytest.raises(Refused):
        discussion_settle(by=make_person(AUDITOR, team=house.people.team), discussion=talk)
    talk = discussion_settle(by=house.people.rui, discussion=talk)
    assert not talk.is_open and talk.settled_by == house.people.rui
    with pytest.raises(Conflict):
        discussion_settle(by=house.people.rui, discussion=talk)
    assert discussion_reopen(by=house.people.olga, discussion=talk).is_open
    with pytest.raises(Conflict):
        discussion_reopen(by=house.people.olga, discussion=talk)
    discussion_settle(by=house.people.rui, discussion=talk)
    write(house, "One more thing")
    talk.refresh_from_db()
    assert talk.is_open and talk.settled_by is None
    assert AuditEntry.objects.filter(action="discussion.reopen").count() == 2


def test_a_word_waits_for_whoever_took_part_or_has_it_in_hand(house: House) -> None:
    olga, rui, cora = house.people.olga, house.people.rui, house.cora
    other = make_person(ENGINEER, team=house.people.team)
    write(house, question="p-2", by=rui)
    assert [waiting(one) for one in (olga, rui, cora, other)] == [[], [], [], []]
    assignment_give(by=cora, assessment=house.assessment, person=olga, group="people")
    assignment_give(by=cora, assessment=house.assessment, person=other, question="w-1")
    assert [waiting(one) for one in (olga, other)] == [["p-2"], []]  # the group holds the question, deep within
    write(house, question="p-2", by=olga)
    assert [waiting(one) for one in (olga, rui)] == [[], ["p-2"]]
    remark_withdraw(by=olga, remark=Remark.objects.latest("pk"))
    assert waiting(rui) == []
    write(house, question="", by=rui)
    assignment_give(by=cora, assessment=house.assessment, person=other)
    assert waiting(other) == ["p-2", ""]  # the whole holds everything
    for talk in Discussion.objects.all():
        discussion_settle(by=cora, discussion=talk)
    assert waiting(other) == []


def test_who_sees_a_shared_model_does_not_see_what_the_team_says(world: World) -> None:
    remark_write(by=world.people.olga, assessment=world.assessment, text=WORDS, question="data-1")
    access_share(by=make_person(ADMINISTRATOR, team=world.people.team), user=world.people.xena, obj=world.version.model)
    text = make_browser(world.people.xena).get(f"/checklists/{world.assessment.pk}/data-1/").content.decode()
    assert "4711" not in text and 'id="discussion"' not in text
    assert not discussions_seen_by(world.people.xena).exists()
    api = make_client(world.people.xena)
    assert api.get(f"/api/v1/assessments/{world.assessment.pk}/discussions/").json()["results"] == []
    assert api.post(f"/api/v1/assessments/{world.assessment.pk}/remarks/", {"text": "x"}).status_code == 404


def test_the_pages_write_settle_and_withdraw(house: House) -> None:
    olga, pk = make_browser(house.people.olga), house.assessment.pk
    send, question = reverse("checklist:remark-write", args=[pk]), f"/checklists/{pk}/p-1/"
    assert olga.post(send, {"question": "p-1", "text": ""}).status_code == 422
    assert olga.post(send, {"question": "", "text": " "}).status_code == 422
    assert olga.post(send, {"question": "p-9", "text": "x"}).status_code == 404
    written = olga.post(send, {"question": "p-1", "text": "<b>One</b>\nTwo"}, follow=True)
    assert written.redirect_chain == [(f"{question}#discussion", 302)]
    assert "&lt;b&gt;One&lt;/b&gt;\nTwo" in written.content.decode()
    assert olga.post(send, {"question": "", "text": "About it all"}).status_code == 302
    assert "About it all" in olga.get(f"/checklists/{pk}/work/").content.decode()
    page = olga.get(f"/checklists/{pk}/").content.decode()
    assert "2 open discussions" in page and "in discussion" in page
    talk, remark = Discussion.objects.get(question="p-1"), Remark.objects.get(discussion__question="p-1")
    settle = reverse("checklist:discussion-settle", args=[pk, talk.pk])
    assert make_browser(house.people.xena).post(settle).status_code == 404
    assert "settled" in olga.post(settle, follow=True).content.decode()
    assert "1 open discussion<" in olga.get(f"/checklists/{pk}/").content.decode()
    assert olga.post(reverse("checklist:discussion-reopen", args=[pk, talk.pk])).status_code == 302
    auditor = make_browser(make_person(AUDITOR, team=house.people.team))
    read = auditor.get(question).content.decode()
    assert "&lt;b&gt;One" in read and send not in read and "let you read the discussion" in read
    assert auditor.post(send, {"question": "p-1", "text": "x"}).status_code == 403
    withdraw = reverse("checklist:remark-withdraw", args=[pk, remark.pk])
    assert make_browser(house.people.rui).post(withdraw).status_code == 403
    assert "Withdrawn by Olga" in olga.post(withdraw, follow=True).content.decode()


def test_what_was_said_of_a_question_that_is_not_asked_any_more_can_be_read(house: House) -> None:
    write(house)
    Discussion.objects.update(question="gone-1")
    browser, work = make_browser(house.people.olga), f"/checklists/{house.assessment.pk}/work/"
    assert f"{work}?about=gone-1#discussion" in browser.get(work).content.decode()
    text = browser.get(f"{work}?about=gone-1").content.decode()
    assert WORDS in text and "not asked any more" in text
    assert browser.get(f"{work}?about=nonsense").status_code == 200


def test_the_api_writes_lists_settles_and_withdraws(house: House) -> None:
    olga, rui, xena = (make_client(one) for one in (house.people.olga, house.people.rui, house.people.xena))
    auditor = make_client(make_person(AUDITOR, team=house.people.team))
    api = f"/api/v1/assessments/{house.assessment.pk}/"
    assert xena.post(f"{api}remarks/", {"text": WORDS}).status_code == 404
    assert auditor.post(f"{api}remarks/", {"text": WORDS}).status_code == 403
    assert olga.post(f"{api}remarks/", {"text": ""}).status_code == 400
    assert olga.post(f"{api}remarks/", {"text": "x", "question": "p-9"}).status_code == 404
    made = olga.post(f"{api}remarks/", {"text": WORDS, "question": "p-1"})
    assert made.status_code == 201 and made.json()["text"] == WORDS
    (talk,) = auditor.get(f"{api}discussions/").json()["results"]
    assert (talk["question"], talk["is_open"], talk["remarks"]) == ("p-1", True, 1)
    remarks = f"{api}discussions/{talk['id']}/remarks/"
    assert [one["text"] for one in auditor.get(remarks).json()["results"]] == [WORDS]
    assert xena.get(remarks).status_code == 404
    assert auditor.post(f"{api}discussions/{talk['id']}/settle/").status_code == 403
    assert rui.post(f"{api}discussions/{talk['id']}/settle/").json()["settled_by"] == "Rui"
    assert rui.post(f"{api}discussions/{talk['id']}/settle/").status_code == 409
    assert rui.post(f"{api}discussions/{talk['id']}/reopen/").json()["is_open"] is True
    withdraw = f"{api}remarks/{made.json()['id']}/withdraw/"
    assert rui.post(withdraw).status_code == 403
    gone = olga.post(withdraw).json()
    assert (gone["text"], gone["withdrawn_by"]) == ("", "Olga")


def test_pages_cost_the_same_however_much_is_said(house: House) -> None:
    browser, pk = make_browser(house.people.olga), house.assessment.pk
    pages = [f"/checklists/{pk}/", f"/checklists/{pk}/work/", f"/checklists/{pk}/p-1/", "/checklists/?work=discussed"]
    for question in ("p-1", ""):
        write(house, question=question)
    before = [queries_of(browser, page) for page in pages]
    for question in ("p-1", "p-2", "w-1", "w-2", "", ""):
        write(house, question=question, by=house.people.rui)
    assert [queries_of(browser, page) for page in pages] == before
