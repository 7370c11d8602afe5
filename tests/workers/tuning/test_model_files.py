"""What is refused before a model is loaded, and in which words."""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.errors import EngineError
from workers.loading import choose_device, load, resolve
from workers.model_files import check_model_folder, file_digest, weights_digest


@pytest.fixture
def model_copy(tiny_base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_base, tmp_path / "model"))


def _truncate(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def _cut_to_nothing(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\x10")


def _spoil_header(folder: Path) -> None:
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[8:20] = b"\xff" * 12
    weights.write_bytes(content)


def _claim_huge_header(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((2**62).to_bytes(8, "little") + b"{}")


def _rename_pickle(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps({"weight": 1}))


def _add_pickle(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))


def _add_checkpoint_below(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old" / "weights.CKPT").write_bytes(b"x")


def _remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _remove_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def _index_missing_shard(folder: Path) -> None:
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "model-00002-of-00002.safetensors"}}')


def _index_outside(folder: Path) -> None:
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../model.safetensors"}}')


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_truncate, "model.corrupt"),
        (_cut_to_nothing, "model.corrupt"),
        (_spoil_header, "model.corrupt"),
        (_claim_huge_header, "model.corrupt"),
        (_rename_pickle, "model.pickle"),
        (_add_pickle, "model.pickle"),
        (_add_checkpoint_below, "model.pickle"),
        (_remove_weights, "model.no_weights"),
        (_remove_config, "model.no_config"),
        (_index_missing_shard, "model.corrupt"),
        (_index_outside, "model.corrupt"),
    ],
)
def test_a_bad_folder_is_refused_by_name(model_copy: Path, spoil: Callable[[Path], None], code: str) -> None:
    spoil(model_copy)
    with pytest.raises(EngineError) as refusal:
        load(str(model_copy), "cpu")
    assert refusal.value.code == code
    assert len(refusal.value.message) > 30


def test_weights_that_do_not_fit_the_configuration_are_refused(model_copy: Path) -> None:
    config = model_copy / "config.json"
    config.write_text(config.read_text().replace('"hidden_size": 32', '"hidden_size": 64'))
    with pytest.raises(EngineError) as refusal:
        load(str(model_copy), "cpu")
    assert refusal.value.code == "model.corrupt"


def test_a_model_with_its_own_code_is_refused(model_copy: Path) -> None:
    (model_copy / "config.json").write_text(
        '{"model_type": "homegrown", "architectures": ["X"], '
        '"auto_map": {"AutoConfig": "c.C", "AutoModelForCausalLM": "m.M"}}'
    )
    (model_copy / "c.py").write_text("raise SystemExit('the model ran its own code')")
    with pytest.raises(EngineError) as refusal:
        load(str(model_copy), "cpu")
    assert refusal.value.code == "model.remote_code"


@pytest.mark.parametrize("source", ["no-such-org/no-such-model", "./nowhere", "/nowhere/at/all", "a/b/c", "not an id!"])
def test_an_unknown_model_without_network_is_told_in_a_sentence(source: str) -> None:
    with pytest.raises(EngineError) as refusal:
        resolve(source)
    assert refusal.value.code == "model.not_found"


def test_an_online_worker_without_network_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(EngineError) as refusal:
        resolve("no-such-org/no-such-model")
    assert refusal.value.code == "model.not_found"
    assert "offline" not in refusal.value.message


def test_a_good_folder_loads_ready_for_use(tiny_base: Path) -> None:
    check_model_folder(tiny_base)
    loaded = load(str(tiny_base), "cpu")
    assert not loaded.model.training
    assert loaded.has_own_template
    assert loaded.weights_sha256 == file_digest(tiny_base / "model.safetensors") == weights_digest(tiny_base)


def test_a_model_without_template_gets_the_plain_one(model_copy: Path) -> None:
    (model_copy / "chat_template.jinja").unlink()
    loaded = load(str(model_copy), "cpu")
    assert not loaded.has_own_template
    text = loaded.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Why?"}], add_generation_prompt=True, tokenize=False
    )
    assert text == "Question: Why?\nAnswer: "


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(EngineError) as refusal:
        choose_device("cuda")
    assert refusal.value.code == "device.missing"
