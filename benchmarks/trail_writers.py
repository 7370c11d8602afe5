"""Fifty writers at once on PostgreSQL, each entry in a transaction of its own: `python -m benchmarks.trail_writers`."""

import os
import subprocess
import sys
import tempfile
import threading
import time

import django

from benchmarks import postgres
from benchmarks.results import Figure

WRITERS, EACH = 50, 100


def measure() -> list[Figure]:
    """Entries a second that fifty writers append together, and rows a second that the whole verification reads."""
    with tempfile.TemporaryDirectory() as folder, postgres.served("trail") as port:
        env = os.environ | {"VAR_DIR": folder, "DATABASE_URL": f"postgres://postgres@127.0.0.1:{port}/trail"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=env)
        command = [sys.executable, "-m", "benchmarks.trail_writers"]
        done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    append, verify, rows = (float(figure) for figure in done.stdout.split()[-3:])
    what = f"{WRITERS} threads, {EACH} entries each, commit after each, on PostgreSQL; all of them in one chain"
    return [
        Figure(f"Append, {WRITERS} writers at once", f"{append:,.0f} rows/s", what),
        Figure(
            "Verify against signed checkpoints",
            f"{verify:,.0f} rows/s",
            f"{rows:,.0f} rows on PostgreSQL, every digest computed anew and held against the exported checkpoint",
        ),
    ]


def main() -> None:
    """Append and verify in this process; prints both rates and the number of rows."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    from django.db import connection, transaction

    from apps.accounts.models import Team
    from apps.audit.models import AuditEntry
    from apps.audit.queries.examining import examine_all
    from apps.audit.services import SYSTEM, record
    from apps.audit.services.checkpoints import checkpoint_make

    team = Team.objects.create(name="Bench", slug="bench")
    together = threading.Barrier(WRITERS + 1)

    def write() -> None:
        connection.ensure_connection()
        together.wait()
        for _ in range(EACH):
            with transaction.atomic():
                record(action="bench.append", obj=team, by=SYSTEM, team_id=team.pk, data={"digest": "0" * 64})
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    together.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    append = WRITERS * EACH / (time.perf_counter() - began)
    assert AuditEntry.objects.filter(action="bench.append").count() == WRITERS * EACH
    checkpoint_make()
    began = time.perf_counter()
    found = examine_all(lambda share, message: None)
    verify = found.verdict.rows / (time.perf_counter() - began)
    assert found.is_intact and found.exported == 1, found
    print(append, verify, found.verdict.rows)


if __name__ == "__main__":
    main()
