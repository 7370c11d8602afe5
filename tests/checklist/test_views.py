"""What pages, API and reports read: constant queries, the overview's matrix, and who sees what."""

from typing import Any

import pytest
from guardian.shortcuts import assign_perm

from apps.accounts.models import User
from apps.checklist.queries import assessment_seen, assessment_view, assessments_seen_by, posture
from apps.checklist.rules import MEASURED, UNKNOWN
from apps.checklist.services import assessment_create, assessment_decide, evidence_add, evidence_collect
from apps.registry.models import ModelVersion
from apps.serving.services import application_add
from tests.checklist.conftest import World
from tests.makers import fresh, make_deployment
from tests.stories import (
    make_base_version,
    make_dataset_version,
    make_evaluation,
    make_scan,
    make_tuned_version,
    scan_result,
)

# Roles, answers, their evidence, its givers where people gave any, sign-offs, the team's policies, other assessments
# that lend answers, the eight of the collectors' facts (nine where applications call a deployment), the four of
# what was noticed since: systems, drift, risks, incidents; and the newest verification of the trail.
VIEW = 25
# Roles, shares of models and data, versions, assessments, answers, evidence, sign-offs, policies, other assessments,
# the collectors' eight, the four of what was noticed since, and the newest
# verification of the trail.
POSTURE = 28


def reader(world: World) -> User:
    """Olga as a new request meets her, when content types were read before."""
    posture(world.people.olga)
    return fresh(world.people.olga)


def test_a_view_costs_a_constant_number_of_queries(world: World, django_assert_max_num_queries: Any) -> None:
    olga = world.people.olga
    evidence_collect(by=olga, assessment=world.assessment)
    user = reader(world)
    with django_assert_max_num_queries(VIEW) as few:
        assessment_view(user, world.assessment)
    for number in range(6):
        evidence_add(by=olga, assessment=world.assessment, question=f"data-{number + 1}", summary="A note")
        make_evaluation(olga, world.version, world.data, world.base, loss=float(number))
    make_scan(olga, world.data, scan_result(entities={"EMAIL_ADDRESS": 1}))
    user = reader(world)
    with django_assert_max_num_queries(VIEW) as many:
        assessment_view(user, world.assessment)
    assert len(many) <= len(few) + 1  # evidence by hand has givers to name, however many


def test_deployments_and_applications_cost_no_more_queries_when_there_are_more(
    submitted: World, django_assert_max_num_queries: Any
) -> None:
    olga, rui = submitted.people.olga, submitted.people.rui
    assessment_decide(by=rui, assessment=submitted.assessment, decision="approved", reason="Read.")
    version = ModelVersion.objects.select_related("model").get(pk=submitted.version.pk)
    for _ in range(3):
        application_add(by=olga, deployment=make_deployment(olga, version), name="Form")
    user = reader(submitted)
    assessment = assessment_seen(user, submitted.assessment.pk)
    with django_assert_max_num_queries(VIEW):
        assessment_view(user, assessment)


def _more_versions(world: World, number: int) -> None:
    olga, team = world.people.olga, world.people.team
    for n in range(number):
        data = make_dataset_version(olga, team, f"Data {n}", [{"question": f"{n}?", "answer": "Yes."}])
        make_scan(olga, data)
        version = make_tuned_version(olga, world.base, data, f"Model {n}")
        make_evaluation(olga, version, data, world.base)
        evidence_collect(by=olga, assessment=assessment_create(by=olga, version=version))


def test_the_matrix_costs_the_same_for_one_version_as_for_many(world: World, django_assert_num_queries: Any) -> None:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    user = reader(world)
    with django_assert_num_queries(POSTURE):
        posture(user, limit=1)
    _more_versions(world, 3)
    user = reader(world)
    with django_assert_num_queries(POSTURE):
        found = posture(user, limit=12)
    assert len([row for row in found.rows if row.assessment]) == 4


def test_the_matrix_has_a_row_for_each_version_and_a_cell_for_each_question(world: World) -> None:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    found = posture(world.people.olga)
    assert [str(row.version) for row in found.rows] == ["Desk v1", "Base v1"]
    assert {len(row.cells) for row in found.rows} == {18}
    assert {cell.status for cell in found.rows[1].cells} == {UNKNOWN}
    cells = {cell.question: cell for cell in found.rows[0].cells}
    assert (cells["data-6"].status, cells["data-6"].is_stale) == (MEASURED, False)


def test_the_matrix_shows_what_went_stale(world: World) -> None:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    make_scan(world.people.olga, world.data, scan_result(entities={"CREDIT_CARD": 3}))
    row = posture(world.people.olga).rows[0]
    assert {cell.question for cell in row.cells if cell.is_stale} == {"data-5", "data-6"}


def test_outsiders_see_no_assessment_and_no_row(world: World) -> None:
    assert posture(world.people.xena).rows == ()
    assert not assessments_seen_by(world.people.xena).exists()


def test_a_shared_model_shows_its_checklist(world: World) -> None:
    assign_perm("view_registeredmodel", world.people.xena, world.version.model)
    xena = fresh(world.people.xena)
    assert list(assessments_seen_by(xena)) == [world.assessment]
    assert assessment_view(xena, world.assessment).version_label == "Desk v1"


def test_a_question_offers_what_was_found_since(world: World) -> None:
    before = assessment_view(world.people.olga, world.assessment).question("data-6")
    assert {finding.collector for finding in before.uncollected} == {"dataset.pii", "dataset.sensitive"}
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    assert assessment_view(world.people.olga, world.assessment).question("data-6").uncollected == ()


def test_a_question_says_what_to_do_next(world: World) -> None:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    view = assessment_view(world.people.olga, world.assessment)
    assert view.question("modeling-2").what_next == view.question("modeling-2").question.next_step
    assert view.question("data-6").what_next == ""


@pytest.mark.parametrize("name", ["data-1", "deployment-3"])
def test_a_question_is_found_by_its_id(world: World, name: str) -> None:
    assert assessment_view(world.people.olga, world.assessment).question(name).id == name


def test_versions_without_data_or_checklist_are_no_trouble(world: World) -> None:
    make_base_version(world.people.olga, world.people.team, "Lonely")
    assert posture(world.people.olga, limit=1).rows[0].assessment is None
