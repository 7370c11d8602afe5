"""AI systems over the API: put on record, classified, and which versions worked in them when."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.audit.models import AuditEntry
from apps.registry.models import AISystem, SystemVersion
from tests.makers import make_client, make_person, make_version
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
API = "/api/v1/systems/"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> APIClient:
    return make_client(people.olga)


def made(client: APIClient, people: People, **more: Any) -> dict[str, Any]:
    answer = client.post(API, {"team": people.team.pk, "name": "Desk", "intended_purpose": "answers"} | more)
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def test_a_system_is_put_on_record_and_changed_with_a_reason(olga: APIClient, people: People) -> None:
    system = made(olga, people)
    assert (system["owner"]["id"], system["risk_class"]) == (people.olga.pk, "unknown")
    assert olga.post(API, {"team": people.team.pk, "name": " Desk "}).json()["code"] == "system.exists"
    url = f"{API}{system['id']}/change/"
    assert olga.post(url, {"name": "Help desk", "reason": " "}).status_code in {400, 422}
    changed = olga.post(url, {"name": "Help desk", "owner": people.rui.pk, "reason": "Rui took over"})
    assert (changed.json()["name"], changed.json()["owner"]["id"]) == ("Help desk", people.rui.pk)
    entry = AuditEntry.objects.get(action="system.change")
    assert entry.data["fields"] == ["name", "owner"] and entry.reason == "Rui took over"
    assert olga.get(f"{API}{system['id']}/").json()["intended_purpose"] == "answers"


def test_the_risk_class_is_for_compliance_and_needs_its_reason(olga: APIClient, people: People) -> None:
    system = made(olga, people)
    url = f"{API}{system['id']}/change/"
    ask = {"risk_class": "high", "risk_reason": "it decides on loans", "reason": "classified"}
    assert olga.post(url, ask).status_code == 403
    assert olga.post(API, {"team": people.team.pk, "name": "Two", "risk_class": "minimal"}).status_code == 403
    officer = make_client(make_person(COMPLIANCE, team=people.team))
    assert officer.post(url, ask | {"risk_reason": ""}).json()["code"] == "system.risk_reason"
    assert officer.post(url, ask).json()["risk_class"] == "high"
    assert AuditEntry.objects.get(action="system.change").data["risk_class"] == {"before": "unknown", "after": "high"}
    assert officer.post(url, ask | {"risk_class": "harmless"}).status_code == 400


def test_only_who_classifies_marks_a_small_provider(olga: APIClient, people: People) -> None:
    system = made(olga, people)
    assert system["is_small_provider"] is False
    url, ask = f"{API}{system['id']}/change/", {"is_small_provider": True, "reason": "Twelve people work here"}
    assert olga.post(url, ask).status_code == 403
    assert olga.post(API, {"team": people.team.pk, "name": "Two", "is_small_provider": True}).status_code == 403
    officer = make_client(make_person(COMPLIANCE, team=people.team))
    assert officer.post(url, ask).json()["is_small_provider"] is True
    assert AuditEntry.objects.get(action="system.change").data["is_small_provider"] is True
    assert olga.post(url, {"description": "Loans", "reason": "Said"}).json()["is_small_provider"] is True


def test_a_prohibited_system_takes_no_version(olga: APIClient, people: People) -> None:
    system, version = made(olga, people), make_version(people.olga, people.team)
    AISystem.objects.update(risk_class="prohibited")
    answer = olga.post(f"{API}{system['id']}/versions/", {"version": version.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "system.prohibited")


def test_which_versions_worked_in_it_when(olga: APIClient, people: People) -> None:
    url = f"{API}{made(olga, people)['id']}/versions/"
    first, second = make_version(people.olga, people.team), make_version(people.olga, people.team)
    part = olga.post(url, {"version": first.pk, "role": "answers"}).json()
    assert olga.post(url, {"version": first.pk}).json()["code"] == "system.version"
    olga.post(url, {"version": second.pk})
    ended = olga.post(f"{url}{part['id']}/end/", {"reason": "replaced"})
    assert ended.status_code == 200 and ended.json()["until"]
    assert olga.post(f"{url}{part['id']}/end/", {"reason": "again"}).status_code == 409
    SystemVersion.objects.filter(pk=part["id"]).update(since=timezone.now() - timedelta(days=9))
    assert [row["version"]["id"] for row in olga.get(url).json()] == [second.pk, first.pk]
    then = (timezone.now() - timedelta(days=3)).isoformat()
    assert [row["version"]["id"] for row in olga.get(url, {"at": then}).json()] == [first.pk]
    assert olga.get(url, {"at": "yesterday"}).status_code == 400
    assert olga.get(API).json()["results"][0]["at_work"] == 1


def test_outsiders_see_nothing_and_auditors_only_read(olga: APIClient, people: People) -> None:
    system = made(olga, people)
    xena = make_client(people.xena)
    assert xena.get(API).json()["results"] == []
    assert xena.get(f"{API}{system['id']}/").status_code == 404
    assert xena.post(f"{API}{system['id']}/change/", {"reason": "x"}).status_code == 404
    assert xena.post(API, {"team": people.team.pk, "name": "Mine"}).status_code == 404
    strange = make_version(people.xena, people.other_team)
    assert olga.post(f"{API}{system['id']}/versions/", {"version": strange.pk}).status_code == 404
    assert olga.post(f"{API}{system['id']}/change/", {"owner": people.xena.pk, "reason": "x"}).status_code == 404
    auditor = make_client(make_person(AUDITOR, team=people.team))
    assert auditor.get(f"{API}{system['id']}/").status_code == 200
    assert auditor.post(f"{API}{system['id']}/change/", {"name": "Z", "reason": "x"}).status_code == 403
    assert auditor.post(API, {"team": people.team.pk, "name": "Auditor's"}).status_code == 403


@pytest.mark.parametrize("name", ["Auskunft für Bürger", "客服系统", "🛟 help"])
def test_names_in_any_script(olga: APIClient, people: People, name: str) -> None:
    assert made(olga, people, name=name)["name"] == name


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "x" * 121}, {"name": "ok", "rows": 1}, {"name": "a\0b"}])
def test_what_makes_no_sense_is_refused(olga: APIClient, people: People, body: dict[str, Any]) -> None:
    assert olga.post(API, {"team": people.team.pk} | body).status_code == 400
