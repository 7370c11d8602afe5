"""The snapshot is the whole record, in plain JSON, exact to the last digit, and without personal data."""

import json
from copy import deepcopy
from dataclasses import asdict
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.audit.rules import entry_digest
from apps.catalog.services import dataset_version_describe, scan_finish, scan_start
from apps.checklist.queries import framework
from apps.monitoring.services import drift_finish, drift_start
from apps.registry.models import ModelVersion
from apps.reports.queries.frozen import freeze
from apps.reports.rules.pack import pretty_json
from apps.reports.rules.verify_pack import chain_problems
from tests.reports import results
from tests.reports.world import PROVENANCE, World, claimed, make_data


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def snapshot(version: ModelVersion, by: User | None = None) -> dict[str, Any]:
    """The record of a version at this moment."""
    return freeze(version, by=by, at=timezone.now())


def texts(value: Any) -> list[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def chunk_values(facts: dict[str, Any]) -> list[float]:
    measures = facts["versions"][0]["drift"][0]["result"]["measures"]
    return [chunk["value"] for measure in measures for chunk in measure["chunks"]]


def test_every_drift_value_is_exact_to_the_last_bit(world: World) -> None:
    read_back = json.loads(pretty_json(snapshot(world.version)))
    expected = [chunk["value"] for measure in results.drift_result()["measures"] for chunk in measure["chunks"]]
    assert chunk_values(read_back) == expected
    assert 0.30000000000000004 in expected and 5e-324 in expected


@pytest.mark.slow
def test_drift_values_are_nannymls_own(world: World, tmp_path) -> None:
    """A measurement by the worker's engine, against NannyML called without any of our code."""
    import nannyml
    import numpy as np
    import pandas as pd

    from workers.drift import engine

    draw = np.random.default_rng(7)
    tables = {
        name: pd.DataFrame({"a": draw.normal(shift, 1, 1_000), "b": draw.gamma(2, 1 + shift, 1_000)})
        for name, shift in (("reference", 0.0), ("analysis", 0.7))
    }
    versions, paths = {}, {}
    for name, table in tables.items():
        text = table.to_csv(index=False)
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(text)
        versions[name] = make_data(world.olga, world.team, f"Numbers, {name}", f"{name}.csv", text)
    config = {"feature_columns": ["a", "b"], "chunk_size": 250, "methods": ["univariate"], "problem_type": "none"}
    run = claimed(drift_start(by=world.olga, version=world.version, config=config, **versions))
    given = {"reference_path": str(paths["reference"]), "analysis_path": str(paths["analysis"])}
    found = engine.run(engine.Config(**given, **config), lambda *_: None)
    drift_finish(run=run, result=json.loads(json.dumps(asdict(found))))

    calculator = nannyml.UnivariateDriftCalculator(
        column_names=["a", "b"], continuous_methods=["jensen_shannon"], chunk_size=250
    )
    theirs = calculator.fit(pd.read_csv(paths["reference"])).calculate(pd.read_csv(paths["analysis"])).to_df()
    facts = json.loads(pretty_json(snapshot(world.version)))
    newest = facts["versions"][0]["drift"][-1]["result"]["measures"]
    for column, measure in zip(("a", "b"), newest, strict=True):
        assert [chunk["value"] for chunk in measure["chunks"]] == theirs[column]["jensen_shannon"]["value"].to_list()


def test_it_is_plain_json(approved: World) -> None:
    facts = snapshot(approved.version, by=approved.olga)
    assert pretty_json(json.loads(pretty_json(facts))) == pretty_json(facts)


def test_no_address_and_no_folder_is_in_it(approved: World) -> None:
    every = texts(snapshot(approved.version, by=approved.olga))
    assert not [text for text in every if "people.example" in text]
    assert not [text for text in every if text.startswith("/srv/work")]
    assert "Rui" in every and "Olga" in every


def test_a_person_without_a_name_stays_a_number(approved: World) -> None:
    User.objects.update(name="")
    facts = snapshot(ModelVersion.objects.get(pk=approved.version.pk), by=User.objects.get(pk=approved.olga.pk))
    assert facts["taken_by"] == {"id": f"user:{approved.olga.pk}", "name": f"user {approved.olga.pk}"}
    assert not [text for text in texts(facts) if "people.example" in text]


def test_every_question_is_there_with_its_answer(approved: World) -> None:
    facts = snapshot(approved.version)
    questions = {one["id"]: one for group in facts["assessments"][0]["groups"] for one in group["questions"]}
    assert list(questions) == list(framework().questions)
    for question in questions.values():
        assert question["answer"]["text"] == f"Olga's own word on {question['id']}."
        assert question["answer"]["answered_by"] == "Olga"
    measured = questions["data-6"]["answer"]["evidence"][0]
    assert (measured["status"], len(measured["subject_digest"])) == ("measured", 64)
    assert facts["assessments"][0]["gate"] == {"is_green": True, "gaps": []}
    assert facts["assessments"][0]["sign_offs"][0]["decided_by"]["name"] == "Rui"


def test_without_a_checklist_there_is_neither_an_answer_nor_a_gate(world: World) -> None:
    facts = snapshot(world.version)
    assert facts["assessments"] == []
    assert facts["versions"][0]["gate"] is None


def test_a_changed_datasheet_shows_as_stale(approved: World) -> None:
    changed = PROVENANCE | {"origin": "Somewhere else"}
    dataset_version_describe(
        by=approved.olga, version=approved.data, licence="CC-BY-4.0", provenance=changed, reason="It was wrong"
    )
    facts = snapshot(approved.version)
    stale = {one["id"] for group in facts["assessments"][0]["groups"] for one in group["questions"] if one["is_stale"]}
    assert {"data-1", "data-2"} <= stale
    assert not facts["assessments"][0]["gate"]["is_green"]


def test_data_come_with_what_they_were_used_for_and_their_newest_scan(approved: World) -> None:
    found = {data["label"]: data for data in snapshot(approved.version)["datasets"]}
    assert {label: data["used_as"] for label, data in found.items()} == {
        "Support questions v1": ["training data", "evaluation data"],
        "General text v1": ["training data of a base model"],
        "Loans, reference v1": ["drift reference"],
        "Loans, analysis v1": ["drift analysis"],
    }
    scan = found["Support questions v1"]["scan"]
    assert scan["result"]["personal_data"]["by_entity"] == {"EMAIL_ADDRESS": 2, "IBAN_CODE": 1}
    assert found["Loans, analysis v1"]["scan"] is None
    assert (scan["earlier"], scan["checks_of"]["personal_data"]) == ([], scan["id"])


def test_a_newer_scan_of_fewer_checks_hides_nothing_in_the_pack(approved: World) -> None:
    before = snapshot(approved.version)["datasets"][0]["scan"]
    run = claimed(scan_start(by=approved.olga, version=approved.data, config={"checks": ["integrity"]}))
    scan_finish(run=run, result={"digest": "1" * 64, "integrity": {"compromised": False, "statement": "All whole."}})
    scan = snapshot(approved.version)["datasets"][0]["scan"]
    assert (scan["id"], scan["earlier"]) == (run.pk, [before["id"]])
    assert scan["result"]["personal_data"] == before["result"]["personal_data"]
    assert scan["checks_of"]["integrity"] == run.pk and scan["checks_of"]["personal_data"] == before["id"]


def test_tuning_evaluation_and_deployment_are_whole(approved: World) -> None:
    facts = snapshot(approved.version)
    version = facts["versions"][0]
    assert version["tuning"]["result"]["train_loss_curve"] == [[1, 3.0], [3, 1.7], [6, 1.0]]
    assert version["tuning"]["energy_kwh"] == 0.002
    assert "base" not in version["tuning"]["result"]["config"]
    scores = {(one["of"], one["metric"]): one for one in version["evaluations"][0]["scores"]}
    assert scores["difference", "loss"]["verdict"] == "better"
    application = facts["deployments"][0]["applications"][0]
    assert application["acknowledged_by"]["name"] == "Olga"
    assert [step["label"] for step in version["lineage"]] == ["Desk answers v1", "Base v1"]


def test_the_trails_extract_can_be_recomputed_and_placed(approved: World) -> None:
    trail = snapshot(approved.version)["audit_trail"]
    assert all(entry_digest(entry) == entry["digest"] for entry in trail["entries"])
    assert chain_problems(trail) == []
    chain, last = trail["whole_chain"], trail["head"]["sequence"]
    assert (chain["is_intact"], chain["entries"], chain["problem"]) == (True, last, "")
    assert (chain["read"]["last"], chain["verified"]) == (last, None)
    actions = {entry["action"] for entry in trail["entries"]}
    assert {"dataset_version.create", "tuning.finish", "assessment.decide", "version.approve"} <= actions
    assert trail["people"][f"user:{approved.rui.pk}"] == {"name": "Rui", "roles": ["Approver"]}


def test_the_trail_of_another_team_stays_there(approved: World) -> None:
    team = Team.objects.exclude(pk=approved.team.pk).get()
    make_data(approved.xena, team, "Support questions", "rows.jsonl", '{"a": 1}\n')
    entries = snapshot(approved.version)["audit_trail"]["entries"]
    assert {entry["team_id"] for entry in entries} == {approved.team.pk}
