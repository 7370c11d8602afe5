"""Risks and incidents beside the systems and versions that they are about, and on the overview."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.rules import AUDITOR, COMPLIANCE
from apps.incidents.services import incident_classify, incident_open
from apps.registry.services import system_create, system_version_add
from apps.risks.services import risk_create
from tests.makers import make_approved, make_browser, make_data, make_deployment, make_person, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def test_the_pages_of_a_system_and_its_version_tell_of_their_risks_and_incidents(people: People, olga: Client) -> None:
    system = system_create(by=people.olga, team=people.team, name="Help desk")
    version = make_approved(people.team, by=people.olga)
    system_version_add(by=people.olga, system=system, version=version)
    deployment = make_deployment(people.olga, version)
    of_it = risk_create(by=people.olga, team=people.team, title="Wrong prices", likelihood=4, impact=4, system=system)
    inside = risk_create(by=people.olga, team=people.team, title="Old words", likelihood=2, impact=2, version=version)
    about = [
        incident_open(by=people.olga, team=people.team, title=f"Failure {number}", severity="high", subject=subject)
        for number, subject in enumerate((system, version, deployment))
    ]
    page = olga.get(reverse("systems:system-detail", args=[system.pk])).text
    for risk in (of_it, inside):
        assert reverse("risks:risk-detail", args=[risk.pk]) in page
    for incident in about:
        assert reverse("incidents:incident-detail", args=[incident.pk]) in page
    head = olga.get(reverse("portal:version-detail", args=[version.pk])).text
    assert "Old words" in head and "Wrong prices" not in head
    assert "Failure 1" in head and "Failure 2" in head and "Failure 0" not in head


def test_the_page_of_a_system_costs_the_same_with_one_risk_and_with_ten(people: People, olga: Client) -> None:
    system = system_create(by=people.olga, team=people.team, name="Help desk")
    url = reverse("systems:system-detail", args=[system.pk])

    def more(number: int) -> None:
        risk_create(by=people.olga, team=people.team, title=f"Risk {number}", likelihood=4, impact=4, system=system)
        version = make_version(people.olga, people.team)
        system_version_add(by=people.olga, system=system, version=version)
        incident_open(by=people.olga, team=people.team, title=f"F{number}", severity="low", subject=version)

    more(0)
    few = queries_of(olga, url)
    for number in range(1, 10):
        more(number)
    assert queries_of(olga, url) == few <= 20


def test_what_goes_wrong_is_reported_from_its_own_page_by_who_may(people: People, olga: Client) -> None:
    version = make_approved(people.team, by=people.olga)
    data, deployment = make_data(people.olga, people.team), make_deployment(people.olga, version)
    system = system_create(by=people.olga, team=people.team, name="Help desk")
    auditor = make_browser(make_person(AUDITOR, team=people.team))
    report = reverse("incidents:incident-open")
    for name, subject in (
        ("portal:version-detail", version),
        ("catalog:version-detail", data),
        ("serving:deployment-detail", deployment),
        ("systems:system-detail", system),
    ):
        link = f"{report}?about={subject._meta.label_lower}:{subject.pk}"
        page = reverse(name, args=[subject.pk])
        assert link in olga.get(page).text and str(subject) in olga.get(link).text
        assert report not in auditor.get(page).text


def test_the_overview_counts_running_clocks_and_what_is_due(people: People) -> None:
    officer = make_person(COMPLIANCE, team=people.team)
    browser, url = make_browser(officer), reverse("portal:overview")
    text = browser.get(url).text
    assert "Clocks running" not in text and "Due in a month" not in text
    late = timezone.now() - timedelta(days=20)
    incident = incident_open(by=officer, team=people.team, title="Harm", severity="high", aware_at=late)
    incident_classify(by=officer, incident=incident, clock="serious", reason="A person was harmed.")
    text = browser.get(url).text
    assert "at least one is late" in text and reverse("reminders:due-list") in text and "1 of them late" in text
    assert "Clocks running" not in make_browser(people.xena).get(url).text
