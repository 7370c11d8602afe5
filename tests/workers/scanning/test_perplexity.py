"""How expected texts are to a local language model, by a tiny one whose answer is known."""

from pathlib import Path
from typing import Any

import pytest

from workers.errors import EngineError
from workers.scanning import generated
from workers.scanning.config import Config

from .fed import section

WORDS = [f"w{number}" for number in range(30)]
TABLE = [{"prompt": "Say it.", "response": " ".join(WORDS[number % 7 :] * 3)} for number in range(120)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: Any) -> Path:
    """A model with all weights at zero: to it every token is as likely as any other."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("model") / "tiny"
    known = Tokenizer(models.WordLevel({word: at for at, word in enumerate(["[UNK]", *WORDS])}, unk_token="[UNK]"))
    known.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=known, unk_token="[UNK]").save_pretrained(folder)
    made = GPT2LMHeadModel(GPT2Config(vocab_size=31, n_positions=256, n_embd=8, n_layer=1, n_head=1))
    with torch.no_grad():
        for weights in made.parameters():
            weights.zero_()
    made.save_pretrained(folder, safe_serialization=True)
    return folder


def scanned(folder: Path, path: Path, table: list[dict[str, str]] = TABLE) -> dict[str, Any]:
    options = {"generated": {"model": str(folder)}}
    return section(generated.make, table, path, Config(input_path="x", options=options))


def test_the_perplexity_of_a_model_that_knows_nothing_is_its_vocabulary(model, tmp_path) -> None:
    told = scanned(model, tmp_path)
    assert told["perplexity"] == {"model": "tiny", "texts": 100, "median": 31.0, "quartiles": [31.0, 31.0]}
    assert {"transformers", "torch"} <= told["versions"].keys()


def test_it_is_no_part_of_the_estimate(model, tmp_path) -> None:
    without = section(generated.make, TABLE, tmp_path / "without")
    told = scanned(model, tmp_path / "with")
    assert without["perplexity"] is None and "torch" not in without["versions"]
    assert (told["estimate"], told["low"], told["high"]) == (without["estimate"], without["low"], without["high"])


def test_short_texts_are_not_read(model, tmp_path) -> None:
    told = scanned(model, tmp_path, [{"response": "w1 w2"}] * 10)
    assert told["perplexity"] == {"model": "tiny", "texts": 0, "median": None, "quartiles": None}


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_folder_without_a_model_is_refused(content, tmp_path) -> None:
    if content:
        (tmp_path / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(EngineError) as refused:
        scanned(tmp_path, tmp_path / "work")
    assert refused.value.code == "scan.generated_model" and str(tmp_path) not in str(refused.value)
