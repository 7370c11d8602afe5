"""Assessments that no longer hold, among what is due: any kind of subject, approved or open, and told once."""

from typing import Any

import pytest
from django.core import mail

from apps.checklist.models import Answer, Assessment
from apps.checklist.services import assessment_create, assignment_give
from apps.registry.services import system_create
from apps.reminders.queries import dues_for
from apps.reminders.rules import STALE
from apps.reminders.services import reminders_send
from tests.checklist.framework_files import URN
from tests.checklist.house import House, make_house
from tests.makers import make_browser, queries_of
from tests.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    house = make_house(make_people())
    house.say("p-1")
    return house


def turned_stale(house: House, *questions: str) -> None:
    """The system is another than the one that the answers spoke of."""
    Answer.objects.filter(assessment=house.assessment, question__in=questions).update(stated_on="0" * 64)


def stale_of(user: Any) -> list[str]:
    return [due.title for due in dues_for(user) if due.kind == STALE]


def test_of_a_system_it_is_told_to_whoever_answered_or_has_a_part(house: House) -> None:
    assert stale_of(house.people.olga) == []
    turned_stale(house, "p-1")
    [title] = stale_of(house.people.olga)
    assert title.startswith("Front desk · ")
    for other in (house.cora, house.people.rui, house.people.xena):
        assert stale_of(other) == []
    assignment_give(by=house.cora, assessment=house.assessment, person=house.cora, question="p-2")
    assert stale_of(house.cora) == [title]


def test_an_approved_one_is_told_to_who_answers_and_who_decides(house: House) -> None:
    turned_stale(house, "p-1")
    Assessment.objects.filter(pk=house.assessment.pk).update(state="approved")
    assert all(len(stale_of(one)) == 1 for one in (house.people.olga, house.people.rui, house.cora))
    assert stale_of(house.people.xena) == []


def test_each_change_is_mailed_once_and_what_is_left_over_is_not_mailed_again(house: House, settings: Any) -> None:
    settings.MAIL_IS_ON = True
    house.say("p-2")
    turned_stale(house, "p-1")
    assert [reminders_send(), reminders_send()] == [1, 0]
    assert "No longer current" in str(mail.outbox[0].body)
    turned_stale(house, "p-2")
    assert [reminders_send(), reminders_send()] == [1, 0]
    house.say("p-1")
    assert reminders_send() == 0
    turned_stale(house, "p-1")
    assert reminders_send() == 1


def test_what_is_not_looked_at_on_the_page_is_told_and_the_mail_looks_at_it(
    house: House, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_stale(house, "p-1")
    monkeypatch.setattr("apps.reminders.queries.AT_A_TIME", 0)
    assert stale_of(house.people.olga) == ["1 older assessments were not looked at here"]
    settings.MAIL_IS_ON = True
    assert reminders_send() == 1
    assert "Front desk" in str(mail.outbox[0].body)


def test_the_page_costs_the_same_with_more_that_is_stale(house: House) -> None:
    browser = make_browser(house.people.olga)
    turned_stale(house, "p-1")
    first = queries_of(browser, "/reminders/")
    for name in ("Back desk", "Side desk"):
        system = system_create(by=house.people.olga, team=house.people.team, name=name)
        one = assessment_create(by=house.people.olga, system=system, urn=URN)
        other = House(house.people, house.cora, one)
        other.say("p-1")
        turned_stale(other, "p-1")
    assert len(stale_of(house.people.olga)) == 3
    assert queries_of(browser, "/reminders/") == first
