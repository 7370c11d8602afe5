"""Drift, incidents and risks as evidence: what is found, that it names no words of a team, and when it goes stale."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.checklist.models import Assessment
from apps.checklist.queries import findings_for, present_view
from apps.checklist.queries.subjects import knowledge_of
from apps.checklist.rules import DECLARED, MEASURED, UNKNOWN, Finding
from apps.checklist.services import answer_save, assessment_create, evidence_collect, framework_load
from apps.incidents.models import Incident
from apps.incidents.services import duty_add, incident_classify, incident_close, incident_open
from apps.registry.models import AISystem, ModelVersion
from apps.registry.services import system_create, system_version_add
from apps.risks.rules import FAILING
from apps.risks.services import control_add, control_checked, risk_create, risk_rate
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_person
from tests.stories import make_drift

WATCH = raw_framework(
    group(
        "watch",
        question("drift", "Is it watched?", collectors=["monitoring.drift"]),
        question("incidents", "What went wrong?", collectors=["incidents.record"]),
        question("risks", "What could go wrong?", collectors=["risks.register"]),
        question("use", "Where is it used?", collectors=["lineage.systems"]),
    ),
    subjects=["system", "version", "dataset"],
)


def found(version: ModelVersion, collector: str) -> Finding:
    [finding] = findings_for(version)[collector]
    return finding


def incident(world: World, subject: Any, **more: Any) -> Incident:
    given = {"title": "Wrong prices were told", "severity": "high", "kind": "failure"} | more
    return incident_open(by=world.people.olga, team=world.people.team, subject=subject, **given)


def risk(world: World, **more: Any) -> Any:
    given = {"title": "It invents prices", "likelihood": 4, "impact": 4, "category": "hallucination"} | more
    return risk_create(by=world.people.olga, team=world.people.team, **given)


@pytest.fixture
def system(world: World) -> AISystem:
    made = system_create(by=world.people.olga, team=world.people.team, name="Support desk", owner=world.people.olga)
    system_version_add(by=world.people.olga, system=made, version=world.version)
    return made


@pytest.fixture
def loaded(world: World) -> World:
    framework_load(by=make_person("compliance_officer", team=world.people.team), text=text_of(WATCH))
    return world


def test_drift_of_the_versions_own_traffic_is_measured_and_its_alerts_ask(world: World) -> None:
    assert findings_for(world.version)["monitoring.drift"] == []
    quiet = make_drift(world.people.olga, world.version)
    told = found(world.version, "monitoring.drift")
    assert told.status == MEASURED and "no value outside the thresholds" in told.summary
    assert told.value["run"] == quiet.pk and "asks" not in told.value
    loud = make_drift(world.people.olga, world.version, {"jensen_shannon:price": 3, "reconstruction_error": 1})
    told = found(world.version, "monitoring.drift")
    assert "4 values outside the thresholds: Jensen–Shannon distance of price (3) and Reconstruction" in told.summary
    assert told.value["run"] == loud.pk and told.value["asks"].startswith(f"Drift {loud.pk} raised alerts")


def test_drift_of_other_data_says_nothing_about_the_version(world: World) -> None:
    make_drift(world.people.olga, world.version, {"reconstruction_error": 1}, is_own_traffic=False)
    told = found(world.version, "monitoring.drift")
    assert told.status == UNKNOWN and "asks" not in told.value and "not of this version's own use" in told.summary
    own = make_drift(world.people.olga, world.version)
    make_drift(world.people.olga, world.version, is_own_traffic=False)
    assert found(world.version, "monitoring.drift").value["run"] == own.pk, "its own traffic before any other"


def test_incidents_are_named_without_anybodys_words(world: World, system: AISystem) -> None:
    told = found(world.version, "incidents.record")
    assert told.status == UNKNOWN and told.summary.startswith("No incident is on record.")
    drift = make_drift(world.people.olga, world.version, {"reconstruction_error": 1})
    made = [incident(world, one) for one in (world.version, world.version.model, drift, system)]
    told = found(world.version, "incidents.record")
    assert {row["id"] for row in told.value["incidents"]} == {one.pk for one in made}
    assert told.status == UNKNOWN and "4 incidents on record, 4 open." in told.summary, "it answers nothing alone"
    assert "prices" not in str(told), "whoever sees the version need not see the team's incidents"
    assert told.value["asks"].endswith("are open; say what follows from that.")


def test_a_clock_that_is_late_stands_against_the_answer(world: World) -> None:
    officer = make_person("compliance_officer", team=world.people.team)
    made = incident(world, world.version)
    long_ago = timezone.now() - timedelta(days=16)
    incident_classify(by=officer, incident=made, clock="serious", reason="It harmed.", aware_at=long_ago)
    told = found(world.version, "incidents.record")
    assert told.value["incidents"][0]["is_late"] and "the first report was due by" in told.summary
    assert told.value["blocks"] == f"Others had to be told of incident {made.pk} by now, and that is not on record."
    incident_classify(by=officer, incident=made, clock="none", reason="Nobody was harmed.")
    duty_add(by=officer, incident=made, duty="gdpr")
    assert "blocks" in found(world.version, "incidents.record").value, "72 hours are over as well"
    incident_classify(by=officer, incident=made, clock="none", reason="It was seen today.", aware_at=timezone.now())
    assert "blocks" not in found(world.version, "incidents.record").value
    incident_close(by=officer, incident=made, resolution="Mended.")
    told = found(world.version, "incidents.record")
    assert "asks" not in told.value and "1 incident on record, none open." in told.summary


def test_risks_are_told_by_level_and_a_failing_control_stands_against_the_answer(world: World) -> None:
    assert findings_for(world.version)["risks.register"] == []
    low, grave = risk(world, version=world.version, likelihood=1), risk(world, version=world.version)
    told = found(world.version, "risks.register")
    assert told.status == DECLARED and [row["id"] for row in told.value["risks"]] == [grave.pk, low.pk]
    assert "2 risks on the register: 1 high and 1 low." in told.summary and "prices" not in str(told)
    assert told.value["asks"].startswith(f"Risk {grave.pk} is high or critical, and nobody has accepted that")
    control = control_add(by=world.people.olga, risk=grave, title="Ask people", rule="answered: all")
    control_checked(by="system", control=control, state=FAILING, found="Nothing is answered.", digest="d" * 64)
    assert found(world.version, "risks.register").value["blocks"] == f"A control fails that holds down risk {grave.pk}."


def test_what_is_known_of_a_system_is_its_own_and_that_of_its_versions(loaded: World, system: AISystem) -> None:
    olga = loaded.people.olga
    other = system_create(by=olga, team=loaded.people.team, name="Elsewhere", owner=olga)
    system_version_add(by=olga, system=other, version=loaded.version)
    here, of_version = incident(loaded, system), incident(loaded, loaded.version)
    incident(loaded, other)
    own, elsewhere = risk(loaded, system=system), risk(loaded, system=other)
    made = assessment_create(by=olga, system=system, urn=URN)
    known = knowledge_of([made]).of(made)
    [incidents], [risks], [use] = (
        known.findings[name] for name in ("incidents.record", "risks.register", "lineage.systems")
    )
    assert {row["id"] for row in incidents.value["incidents"]} == {here.pk, of_version.pk}
    assert [row["id"] for row in risks.value["risks"]] == [own.pk] != [elsewhere.pk]
    assert use.status == UNKNOWN and "what it is for is not on record" in use.summary
    assert use.value["versions"] == ["Desk v1"] and use.subject_type == "registry.aisystem"


def test_what_happens_later_makes_answers_stale(loaded: World, system: AISystem) -> None:
    olga = loaded.people.olga
    for made in (
        assessment_create(by=olga, version=loaded.version, urn=URN),
        assessment_create(by=olga, system=system, urn=URN),
    ):
        evidence_collect(assessment=made)
        answer_save(by=olga, assessment=made, question="incidents", status="declared", text="There were none.")
        assert present_view(made).stale == ()
    reported, judged = incident(loaded, loaded.version), risk(loaded, version=loaded.version)
    for level, made in enumerate(
        Assessment.objects.filter(framework=URN).select_related("system", "version__model"), 1
    ):
        assert "incidents" in present_view(made).stale
        evidence_collect(by=olga, assessment=made)
        risk_rate(by=olga, risk=judged, kind="residual", likelihood=2 * level, impact=2 * level, because="Held down.")
        assert "risks" in present_view(made).stale
        evidence_collect(by=olga, assessment=made)
    officer = make_person("compliance_officer", team=loaded.people.team)
    incident_close(by=officer, incident=reported, resolution="Mended.")
    assert "incidents" in present_view(Assessment.objects.filter(framework=URN)[0]).stale


def test_data_tells_its_incidents_alone(loaded: World) -> None:
    made = assessment_create(by=loaded.people.olga, dataset_version=loaded.data, urn=URN)
    assert knowledge_of([made]).of(made).findings["incidents.record"] == []
    told = incident(loaded, loaded.data)
    [finding] = knowledge_of([made]).of(made).findings["incidents.record"]
    assert finding.value["incidents"][0]["id"] == told.pk and finding.subject_type == "catalog.datasetversion"
