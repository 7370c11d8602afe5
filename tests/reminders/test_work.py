"""Parts of assessments and words in discussions among what is due: page, calendar, API and mail."""

from datetime import timedelta

import icalendar
import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from apps.checklist.models import Assignment
from apps.checklist.services import assignment_give, remark_write
from apps.reminders.queries import dated_for, dues_for
from apps.reminders.rules import LATE, LATER, OPEN
from apps.reminders.services import calendar_make
from tests.checklist.house import House, make_house
from tests.makers import make_browser, make_client, queries_of
from tests.people import make_people

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
WORDS = "Ask Ann on extension 4711"


@pytest.fixture
def house() -> House:
    return make_house(make_people())


def give(house: House, question: str, days: int | None = None) -> Assignment:
    due = None if days is None else TODAY + timedelta(days=max(days, 0))
    given = assignment_give(
        by=house.cora, assessment=house.assessment, person=house.people.olga, question=question, due_on=due
    )
    if days is not None and days < 0:
        Assignment.objects.filter(pk=given.pk).update(due_on=TODAY + timedelta(days=days))
    return given


def test_what_was_given_is_due_until_it_is_answered(house: House) -> None:
    give(house, "p-1", -1), give(house, "p-2", 9), give(house, "w-1"), give(house, "w-2", 99)
    now, olga = timezone.now(), house.people.olga
    assert [(due.title, due.stage(now)) for due in dues_for(olga)] == [
        ("Front desk: Who is asked?", LATE),
        ("Front desk: Who decides?", LATER),
        ("Front desk: Where is it?", OPEN),
    ]
    assert [due.title for due in dated_for(olga)][-1] == "Front desk: Is it near?"
    house.say("p-1")
    assert [due.title for due in dues_for(olga)][0] == "Front desk: Who decides?"
    assert dues_for(house.cora) == [] == dues_for(house.people.xena)


def test_a_word_waits_and_is_not_repeated(house: House) -> None:
    give(house, "p-1")
    remark = remark_write(by=house.cora, assessment=house.assessment, text=WORDS, question="p-1")
    part, talk = dues_for(house.people.olga)
    assert (talk.kind, talk.number, talk.title) == ("talk", remark.pk, "Front desk: p-1")
    assert talk.page == f"/checklists/{house.assessment.pk}/p-1/#discussion"
    assert (part.kind, part.team) == ("part", house.people.team.name)
    lines = [(due, OPEN, due.page) for due in (part, talk)]
    mail = render_to_string("reminders/mail.txt", {"person": house.people.olga, "lines": lines, "base": ""})
    assert "Somebody wrote to you" in mail and "4711" not in mail
    remark_write(by=house.people.olga, assessment=house.assessment, text="Done", question="p-1")
    assert [due.kind for due in dues_for(house.people.olga)] == ["part"]
    assert [due.kind for due in dues_for(house.cora)] == ["talk"]


def test_it_stands_on_the_page_in_the_api_and_in_the_calendar(house: House) -> None:
    give(house, "p-1", 9)
    remark_write(by=house.cora, assessment=house.assessment, text=WORDS, question="p-1")
    text = make_browser(house.people.olga).get("/reminders/").content.decode()
    assert "Front desk: Who is asked?" in text and "Somebody wrote to you" in text and "4711" not in text
    found = make_client(house.people.olga).get("/api/v1/reminders/").json()
    assert [one["kind"] for one in found] == ["part", "talk"]
    secret = calendar_make(by=house.people.olga)
    book = icalendar.Calendar.from_ical(make_browser(house.cora).get(f"/reminders/calendar/{secret}.ics").content)
    assert [str(event["summary"]) for event in book.walk("VEVENT")] == ["To be answered: Front desk: Who is asked?"]


def test_the_page_costs_the_same_however_much_was_given_and_said(house: House) -> None:
    give(house, "p-1", 1)
    remark_write(by=house.cora, assessment=house.assessment, text=WORDS, question="p-1")
    browser = make_browser(house.people.olga)
    first = queries_of(browser, "/reminders/")
    for question in ("p-2", "p-3", "w-1", "w-2"):
        give(house, question, 2)
        remark_write(by=house.cora, assessment=house.assessment, text=WORDS, question=question)
    assert queries_of(browser, "/reminders/") == first
