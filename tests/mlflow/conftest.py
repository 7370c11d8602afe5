"""Unmodified MLflow clients, speaking to the portal over HTTP."""

from collections.abc import Callable, Iterator

import pytest

from apps.accounts.models import User
from apps.accounts.rules import WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from tests.people import People, make_people

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",  # a refusal is looked at, not asked for again
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


@pytest.fixture
def people(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def speak_as(live_server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., object]]:
    """`speak_as(person)` makes MLflow's client of this process speak for that person from now on."""
    mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    # What an earlier test's set_experiment left in this process.
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID", raising=False)
    monkeypatch.setattr("mlflow.tracking.fluent._active_experiment_id", None)

    def speak(user: User, *, scope: str = WRITE, team: str = "", password: bool = False) -> object:
        secret = token_create(by=SYSTEM, user=user, name="client", scope=scope)[1]
        for name in ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
            monkeypatch.delenv(name, raising=False)
        if password:
            monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", user.email)
            monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", secret)
        else:
            monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", secret)
        address = live_server.url + (f"/teams/{team}" if team else "")
        mlflow.set_tracking_uri(address)
        mlflow.set_registry_uri(address)
        return mlflow.MlflowClient(address, address)

    yield speak
    while mlflow.active_run() is not None:
        mlflow.end_run()
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)
