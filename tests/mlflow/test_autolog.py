"""What MLflow logs of its own accord when a script trains: the portal keeps all of it."""

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")
pytest.importorskip("sklearn", reason="scikit-learn comes with the engines: workers/requirements.txt")

from apps.tracking.models import LoggedModel, RunOutput, TrackedFile, TrackingRun  # noqa: E402
from tests.people import People  # noqa: E402


@pytest.fixture
def autolog():
    mlflow.sklearn.autolog(log_input_examples=False, silent=True)
    yield
    mlflow.sklearn.autolog(disable=True)


def test_autolog_of_scikit_learn(people: People, speak_as, autolog: None) -> None:
    from sklearn.linear_model import LogisticRegression

    client = speak_as(people.olga)
    mlflow.set_experiment("autologged")
    with mlflow.start_run(run_name="fit") as active:
        LogisticRegression(C=0.5, max_iter=50).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    run = client.get_run(active.info.run_id)
    assert run.info.status == "FINISHED"
    assert (run.data.params["C"], run.data.params["max_iter"]) == ("0.5", "50")
    assert 0 <= run.data.metrics["training_accuracy_score"] <= 1
    row = TrackingRun.objects.get()
    assert (row.experiment.name, row.name, row.team) == ("autologged", "fit", people.team)
    model = LoggedModel.objects.get()
    assert (model.state, model.run, model.team) == ("LOGGED_MODEL_READY", row, people.team)
    assert RunOutput.objects.get().logged_model == model
    paths = set(TrackedFile.objects.filter(logged_model=model).values_list("path", flat=True))
    assert {"MLmodel", "requirements.txt"} <= paths and any(path.startswith("model.") for path in paths)
    loaded = mlflow.sklearn.load_model(f"models:/{model.model_id}")
    assert loaded.C == 0.5
