"""Assessments at size: two hundred model versions held against a framework of three hundred requirements."""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks.portal import REQUESTS, signed_in, timed
from benchmarks.results import Figure, Section, percentile
from genaiops_site.launch import launched

VERSIONS, REQUIREMENTS = 200, 300


def measure() -> Section:
    """All figures, in a fresh folder with its own database."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"VAR_DIR": folder, "API_RATE_USER": "1000000/min"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, env=os.environ | env)
        made = _filled(env)
        with launched(workers=(), env=env) as site:
            client = signed_in(site, made["secret"])
            seconds = {name: timed(client, path) for name, path in made["paths"].items()}
    figures = [
        Figure(
            f"{name}, p95",
            f"{percentile(taken, 0.95) * 1000:.0f} ms",
            f"p50 {percentile(taken, 0.5) * 1000:.0f} ms; {made['queries'][name]} queries",
        )
        for name, taken in seconds.items()
    ]
    figures += [
        Figure(
            "Evidence looked at again",
            f"{made['per_second']:.0f} assessments/s",
            f"all {VERSIONS}, every collector on every version, compared with what is kept; one process",
        ),
        Figure(
            "Assessments as they stand, in full",
            f"{made['views_per_second']:.0f} /s",
            f"{VERSIONS} × {REQUIREMENTS} questions with answers, evidence, staleness and what is open; one process",
        ),
    ]
    about = (
        f"{VERSIONS} model versions, each held against one framework of {REQUIREMENTS} requirements, a third of them "
        f"answered and a tenth with evidence that the platform collected. {REQUESTS} requests a page over HTTP, one "
        "after the other."
    )
    return Section("Assessments", about, figures)


def _filled(env: dict[str, str]) -> dict[str, Any]:
    filled = subprocess.run(
        [sys.executable, "-m", "benchmarks.assessments_world", str(VERSIONS), str(REQUIREMENTS)],
        check=True,
        env=os.environ | env,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(filled.stdout.splitlines()[-1])
    return found
