"""Every call about experiments and runs that MLflow's client can make, made by that client."""

import math
import time

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

from apps.accounts.rules import READ  # noqa: E402
from apps.accounts.services import role_grant  # noqa: E402
from apps.audit.models import AuditEntry  # noqa: E402
from apps.audit.services import SYSTEM  # noqa: E402
from apps.tracking.models import Experiment, RunInput, RunMetric, TrackingRun  # noqa: E402
from tests.makers import make_data, make_person, make_team  # noqa: E402
from tests.people import People  # noqa: E402


@pytest.fixture
def client(people: People, speak_as) -> MlflowClient:
    return speak_as(people.olga)


@pytest.fixture
def run_id(client: MlflowClient) -> str:
    return client.create_run(client.create_experiment("tries")).info.run_id


def refused(call, *args, **kwargs) -> tuple[str, str]:
    """The error word and the sentence of a call that must be refused."""
    with pytest.raises(MlflowException) as raised:
        call(*args, **kwargs)
    return raised.value.error_code, raised.value.message


def test_long_values_are_cut_where_mlflows_server_cuts_them(client: MlflowClient, run_id: str) -> None:
    client.log_param(run_id, "alone", "p" * 6001)
    client.set_tag(run_id, "alone", "t" * 8001)
    client.log_batch(run_id, params=[Param("batch", "p" * 7000)], tags=[RunTag("batch", "t" * 9000)])
    data = client.get_run(run_id).data
    assert {key: len(value) for key, value in data.params.items()} == {"alone": 6000, "batch": 6000}
    assert (len(data.tags["alone"]), len(data.tags["batch"])) == (8000, 8000)


def test_experiments_are_made_named_tagged_and_found(client: MlflowClient, people: People) -> None:
    key = client.create_experiment("größe 日本", tags={"owner": "Olga"})
    found = client.get_experiment(key)
    assert (found.name, found.tags, found.lifecycle_stage) == ("größe 日本", {"owner": "Olga"}, "active")
    assert found.artifact_location == f"mlflow-artifacts:/{key}"
    assert client.get_experiment_by_name("größe 日本").experiment_id == key
    assert client.get_experiment_by_name("nothing") is None
    client.rename_experiment(key, "renamed")
    client.set_experiment_tag(key, "stage", "x" * 20_000)
    client.delete_experiment_tag(key, "owner")
    assert set(client.get_experiment(key).tags) == {"stage"}
    assert Experiment.objects.get().name == "renamed"
    actions = AuditEntry.objects.filter(object_type="tracking.experiment").values_list("action", flat=True)
    assert set(actions) == {"experiment.create", "experiment.rename", "experiment.tag", "experiment.untag"}


def test_an_experiment_is_deleted_with_its_runs_and_restored_with_them(client: MlflowClient) -> None:
    key = client.create_experiment("gone")
    kept, gone_before = (client.create_run(key).info.run_id for _ in range(2))
    client.delete_run(gone_before)
    client.delete_experiment(key)
    assert client.get_experiment(key).lifecycle_stage == "deleted"
    assert refused(client.create_run, key)[0] == "INVALID_PARAMETER_VALUE"
    assert refused(client.create_experiment, "gone")[0] == "RESOURCE_ALREADY_EXISTS"
    assert client.search_runs([key]) == []
    client.restore_experiment(key)
    assert [run.info.run_id for run in client.search_runs([key])] == [kept]
    deleted = client.search_runs([key], run_view_type=ViewType.DELETED_ONLY)
    assert [run.info.run_id for run in deleted] == [gone_before]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda c: c.create_experiment(" "), "INVALID_PARAMETER_VALUE"),
        (lambda c: c.create_experiment("x" * 501), "INVALID_PARAMETER_VALUE"),
        (lambda c: c.get_experiment("99999"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda c: c.get_experiment("abc"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda c: c.get_run("0" * 32), "RESOURCE_DOES_NOT_EXIST"),
        (lambda c: c.delete_experiment("99999"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda c: c.create_run("99999"), "RESOURCE_DOES_NOT_EXIST"),
        (lambda c: c.log_metric("0" * 32, "a", 1), "RESOURCE_DOES_NOT_EXIST"),
        (lambda c: c.search_experiments(filter_string="colour = 'red'"), "INVALID_PARAMETER_VALUE"),
        (lambda c: c.search_runs(["1"], filter_string="metrics.a > 'x'"), "INVALID_PARAMETER_VALUE"),
        (lambda c: c.search_runs(["1"], order_by=["nothing.a"]), "INVALID_PARAMETER_VALUE"),
        (lambda c: c.search_runs(["1"], page_token="!"), "INVALID_PARAMETER_VALUE"),
    ],
)
def test_bad_calls_are_refused_in_mlflows_words(client: MlflowClient, call, word: str) -> None:
    assert refused(call, client)[0] == word


def test_experiments_are_searched_page_by_page(client: MlflowClient) -> None:
    for number in range(5):
        client.create_experiment(f"series {number}", tags={"even": str(number % 2 == 0)})
    first = client.search_experiments(max_results=2, order_by=["name"], filter_string="name LIKE 'series%'")
    second = client.search_experiments(
        max_results=3, order_by=["name"], filter_string="name LIKE 'series%'", page_token=first.token
    )
    assert [item.name for item in [*first, *second]] == [f"series {number}" for number in range(5)]
    assert second.token is None
    assert len(client.search_experiments(filter_string="tags.even = 'True'")) == 3
    assert len(client.search_experiments(filter_string="name ILIKE 'SERIES 1'")) == 1
    assert client.search_experiments(filter_string="name LIKE 'SERIES 1'") == []
    assert len(client.search_experiments(filter_string="tags.odd IS NULL AND name != 'series 1'")) == 4


def test_a_run_without_an_experiment_goes_to_the_teams_default_one(client: MlflowClient, people: People) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("a", 1)
    made = TrackingRun.objects.get(uuid=run.info.run_id)
    assert (made.experiment.name, made.team, made.state) == ("Default", people.team, "FINISHED")
    assert len(client.search_runs(["0"])) == 1


def test_a_run_from_its_beginning_to_its_end(client: MlflowClient, people: People) -> None:
    key = client.create_experiment("whole")
    before = int(time.time() * 1000)
    run = client.create_run(key, run_name="first", tags={"kind": "try"}, start_time=before)
    assert (run.info.run_name, run.info.status, run.info.start_time) == ("first", "RUNNING", before)
    assert run.data.tags == {"kind": "try", "mlflow.runName": "first"}
    run_id = run.info.run_id
    assert run.info.artifact_uri == f"mlflow-artifacts:/{key}/{run_id}/artifacts"
    client.log_param(run_id, "lr", 0.1)
    client.log_metric(run_id, "loss", 0.5, step=1)
    client.log_metric(run_id, "loss", 0.25, step=2)
    client.set_tag(run_id, "mlflow.note.content", "a note")
    client.delete_tag(run_id, "kind")
    client.update_run(run_id, name="better name")
    client.set_terminated(run_id, "FAILED", end_time=before + 1000)
    found = client.get_run(run_id)
    assert (found.info.status, found.info.end_time, found.info.run_name) == ("FAILED", before + 1000, "better name")
    assert found.data.params == {"lr": "0.1"}
    assert found.data.metrics == {"loss": 0.25}
    assert found.data.tags == {"mlflow.note.content": "a note", "mlflow.runName": "better name"}
    history = client.get_metric_history(run_id, "loss")
    assert [(item.value, item.step) for item in history] == [(0.5, 1), (0.25, 2)]
    entry = AuditEntry.objects.get(action="tracking_run.end")
    assert entry.data["state"] == "FAILED"
    assert len(entry.data["params"]) == len(entry.data["metrics"]) == 64
    assert entry.actor == f"user:{people.olga.pk}"


def test_a_tag_of_the_name_names_the_run(client: MlflowClient, run_id: str) -> None:
    client.set_tag(run_id, "mlflow.runName", "by tag")
    assert client.get_run(run_id).info.run_name == "by tag"


def test_deleted_runs_take_nothing_until_they_are_restored(client: MlflowClient, run_id: str) -> None:
    client.delete_run(run_id)
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    word, sentence = refused(client.log_metric, run_id, "a", 1)
    assert word == "INVALID_PARAMETER_VALUE" and "must be in the 'active' state" in sentence
    client.restore_run(run_id)
    client.log_metric(run_id, "a", 1)


def test_parameters_never_change(client: MlflowClient, run_id: str) -> None:
    client.log_param(run_id, "lr", "0.1")
    client.log_param(run_id, "lr", "0.1")
    word, sentence = refused(client.log_param, run_id, "lr", "0.2")
    assert word == "INVALID_PARAMETER_VALUE" and "Changing param values is not allowed" in sentence
    batch = [Param("new", "1"), Param("lr", "0.3")]
    assert refused(client.log_batch, run_id, params=batch)[0] == "INVALID_PARAMETER_VALUE"
    assert client.get_run(run_id).data.params == {"lr": "0.1"}  # all of a batch or nothing
    client.log_param(run_id, "empty", "")
    assert client.get_run(run_id).data.params["empty"] == ""


def test_metrics_that_are_no_number_or_endless(client: MlflowClient, run_id: str) -> None:
    for name, value in (("nan", math.nan), ("up", math.inf), ("down", -math.inf), ("tiny", 5e-324)):
        client.log_metric(run_id, name, value)
    found = client.get_run(run_id).data.metrics
    assert math.isnan(found["nan"])
    assert (found["up"], found["down"], found["tiny"]) == (math.inf, -math.inf, 5e-324)
    assert math.isnan(client.get_metric_history(run_id, "nan")[0].value)
    assert client.search_runs([client.get_run(run_id).info.experiment_id], "metrics.nan = 0") == []


def test_a_thousand_metrics_in_one_batch_and_again(client: MlflowClient, run_id: str) -> None:
    metrics = [Metric(f"m{number % 10}", number, 1_700_000_000_000 + number, number) for number in range(1000)]
    client.log_batch(run_id, metrics=metrics)
    client.log_batch(run_id, metrics=metrics)  # a client that did not hear the answer sends it again
    assert RunMetric.objects.count() == 1000
    assert client.get_run(run_id).data.metrics == {f"m{number}": 990 + number for number in range(10)}
    assert len(client.get_metric_history(run_id, "m3")) == 100


def test_the_latest_reading_is_that_of_the_last_step(client: MlflowClient, run_id: str) -> None:
    client.log_metric(run_id, "a", 1, step=5, timestamp=100)
    client.log_metric(run_id, "a", 2, step=3, timestamp=200)
    assert client.get_run(run_id).data.metrics["a"] == 1
    client.log_metric(run_id, "a", 3, step=5, timestamp=300)
    assert client.get_run(run_id).data.metrics["a"] == 3


def test_batches_beyond_the_limits_are_refused(client: MlflowClient, run_id: str) -> None:
    store = client._tracking_client.store
    metrics = [Metric("a", number, number, number) for number in range(1001)]
    with pytest.raises(MlflowException, match="at most 1000 metrics"):
        store.log_batch(run_id, metrics, [], [])
    with pytest.raises(MlflowException, match="at most 100 tags"):
        store.log_batch(run_id, [], [], [RunTag(str(number), "x") for number in range(101)])
    with pytest.raises(MlflowException, match="maximum length of 250"):
        store.log_batch(run_id, [Metric("k" * 251, 1, 1, 1)], [], [])
    with pytest.raises(MlflowException, match="Duplicate parameter keys"):
        store.log_batch(run_id, [], [Param("a", "1"), Param("a", "2")], [])


def test_ten_thousand_tags(client: MlflowClient, run_id: str) -> None:
    store = client._tracking_client.store
    for start in range(0, 10_000, 100):
        store.log_batch(
            run_id, [], [], [RunTag(f"tag {number} ü", f"{number} 🏷") for number in range(start, start + 100)]
        )
    found = client.get_run(run_id).data.tags
    assert len(found) == 10_001 and found["tag 9999 ü"] == "9999 🏷"
    key = client.get_run(run_id).info.experiment_id
    assert len(client.search_runs([key], "tags.`tag 500 ü` = '500 🏷'")) == 1


def test_what_a_run_read_is_joined_to_the_dataset_version_of_that_digest(
    client: MlflowClient, people: People, run_id: str
) -> None:
    version = make_data(people.olga, people.team)
    inputs = [
        DatasetInput(Dataset("prompts", version.digest[:36], "local", f'{{"sha256": "{version.digest}"}}'), []),
        DatasetInput(
            Dataset("other", "abc123", "local", "{}", "schema", "profile"), [InputTag("mlflow.data.context", "eval")]
        ),
    ]
    client.log_inputs(run_id, inputs)
    client.log_inputs(run_id, inputs)
    assert RunInput.objects.count() == 2
    assert RunInput.objects.get(name="prompts").dataset_version == version
    assert RunInput.objects.get(name="other").dataset_version is None
    found = {item.dataset.name: item for item in client.get_run(run_id).inputs.dataset_inputs}
    assert (found["other"].dataset.schema, found["other"].tags[0].value) == ("schema", "eval")
    key = client.get_run(run_id).info.experiment_id
    assert len(client.search_runs([key], "dataset.name = 'other' AND dataset.context = 'eval'")) == 1
    assert client.search_runs([key], "dataset.context = 'train'") == []


def test_a_stranger_finds_nothing_and_others_only_read(
    client: MlflowClient, people: People, run_id: str, speak_as
) -> None:
    key = client.get_run(run_id).info.experiment_id
    xena = speak_as(people.xena)
    assert refused(xena.get_run, run_id)[0] == "RESOURCE_DOES_NOT_EXIST"
    assert refused(xena.get_experiment, key)[0] == "RESOURCE_DOES_NOT_EXIST"
    assert refused(xena.log_metric, run_id, "a", 1)[0] == "RESOURCE_DOES_NOT_EXIST"
    assert refused(xena.delete_run, run_id)[0] == "RESOURCE_DOES_NOT_EXIST"
    assert xena.search_runs([key]) == [] and xena.get_experiment_by_name("tries") is None
    auditor = speak_as(make_person("auditor", team=people.team))
    assert auditor.get_run(run_id).info.run_id == run_id
    assert refused(auditor.log_metric, run_id, "a", 1)[0] == "PERMISSION_DENIED"
    assert refused(auditor.create_experiment, "mine")[0] == "PERMISSION_DENIED"
    reader = speak_as(people.olga, scope=READ)
    assert len(reader.search_runs([key])) == 1
    assert refused(reader.set_tag, run_id, "a", "b")[0] == "PERMISSION_DENIED"


def test_names_are_a_teams_own(people: People, speak_as) -> None:
    second = make_team("Second team")
    both = make_person("engineer", team=people.team)
    role_grant(by=SYSTEM, user=both, team=second, role="engineer")
    client = speak_as(both)
    word, sentence = refused(client.create_experiment, "same name")
    assert word == "INVALID_PARAMETER_VALUE" and f"/teams/{second.slug}" in sentence
    for team in (people.team, second):
        speak_as(both, team=team.slug).create_experiment("same name")
    assert set(Experiment.objects.filter(name="same name").values_list("team", flat=True)) == {
        people.team.pk,
        second.pk,
    }
