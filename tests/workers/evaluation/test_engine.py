"""Evaluation end to end on tiny models."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from tests.workers.conftest import general_texts, qa_rows, silent, tiny
from workers import conversation
from workers.errors import EngineError
from workers.evaluation import engine
from workers.loading import load
from workers.tuning import base_model


@pytest.fixture
def config(tiny_base: Path, write_jsonl: Callable[..., Path]) -> engine.Config:
    return engine.Config(
        model=str(tiny_base),
        data_path=str(write_jsonl(qa_rows()[:12])),
        max_new_tokens=8,
        batch_size=5,
        resamples=200,
        example_rows=3,
        threads=1,
        device="cpu",
    )


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(a model that has read the answers, one that has hardly begun to), with one vocabulary."""
    folder = tmp_path_factory.mktemp("pair")
    texts = tuple(f"<|user|>{row['question']}<|end|><|assistant|>{row['answer']}" for row in qa_rows()) * 2
    for name, steps in (("knowing", 120), ("ignorant", 2)):
        shape = tiny(folder / name, steps=steps, hidden_size=64, intermediate_size=128, learning_rate=1e-2)
        base_model.build(replace(shape, texts=texts), silent)
    return folder / "knowing", folder / "ignorant"


def _score(result: engine.Result, name: str) -> engine.Score:
    return next(score for score in result.scores if score.name == name)


def test_the_loss_is_that_of_the_answers_alone(config: engine.Config) -> None:
    result = engine.run(config, silent)
    loaded, total, tokens = load(config.model, "cpu"), 0.0, 0
    for row in qa_rows()[:12]:
        one = conversation.encode(loaded.tokenizer, row["question"], row["answer"])
        assert loaded.tokenizer.decode(one.ids[one.answer_start :]) == row["answer"] + "<|end|>"
        labels = [-100] * one.answer_start + one.ids[one.answer_start :]
        with torch.inference_mode():
            # One row at a time and through the model's own loss: the way the engine does not go.
            loss = loaded.model(input_ids=torch.tensor([one.ids]), labels=torch.tensor([labels])).loss
        count = len(one.ids) - one.answer_start
        total, tokens = total + float(loss) * count, tokens + count
    assert result.answer_tokens == tokens
    assert _score(result, "loss").value == pytest.approx(total / tokens, rel=1e-4)
    assert _score(result, "perplexity").value == pytest.approx(math.exp(total / tokens), rel=1e-3)


def test_every_score_lies_in_its_interval_and_goes_into_json(config: engine.Config) -> None:
    told: list[float] = []
    result = engine.run(config, lambda fraction, message: told.append(fraction))
    assert [score.name for score in result.scores] == ["loss", "perplexity", "exact_match", "rouge_l", "bleu"]
    assert all(score.low <= score.value <= score.high for score in result.scores)
    assert result.comparisons == [] and result.baseline_scores == []
    assert len(result.examples) == 3 and result.examples[0].expected == qa_rows()[0]["answer"]
    assert told == sorted(told) and len(told) > 4
    json.dumps(asdict(result))


def test_a_better_model_is_found_better(config: engine.Config, pair: tuple[Path, Path]) -> None:
    knowing, ignorant = map(str, pair)
    result = engine.run(replace(config, model=knowing, baseline=ignorant, max_new_tokens=40), silent)
    by_name = {one.name: one for one in result.comparisons}
    assert result.same_tokenizer
    for name in ("loss", "perplexity", "rouge_l", "bleu"):
        assert by_name[name].improved and by_name[name].excludes_zero, name
    assert by_name["loss"].high < 0 < by_name["rouge_l"].low
    assert by_name["loss"].difference == pytest.approx(by_name["loss"].model - by_name["loss"].baseline)


def test_a_worse_model_is_found_worse(config: engine.Config, pair: tuple[Path, Path]) -> None:
    result = engine.run(replace(config, model=str(pair[1]), baseline=str(pair[0])), silent)
    worse = next(one for one in result.comparisons if one.name == "loss")
    assert worse.excludes_zero and worse.low > 0 and not worse.improved


def test_a_model_is_no_better_than_itself(config: engine.Config) -> None:
    result = engine.run(replace(config, baseline=config.model), silent)
    assert [one.excludes_zero for one in result.comparisons] == [False] * 5


def test_the_same_run_gives_the_same_figures(config: engine.Config) -> None:
    first, second = engine.run(config, silent), engine.run(config, silent)
    assert (first.scores, first.examples) == (second.scores, second.examples)


def test_the_batch_size_changes_nothing_but_rounding(config: engine.Config) -> None:
    one, all_at_once = (engine.run(replace(config, batch_size=size), silent) for size in (1, 12))
    assert _score(one, "loss").value == pytest.approx(_score(all_at_once, "loss").value, rel=1e-5)


def test_models_with_other_tokens_are_not_compared_by_loss(config: engine.Config, tmp_path: Path) -> None:
    other = replace(tiny(tmp_path / "other", vocab_size=300), texts=tuple(reversed(general_texts())) * 2)
    base_model.build(other, silent)
    result = engine.run(replace(config, baseline=str(tmp_path / "other")), silent)
    assert not result.same_tokenizer
    assert [one.name for one in result.comparisons] == ["exact_match", "rouge_l", "bleu"]
    assert any("not compared" in note for note in result.notes)


def test_rows_without_room_for_an_answer_are_left_out(config: engine.Config, write_jsonl: Callable[..., Path]) -> None:
    rows = [*qa_rows()[:3], {"question": "word " * 300, "answer": "Yes."}]
    result = engine.run(replace(config, data_path=str(write_jsonl(rows, "long.jsonl")), max_length=90), silent)
    assert (result.rows, result.rows_left_out) == (3, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"resamples": 5}, "config.invalid"),
        ({"temperature": -1.0}, "config.invalid"),
        ({"model": "no/such-model"}, "model.not_found"),
        ({"baseline": "no/such-model"}, "model.not_found"),
        ({"answer_column": "reply"}, "data.column_missing"),
        ({"max_length": 8}, "data.too_long"),
    ],
)
def test_bad_settings_are_refused(config: engine.Config, changes: dict[str, object], code: str) -> None:
    with pytest.raises(EngineError) as refusal:
        engine.run(replace(config, **changes), silent)
    assert refusal.value.code == code
