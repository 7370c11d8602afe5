"""A deployment outlives its processes, and ends when somebody says so."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from genaiops_site.launch import launched
from tests.end_to_end.world import QUICK, World, people, wait_until
from workers.demo.client import Refusal

pytestmark = pytest.mark.slow
SERVED = """
from apps.serving.models import ServingRun
answer = list(ServingRun.objects.filter(deployment=deployment).values("id", "pid", "url", "state", "attempts"))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, own_site: Callable[[Path], dict[str, str]]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("site")
    with launched(workers=("cpu", "serving"), env=own_site(folder) | QUICK) as site, people(site) as made:
        yield made


def deploy(world: World, version: int, name: str) -> dict[str, Any]:
    made: dict[str, Any] = world.olga.post("deployments/", version=version, name=name, environment="a test")
    return made


def served(world: World, deployment: dict[str, Any]) -> dict[str, Any]:
    """The deployment's run as its row has it, process id included."""
    rows: list[dict[str, Any]] = world.inside(SERVED, deployment=deployment["id"])
    return rows[-1]


def asked(world: World, deployment: dict[str, Any]) -> bool:
    """Whether the model answers a question."""
    try:
        answer = world.olga.post(f"deployments/{deployment['id']}/ask/", question="What now?", max_tokens=4)
    except Refusal as refusal:
        if refusal.status != 503:
            raise
        return False
    return bool(answer["choices"][0]["message"]["role"] == "assistant")


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_deployment_comes_back_after_each_kill_and_ends_when_stopped(world: World, tiny_base: Path) -> None:
    version = world.version("Served", tiny_base, approved=True)
    deployment = deploy(world, version, "Assistant")
    wait_until(lambda: asked(world, deployment), 120, "a first answer")

    first = served(world, deployment)["pid"]
    psutil.Process(first).kill()
    wait_until(lambda: not asked(world, deployment), 20, "the loss of the server")
    # The next server keeps the port, so it may answer a moment before its process is on record.
    wait_until(lambda: served(world, deployment)["pid"] not in (first, None), 120, "the next server")
    wait_until(lambda: asked(world, deployment), 120, "an answer of the next server")
    second = served(world, deployment)["pid"]

    kill_only_the_worker(world)
    wait_until(lambda: is_gone(second), 20, "the end of a server whose worker died")
    world.site.start_worker("serving")
    wait_until(lambda: asked(world, deployment), 120, "an answer by way of another worker")
    last = served(world, deployment)
    assert (last["state"], last["attempts"]) == ("running", 2)

    world.olga.post(f"deployments/{deployment['id']}/stop/", reason="No longer needed")
    wait_until(lambda: is_gone(last["pid"]), 20, "the end of the server")
    assert world.ended({"kind": "serving", "id": last["id"]}, 20)["state"] == "succeeded"
    assert world.trail("deployment.ended", deployment["id"]) == 1
    with pytest.raises(Refusal) as refused:
        asked(world, deployment)
    assert (refused.value.status, refused.value.code) == (409, "deployment.stopped")


def kill_only_the_worker(world: World) -> None:
    """Its model server is to notice by itself."""
    worker = world.site.parts.pop("worker-serving")
    worker.kill()
    worker.wait(10)


def test_a_changed_file_is_not_served(world: World, tiny_base: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_base, tmp_path / "model")
    (copy / "README.md").write_text("A copy of its own.\n")
    version = world.version("Changed", copy, approved=True)
    files = world.olga.get(f"model-versions/{version}/")["files"]
    digest = next(file["digest"] for file in files if file["path"] == "README.md")
    stored = next((world.site.var_dir / "artifacts").rglob(digest))
    stored.chmod(0o644)
    stored.write_bytes(b"B" + stored.read_bytes()[1:])
    run = deploy(world, version, "Changed")["run"]
    failed = world.ended(run)
    assert (failed["state"], failed["error_code"]) == ("failed", "storage.tampered")


def test_what_is_not_approved_is_not_deployed(world: World, tiny_base: Path) -> None:
    version = world.version("Draft", tiny_base)
    with pytest.raises(Refusal) as refused:
        deploy(world, version, "Too early")
    assert (refused.value.status, refused.value.code) == (409, "deployment.not_approved")
