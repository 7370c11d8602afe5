"""Fifty programs append to one chain on a real PostgreSQL at once: nothing is lost, and the chain does not fork."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.postgres
WRITERS, EACH = 50, 10

APPEND = """
import json, sys, threading
import django
django.setup()
from django.db import connection, transaction
from apps.accounts.models import Team
from apps.audit.models import AuditEntry
from apps.audit.queries.examining import examine_all
from apps.audit.services import SYSTEM, record
from apps.audit.services.checkpoints import checkpoint_make

writers, each = int(sys.argv[1]), int(sys.argv[2])
team = Team.objects.create(name="Writers", slug="writers")
together, failed = threading.Barrier(writers), []

def write(number):
    try:
        together.wait()
        for n in range(each):
            try:
                with transaction.atomic():
                    record(action="team.touch", obj=team, by=SYSTEM, data={"writer": number, "n": n})
                    if n == 3:
                        raise RuntimeError("rolled back, with its entry")
            except RuntimeError:
                continue
    except Exception as error:
        failed.append(repr(error))
    finally:
        connection.close()

threads = [threading.Thread(target=write, args=[number]) for number in range(writers)]
for thread in threads:
    thread.start()
checkpoint_make()
for thread in threads:
    thread.join()
checkpoint_make()
found = examine_all(lambda share, message: None)
touched = AuditEntry.objects.filter(action="team.touch").order_by("sequence")
order = list(map(list, touched.values_list("data__writer", "data__n")))
told = {"failed": failed, "intact": found.is_intact, "problem": found.verdict.problem + str(found.faults)}
told |= {"rows": found.verdict.rows, "total": AuditEntry.objects.count(), "written": sorted(order), "order": order}
print(json.dumps(told))
"""


def _run(arguments: list[str], url: str, folder: Path) -> str:
    env = os.environ | {"DATABASE_URL": url, "VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "genaiops_site.settings"}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def test_fifty_writers_lose_nothing_and_do_not_fork_the_chain(postgres_url: str, tmp_path: Path) -> None:
    for app in ("audit", "accounts"):
        _run(["manage.py", "migrate", app, "-v0"], postgres_url, tmp_path)
    told = json.loads(_run(["-c", APPEND, str(WRITERS), str(EACH)], postgres_url, tmp_path).splitlines()[-1])
    assert told["failed"] == []
    assert told["intact"], told["problem"]
    assert told["rows"] == told["total"]
    assert told["written"] == [[writer, n] for writer in range(WRITERS) for n in range(EACH) if n != 3]
    for writer in range(WRITERS):  # each one's own entries stand in the order in which it wrote them
        own = [n for who, n in told["order"] if who == writer]
        assert own == sorted(own)
