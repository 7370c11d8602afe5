"""Systems, data and deployments held against frameworks, beside model versions."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.checklist.models import Assessment
from apps.checklist.queries import assessments_seen_by, makers_of, present_view, views_of
from apps.checklist.queries.subjects import knowledge_of
from apps.checklist.rules import DECLARED, MEASURED, UNKNOWN
from apps.checklist.services import (
    answer_save,
    assessment_create,
    assessment_decide,
    assessment_submit,
    evidence_collect,
    framework_load,
)
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import AISystem, ModelVersion
from apps.registry.services import system_create, system_version_add, system_version_end
from tests.checklist.conftest import World
from tests.checklist.framework_files import URN, group, question, raw_framework, text_of
from tests.makers import make_deployment, make_person

ALL_KINDS = ["system", "version", "dataset", "deployment"]
HOUSE = raw_framework(
    group(
        "data",
        question("data-licence", "Which licence?", subject="dataset", collectors=["dataset.licence"]),
        question("data-personal", "Personal data?", subject="dataset", collectors=["dataset.pii"]),
    ),
    group(
        "rest",
        question("scores", "How good is it?", subject="model", collectors=["evaluation.metrics"]),
        question("where", "Where does it run?", subject="deployment", collectors=["serving.deployments"]),
        question("owner", "Who answers for it?"),
    ),
    subjects=ALL_KINDS,
)


@pytest.fixture
def loaded(world: World) -> World:
    framework_load(by=make_person("compliance_officer", team=world.people.team), text=text_of(HOUSE))
    return world


@pytest.fixture
def system(world: World) -> AISystem:
    made = system_create(by=world.people.olga, team=world.people.team, name="Support desk", owner=world.people.olga)
    system_version_add(by=world.people.olga, system=made, version=world.version)
    return made


def begun(by: User, **subject: Any) -> Assessment:
    return assessment_create(by=by, urn=URN, **subject)


def statuses(assessment: Assessment) -> dict[str, str]:
    evidence_collect(assessment=assessment)
    return {question.id: question.status for question in present_view(assessment).questions}


def test_an_assessment_speaks_of_exactly_one_thing(loaded: World, system: AISystem) -> None:
    olga = loaded.people.olga
    for wrong in ({}, {"system": system, "version": loaded.version}):
        with pytest.raises(Invalid):
            begun(olga, **wrong)
    row = {"team": loaded.people.team, "framework": URN, "framework_version": 1, "created_by": olga}
    for wrong in ({}, {"system": system, "version": loaded.version}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.create(**row, **wrong)
    begun(olga, system=system)
    with pytest.raises(Conflict):
        begun(olga, system=system)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(**row, system=system)


def test_a_framework_is_held_only_against_what_it_is_made_for(loaded: World, system: AISystem) -> None:
    with pytest.raises(Invalid) as refused:
        assessment_create(by=loaded.people.olga, system=system)  # the checklist speaks of model versions
    assert refused.value.code == "assessment.kind"


def test_data_alone_is_known_by_what_speaks_of_data(loaded: World) -> None:
    made = begun(loaded.people.olga, dataset_version=loaded.data)
    assert (made.subject_kind, made.subject, made.subject_id) == ("dataset", loaded.data, loaded.data.pk)
    assert str(made) == f"Assessment of {loaded.data}"
    found = statuses(made)
    assert found["data-personal"] == MEASURED and found["data-licence"] in (MEASURED, DECLARED)
    assert found["scores"] == found["where"] == found["owner"] == UNKNOWN
    of_data = present_view(made).question("data-personal").evidence
    assert [item.subject_id for item in of_data] == [str(loaded.data.pk)], "the base model's data is no part of it"


def test_changed_data_turns_an_answer_about_it_stale(loaded: World) -> None:
    made = begun(loaded.people.olga, dataset_version=loaded.data)
    evidence_collect(assessment=made)
    loaded.data.licence = "MIT"
    loaded.data.save()
    assert present_view(made).stale == ("data-licence",)


def test_a_system_is_known_as_well_as_the_least_known_version_at_work(loaded: World, system: AISystem) -> None:
    made = begun(loaded.people.olga, system=system)
    assert statuses(made)["scores"] == MEASURED
    system_version_add(by=loaded.people.olga, system=system, version=loaded.base)
    assert present_view(Assessment.objects.get(pk=made.pk)).question("scores").uncollected, "the base has no scores"
    found = statuses(made)
    assert found["scores"] == UNKNOWN
    said = [item.summary for item in present_view(made).question("scores").evidence if item.status == UNKNOWN]
    assert said == [f"{loaded.base}: nothing of this is on record."]


def test_a_version_that_leaves_a_system_takes_its_evidence_along(loaded: World, system: AISystem) -> None:
    made = begun(loaded.people.olga, system=system)
    evidence_collect(assessment=made)
    part = system.parts.get()
    system_version_end(by=loaded.people.olga, part=part, reason="It is replaced.")
    view = present_view(made)
    assert "scores" in view.stale
    assert statuses(made)["scores"] == UNKNOWN


def test_a_statement_about_a_system_holds_until_the_system_is_described_anew(loaded: World, system: AISystem) -> None:
    made = begun(loaded.people.olga, system=system)
    answer_save(by=loaded.people.olga, assessment=made, question="owner", status="declared", text="Olga.")
    assert not present_view(made).question("owner").is_stale
    AISystem.objects.filter(pk=system.pk).update(intended_purpose="Something else")
    assert present_view(Assessment.objects.select_related("system").get(pk=made.pk)).question("owner").is_stale


def test_the_same_data_behind_two_versions_is_one_piece_of_evidence(loaded: World, system: AISystem) -> None:
    system_version_add(by=loaded.people.olga, system=system, version=loaded.base)
    made = begun(loaded.people.olga, system=system)
    evidence_collect(assessment=made)
    things = [item.subject_id for item in present_view(made).question("data-licence").evidence]
    assert len(things) == len(set(things)) == 2
    assert present_view(made).stale == ()


def test_a_deployment_knows_its_own_place_alone(submitted: World) -> None:
    people = submitted.people
    assessment_decide(by=people.rui, assessment=submitted.assessment, decision="approved", reason="It holds.")
    framework_load(by=make_person("compliance_officer", team=people.team), text=text_of(HOUSE))
    version = ModelVersion.objects.get(pk=submitted.version.pk)
    first = make_deployment(people.olga, version, name="first")
    make_deployment(people.olga, version, name="second")
    made = begun(people.olga, deployment=first)
    assert statuses(made)["where"] == MEASURED
    [told] = present_view(made).question("where").evidence
    assert "first" in told.summary and "second" not in told.summary
    assert statuses(made)["scores"] == MEASURED, "what is known of its version is known of it"


def test_a_decision_on_something_else_moves_no_stage(loaded: World) -> None:
    people = loaded.people
    made = begun(people.olga, version=loaded.version)
    stage = loaded.version.stage
    assessment_submit(by=people.olga, assessment=made)
    loaded.version.refresh_from_db()
    assert loaded.version.stage == stage, "it is proposed with its checklist only"
    with pytest.raises(Refused):
        assessment_decide(by=people.olga, assessment=made, decision="refused", reason="Mine.")
    assessment_decide(by=people.rui, assessment=made, decision="refused", reason="Too little.")
    loaded.version.refresh_from_db()
    assert loaded.version.stage == stage and Assessment.objects.get(pk=made.pk).state == "refused"


def test_who_described_a_system_has_a_part_in_its_assessment(loaded: World, system: AISystem) -> None:
    made = begun(make_person("engineer", team=loaded.people.team), system=system)
    assert makers_of(made) == {loaded.people.olga.pk: "described this system"}


def test_nobody_outside_the_team_sees_any_of_it(loaded: World, system: AISystem) -> None:
    begun(loaded.people.olga, system=system)
    begun(loaded.people.olga, dataset_version=loaded.data)
    assert not assessments_seen_by(loaded.people.xena).exists()
    assert assessments_seen_by(loaded.people.rui).count() == 3
    with pytest.raises(NotFound):
        begun(loaded.people.xena, version=loaded.version)


def test_many_things_cost_as_many_queries_as_few(
    loaded: World, system: AISystem, django_assert_num_queries: Any
) -> None:
    olga = loaded.people.olga
    rows = [begun(olga, system=system), begun(olga, dataset_version=loaded.data), begun(olga, version=loaded.version)]
    for row in rows:
        evidence_collect(assessment=row)
    seen = assessments_seen_by(olga).filter(framework=URN)
    few, many = list(seen[:3]), list(assessments_seen_by(olga))
    views_of(few)
    with CaptureQueriesContext(connection) as first:
        views_of(few)
    with django_assert_num_queries(len(first)):
        views_of(many)
    assert set(knowledge_of(many).known) >= {("system", system.pk), ("version", loaded.version.pk)}
