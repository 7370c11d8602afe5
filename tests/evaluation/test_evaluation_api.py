"""Evaluations over the API: on rows kept from training, beside a baseline, with intervals."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import Team, User
from apps.accounts.rules import AUDITOR, ENGINEER, ROLES, allows
from apps.evaluation import rules
from apps.evaluation.models import EvaluationRun
from apps.evaluation.queries import evaluation_result, latest_evaluation
from apps.registry.models import TuningRun
from apps.registry.services import version_import
from tests.makers import (
    commit,
    jsonl,
    make_browser,
    make_client,
    make_data,
    make_evaluation,
    make_model,
    make_person,
    make_team,
    make_tuned,
    make_version,
)

pytestmark = pytest.mark.django_db
EVALUATIONS = "/api/v1/evaluations/"


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def client(engineer: User) -> APIClient:
    return make_client(engineer)


@pytest.fixture
def tuned(engineer: User, team: Team) -> TuningRun:
    return make_tuned(engineer, team)


def test_on_its_own_training_data_only_the_kept_rows_are_used(client: APIClient, tuned: TuningRun) -> None:
    body = {"version": tuned.output_version_id, "dataset_version": tuned.dataset_version_id}
    answer = client.post(EVALUATIONS, body | {"baseline": tuned.base_version_id, "config": {"seed": 1}})
    assert answer.status_code == 202, answer.content
    run = answer.json()
    assert run["rows_digest"] == tuned.held_out_digest != tuned.dataset_version.digest
    assert run["is_held_out"] is True
    assert run["model_digest"] == tuned.output_version.manifest_digest
    assert client.get(run["url"]).json()["subjects"]["baseline"]["id"] == tuned.base_version_id


def test_another_version_of_the_training_data_is_not_held_out(
    client: APIClient, engineer: User, tuned: TuningRun
) -> None:
    """It holds the training rows again, with some more: measuring there would flatter the version."""
    content = jsonl([{"prompt": "one", "answer": "more"}])
    more = commit(engineer, tuned.dataset_version.dataset, content)
    run = client.post(EVALUATIONS, {"version": tuned.output_version_id, "dataset_version": more.pk}).json()
    assert (run["is_held_out"], run["rows_digest"]) == (False, more.digest)


def test_data_that_trained_nobody_behind_the_version_is_held_out(
    client: APIClient, engineer: User, team: Team, tuned: TuningRun
) -> None:
    run = client.post(
        EVALUATIONS, {"version": tuned.output_version_id, "dataset_version": make_data(engineer, team).pk}
    ).json()
    assert run["is_held_out"] is True


def test_data_that_trained_an_ancestor_is_not_held_out(
    client: APIClient, engineer: User, team: Team, tuned: TuningRun
) -> None:
    data = make_data(engineer, team)
    tuned.base_version.lineage.create(relation="trained_on", dataset_version=data)
    run = client.post(EVALUATIONS, {"version": tuned.output_version_id, "dataset_version": data.pk}).json()
    assert run["is_held_out"] is False


def test_of_an_imported_model_nobody_knows_what_it_saw(client: APIClient, engineer: User, team: Team) -> None:
    body = {"version": make_version(engineer, team).pk, "dataset_version": make_data(engineer, team).pk}
    assert client.post(EVALUATIONS, body).json()["is_held_out"] is False


def test_scores_are_shown_with_their_intervals(client: APIClient, engineer: User, tuned: TuningRun) -> None:
    run = make_evaluation(engineer, tuned)
    shown = client.get(f"{EVALUATIONS}{run.pk}/").json()
    assert [score["of"] for score in shown["scores"]] == ["version", "baseline", "difference"]
    assert shown["scores"][2] == {
        "of": "difference", "metric": "loss", "value": -1.0, "low": -1.2, "high": -0.8, "n": 4,
    }  # fmt: skip
    assert latest_evaluation(tuned.output_version) == run


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"config": {"sed": 1}}, 422, "evaluation.settings"),
        ({"config": [1]}, 400, "input.invalid"),
        ({"baseline": 999_999}, 404, "not_found"),
        ({"version": 0}, 400, "input.invalid"),
        ({"dataset_version": None}, 400, "input.invalid"),
    ],
)
def test_wrong_input_is_refused(
    client: APIClient, tuned: TuningRun, change: dict[str, Any], status: int, code: str
) -> None:
    body = {"version": tuned.output_version_id, "dataset_version": tuned.dataset_version_id}
    answer = client.post(EVALUATIONS, body | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not EvaluationRun.objects.exists()


def test_a_version_is_not_its_own_baseline(client: APIClient, tuned: TuningRun) -> None:
    pk = tuned.output_version_id
    answer = client.post(EVALUATIONS, {"version": pk, "baseline": pk, "dataset_version": tuned.dataset_version_id})
    assert answer.json()["code"] == "evaluation.baseline"


def test_files_are_needed(client: APIClient, engineer: User, team: Team) -> None:
    empty = version_import(by=engineer, model=make_model(engineer, team), source="a/b").version
    body = {"version": empty.pk, "dataset_version": make_data(engineer, team).pk}
    assert client.post(EVALUATIONS, body).status_code == 409


@pytest.mark.parametrize(
    ("metric", "difference", "low", "high", "said"),
    [
        ("loss", -0.5, -0.7, -0.3, "better"),
        ("loss", 0.5, 0.3, 0.7, "worse"),
        ("bleu", 3.0, 1.0, 5.0, "better"),
        ("exact_match", -0.1, -0.2, -0.05, "worse"),
        ("rouge_l", 0.1, -0.1, 0.3, "undecided"),
        ("perplexity", -1.0, -2.0, 0.0, "undecided"),
    ],
)
def test_a_difference_is_named_only_when_its_interval_leaves_out_zero(
    metric: str, difference: float, low: float, high: float, said: str
) -> None:
    assert rules.verdict(metric, difference, low, high) == said


def test_the_list_costs_the_same_however_long(
    client: APIClient, engineer: User, tuned: TuningRun, team: Team, django_assert_max_num_queries: Any
) -> None:
    make_evaluation(engineer, tuned)
    client.get(EVALUATIONS)
    costs = []
    for _ in range(2):
        with django_assert_max_num_queries(6) as captured:
            client.get(EVALUATIONS)
        costs.append(len(captured))
        for _ in range(3):
            make_evaluation(engineer, make_tuned(engineer, team))
    assert costs[0] == costs[1]


EXAMPLES = [{"prompt": "Where is desk 3?", "expected": "By the door.", "got": "Floor two.", "baseline_got": "No."}]


@pytest.fixture
def quoting(engineer: User, tuned: TuningRun) -> EvaluationRun:
    """An evaluation that quotes a row of its data, with what was answered."""
    run = make_evaluation(engineer, tuned)
    EvaluationRun.objects.filter(pk=run.pk).update(result={"rows": 4, "examples": EXAMPLES})
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("role", ROLES)
def test_answers_are_for_those_who_may_read_raw_data(role: str, team: Team, quoting: EvaluationRun) -> None:
    person = make_person(role, team=team)
    api, page = make_client(person), f"/models/versions/{quoting.version_id}/evaluations/"
    one, anyone = (
        api.get(path).json() for path in (f"{EVALUATIONS}{quoting.pk}/", f"/api/v1/runs/evaluation/{quoting.pk}/")
    )
    text = make_browser(person).get(page).text
    assert one["result"] == anyone["result"]
    if allows([role], "dataset.read_raw"):
        assert one["result"]["examples"] == EXAMPLES
        assert "Where is desk 3?" in text and "Floor two." in text
    else:
        assert one["result"] == {"rows": 4, "examples": [], "examples_hidden": 1}
        assert "desk 3" not in text and "Floor two" not in text and "Answers are hidden" in text


def test_answers_on_data_of_another_team_need_the_right_there_too(quoting: EvaluationRun, engineer: User) -> None:
    assert evaluation_result(engineer, quoting) == quoting.result
    quoting.dataset_version.team = make_team()
    found = evaluation_result(engineer, quoting)
    assert found == {"rows": 4, "examples": [], "examples_hidden": 1}


def test_the_back_office_quotes_no_row(quoting: EvaluationRun, team: Team) -> None:
    auditor = make_person(AUDITOR, team=team, is_staff=True)
    page = make_browser(auditor).get(f"/admin/evaluation/evaluationrun/{quoting.pk}/change/")
    assert page.status_code == 200
    assert "desk 3" not in page.text
