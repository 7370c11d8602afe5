"""Fifty writers at once on PostgreSQL, each entry in a transaction of its own: `python -m benchmarks.trail_writers`."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from statistics import quantiles

import django

from benchmarks import postgres
from benchmarks.results import Figure

WRITERS, EACH = 50, 200


def measure() -> list[Figure]:
    """Entries a second that fifty writers append together, and rows a second that the whole verification reads."""
    with tempfile.TemporaryDirectory() as folder, postgres.served("trail") as port:
        env = os.environ | {"VAR_DIR": folder, "DATABASE_URL": f"postgres://postgres@127.0.0.1:{port}/trail"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=env)
        command = [sys.executable, "-m", "benchmarks.trail_writers"]
        done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    append, slow, verify, rows = (float(figure) for figure in done.stdout.split()[-4:])
    what = (
        f"{WRITERS} threads, {EACH} entries each, commit after each, on PostgreSQL, from the first one's start to the"
        f" last one's end; all of them in one chain. 95 of 100 entries took less than {slow * 1000:,.0f} ms"
    )
    return [
        Figure(f"Append, {WRITERS} writers at once", f"{append:,.0f} rows/s", what),
        Figure(
            "Verify against signed checkpoints",
            f"{verify:,.0f} rows/s",
            f"{rows:,.0f} rows on PostgreSQL, every digest computed anew and held against the exported checkpoint",
        ),
    ]


def main() -> None:
    """Append and verify in this process; prints the rate of appending, the seconds that 95 of 100 entries took at the
    most, the rate of verifying, and the number of rows.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    from django.db import connection, transaction

    from apps.accounts.models import Team
    from apps.audit.models import AuditEntry
    from apps.audit.queries.examining import examine_all
    from apps.audit.services import SYSTEM, record
    from apps.audit.services.checkpoints import checkpoint_make

    team = Team.objects.create(name="Bench", slug="bench")
    together, spans = threading.Barrier(WRITERS), list[tuple[float, float]]()

    def write() -> None:
        connection.ensure_connection()
        together.wait()
        for _ in range(EACH):
            began = time.perf_counter()
            with transaction.atomic():
                record(action="bench.append", obj=team, by=SYSTEM, team_id=team.pk, data={"digest": "0" * 64})
            spans.append((began, time.perf_counter()))
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    append = len(spans) / (max(end for _, end in spans) - min(began for began, _ in spans))
    slow = quantiles((end - began for began, end in spans), n=20)[-1]
    assert len(spans) == WRITERS * EACH, "a writer failed"
    assert AuditEntry.objects.filter(action="bench.append").count() == WRITERS * EACH
    checkpoint_make()
    began = time.perf_counter()
    found = examine_all(lambda share, message: None)
    verify = found.verdict.rows / (time.perf_counter() - began)
    assert found.is_intact and found.exported == 1, found
    print(append, slow, verify, found.verdict.rows)


if __name__ == "__main__":
    main()
