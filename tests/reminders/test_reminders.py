"""Reminders: what is due on the page, by a real mail server, and in a calendar that its own reader understands."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from apps.incidents.models import Incident
from apps.incidents.services import (
    action_add,
    duty_add,
    incident_classify,
    incident_open,
    report_save,
    report_send,
    report_start,
)
from apps.reminders.models import ReminderChoice
from apps.reminders.queries import dues_for
from apps.reminders.rules import LATE, LATER, SOON
from apps.reminders.services import calendar_end, calendar_make, reminder_choose, reminders_send
from apps.risks.services import risk_create
from tests.makers import make_browser, make_client, queries_of
from tests.people import People, make_people
from tests.servers import free_port

pytestmark = pytest.mark.django_db


class Box:
    """What a mail server took."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append((envelope.rcpt_tos[0], envelope.content.decode("utf-8")))
        return "250 OK"


@pytest.fixture
def box(settings: Any) -> Iterator[Box]:
    """A real mail server on this machine, which the portal is set up with."""
    box, port = Box(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.MAIL_IS_ON = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


@pytest.fixture
def people() -> People:
    return make_people()


def an_incident(people: People, days_ago: float = 12) -> Incident:
    aware = timezone.now() - timedelta(days=days_ago)
    incident = incident_open(by=people.olga, team=people.team, title="It hurt", severity="high", aware_at=aware)
    return incident_classify(by=people.rui, incident=incident, clock="serious", reason="Harm.")


def test_each_person_sees_what_waits_for_them(people: People) -> None:
    incident = an_incident(people)
    duty_add(by=people.rui, incident=incident, duty="gdpr")
    action_add(by=people.olga, incident=incident, title="Tune anew", due_on=timezone.localdate())
    soon = timezone.localdate() + timedelta(days=20)
    risk_create(by=people.olga, team=people.team, title="Leak", likelihood=1, impact=1, review_on=soon)
    now = timezone.now()
    assert [(due.kind, due.stage(now)) for due in dues_for(people.rui)] == [
        ("duty", LATE), ("clock", LATER), ("review", LATER),
    ]  # fmt: skip
    assert [(due.kind, due.stage(now)) for due in dues_for(people.olga)] == [("action", SOON), ("review", LATER)]
    assert dues_for(people.xena) == []


def test_what_is_done_is_due_no_more(people: People) -> None:
    incident = an_incident(people)
    report = report_start(by=people.rui, incident=incident, kind="initial")
    report_save(by=people.rui, report=report, sections={"harm": "A burn."})
    report_send(by=people.rui, report=report)
    assert dues_for(people.rui) == []


def test_mail_tells_a_week_before_a_day_before_and_once_it_is_late(people: People, box: Box) -> None:
    incident = an_incident(people, days_ago=1)
    due = incident.due_at
    assert due is not None
    moments = {"ahead": 10, "a week": 6, "again": 5, "a day": 0.5, "late": -1, "again late": -2}
    sent = {name: reminders_send(due - timedelta(days=days)) for name, days in moments.items()}
    assert sent == {"ahead": 0, "a week": 1, "again": 0, "a day": 1, "late": 1, "again late": 0}
    assert {to for to, _ in box.taken} == {people.rui.email}
    assert "It hurt" in box.taken[0][1]
    assert "OVERDUE" in box.taken[2][1]
    assert f"/incidents/{incident.pk}/" in box.taken[0][1]


def test_who_wants_no_mail_gets_none(people: People, box: Box) -> None:
    an_incident(people)
    reminder_choose(by=people.rui, by_mail=False)
    assert reminders_send() == 0
    reminder_choose(by=people.rui, by_mail=True)
    assert reminders_send() == 1
    assert len(box.taken) == 1


def test_a_mail_that_is_not_taken_is_tried_again(people: People, settings: Any, box: Box) -> None:
    an_incident(people)
    taken, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert reminders_send() == 0
    settings.EMAIL_PORT = taken
    assert reminders_send() == 1


def test_without_a_mail_server_nothing_is_sent_and_the_page_says_so(people: People) -> None:
    an_incident(people)
    assert reminders_send() == 0
    assert b"no mail server" in make_browser(people.rui).get("/reminders/").content


def test_the_calendar_is_read_by_its_own_reader_and_only_by_whoever_knows_its_address(people: People) -> None:
    an_incident(people)
    browser = make_browser(people.rui)
    secret = calendar_make(by=people.rui)
    anybody = make_browser(people.xena)
    anybody.logout()
    answer = anybody.get(f"/reminders/calendar/{secret}.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == ["Report to an authority: It hurt"]
    assert secret not in str(ReminderChoice.objects.values())
    assert anybody.get("/reminders/calendar/guessed.ics").status_code == 404
    second = calendar_make(by=people.rui)
    assert anybody.get(f"/reminders/calendar/{secret}.ics").status_code == 404
    calendar_end(by=people.rui)
    assert anybody.get(f"/reminders/calendar/{second}.ics").status_code == 404
    assert b".ics" in browser.post("/reminders/calendar/").content
    assert b".ics" not in browser.get("/reminders/").content


@pytest.mark.parametrize("ended", [{"is_active": False}, {"access_ends_at": timezone.now() - timedelta(minutes=1)}])
def test_a_person_who_may_not_sign_in_has_no_calendar(people: People, ended: dict[str, Any]) -> None:
    secret = calendar_make(by=people.rui)
    type(people.rui).objects.filter(pk=people.rui.pk).update(**ended)
    browser = make_browser(people.xena)
    assert browser.get(f"/reminders/calendar/{secret}.ics").status_code == 404


def test_page_and_api(people: People) -> None:
    an_incident(people)
    browser = make_browser(people.rui)
    assert b"It hurt" in browser.get("/reminders/").content
    assert b"told by no mail" in browser.post("/reminders/choose/", {"by_mail": "no"}, follow=True).content
    assert b"shows nothing any more" in browser.post("/reminders/calendar/end/", follow=True).content
    found = make_client(people.rui).get("/api/v1/reminders/").json()
    assert [(due["kind"], due["title"]) for due in found] == [("clock", "It hurt")]
    assert make_client(people.xena).get("/api/v1/reminders/").json() == []


def test_the_page_costs_the_same_however_much_is_due(people: People) -> None:
    an_incident(people)
    browser = make_browser(people.rui)
    first = queries_of(browser, "/reminders/")
    for _ in range(4):
        an_incident(people)
    assert queries_of(browser, "/reminders/") == first
