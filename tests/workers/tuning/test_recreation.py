"""Repeating a tuning for real: a tiny model tuned by the door, then tuned again from what the door recorded."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.audit.models import AuditEntry
from apps.core import storage
from apps.registry.models import RecreationRun, TuningRun
from apps.registry.rules.recreation import DIFFERS, IDENTICAL, IMPOSSIBLE
from apps.registry.services import import_finish, recreation_start, tuning_start, version_import
from tests.makers import claim, make_data, make_model, make_person, make_team
from tests.workers.conftest import qa_rows
from workers.tuning.comparing import compare_weights
from workers.tuning.tasks import recreate, tune

SETTINGS = {"rank": 4, "alpha": 8, "max_steps": 6, "eval_steps": 3, "logging_steps": 2, "max_length": 96}


@pytest.fixture
def olga(db: None) -> User:
    return make_person(ENGINEER, team=make_team())


@pytest.fixture
def tuned(olga: User, tiny_base: Path, settings: Any, tmp_path: Path) -> TuningRun:
    settings.WORK_DIR, settings.TORCH_THREADS = tmp_path / "work", 1
    team = Team.objects.get()
    model = make_model(olga, team)
    imported = version_import(by=olga, model=model, source="a folder")
    import_finish(run=claim(imported), folder=tiny_base, facts={})
    imported.version.refresh_from_db()
    run = tuning_start(
        by=olga,
        base_version=imported.version,
        dataset_version=make_data(olga, team, qa_rows()),
        output_model=make_model(olga, team),
        config=SETTINGS,
    )
    tune(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    return run


def _again(olga: User, tuning: TuningRun) -> RecreationRun:
    run = recreation_start(by=olga, tuning=tuning)
    recreate(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    return run


def test_the_same_inputs_give_the_same_weights_bit_for_bit(olga: User, tuned: TuningRun) -> None:
    run = _again(olga, tuned)
    assert run.result is not None and run.result["outcome"] == IDENTICAL
    assert run.result["weights"]["numbers_different"] == 0 and run.result["weights"]["numbers"] > 10_000
    assert run.result["first"]["weights_sha256"] == run.result["second"]["weights_sha256"]
    assert run.result["environment"] == [] and run.energy_kwh is not None
    entry = AuditEntry.objects.get(action="tuning.recreated")
    assert entry.data["outcome"] == IDENTICAL and entry.actor == "worker"


def test_a_record_that_does_not_lead_to_the_model_is_found_out(olga: User, tuned: TuningRun) -> None:
    assert tuned.result is not None
    tuned.result["config"]["seed"] += 1
    tuned.save(update_fields=["result"])
    run = _again(olga, tuned)
    assert run.result is not None and run.result["outcome"] == DIFFERS
    assert run.result["weights"]["relative"] > 1e-3


def test_altered_inputs_cannot_be_tried_and_say_why(olga: User, tuned: TuningRun) -> None:
    file = tuned.base_version.files.get(path="model.safetensors")
    stored = storage.local_path(file.digest)
    stored.chmod(0o644)
    stored.write_bytes(b"x" + stored.read_bytes()[1:])
    run = _again(olga, tuned)
    assert run.result is not None and run.result["outcome"] == IMPOSSIBLE
    assert "model.safetensors" in run.result["because"] and run.energy_kwh is None


def test_a_setting_that_the_engine_lost_cannot_be_tried(olga: User, tuned: TuningRun) -> None:
    assert tuned.result is not None
    tuned.result["config"]["forgotten_setting"] = 1
    tuned.save(update_fields=["result"])
    run = _again(olga, tuned)
    assert run.result is not None and run.result["outcome"] == IMPOSSIBLE
    assert "forgotten_setting" in run.result["because"]


def _weights(folder: Path, **tensors: torch.Tensor) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    save_file(tensors, folder / "model.safetensors")
    return folder


def test_the_distance_of_weights_is_counted_exactly(tmp_path: Path) -> None:
    first = _weights(tmp_path / "a", one=torch.tensor([3.0, 4.0]), two=torch.zeros(2))
    second = _weights(tmp_path / "b", one=torch.tensor([3.0, 4.5]), two=torch.zeros(2))
    found = compare_weights(first, second)
    assert (found.tensors, found.different, found.numbers, found.numbers_different) == (2, 1, 4, 1)
    assert (found.largest, found.largest_in, found.relative) == (0.5, "one", 0.1)
    assert found.is_same_shape


def test_models_of_other_shapes_are_told_apart(tmp_path: Path) -> None:
    first = _weights(tmp_path / "a", one=torch.zeros(2), gone=torch.zeros(1))
    found = compare_weights(first, _weights(tmp_path / "b", one=torch.zeros(3), new=torch.zeros(1)))
    assert (found.other_shapes, found.only_in_first, found.only_in_second) == (("one",), ("gone",), ("new",))
    assert not found.is_same_shape
