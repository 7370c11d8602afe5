"""Questions that people answer on record and that a scan measures as well: one rule for how they are known."""

from typing import Any

import pytest

from apps.checklist.queries import assessment_view, posture
from apps.checklist.rules import COLLECTORS, DECLARED, MEASURED, UNKNOWN, Known, Question, QuestionView
from apps.checklist.rules.findings import MEASURED_BY
from apps.checklist.services import answer_save, assessment_create, evidence_collect
from tests.checklist.conftest import World
from tests.checklist.test_scan_sections import CLEAN, COMMON
from tests.makers import make_client
from tests.people import People
from tests.stories import PROVENANCE, make_base_version, make_dataset_version, make_scan, scan_result

SILENT = {name: value for name, value in PROVENANCE.items() if name not in ("confidentiality", "ai_generated")}
SECRET = COMMON | {"total": 2, "rows": 1, "by_entity": {"API_KEY": 2}}


def question(collectors: tuple[str, ...]) -> Question:
    return Question("data-8", "Text?", "Help", "Why", "Do this next.", collectors, DECLARED, "dataset")


def scan_all(world: World, **sections: dict[str, Any]) -> None:
    for data in (world.data, world.base_data):
        whole = {"columns": [column["name"] for column in data.columns]}
        make_scan(world.people.olga, data, scan_result(rows=data.rows) | whole | CLEAN | sections)


def view(world: World, name: str) -> QuestionView:
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    return assessment_view(world.people.olga, world.assessment).question(name)


def say(world: World, name: str, **more: Any) -> None:
    given = {"status": DECLARED, "text": "The owner of the data looked."} | more
    answer_save(by=world.people.olga, assessment=world.assessment, question=name, **given)


def test_the_record_and_its_measurement_are_collectors_that_exist() -> None:
    assert set(MEASURED_BY) | set(MEASURED_BY.values()) <= set(COLLECTORS)


def test_only_what_a_question_collects_answers_it() -> None:
    assert question(("dataset.generation", "dataset.generated")).answering == (
        "dataset.generation",
        "dataset.generated",
    )
    assert question(("dataset.generation",)).answering == ("dataset.generation",)
    assert question(("dataset.pii", "dataset.sensitive")).answering == ("dataset.pii",)


def test_a_question_is_known_as_well_as_its_best_collector_and_that_as_its_worst_subject(world: World) -> None:
    make_scan(world.people.olga, world.data, scan_result(rows=10) | CLEAN)
    assert view(world, "data-8").status == DECLARED  # the base model's data was not searched
    scan_all(world)
    assert [view(world, name).status for name in ("data-3", "data-5", "data-8")] == [MEASURED] * 3
    assert Known({}, {}).status_of(("dataset.generation", "dataset.generated")) == UNKNOWN


def test_the_measured_answer_says_both_what_was_declared_and_what_was_found(world: World) -> None:
    scan_all(world)
    says = view(world, "data-5").says
    assert "No secrets were found" in says and "Support questions v1: internal" in says


def test_a_measurement_that_tells_nothing_leaves_the_declared_answer(world: World) -> None:
    scan_all(world, generated=CLEAN["generated"] | {"low": 0.0, "high": 0.97})
    found = view(world, "data-8")
    assert found.status == DECLARED and not found.problems and "Said." not in found.says


def test_the_matrix_and_the_api_tell_the_same(world: World) -> None:
    scan_all(world)
    evidence_collect(by=world.people.olga, assessment=world.assessment)
    row = next(row for row in posture(world.people.olga).rows if row.version.pk == world.version.pk)
    assert {cell.question: cell.status for cell in row.cells}["data-8"] == MEASURED
    client = make_client(world.people.olga)
    told = client.get(f"/api/v1/assessments/{world.assessment.pk}/").json()["groups"][0]["questions"][7]
    assert (told["id"], told["status"], told["answer"]["how_known"]) == ("data-8", MEASURED, "Measured by the platform")
    asked = client.get("/api/v1/frameworks/urn:genaiops:framework:genaiops-checklist/").json()["groups"][0]["questions"]
    assert asked[7]["answering"] == ["dataset.generation", "dataset.generated"]


def test_what_a_scan_found_asks_for_a_word_though_the_class_is_declared(world: World) -> None:
    scan_all(world, secrets=SECRET)
    assert any("nobody has said what was decided" in item.problem for item in view(world, "data-5").problems)
    say(world, "data-5")
    assert view(world, "data-5").problems == ()


@pytest.mark.parametrize("name", ["data-5", "data-8"])
def test_what_only_people_know_is_asked_for_beside_a_measurement(people: People, name: str) -> None:
    data = make_dataset_version(people.olga, people.team, provenance=SILENT)
    version = make_base_version(people.olga, people.team, trained_on=[data])
    world = World(people, data, data, version, version, assessment_create(by=people.olga, version=version))
    make_scan(people.olga, data, scan_result(rows=data.rows) | CLEAN)
    found = view(world, name)
    assert found.status == MEASURED
    assert [item.problem for item in found.problems] == [
        "This is measured, but what only people can know of it is not on record."
    ]
    say(world, name)
    assert (view(world, name).status, view(world, name).problems) == (MEASURED, ())


def test_not_applicable_is_contradicted_by_a_measurement_too(world: World) -> None:
    scan_all(world)
    say(world, "data-8", status="not_applicable", text="", reason="We wrote it.")
    problems = [item.problem for item in view(world, "data-8").problems]
    assert any("there is evidence: Said." in problem or "Said. Some are missed." in problem for problem in problems)


def test_another_scan_of_the_data_makes_the_measured_answer_stale(world: World) -> None:
    scan_all(world)
    assert not view(world, "data-8").is_stale
    part = CLEAN["generated"] | {"estimate": 0.5, "digest": "d" * 64}
    make_scan(world.people.olga, world.data, {"digest": "2" * 64, "generated": part})
    found = assessment_view(world.people.olga, world.assessment)
    assert found.question("data-8").is_stale and not found.question("data-5").is_stale
