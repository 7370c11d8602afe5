"""Alerts of drift lead to incidents: by themselves where that was asked for, or by a form that is filled in already."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid
from apps.incidents.models import Incident
from apps.incidents.services import incident_close, incident_open
from apps.monitoring.models import DriftRun
from apps.monitoring.rules import severity_of
from apps.monitoring.services import drift_finish, drift_report, drift_start
from apps.registry.models import ModelVersion
from tests.makers import claim, make_browser, make_client, make_data, make_person, make_version
from tests.people import People, make_people
from tests.stories import drift_result, make_drift

pytestmark = pytest.mark.django_db
ALERTS = {"jensen_shannon:price": 3, "reconstruction_error": 1}
ROWS = [{"price": number, "region": "north"} for number in range(4)]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def version(people: People) -> ModelVersion:
    return make_version(people.olga, people.team)


def measured(people: People, version: ModelVersion, alerts: dict[str, int], **more: Any) -> DriftRun:
    reference, observed = (make_data(people.olga, people.team, ROWS, f"{name}.csv") for name in ("one", "two"))
    given = {"reference": reference, "analysis": observed, "is_own_traffic": True, "opens_incident": True} | more
    run = claim(drift_start(by=people.olga, version=version, config={}, **given))
    drift_finish(run=run, result=drift_result(alerts))
    return DriftRun.objects.get(pk=run.pk)


def test_alerts_put_one_incident_on_record_with_their_figures(people: People, version: ModelVersion) -> None:
    run = measured(people, version, ALERTS)
    incident = Incident.objects.get()
    assert (incident.subject_type, incident.subject_id) == ("monitoring.driftrun", str(run.pk))
    assert (incident.kind, incident.severity, incident.opened_by, incident.team) == ("drift", "high", None, people.team)
    assert incident.title == f"Drift {run.pk}: 4 values of {version} outside the thresholds"
    assert "Jensen–Shannon distance of price, chunk 3: 0.3, above 0.2." in incident.description
    assert incident.details["alert_count"] == 4 == len(incident.details["alerts"])
    assert incident.details["version"] == version.pk and incident.details["observed"] == run.analysis.digest
    assert incident.details["alerts"][0]["value"] == pytest.approx(0.3)
    entry = AuditEntry.objects.get(action="incident.open")
    assert entry.data["about"] == f"monitoring.driftrun:{run.pk}"


def test_a_second_time_changes_nothing_even_after_it_was_closed(people: People, version: ModelVersion) -> None:
    run = measured(people, version, ALERTS)
    first = drift_report(run=run)
    assert first is not None and drift_report(run=run) == first
    incident_close(by=people.rui, incident=first, resolution="The prices rose.")
    assert drift_report(run=run) == first and Incident.objects.count() == 1
    measured(people, version, ALERTS)
    assert Incident.objects.count() == 2, "the next measurement is another incident"


def test_what_a_person_reported_first_is_not_reported_again(people: People, version: ModelVersion) -> None:
    run = make_drift(people.olga, version, ALERTS)
    assert not Incident.objects.exists(), "nobody asked for it"
    given = {"team": people.team, "title": "The prices look odd", "severity": "low", "kind": "drift", "subject": run}
    told = incident_open(by=people.olga, **given)
    assert drift_report(run=run) == told


def test_without_alerts_there_is_no_incident(people: People, version: ModelVersion) -> None:
    assert drift_report(run=measured(people, version, {})) is None
    assert not Incident.objects.exists()


def test_data_of_elsewhere_opens_no_incident(people: People, version: ModelVersion) -> None:
    with pytest.raises(Invalid, match="not of the version's own use"):
        measured(people, version, ALERTS, is_own_traffic=False)
    reference, observed = (make_data(people.olga, people.team, ROWS, f"{name}.csv") for name in ("one", "two"))
    body = {"version": version.pk, "reference": reference.pk, "analysis": observed.pk, "config": {}}
    client = make_client(people.olga)
    answer = client.post("/api/v1/drift-runs/", body | {"opens_incident": True}, format="json")
    assert answer.status_code == 422 and answer.json()["code"] == "drift.incident"
    both = body | {"opens_incident": True, "is_own_traffic": True}
    assert client.post("/api/v1/drift-runs/", both, format="json").json()["opens_incident"] is True


@pytest.mark.parametrize(
    ("alerts", "severity"),
    [
        ({"jensen_shannon:price": 2}, "medium"),
        ({"jensen_shannon:price": 3}, "high"),
        ({"estimated_roc_auc": 1}, "high"),
        ({}, "medium"),
    ],
)
def test_severity_follows_from_the_alerts(alerts: dict[str, int], severity: str) -> None:
    assert severity_of(drift_result(alerts)["measures"]) == severity


def test_the_page_leads_to_a_form_that_is_filled_in(people: People, version: ModelVersion) -> None:
    run, browser = make_drift(people.olga, version, ALERTS), make_browser(people.olga)
    page = reverse("monitoring:drift-detail", args=[run.pk])
    link = re.search(r'href="(/incidents/new/[^"]+)"', browser.get(page).content.decode())
    assert link is not None
    form = browser.get(unescape(link[1])).context["form"]
    assert form["title"].value() == f"Drift {run.pk}: 4 values of {version} outside the thresholds"
    assert (form["severity"].value(), form["kind"].value()) == ("high", "drift")
    said = {name: form[name].value() for name in ("team", "title", "kind", "severity", "description", "about")}
    answer = browser.post(reverse("incidents:incident-open"), said)
    incident = Incident.objects.get()
    assert answer["Location"] == reverse("incidents:incident-detail", args=[incident.pk])
    assert incident.opened_by == people.olga and "chunk 3: 0.3, above 0.2." in incident.description
    text = browser.get(page).content.decode()
    assert "incident open" in text and "/incidents/new/" not in text


def test_a_link_fills_in_no_more_than_what_is_known(people: People) -> None:
    odd = {"title": "x" * 9_000, "severity": "deadly", "kind": "none", "aware_at": "2020-01-01", "about": "a:b"}
    answer = make_browser(people.olga).get(reverse("incidents:incident-open"), odd)
    form = answer.context["form"]
    assert answer.status_code == 200 and len(form["title"].value()) == 4_000
    assert not form["aware_at"].value() and form["team"].value() is None


def test_outsiders_and_auditors_are_led_nowhere(people: People, version: ModelVersion) -> None:
    run, auditor = make_drift(people.olga, version, ALERTS), make_person("auditor", team=people.team)
    page = reverse("monitoring:drift-detail", args=[run.pk])
    assert make_browser(people.xena).get(page).status_code == 404
    assert "/incidents/new/" not in make_browser(auditor).get(page).content.decode()


def test_the_incident_shows_what_the_alerts_said(people: People, version: ModelVersion) -> None:
    measured(people, version, ALERTS)
    page = reverse("incidents:incident-detail", args=[Incident.objects.get().pk])
    text = make_browser(people.olga).get(page).content.decode()
    assert "What the alerts said" in text and "0.3, above 0.2" in text
