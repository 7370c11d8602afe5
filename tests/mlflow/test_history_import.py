"""Taking the history of a real MLflow server over: everything once, in pieces if need be, with a report of the rest."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mlflow
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from mlflow import MlflowClient
from mlflow.entities import Metric

from apps.accounts.models import Team, User
from apps.audit.models import AuditEntry
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.mlflow.models import HistoryImport
from apps.mlflow.rules import plain_address
from apps.mlflow.services import history_import, history_start
from apps.registry.models import ModelAlias, ModelVersion, RegisteredModel
from apps.registry.services.aliases import alias_delete
from apps.tracking.models import Experiment, LoggedModel, RunMetric, TrackedFile, TrackingRun
from tests.makers import claim, make_browser, make_model, make_person, make_team, make_version
from tests.servers import free_port, wait_for

pytestmark = pytest.mark.django_db
EXPERIMENT = "Kündigungen"
READINGS = 2_300  # more than a batch of the protocol holds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real MLflow server with a history; its own database and folder of files."""
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        str(folder / "files"),
    ]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "DJANGO_"))}
    clean["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"  # eight more processes, for jobs that nobody asks for here
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=clean, cwd=folder, start_new_session=True)
    try:
        wait_for(lambda: _is_ready(address), 120, "the MLflow server")
        _fill(address)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its workers take their time over a polite end
        process.wait()


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").text == "OK"
    except httpx.HTTPError:
        return False


def _fill(address: str) -> None:
    client = MlflowClient(address)
    experiment = client.create_experiment(EXPERIMENT, tags={"team": "Café"})
    run = client.create_run(experiment, run_name="first", start_time=1_700_000_000_000)
    key = run.info.run_id
    client.log_batch(key, params=[mlflow.entities.Param(f"p{number}", "1") for number in range(150)][:100])
    for start in range(0, READINGS, 1000):
        steps = range(start, min(start + 1000, READINGS))
        client.log_batch(key, [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in steps])
    client.log_metric(key, "never", float("nan"))
    client.set_tag(key, "note", "größer")
    client.log_text(key, "weights", "model/weights.txt")
    client.log_text(key, "readme", "README.md")
    client.set_terminated(key, "FINISHED", end_time=1_700_000_009_000)
    gone = client.create_run(experiment, run_name="mistake")
    client.delete_run(gone.info.run_id)
    client.create_registered_model("churn", description="Who leaves", tags={"owner": "sales"})
    client.create_model_version("churn", f"runs:/{key}/model", key, description="good")
    client.create_model_version("churn", "s3://elsewhere/model", tags={"kind": "old"})
    client.set_registered_model_alias("churn", "candidate", "1")
    client.set_registered_model_alias("churn", "champion", "1")
    client.transition_model_version_stage("churn", "1", "Production")
    logged = client.create_logged_model(experiment, name="scorer", source_run_id=key, params={"depth": "3"})
    client.log_model_artifact(logged.model_id, str(_small_file()))
    client.finalize_logged_model(logged.model_id, "READY")
    client.delete_experiment(client.create_experiment("given up"))


def _small_file() -> Path:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"scorer-{os.getpid()}.txt"
    path.write_text("scores")
    return path


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def olga(team: Team) -> User:
    return make_person("engineer", team=team)


def _import(olga: User, team: Team, server: str) -> HistoryImport:
    run = claim(history_start(by=olga, team=team, address=server))
    history_import(run=run, on_progress=lambda share, words: None)
    run.refresh_from_db()
    assert run.state == "succeeded" and run.result is not None
    return run


def test_everything_comes_with_its_numbers_and_times(server: str, olga: User, team: Team) -> None:
    run = _import(olga, team, server)
    result: dict[str, Any] = run.result or {}
    assert result["came"]["runs"] == 2 and result["came"]["metrics"] == READINGS + 1
    experiment = Experiment.objects.get(team=team, name=EXPERIMENT)
    assert experiment.tags["team"] == "Café"
    first = TrackingRun.objects.get(experiment=experiment, name="first")
    assert (first.state, int(first.started_at.timestamp()), len(first.uuid)) == ("FINISHED", 1_700_000_000, 32)
    assert first.ended_at is not None and int(first.ended_at.timestamp()) == 1_700_000_009
    assert first.params.count() == 100 and first.tags.get(key="note").value == "größer"
    assert first.metrics.get(key="loss").step == READINGS - 1 and first.metrics.get(key="never").is_nan
    file = TrackedFile.objects.get(run=first, path="model/weights.txt")
    with storage.open(file.digest) as stream:
        assert stream.read() == b"weights"
    assert TrackingRun.objects.get(name="mistake").lifecycle == "deleted"
    scorer = LoggedModel.objects.get(team=team, name="scorer")
    assert scorer.run == first and scorer.params == {"depth": "3"} and scorer.files.count() == 1


def test_models_keep_their_versions_and_say_what_could_not_come(server: str, olga: User, team: Team) -> None:
    result: dict[str, Any] = _import(olga, team, server).result or {}
    churn = RegisteredModel.objects.get(team=team, name="churn")
    assert churn.description == "Who leaves" and churn.tags.get().key == "owner"
    one, two = ModelVersion.objects.filter(model=churn).order_by("number")
    assert (one.number, two.number, one.description) == (1, 2, "good")
    assert one.tracking_run is not None and list(one.files.values_list("path", flat=True)) == ["weights.txt"]
    assert one.tags.get(key="mlflow.source.stage").value == "Production" and one.stage == "draft"
    assert list(ModelAlias.objects.filter(model=churn).values_list("name", flat=True)) == ["candidate"]
    missing = {item["what"]: item["why"] for item in result["missing"]}
    assert "approved" in missing["alias champion of churn"]
    assert "s3://elsewhere/model" in missing["files of churn v2"]
    assert "A stage is a decision here" in missing["stage Production of churn v1"]


def test_a_second_import_changes_nothing(server: str, olga: User, team: Team) -> None:
    _import(olga, team, server)
    before = (TrackingRun.objects.count(), RunMetric.objects.count(), ModelVersion.objects.count())
    result: dict[str, Any] = _import(olga, team, server).result or {}
    assert (TrackingRun.objects.count(), RunMetric.objects.count(), ModelVersion.objects.count()) == before
    assert set(result["came"]) <= {"parameters"} and result["here_already"]["runs"] == 2


def test_what_was_decided_here_since_is_left_alone(server: str, olga: User, team: Team) -> None:
    _import(olga, team, server)
    churn = RegisteredModel.objects.get(team=team, name="churn")
    alias_delete(by=olga, model=churn, name="candidate", reason="Too early")
    missing = _missing(_import(olga, team, server))
    assert not churn.aliases.exists() and "taken away here" in missing["alias candidate of churn"]
    churn.deleted_at = timezone.now()
    churn.save()
    missing = _missing(_import(olga, team, server))
    assert RegisteredModel.objects.filter(team=team, name="churn").count() == 1
    assert "removed here" in missing["model churn"]


def test_a_version_of_ones_own_is_not_taken_for_the_other_servers(server: str, olga: User, team: Team) -> None:
    churn = make_model(olga, team, name="churn")
    own = make_version(olga, team, model=churn)
    run = _import(olga, team, server)
    missing = _missing(run)
    assert "Another version" in missing["churn v1"] and "did not come" in missing["alias candidate of churn"]
    assert not own.aliases.exists() and (run.result or {})["here_already"] == {"models": 1}
    assert list(churn.versions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_deleted_experiment_comes_as_deleted(server: str, olga: User, team: Team) -> None:
    _import(olga, team, server)
    assert Experiment.objects.get(team=team, name="given up").lifecycle == "deleted"


def _missing(run: HistoryImport) -> dict[str, str]:
    return {item["what"]: item["why"] for item in (run.result or {})["missing"]}


def test_an_import_that_was_cut_off_goes_on(server: str, olga: User, team: Team) -> None:
    class Cut(Exception):
        """The process ends here."""

    def stop(share: float, words: str) -> None:
        if "mistake" in words:
            raise Cut

    run = claim(history_start(by=olga, team=team, address=server))
    with pytest.raises(Cut):
        history_import(run=run, on_progress=stop)
    assert TrackingRun.objects.filter(name="first").exists() and not TrackingRun.objects.filter(name="mistake").exists()
    run.end("failed")
    result: dict[str, Any] = _import(olga, team, server).result or {}
    assert result["here_already"]["runs"] == 1 and result["came"]["runs"] == 1


def test_the_command_tells_what_came_and_its_run_has_a_page(
    server: str, olga: User, team: Team, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("mlflow_import", server, "--team", team.slug, "--as", olga.email)
    told = capsys.readouterr().out
    assert "2 runs" in told and "alias champion of churn" in told
    run = HistoryImport.objects.get()
    page = make_browser(olga).get(f"/runs/mlflow_import/{run.pk}/").content.decode()
    assert "History import" in page and "alias champion of churn" in page
    assert "Was here already" in page and "Result in figures" not in page
    assert AuditEntry.objects.filter(action="history.finish").exists()


def test_a_run_of_another_team_is_not_taken_away(server: str, olga: User, team: Team) -> None:
    _import(olga, team, server)
    other = make_team()
    xena = make_person("engineer", team=other)
    result: dict[str, Any] = _import(xena, other, server).result or {}
    assert TrackingRun.objects.filter(team=other).count() == 0
    assert any("number" in item["why"] for item in result["missing"])


def test_who_may_not_and_what_is_no_server_are_refused(olga: User, team: Team) -> None:
    auditor = make_person("auditor", team=team)
    with pytest.raises(CommandError, match="do not include|may not|role"):
        call_command("mlflow_import", "http://127.0.0.1:1", "--team", team.slug, "--as", auditor.email)
    with pytest.raises(CommandError, match="does not answer"):
        call_command("mlflow_import", f"http://127.0.0.1:{free_port()}", "--team", team.slug, "--as", olga.email)
    with pytest.raises(CommandError, match="no such team"):
        call_command("mlflow_import", "http://127.0.0.1:1", "--team", "nowhere", "--as", olga.email)
    with pytest.raises(Invalid):
        history_start(by=olga, team=team, address="file:///etc/passwd")


def test_one_import_from_a_server_at_a_time(olga: User, team: Team) -> None:
    history_start(by=olga, team=team, address="http://127.0.0.1:9/")
    with pytest.raises(Conflict, match="under way"):
        history_start(by=olga, team=team, address="http://127.0.0.1:9")


def test_credentials_in_an_address_are_never_kept() -> None:
    assert plain_address("https://ana:secret@mlflow.example:8443/base/?token=x") == "https://mlflow.example:8443/base"
