"""The base model that is built on this machine."""

from pathlib import Path

import pytest
import torch

from tests.workers.conftest import general_texts, silent, tiny
from workers.errors import EngineError
from workers.loading import load
from workers.tuning import base_model


def test_it_loads_as_llama_with_what_serving_needs(tiny_base: Path) -> None:
    loaded = load(str(tiny_base), "cpu")
    assert loaded.model.config.model_type == "llama"
    assert loaded.tokenizer.eos_token_id == loaded.model.generation_config.eos_token_id
    assert loaded.tokenizer.pad_token_id == loaded.model.generation_config.pad_token_id != loaded.tokenizer.eos_token_id
    text = "Any text: ü, 漢字, 🙂"
    assert loaded.tokenizer.decode(loaded.tokenizer.encode(text)) == text
    asked = loaded.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], add_generation_prompt=True, tokenize=False
    )
    assert asked == "<|user|>Hi<|end|><|assistant|>"


def test_it_learns_and_says_so(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    result = base_model.build(tiny(tmp_path, steps=30), lambda fraction, message: told.append((fraction, message)))
    assert result.last_loss < result.first_loss - 0.5
    assert told[-1][0] == 1.0
    assert result.loss_curve[0][0] == 1 and result.loss_curve[-1][0] == 30
    assert result.tokens_seen == 30 * 4 * 32


def test_the_same_seed_gives_the_same_bytes(tiny_base: Path, tmp_path: Path) -> None:
    again = base_model.build(tiny(tmp_path / "again"), silent)
    other = base_model.build(tiny(tmp_path / "other", seed=21), silent)
    assert again.weights_sha256 == load(str(tiny_base), "cpu").weights_sha256 != other.weights_sha256


def test_the_defaults_make_one_to_five_million_parameters(tmp_path: Path) -> None:
    config = base_model.Config(texts=general_texts() * 40, output_dir=str(tmp_path), steps=1)
    tokenizer = base_model.train_tokenizer(config)
    # A handful of sentences fills little of the vocabulary: count with the size that real text reaches.
    table = config.hidden_size * (config.vocab_size - len(tokenizer))
    with torch.device("meta"):
        model = base_model._model(config, tokenizer)
    assert 1_000_000 < model.num_parameters() + table < 5_000_000


def test_too_little_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as refusal:
        base_model.build(base_model.Config(texts=("Short.",), output_dir=str(tmp_path)), silent)
    assert refusal.value.code == "base.too_little_text"


def test_a_cancelled_build_stops(tmp_path: Path) -> None:
    def cancel(fraction: float, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        base_model.build(tiny(tmp_path), cancel)
    assert not (tmp_path / "model.safetensors").exists()
