"""Appending to the audit trail and verifying it, rows a second: `python -m benchmarks.trail` prints both."""

import os
import subprocess
import sys
import tempfile
import time

import django

from benchmarks import trail_writers
from benchmarks.results import Figure, Section

ROWS, TOGETHER = 5_000, 100


def measure() -> Section:
    """Both figures, in a fresh folder with its own database."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"VAR_DIR": folder}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=env)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.trail"], check=True, env=env, capture_output=True, text=True
        )
    alone, together, verify = (float(figure) for figure in done.stdout.split()[-3:])
    figures = [
        Figure("Append, one transaction each", f"{alone:,.0f} rows/s", f"{ROWS} rows, one writer, commit after each"),
        Figure(
            "Append, many in one transaction", f"{together:,.0f} rows/s", f"{ROWS} rows, {TOGETHER} to a transaction"
        ),
        Figure("Verify", f"{verify:,.0f} rows/s", f"{2 * ROWS} rows, every digest computed anew"),
    ]
    about = "One process, SQLite on this machine's disk, unless a line says otherwise."
    return Section("Audit trail", about, figures + trail_writers.measure())


def main() -> None:
    """Append and verify in this process; prints three rates."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    from django.db import transaction

    from apps.accounts.models import Team
    from apps.audit.queries import chain_verify
    from apps.audit.services import SYSTEM, record

    team = Team.objects.create(name="Bench", slug="bench")

    def append(rows: int) -> None:
        with transaction.atomic():
            for _ in range(rows):
                record(action="bench.append", obj=team, by=SYSTEM, team_id=team.pk, data={"digest": "0" * 64})

    began = time.perf_counter()
    for _ in range(ROWS):
        append(1)
    alone = ROWS / (time.perf_counter() - began)
    began = time.perf_counter()
    for _ in range(ROWS // TOGETHER):
        append(TOGETHER)
    together = ROWS / (time.perf_counter() - began)
    began = time.perf_counter()
    verdict = chain_verify()
    verify = verdict.rows / (time.perf_counter() - began)
    assert verdict.is_intact and verdict.rows == 2 * ROWS, verdict
    print(alone, together, verify)


if __name__ == "__main__":
    main()
