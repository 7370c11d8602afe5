"""Workers that die, are doubled or are told to stop: every run ends as it should, and nothing is done twice."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from genaiops_site.launch import launched, worker_command
from tests.end_to_end.world import QUICK, World, kill, people, wait_until
from workers.tuning.checkpoints import MARKER

pytestmark = pytest.mark.slow
LONG = {"rank": 4, "max_steps": 100, "save_steps": 10, "eval_steps": 50, "max_length": 96}
SHORT = LONG | {"max_steps": 10}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, own_site: Callable[[Path], dict[str, str]]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("site")
    with launched(workers=("cpu", "gpu"), env=own_site(folder) | QUICK) as site, people(site) as made:
        yield made


@pytest.fixture(scope="module")
def base(world: World, tiny_base: Path) -> int:
    return world.version("Base", tiny_base)


@pytest.fixture(scope="module")
def data(world: World, questions: Path) -> int:
    return world.upload("Questions", questions)


def tune(world: World, base: int, data: int, name: str, config: dict[str, Any]) -> dict[str, Any]:
    """A started tuning run that makes a version of a new model."""
    run: dict[str, Any] = world.olga.post(
        "tuning-runs/", base_version=base, dataset_version=data, output_model=world.model(name), config=config
    )
    return run


def wait_for_checkpoint(world: World, run: dict[str, Any]) -> None:
    folder = world.site.var_dir / "work" / f"tuning-{run['id']}" / "work" / "checkpoints"
    wait_until(lambda: any(folder.glob(f"checkpoint-*/{MARKER}")), 90, "a first checkpoint")


def test_a_killed_worker_loses_nothing(world: World, base: int, data: int) -> None:
    run = tune(world, base, data, "Killed", LONG)
    wait_for_checkpoint(world, run)
    kill(world.site, "worker-gpu")
    assert world.run(run)["state"] == "running", "nobody has noticed yet"
    swept = world.when(run, lambda now: now["state"] == "queued", 20)
    assert swept["message"] == "Its worker fell silent; queued again"
    world.site.start_worker("gpu")
    done = world.ended(run)
    assert (done["state"], done["attempts"]) == ("succeeded", 2), done["error"]
    assert done["result"]["resumed_from_step"] >= 10
    assert done["result"]["steps"] == LONG["max_steps"]
    assert done["result"]["energy"]["attempts"] == 2, "what the killed attempt used is in the account"
    assert world.trail("run.rescue", run["id"]) == 1
    assert world.trail("tuning.finish", run["id"]) == 1
    assert not (world.site.var_dir / "work" / f"tuning-{run['id']}").exists()


def test_a_cancelled_run_stops_within_seconds_and_a_retry_goes_on(world: World, base: int, data: int) -> None:
    run = tune(world, base, data, "Cancelled", LONG)
    wait_for_checkpoint(world, run)
    world.olga.post(f"runs/tuning/{run['id']}/cancel/", reason="Wrong data")
    stopped = world.ended(run, 10)
    assert (stopped["state"], stopped["message"]) == ("cancelled", "Cancelled")
    world.olga.post(f"runs/tuning/{run['id']}/retry/")
    done = world.ended(run)
    assert (done["state"], done["progress"]) == ("succeeded", 1.0), done["error"]
    assert done["result"]["resumed_from_step"] >= 10


def test_a_stored_file_changed_by_one_byte_is_refused(world: World, tiny_base: Path, data: int, tmp_path: Path) -> None:
    # Bytes of its own, so that no other test's model shares the file in the store.
    copy = shutil.copytree(tiny_base, tmp_path / "model")
    (copy / "README.md").write_text("A copy of its own.\n")
    version = world.version("Changed", copy)
    files = world.olga.get(f"model-versions/{version}/")["files"]
    digest = next(file["digest"] for file in files if file["path"] == "README.md")
    stored = next((world.site.var_dir / "artifacts").rglob(digest))
    stored.chmod(0o644)
    stored.write_bytes(b"B" + stored.read_bytes()[1:])
    failed = world.ended(tune(world, version, data, "From changed", SHORT))
    assert (failed["state"], failed["error_code"]) == ("failed", "storage.tampered")
    assert "README.md" in failed["error"]
    assert world.trail("run.fail", failed["id"]) == 1


def test_of_two_workers_with_the_same_run_one_works(world: World, base: int, data: int) -> None:
    """The last test here: it leaves two workers on the queue."""
    site = world.site
    kill(site, "worker-gpu")
    run = tune(world, base, data, "Doubled", SHORT)
    send_again(world, run["id"], times=7)
    for name in ("worker-gpu", "worker-gpu-2"):
        command = worker_command("gpu", site.var_dir, 1)
        command[command.index("--hostname") + 1] = f"{name}@%h"
        site.start(name, command)
    logs = [site.log_path(name) for name in ("worker-gpu", "worker-gpu-2")]
    wait_until(lambda: sum(log.read_text().count("succeeded in") for log in logs) >= 8, 90, "eight messages handled")
    assert all("tuning.tune" in log.read_text() for log in logs), "both workers were handed the run"
    done = world.run(run)
    assert (done["state"], done["attempts"]) == ("succeeded", 1), done["error"]
    assert world.trail("tuning.finish", run["id"]) == 1
    versions = (
        "from apps.registry.models import ModelVersion as V; answer = V.objects.filter(model__name='Doubled').count()"
    )
    assert world.inside(versions) == 1


def send_again(world: World, pk: int, *, times: int) -> None:
    """The same message several times more, as a broker may deliver it."""
    folder = str(world.site.var_dir / "queue" / "messages")
    control = str(world.site.var_dir / "queue" / "control")
    app = Celery(set_as_current=False, broker="filesystem://")
    app.conf.broker_transport_options = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": control,
    }
    # The address is given again here: Celery prefers CELERY_BROKER_URL of the environment to its own argument.
    with app.connection_for_write("filesystem://localhost//") as connection:
        for _ in range(times):
            app.send_task("tuning.tune", args=[pk], queue="gpu", ignore_result=True, connection=connection)
