"""A running site as its people meet it: over HTTP, with real workers, files and processes.

What needs the site's own database is done by a program beside it (`Beside`), never through this process's settings.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from genaiops_site.launch import BASE_DIR, Site
from workers.demo.client import Client

# A worker that fell silent is noticed within seconds. Less than six would take a slow import for a death.
QUICK = {"RUN_HEARTBEAT_SECONDS": "0.5", "RUN_LOST_AFTER_SECONDS": "6", "RUN_SWEEP_SECONDS": "1"}
OPEN = ("queued", "running")

BESIDE = """
import json, sys
import django
django.setup()
from django.db import connections
for line in sys.stdin:
    code, given = json.loads(line)
    names = {**given, "answer": None}
    exec(code, names)
    connections.close_all()  # the next look must find what the site has written by then
    print(json.dumps(names["answer"]), flush=True)
"""

MAKE_PEOPLE = """
from apps.accounts.rules import WRITE
from apps.accounts.services import token_create
from apps.audit.services import SYSTEM
from tests.people import make_people

people = make_people()
answer = {"team": people.team.pk}
for name in ("olga", "rui"):
    answer[name] = token_create(by=SYSTEM, user=getattr(people, name), name="test", scope=WRITE)[1]
"""

MAKE_VERSION = """
from pathlib import Path
from django.db import transaction
from apps.accounts.models import User
from apps.registry.models import RegisteredModel
from apps.registry.services import import_finish, version_approve, version_import, version_propose
from tests.makers import claim

people = {user.name: user for user in User.objects.all()}
model = RegisteredModel.objects.get(pk=model)
with transaction.atomic():  # so that the site's own worker finds nothing left to do
    run = version_import(by=people["Olga"], model=model, source=folder)
    import_finish(run=claim(run), folder=Path(folder), facts={"architecture": "LlamaForCausalLM"})
if approved:
    version = version_propose(by=people["Olga"], version=run.version)
    version_approve(by=people["Rui"], version=version, reason="What follows approval is to be tested.")
answer = run.version_id
"""


@dataclass(frozen=True)
class Beside:
    """A program in the site's environment, started once: each start would cost more than what it is asked to do."""

    process: subprocess.Popen[str]
    said: Path

    def __call__(self, code: str, **given: Any) -> Any:
        """Run the code with the names of `given`; its `answer` comes back."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([code, given]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.said.read_text()
        return json.loads(line)


@dataclass(frozen=True)
class World:
    """A site with a team, Olga who builds and Rui who reviews."""

    site: Site
    inside: Beside
    team: int
    olga: Client
    rui: Client
    secret: str  # Olga's token, for requests that no tool of hers would send

    def model(self, name: str) -> int:
        """A new model without versions."""
        return int(self.olga.post("models/", team=self.team, name=name)["id"])

    def dataset(self, name: str) -> int:
        """A new dataset without versions."""
        return int(self.olga.post("datasets/", team=self.team, name=name)["id"])

    def upload(self, name: str, file: Path) -> int:
        """A version of a new dataset."""
        return int(self.olga.upload(f"datasets/{self.dataset(name)}/versions/", file)["id"])

    def version(self, name: str, folder: Path, *, approved: bool = False) -> int:
        """A version with these files, without waiting for a worker, and approved without a checklist if wanted."""
        return int(self.inside(MAKE_VERSION, model=self.model(name), folder=str(folder), approved=approved))

    def run(self, run: dict[str, Any]) -> dict[str, Any]:
        """The run as it stands now."""
        found: dict[str, Any] = self.olga.get(f"runs/{run['kind']}/{run['id']}/")
        return found

    def ended(self, run: dict[str, Any], seconds: float = 90) -> dict[str, Any]:
        """The run once it is over, however it ended."""
        return self.when(run, lambda now: now["state"] not in OPEN, seconds)

    def when(self, run: dict[str, Any], is_so: Callable[[dict[str, Any]], bool], seconds: float = 90) -> dict[str, Any]:
        """The run as soon as `is_so`."""
        until = time.monotonic() + seconds
        while not is_so(now := self.run(run)):
            self.site.check()
            assert time.monotonic() < until, f"after {seconds:g} s: {now['state']} {now['message']} {now['error']}"
            time.sleep(0.1)
        return now

    def trail(self, action: str, pk: int) -> int:
        """How many entries of the audit trail tell of this action on this object."""
        return len(self.rui.rows("audit/", action=action, object_id=str(pk)))


@contextmanager
def beside(site: Site) -> Iterator[Beside]:
    """The program beside the site; it ends with its input, or is ended when its last code failed."""
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "genaiops_site.settings"}
    command, said = [sys.executable, "-c", BESIDE], site.log_path("beside")
    pipe = subprocess.PIPE
    with (
        said.open("wb") as log,
        subprocess.Popen(
            command, cwd=BASE_DIR, env=environment, stdin=pipe, stdout=pipe, stderr=log, text=True
        ) as process,
    ):
        yield Beside(process, said)


@contextmanager
def people(site: Site) -> Iterator[World]:
    """The people of all tests, on this site."""
    with beside(site) as inside:
        made = inside(MAKE_PEOPLE)
        olga, rui = (Client(site.address, made[name], name) for name in ("olga", "rui"))
        with closing(olga), closing(rui):
            yield World(site, inside, made["team"], olga, rui, made["olga"])


def kill(site: Site, name: str) -> None:
    """`kill -9` of one part and everything it started, all at once; it is no part of the site afterwards."""
    parent = psutil.Process(site.parts[name].pid)
    family = [parent, *parent.children(recursive=True)]
    for process in family:
        process.kill()
    site.parts.pop(name).wait(10)
    psutil.wait_procs(family, timeout=10)


def wait_until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    """Look ten times a second; fail when it has not come true."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"{what}: not within {seconds:g} s"
        time.sleep(0.1)
