"""Models logged, registered, held, released and loaded again: mlflow's own functions from one end to the other."""

from pathlib import Path

import pytest

mlflow = pytest.importorskip("mlflow", reason="mlflow is a test requirement: tests/requirements.txt")

from mlflow import MlflowClient  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

from apps.registry.models import FileScanRun, HeldFile, ModelVersion  # noqa: E402
from apps.registry.services import held_file_release  # noqa: E402
from tests.makers import make_person  # noqa: E402
from tests.people import People  # noqa: E402


def release(version: ModelVersion, people: People) -> None:
    """The scan that the registration queued, by the worker's own task; then somebody else's decision."""
    pytest.importorskip("modelscan", reason="modelscan is a worker's requirement: workers/requirements.txt")
    from workers.artifacts.tasks import scan_files

    scan_files(FileScanRun.objects.get(version=version).pk)
    officer = make_person("compliance_officer", team=people.team)
    for held in HeldFile.objects.filter(version=version):
        held_file_release(by=officer, held=held, reason="Our own training, looked at by hand.")


def test_scikit_learn_from_log_model_to_load_model(people: People, speak_as) -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    client: MlflowClient = speak_as(people.olga)
    mlflow.set_experiment("tries")
    fitted = linear_model.LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0])
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            fitted,
            name="model",
            registered_model_name="doubling",
            serialization_format="cloudpickle",
            pip_requirements=[],
        )
    assert info.registered_model_version == "1"
    version = ModelVersion.objects.get()
    assert (version.tracking_run.uuid, version.logged_model.model_id) == (run.info.run_id, info.model_id)
    assert version.held_files == 1
    client.set_registered_model_alias("doubling", "trial", "1")
    with pytest.raises(MlflowException, match="quarantine") as raised:
        mlflow.pyfunc.load_model("models:/doubling@trial")
    assert raised.value.error_code == "PERMISSION_DENIED"
    release(version, people)
    loaded = mlflow.pyfunc.load_model("models:/doubling@trial")
    assert loaded.predict([[21.0]])[0] == pytest.approx(42.0)
    assert mlflow.sklearn.load_model("models:/doubling/1").coef_[0] == pytest.approx(2.0)


def test_transformers_log_model_is_registered_with_safetensors_and_loads(
    people: People, speak_as, tmp_path: Path
) -> None:
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    speak_as(people.olga)
    mlflow.set_experiment("tries")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0, "yes": 1, "no": 2}, unk_token="[UNK]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]", pad_token="[UNK]")
    config = transformers.DistilBertConfig(vocab_size=3, dim=8, hidden_dim=8, n_heads=1, n_layers=1, num_labels=2)
    model = transformers.DistilBertForSequenceClassification(config)
    with mlflow.start_run():
        mlflow.transformers.log_model(
            {"model": model, "tokenizer": tokenizer},
            name="model",
            task="text-classification",
            registered_model_name="judging",
            pip_requirements=[],
        )
    version = ModelVersion.objects.get()
    assert version.files.filter(path__endswith=".safetensors").exists()
    assert version.held_files == 0, list(HeldFile.objects.values_list("path", "format"))
    loaded = mlflow.transformers.load_model("models:/judging/1")
    assert loaded("yes")[0]["label"] in {"LABEL_0", "LABEL_1"}
