"""Tuning end to end on a tiny model."""

import json
import math
import resource
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel

from tests.workers.conftest import qa_rows, silent
from workers import conversation
from workers.errors import EngineError
from workers.loading import load
from workers.model_files import check_model_folder, file_digest
from workers.rows import read_rows
from workers.tuning import engine


@pytest.fixture
def config(tiny_base: Path, tmp_path: Path, write_jsonl: Callable[..., Path]) -> engine.Config:
    return engine.Config(
        base=str(tiny_base),
        data_path=str(write_jsonl(qa_rows())),
        output_dir=str(tmp_path / "out"),
        work_dir=str(tmp_path / "work"),
        rank=4,
        alpha=8,
        max_steps=12,
        save_steps=5,
        eval_steps=6,
        logging_steps=2,
        max_length=96,
        threads=1,
        device="cpu",
        country_iso_code="FRA",
    )


def test_the_run_leaves_two_folders_that_load_and_agree(config: engine.Config) -> None:
    result = engine.run(config, silent)
    check_model_folder(Path(result.model_dir))
    merged = load(result.model_dir, "cpu").model
    base = load(config.base, "cpu")
    adapted = PeftModel.from_pretrained(base.model, result.adapter_dir).eval()
    ids = torch.tensor([conversation.encode_question(base.tokenizer, "My phone is slow. What now?")])
    with torch.inference_mode():
        assert torch.allclose(merged(ids).logits, adapted(ids).logits, atol=1e-4)
    assert str(Path(config.base).parent) not in (Path(result.adapter_dir) / "adapter_config.json").read_text()


def test_the_account_is_complete(config: engine.Config) -> None:
    told: list[float] = []
    result = engine.run(config, lambda fraction, message: told.append(fraction))
    assert result.steps == 12 and result.resumed_from_step == 0
    assert [step for step, _ in result.train_loss_curve] == [2, 4, 6, 8, 10, 12]
    assert [step for step, _ in result.eval_loss_curve] == [6, 12]
    assert result.train_loss_curve[-1][1] < result.train_loss_curve[0][1]
    assert 0 < result.parameters_trainable < result.parameters_total
    assert result.tokens_seen > 12 * 8 * 10 and result.tokens_per_second > 0
    assert result.base_weights_sha256 == file_digest(Path(config.base) / "model.safetensors")
    assert result.data_sha256 == file_digest(Path(config.data_path))
    assert result.environment.packages["torch"] == torch.__version__
    assert result.environment.threads == 1
    assert told == sorted(told) and told[0] == 0.0
    json.dumps(asdict(result))


def test_energy_is_measured_with_its_assumptions(config: engine.Config, tmp_path: Path) -> None:
    energy = engine.run(replace(config, country_assumed=False), silent).energy
    assert energy.kwh > 0 and energy.kgco2e > 0 and energy.seconds > 0
    assert math.isclose(energy.kwh, energy.cpu_kwh + energy.gpu_kwh + energy.ram_kwh, rel_tol=1e-6)
    assert (energy.country, energy.country_assumed, energy.attempts) == ("FRA", False, 1)
    assert "estimated" in energy.method or "counter" in energy.method
    assert not list(Path.cwd().glob("emissions*.csv")) and not list(tmp_path.rglob("emissions*.csv"))


def test_held_out_rows_are_recorded_and_were_not_trained_on(config: engine.Config) -> None:
    result = engine.run(replace(config, max_steps=1), silent)
    given = read_rows(Path(config.data_path), "question", "answer")
    split = json.loads(Path(result.split_path).read_text())
    trained = {entry["sha256"] for entry in split["training"]}
    held_out = read_rows(Path(result.held_out_path), "question", "answer")
    assert {row.digest for row in held_out} == {entry["sha256"] for entry in split["held_out"]}
    assert not trained & {row.digest for row in held_out}
    assert result.rows_trained + result.rows_held_out == result.rows_total == len(given)
    assert all(given[entry["index"]].digest == entry["sha256"] for entry in split["held_out"])


def test_an_explicit_held_out_file_is_respected(config: engine.Config, write_jsonl: Callable[..., Path]) -> None:
    chosen = write_jsonl(qa_rows()[:3], "chosen.jsonl")
    result = engine.run(replace(config, max_steps=1, held_out_path=str(chosen)), silent)
    assert (result.rows_held_out, result.rows_trained, result.rows_left_out) == (3, 29, 3)


def test_two_runs_with_one_seed_give_the_same_weights(config: engine.Config, tmp_path: Path) -> None:
    def digest(name: str, seed: int) -> str:
        changed = replace(config, output_dir=str(tmp_path / name), work_dir=str(tmp_path / f"{name}-work"), seed=seed)
        result = engine.run(changed, silent)
        assert result.repeatable
        return result.model_weights_sha256

    assert digest("first", 3) == digest("second", 3) != digest("third", 4)


def test_another_run_does_not_take_up_foreign_checkpoints(config: engine.Config) -> None:
    engine.run(config, silent)
    assert engine.run(replace(config, learning_rate=1e-4), silent).resumed_from_step == 0


def test_a_cancellation_ends_the_run_and_the_meter(config: engine.Config) -> None:
    class Cancelled(Exception):
        pass

    def cancel(fraction: float, message: str) -> None:
        if fraction > 0.05:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.run(config, cancel)
    assert len(list((Path(config.work_dir) / "energy").glob("attempt-*.json"))) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rank": 0}, "config.invalid"),
        ({"held_out_fraction": 1.0}, "config.invalid"),
        ({"precision": "int3"}, "config.invalid"),
        ({"modules_to_save": ("nonsense",)}, "config.invalid"),
        ({"target_modules": ("q_proj", "nonsense")}, "config.invalid"),
        ({"country_iso_code": "Atlantis"}, "energy.country"),
        ({"prompt_column": "ask"}, "data.column_missing"),
        ({"max_length": 8}, "data.too_long"),
        ({"base": "no/such-model"}, "model.not_found"),
    ],
)
def test_bad_settings_are_refused(config: engine.Config, changes: dict[str, object], code: str) -> None:
    with pytest.raises(EngineError) as refusal:
        engine.run(replace(config, **changes), silent)
    assert refusal.value.code == code


def test_long_rows_are_cut_and_counted(config: engine.Config, write_jsonl: Callable[..., Path]) -> None:
    rows = [
        *qa_rows(),
        {"question": "Tell all.", "answer": "and so on " * 100},
        {"question": "x " * 200, "answer": "y"},
    ]
    result = engine.run(replace(config, max_steps=1, data_path=str(write_jsonl(rows, "long.jsonl")), seed=2), silent)
    assert result.rows_cut + result.rows_left_out >= 1


@pytest.fixture
def scarce() -> Iterator[None]:
    """Files may grow to 20 kB only: the system refuses the weights as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("save_steps", [1, 100])
def test_a_full_disk_is_told(config: engine.Config, scarce: None, save_steps: int) -> None:
    with pytest.raises(EngineError) as refusal:
        engine.run(replace(config, max_steps=2, save_steps=save_steps), silent)
    assert refusal.value.code == "disk.full"
    assert not list((Path(config.work_dir) / "checkpoints").glob("checkpoint-*/complete.json"))
