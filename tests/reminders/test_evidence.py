"""Evidence that expires, among what is due."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.reminders.queries import dated_for, dues_for
from apps.reminders.rules import EVIDENCE, LATER, SOON
from tests.checklist.documents import make_document
from tests.makers import make_browser, make_client, make_person, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def people() -> People:
    return make_people()


def test_who_brought_it_and_who_may_withdraw_it_are_told(people: People) -> None:
    cora, now = make_person(COMPLIANCE, team=people.team), timezone.now()
    make_document(people.olga, people.team, expires_on=TODAY)
    make_document(people.olga, people.team, "Certificate", expires_on=TODAY + timedelta(days=20))
    make_document(people.olga, people.team, "Contract", expires_on=TODAY + timedelta(days=200))
    make_document(people.olga, people.team, "Minutes")
    for person in (people.olga, cora):
        told = [(due.kind, due.title, due.stage(now)) for due in dues_for(person)]
        assert told == [
            (EVIDENCE, "Privacy policy, version 1", SOON),
            (EVIDENCE, "Certificate, version 1", LATER),
        ]
        assert len(dated_for(person)) == 3
    for person in (people.rui, people.xena, make_person(AUDITOR, team=people.team)):
        assert dues_for(person) == []


def test_the_page_and_the_api_lead_to_the_document(people: People) -> None:
    version = make_document(people.olga, people.team, expires_on=TODAY + timedelta(days=3))
    browser = make_browser(people.olga)
    address = f"/checklists/library/{version.document_id}/"
    assert address in browser.get("/reminders/").content.decode()
    [due] = make_client(people.olga).get("/api/v1/reminders/").json()
    assert (due["kind"], due["page"]) == ("evidence", address)
    first = queries_of(browser, "/reminders/")
    for number in range(3):
        make_document(people.olga, people.team, f"Document {number}", expires_on=TODAY + timedelta(days=3))
    assert queries_of(browser, "/reminders/") == first
