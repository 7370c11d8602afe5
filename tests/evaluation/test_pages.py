"""The pages of evaluations: the list with its verdicts, and starting one."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.evaluation.models import EvaluationRun
from tests.makers import make_browser, make_evaluation, make_tuned, make_version, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
LIST, START = "evaluation:run-list", "evaluation:run-start"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def test_an_empty_list_offers_the_start_to_those_who_may(people: People, olga: Client) -> None:
    assert reverse(START) in olga.get(reverse(LIST)).text
    assert reverse(START) not in make_browser(people.rui).get(reverse(LIST)).text


def test_the_list_says_what_was_found(people: People, olga: Client) -> None:
    run = make_evaluation(people.olga, make_tuned(people.olga, people.team))
    page = olga.get(reverse(LIST)).text
    assert f"Evaluation {run.pk}" in page and "better" in page and "held-out rows" in page
    assert f"Evaluation {run.pk}" not in make_browser(people.xena).get(reverse(LIST)).text
    assert "No evaluation matches" in olga.get(reverse(LIST), {"state": "failed"}).text
    assert f"Evaluation {run.pk}" in olga.get(reverse(LIST), {"model": run.version.model.name}).text


def test_the_list_as_a_file_has_a_line_for_each_score(people: People, olga: Client) -> None:
    make_evaluation(people.olga, make_tuned(people.olga, people.team))
    answer = olga.get(reverse(LIST), {"format": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 4 and ",difference,loss,-1.0,-1.2,-0.8," in lines[3], "a number is a number, minus or not"


def test_one_evaluation_is_shown_on_its_run(people: People, olga: Client) -> None:
    run = make_evaluation(people.olga, make_tuned(people.olga, people.team))
    page = olga.get(reverse("portal:run-detail", args=["evaluation", run.pk])).text
    assert "What it found" in page and "Loss (nats per token)" in page and "0.9 to 1.1" in page


def test_the_start_knows_the_usual_data_and_baseline(people: People, olga: Client) -> None:
    tuning = make_tuned(people.olga, people.team)
    page = olga.get(reverse(START), {"version": tuning.output_version_id}).text
    for pk in (tuning.output_version_id, tuning.base_version_id, tuning.dataset_version_id):
        assert f'<option value="{pk}" selected>' in page


def test_an_evaluation_is_started_and_followed(people: People, olga: Client) -> None:
    tuning = make_tuned(people.olga, people.team)
    given = {"version": tuning.output_version_id, "dataset_version": tuning.dataset_version_id, "baseline": ""}
    answer = olga.post(reverse(START), given | {"max_new_tokens": "12"})
    run = EvaluationRun.objects.get()
    assert answer.url == reverse("portal:run-detail", args=["evaluation", run.pk])
    assert run.config == {"max_new_tokens": 12} and run.is_held_out and run.baseline is None
    assert make_browser(people.rui).post(reverse(START), given).status_code == 403


def test_what_a_service_refuses_stands_in_the_form(people: People, olga: Client) -> None:
    tuning = make_tuned(people.olga, people.team)
    version = tuning.output_version_id
    given = {"version": version, "dataset_version": tuning.dataset_version_id, "baseline": version}
    answer = olga.post(reverse(START), given)
    assert answer.status_code == 422 and "its own baseline" in answer.text


def test_versions_of_others_are_not_to_be_chosen(people: People, olga: Client) -> None:
    theirs = make_version(people.xena, people.other_team)
    assert str(theirs) not in olga.get(reverse(START), {"version": theirs.pk}).text
    given = {"version": theirs.pk, "dataset_version": 1, "baseline": ""}
    assert olga.post(reverse(START), given).status_code == 422


def test_the_list_costs_the_same_with_one_row_and_with_thirty(people: People, olga: Client) -> None:
    tuning = make_tuned(people.olga, people.team)
    make_evaluation(people.olga, tuning)
    few = queries_of(olga, reverse(LIST))
    for _ in range(30):
        make_evaluation(people.olga, tuning)
    assert queries_of(olga, reverse(LIST)) == few <= 7
