"""The pages of experiments, runs side by side, and logged models."""

import io
import math

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.tracking import services
from apps.tracking.models import Experiment, TrackingRun
from apps.tracking.rules.inputs import DatasetRead
from apps.tracking.rules.places import Place
from apps.tracking.rules.values import Reading
from tests.makers import make_browser, make_data, make_person, queries_of
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def olga(people: People) -> Client:
    return make_browser(people.olga)


def reading(key: str, value: float, step: int = 0) -> Reading:
    is_nan = math.isnan(value)
    return Reading(key, 0 if is_nan else value, is_nan, 1_700_000_000_000 + step, step)


def make_experiment(by: User, people: People, name: str = "Tries") -> Experiment:
    return services.experiment_create(by=by, team=people.team, name=name)


def make_run(by: User, experiment: Experiment, name: str, loss: float = 0.5, **params: str) -> TrackingRun:
    run = services.tracking_run_create(by=by, experiment=experiment, name=name)
    metrics = [reading("loss", loss + 1, 1), reading("loss", loss, 2)]
    services.run_log(by=by, key=run.uuid, metrics=metrics, params=list(params.items()), tags=[("kind", name)])
    return run


def test_the_list_is_useful_when_empty_and_when_full(people: People, olga: Client) -> None:
    empty = olga.get("/experiments/").content.decode()
    assert "No experiments yet" in empty and "MLFLOW_TRACKING_URI" in empty
    make_run(people.olga, make_experiment(people.olga, people), "one")
    page = olga.get("/experiments/").content.decode()
    assert "Tries" in page and "New experiment" in page
    assert "Tries" in olga.get("/experiments/?name=rie").content.decode()
    assert "No experiment matches" in olga.get("/experiments/?name=zzz").content.decode()
    assert b"Tries" in b"".join(olga.get("/experiments/?format=csv"))
    rui = make_browser(people.rui).get("/experiments/").content.decode()
    assert "Tries" in rui and "New experiment" not in rui
    assert "Tries" not in make_browser(people.xena).get("/experiments/").content.decode()


def test_an_experiment_is_made_renamed_deleted_and_restored_by_page(people: People, olga: Client) -> None:
    made = olga.post("/experiments/new/", {"team": people.team.pk, "name": "Küche"})
    experiment = Experiment.objects.get()
    assert made.url == f"/experiments/{experiment.pk}/"
    again = olga.post("/experiments/new/", {"team": people.team.pk, "name": "Küche"})
    assert again.status_code == 422 and "already exists" in again.content.decode()
    olga.post(f"/experiments/{experiment.pk}/rename/", {"name": "Bad"})
    olga.post(f"/experiments/{experiment.pk}/delete/")
    experiment.refresh_from_db()
    assert (experiment.name, experiment.lifecycle) == ("Bad", "deleted")
    assert "Restore the experiment" in olga.get(f"/experiments/{experiment.pk}/").content.decode()
    olga.post(f"/experiments/{experiment.pk}/restore/")
    experiment.refresh_from_db()
    assert experiment.lifecycle == "active"
    rui = make_browser(people.rui)
    assert rui.post(f"/experiments/{experiment.pk}/delete/").status_code == 403
    assert rui.get("/experiments/new/").status_code == 403
    assert make_browser(people.xena).get(f"/experiments/{experiment.pk}/").status_code == 404


def test_runs_are_filtered_and_sorted_by_what_they_logged(people: People, olga: Client) -> None:
    experiment = make_experiment(people.olga, people)
    for name, loss in (("low", 0.1), ("high", 0.9), ("mid", 0.5)):
        make_run(people.olga, experiment, name, loss, lr=str(loss))
    address = f"/experiments/{experiment.pk}/"
    page = olga.get(address + "?sort=-metrics.loss").content.decode()
    assert page.index(">high<") < page.index(">mid<") < page.index(">low<")
    found = olga.get(address, {"filter": "metrics.loss < 0.6 AND params.lr != '0.1'"}).content.decode()
    assert ">mid<" in found and ">low<" not in found and ">high<" not in found
    wrong = olga.get(address, {"filter": "metrics.loss < 'x'"})
    assert wrong.status_code == 422 and "Expected numeric value type" in wrong.content.decode()
    assert "No run matches" in olga.get(address, {"filter": "metrics.loss > 100"}).content.decode()
    for sort in ("nothing", "metrics.", "-params.lr", 'metrics.a"b`c', "started", "-name", "state"):
        assert olga.get(address, {"sort": sort}).status_code == 200
    lines = b"".join(olga.get(address + "?format=csv&sort=metrics.loss")).decode().splitlines()
    assert lines[0].endswith("metrics.loss,params.lr") and "low" in lines[1] and len(lines) == 4


def test_a_page_of_runs_costs_the_same_for_two_and_for_thirty(people: People, olga: Client) -> None:
    experiment = make_experiment(people.olga, people)
    for number in range(2):
        make_run(people.olga, experiment, f"run {number}", lr="1")
    few = queries_of(olga, f"/experiments/{experiment.pk}/")
    for number in range(28):
        make_run(people.olga, experiment, f"more {number}", lr="2")
    assert queries_of(olga, f"/experiments/{experiment.pk}/") == few < 22
    assert queries_of(olga, "/experiments/") < 14


def test_a_run_shows_what_it_was_given_and_what_it_measured(people: People, olga: Client) -> None:
    version = make_data(people.olga, people.team)
    experiment = make_experiment(people.olga, people)
    run = make_run(people.olga, experiment, "whole <b>", lr="0.1")
    services.run_inputs_log(
        by=people.olga, key=run.uuid, datasets=[DatasetRead("faq", version.digest), DatasetRead("other", "abc")]
    )
    model = services.logged_model_create(by=people.olga, experiment=experiment, name="clever", run_key=run.uuid)
    services.run_outputs_log(by=people.olga, key=run.uuid, models=[(model.model_id, 2)])
    place = Place(run=run.uuid, path="out/a b.txt")
    services.tracked_file_store(by=people.olga, place=place, stream=io.BytesIO(b"text"))
    page = olga.get(f"/experiments/runs/{run.uuid}/").content.decode()
    assert "<svg" in page and "whole &lt;b&gt;" in page
    assert "known here" in page and f"/data/versions/{version.pk}/" in page and "not known here" in page
    assert f"/experiments/models/{model.model_id}/" in page and "out" in page
    folder = olga.get(f"/experiments/runs/{run.uuid}/?path=out").content.decode()
    assert "a b.txt" in folder and f"/api/v1/tracking-runs/{run.uuid}/file/?path=out%2Fa%20b.txt" in folder
    assert olga.get(f"/experiments/runs/{run.uuid}/?path=../x").status_code == 422
    auditor = make_browser(make_person("auditor", team=people.team))
    seen = auditor.get(f"/experiments/runs/{run.uuid}/?path=out").content.decode()
    assert "a b.txt" in seen and "/file/?path=" not in seen and "Delete the run" not in seen
    assert make_browser(people.xena).get(f"/experiments/runs/{run.uuid}/").status_code == 404
    assert olga.get(f"/experiments/models/{model.model_id}/").status_code == 200
    assert make_browser(people.xena).get(f"/experiments/models/{model.model_id}/").status_code == 404


def test_a_run_is_renamed_deleted_and_restored_by_page(people: People, olga: Client) -> None:
    run = make_run(people.olga, make_experiment(people.olga, people), "first")
    olga.post(f"/experiments/runs/{run.uuid}/rename/", {"name": "second"})
    olga.post(f"/experiments/runs/{run.uuid}/delete/")
    run.refresh_from_db()
    assert (run.name, run.lifecycle) == ("second", "deleted")
    olga.post(f"/experiments/runs/{run.uuid}/restore/")
    run.refresh_from_db()
    assert run.lifecycle == "active"
    assert make_browser(people.rui).post(f"/experiments/runs/{run.uuid}/delete/").status_code == 403


def test_runs_side_by_side_show_what_differs_first(people: People, olga: Client) -> None:
    experiment = make_experiment(people.olga, people)
    one = make_run(people.olga, experiment, "one", 0.1, a_same="1", z_lr="0.1")
    two = make_run(people.olga, experiment, "two", 0.2, a_same="1", z_lr="0.2")
    page = olga.get("/experiments/compare/", {"run": [one.uuid, two.uuid]}).content.decode()
    assert page.index("z_lr") < page.index("a_same") and "differs" in page and "<svg" in page
    assert "Choose two runs" in olga.get("/experiments/compare/").content.decode()
    assert "Choose two runs" in olga.get("/experiments/compare/?run=x&run=y").content.decode()
    strange = make_browser(people.xena).get("/experiments/compare/", {"run": [one.uuid, two.uuid]})
    assert "Choose two runs" in strange.content.decode()


@pytest.mark.parametrize(
    "values",
    [[5e-324, 1e-323], [1e308, -1e308], [math.inf, 1], [math.nan, math.nan], [1e15, 1e15 + 1], [-math.inf, math.inf]],
)
def test_no_value_breaks_the_page(people: People, olga: Client, values: list[float]) -> None:
    run = make_run(people.olga, make_experiment(people.olga, people), "odd")
    metrics = [reading("odd", value, step) for step, value in enumerate(values, start=2**62)]
    services.run_log(by=people.olga, key=run.uuid, metrics=metrics)
    assert olga.get(f"/experiments/runs/{run.uuid}/").status_code == 200
    assert olga.get(f"/experiments/{run.experiment_id}/?sort=metrics.odd").status_code == 200


def test_a_name_does_no_harm_in_the_shell_it_is_pasted_into(people: People, olga: Client) -> None:
    experiment = make_experiment(people.olga, people, name='"; $(reboot) #')
    page = olga.get(f"/experiments/{experiment.pk}/").content.decode()
    assert "export MLFLOW_EXPERIMENT_NAME=&#x27;&quot;; $(reboot) #&#x27;" in page


def test_a_run_leads_to_the_models_that_name_it_as_their_source(people: People, olga: Client) -> None:
    """Clients name the run when they make a model; not all of them log it among the run's outputs."""
    experiment = make_experiment(people.olga, people)
    run = make_run(people.olga, experiment, "one")
    model = services.logged_model_create(by=people.olga, experiment=experiment, name="clever", run_key=run.uuid)
    assert f"/experiments/models/{model.model_id}/" in olga.get(f"/experiments/runs/{run.uuid}/").text
    services.run_outputs_log(by=people.olga, key=run.uuid, models=[(model.model_id, 0)])
    assert olga.get(f"/experiments/runs/{run.uuid}/").text.count(f"/experiments/models/{model.model_id}/") == 1
