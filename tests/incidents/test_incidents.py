"""Incidents: opened by people and by the platform, closed with how they ended, seen by the team."""

import pytest
from django.test import Client

from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.incidents.models import Incident
from apps.incidents.queries import open_incidents_of
from apps.incidents.rules import ALTERED, CRITICAL
from apps.incidents.services import incident_close, incident_open
from tests.makers import make_browser, make_client, make_model, make_person, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/incidents/"


@pytest.fixture
def people() -> People:
    return make_people()


def opened(people: People, **more: object) -> Incident:
    given = {"title": "It named a customer", "severity": "high"} | more
    return incident_open(by=people.olga, team=people.team, **given)  # type: ignore[arg-type]


def test_a_person_reports_an_incident_and_an_approver_closes_it(people: People) -> None:
    body = {"team": people.team.pk, "title": "It named a customer", "severity": "high"}
    made = make_client(people.olga).post(API, body, format="json").json()
    assert (made["state"], made["opened_by"]["label"], made["details"]) == ("open", "Olga", {})
    answer = make_client(people.rui).post(f"{API}{made['id']}/close/", {"resolution": "Filtered."}, format="json")
    assert (answer.json()["state"], answer.json()["resolution"]) == ("closed", "Filtered.")
    trail = AuditEntry.objects.filter(object_type="incidents.incident").values_list("action", "reason")
    assert set(trail) == {("incident.open", ""), ("incident.close", "Filtered.")}


def test_an_outsider_sees_nothing_and_an_auditor_reads_only(people: People) -> None:
    incident, auditor = opened(people), make_person("auditor", team=people.team)
    outside = make_client(people.xena)
    assert outside.get(f"{API}{incident.pk}/").status_code == 404
    assert outside.get(API).json()["results"] == []
    assert make_browser(people.xena).get(f"/incidents/{incident.pk}/").status_code == 404
    assert make_client(auditor).get(f"{API}{incident.pk}/").status_code == 200
    with pytest.raises(Refused):
        incident_close(by=auditor, incident=incident, resolution="x")
    with pytest.raises(Refused):
        incident_open(by=auditor, team=people.team, title="x", severity="low")
    with pytest.raises(NotFound):
        incident_open(by=people.xena, team=people.team, title="x", severity="low")


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"severity": "deadly"}, {"kind": "none"}, {"title": "", "severity": ""}]
)
def test_what_cannot_be_an_incident_is_refused(people: People, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        opened(people, **wrong)
    assert not Incident.objects.exists()


def test_nobody_knows_of_it_in_the_future(people: People) -> None:
    body = {"team": people.team.pk, "title": "x", "severity": "low", "aware_at": "2999-01-01T00:00:00Z"}
    answer = make_client(people.olga).post(API, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "incident.aware_at")


def test_the_platform_adds_to_what_is_open_and_a_person_is_told(people: People) -> None:
    model = make_model(people.olga, people.team)
    about = {"team": people.team, "title": "Altered", "severity": CRITICAL, "kind": ALTERED, "subject": model}
    first = incident_open(by=SYSTEM, details={"files": [{"path": "a"}]}, **about)  # type: ignore[arg-type]
    again = incident_open(by=SYSTEM, details={"files": [{"path": "a"}, {"path": "b"}]}, **about)  # type: ignore[arg-type]
    assert (again.pk, again.details) == (first.pk, {"files": [{"path": "a"}, {"path": "b"}]})
    with pytest.raises(Conflict, match="on record already"):
        incident_open(by=people.olga, **about)  # type: ignore[arg-type]
    assert list(open_incidents_of(model)) == [first]
    incident_close(by=people.rui, incident=first, resolution="Brought back.")
    assert incident_open(by=SYSTEM, **about).pk != first.pk  # type: ignore[arg-type]


def test_it_is_closed_once_and_with_words(people: People) -> None:
    incident = opened(people)
    with pytest.raises(Invalid):
        incident_close(by=people.rui, incident=incident, resolution="  ")
    incident_close(by=people.rui, incident=incident, resolution="Filtered.")
    with pytest.raises(Conflict):
        incident_close(by=people.rui, incident=incident, resolution="Again.")


def test_the_pages(people: People) -> None:
    browser, approver = make_browser(people.olga), make_browser(people.rui)
    assert b"No incident on record" in browser.get("/incidents/").content
    sent = browser.post("/incidents/new/", {"team": people.team.pk, "title": "Leak", "severity": "low"})
    page = sent.headers["Location"]
    assert b"closes it" in browser.get(page).content
    assert browser.post("/incidents/new/", {"team": people.team.pk, "title": ""}).status_code == 422
    closed = approver.post(f"{page}close/", {"reason": "Done with."}, follow=True)
    assert b"Done with." in closed.content
    assert b"No incident matches" in browser.get("/incidents/?state=open").content
    assert b"Leak" in b"".join(browser.get("/incidents/?format=csv").streaming_content)  # type: ignore[attr-defined]
    assert browser.get("/incidents/999999/").status_code == 404


def test_the_list_costs_the_same_however_long(people: People) -> None:
    browser: Client = make_browser(people.olga)
    opened(people)
    first = queries_of(browser, "/incidents/")
    for number in range(5):
        opened(people, title=f"Incident {number}")
    assert queries_of(browser, "/incidents/") == first
