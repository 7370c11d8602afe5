"""Seconds a page of the audit pack: `python -m benchmarks.pdf` renders the newest version's report in this process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import django

from benchmarks.results import Figure, Section

ROUNDS = 3


def measure() -> Section:
    """The demo's pack, rendered again; runs the demo first where it never ran."""
    var = Path(os.environ.get("VAR_DIR", "var"))
    if not (var / "demo" / "audit-pack.pdf").exists():
        subprocess.run([sys.executable, "-m", "workers.demo"], check=True)
    done = subprocess.run([sys.executable, "-m", "benchmarks.pdf"], check=True, capture_output=True, text=True)
    seconds, pages, memory = (float(figure) for figure in done.stdout.split()[-3:])
    figures = [
        Figure(
            "A page of the audit pack",
            f"{seconds / pages:.3f} s",
            f"{pages:.0f} pages in {seconds:.1f} s, median of {ROUNDS}",
        ),
        Figure("Memory while rendering", f"{memory:.0f} MB", "largest resident set of the process"),
    ]
    return Section("PDF", "WeasyPrint, one process, the demo's tuned version.", figures)


def main() -> None:
    """Render and print seconds, pages and megabytes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()
    import resource

    from apps.core.pdf import render_pdf
    from apps.registry.models import TuningRun
    from apps.reports.queries import snapshot
    from apps.reports.queries.document import document_html
    from apps.reports.rules.pack import page_count

    tuning = TuningRun.objects.exclude(output_version=None).latest("pk")
    html = document_html(snapshot(tuning.output_version), "0" * 64)
    taken, pages = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        pages = page_count(render_pdf(html, base_url="http://127.0.0.1"))
        taken.append(time.perf_counter() - began)
    print(sorted(taken)[ROUNDS // 2], pages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


if __name__ == "__main__":
    main()
