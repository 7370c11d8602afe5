"""`kill -9` of the worker in the middle of a scan: the next one goes on behind what was saved, with the same result."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genaiops_site.launch import launched
from tests.end_to_end.world import QUICK, World, kill, people, wait_until
from workers.scanning.checkpoints import MARKER

pytestmark = pytest.mark.slow
ROWS = 60_000
CONFIG = {"checks": ["personal_data", "secrets", "special_categories", "duplicates"]}
WORDS = ("printer", "router", "battery", "answers", "slowly", "customer", "menu", "again", "window", "update", "letter")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, own_site: Callable[[Path], dict[str, str]]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("site")
    own = own_site(folder) | {"SCAN_SAVE_SECONDS": "0"}
    with launched(workers=("cpu",), env=own | QUICK) as site, people(site) as made:
        yield made


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file of some twelve megabytes, so that it is converted and read in many pieces."""
    source = random.Random(17)
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("question,answer\n")
        for number in range(ROWS):
            words = " ".join(source.choices(WORDS, k=22))
            mail = f" write to user{number}@example.org" if number % 100 == 0 else ""
            stream.write(f"{words} {number},{' '.join(source.choices(WORDS, k=6))}{mail}\n")
    return path


def found(run: dict[str, Any]) -> dict[str, str]:
    """The digest of every section."""
    result = run["result"]
    return {name: result[name]["digest"] for name in result["checks"]}


def test_a_killed_scan_goes_on_where_it_was(world: World, table: Path) -> None:
    version = world.upload("Many rows", table)
    run: dict[str, Any] = world.olga.post(f"dataset-versions/{version}/scans/", config=CONFIG)
    folder = world.site.var_dir / "work" / f"scan-{run['id']}" / "scan"
    wait_until(lambda: any(folder.glob(f"snapshot-*/{MARKER}")), 120, "a first save")
    kill(world.site, "worker-cpu")
    assert world.run(run)["state"] == "running", "nobody has noticed yet"
    world.site.start_worker("cpu")  # it sweeps as well, so it finds the run that nobody works on
    done = world.ended(run, 180)
    assert (done["state"], done["attempts"]) == ("succeeded", 2), done["error"]
    assert "Going on at row " in done["log"]
    assert done["result"]["personal_data"]["by_entity"] == {"EMAIL_ADDRESS": ROWS // 100}
    wait_until(lambda: not folder.parent.exists(), 30, "clearing away what it needed to go on")
    again: dict[str, Any] = world.olga.post(f"dataset-versions/{version}/scans/", config=CONFIG)
    whole = world.ended(again, 180)
    assert "Going on at row " not in whole["log"]
    assert found(whole) == found(done) and whole["result"]["digest"] == done["result"]["digest"]
