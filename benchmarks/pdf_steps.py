"""One step of the PDF benchmark, in a process of its own: `html NAME FILE`, `plain HTML PDF` or `ours HTML PDF`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

BASE_URL = "http://127.0.0.1"
STATIC = str(Path(__file__).parent.parent / "static")
COPIES, ENTRIES = 8, 10_000  # versions and entries of the trail in the long report, more than 500 pages


def main() -> None:
    """Do the step that the command line names."""
    step, *words = sys.argv[1:]
    {"html": html, "plain": plain, "ours": ours}[step](*words)


def html(name: str, target: str) -> None:
    """Write the HTML of the audit report of the demo's tuned version, or of the long one."""
    _set_up()
    record = _record()
    Path(target).write_text(_report(record if name == "pack" else _grown(record)), encoding="utf-8")


def plain(source: str, target: str) -> None:
    """WeasyPrint as its manual says, with the portal's static files."""
    from weasyprint import HTML

    from apps.core.press.files import StaticFiles
    from apps.core.press.parts import MARKER

    files = StaticFiles(f"{BASE_URL}/static/", [STATIC])
    text = Path(source).read_text(encoding="utf-8").replace(MARKER, "")
    HTML(string=text, base_url=BASE_URL, url_fetcher=files).write_pdf(target, pdf_variant="pdf/ua-1", pdf_tags=True)


def ours(source: str, target: str) -> None:
    """The portal's press, started for this document as plain WeasyPrint is. The worker that asks it is not in the time:
    it has loaded Django long before."""
    from apps.core.press.order import MOST_BY_DEFAULT, Order, Reply

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(source, Path(folder) / "document.html")
        processes = min(os.cpu_count() or 1, MOST_BY_DEFAULT)
        order = Order(folder, BASE_URL, f"{BASE_URL}/static/", (STATIC,), "bench", "", processes)
        press = [sys.executable, "-m", "apps.core.press"]
        told = subprocess.run(press, input=order.to_line(), stdout=subprocess.PIPE, text=True, check=True)
        if not Reply.from_line(told.stdout).pages:
            raise SystemExit(told.stdout)
        shutil.copy(Path(folder) / "document.pdf", target)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genaiops_site.settings")
    django.setup()


def _record() -> dict[str, Any]:
    """Everything on record about the demo's tuned version."""
    from django.utils import timezone

    from apps.registry.models import TuningRun
    from apps.reports.queries.frozen import freeze
    from apps.reports.rules.pack import pretty_json

    tuning = TuningRun.objects.exclude(output_version=None).latest("pk")
    assert tuning.output_version is not None
    record: dict[str, Any] = json.loads(pretty_json(freeze(tuning.output_version, by=None, at=timezone.now())))
    return record


def _grown(record: dict[str, Any]) -> dict[str, Any]:
    """The same of a team that works on for years: the version with all its measurements many times over, each under a
    label of its own, and a trail of thousands of entries."""
    versions = [_copy(record["versions"][0], number) for number in range(1, COPIES + 1)]
    entries = record["audit_trail"]["entries"]
    trail = [entries[place % len(entries)] | {"sequence": place + 1} for place in range(ENTRIES)]
    return record | {"versions": versions, "audit_trail": record["audit_trail"] | {"entries": trail}}


def _copy(version: dict[str, Any], number: int) -> dict[str, Any]:
    label = f"{version['version']['label']}.{number}"
    runs = {name: [run | {"version_label": label} for run in version[name]] for name in ("evaluations", "drift")}
    return version | runs | {"version": version["version"] | {"label": label}}


def _report(record: dict[str, Any]) -> str:
    """The audit report of a record, through the same fillers and templates as on the portal."""
    from apps.reports.rendering.html import document_html
    from apps.reports.rules.documents.assembling import assemble
    from apps.reports.rules.documents.filling.facts import Facts
    from apps.reports.rules.documents.reading import document_specs

    facts = Facts(record)
    spec = document_specs()["audit-report"]
    return document_html(assemble(spec, facts, made_at=facts.taken_at, snapshot_digest="0" * 64))


if __name__ == "__main__":
    main()
