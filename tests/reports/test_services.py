"""Making a pack: who may, once at a time, by a worker's claim, and on record."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from apps.audit.models import AuditEntry
from apps.audit.queries import chain_verify
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound
from apps.reports import tasks
from apps.reports.models import ReportRun
from apps.reports.queries import pack_file, report_seen, reports_of, reports_seen_by
from apps.reports.queries.verifying import file_check
from apps.reports.services import report_start
from tests.reports.conftest import Pack, make_report
from tests.reports.world import World

ROOT = Path(__file__).resolve().parents[2]


def test_an_auditor_may_make_one_and_an_outsider_may_not(world: World) -> None:
    run = report_start(by=world.ada, version=world.version)
    assert (run.state, run.created_by, run.team) == ("queued", world.ada, world.team)
    with pytest.raises(NotFound):
        report_start(by=world.xena, version=world.version)


def test_one_at_a_time(world: World) -> None:
    report_start(by=world.olga, version=world.version)
    with pytest.raises(Conflict) as refused:
        report_start(by=world.ada, version=world.version)
    assert refused.value.code == "report.open"


def test_a_finished_pack_is_stored_by_digest_on_record_and_recognised_when_brought_back(world: World) -> None:
    run = make_report(world)
    assert run.zip_size and run.pages and run.pages > 10
    for digest in (run.pdf_digest, run.json_digest, run.zip_digest):
        assert storage.is_intact(digest)
    entry = AuditEntry.objects.get(action="report.finish")
    assert entry.actor == "worker"
    assert entry.data["zip_digest"] == run.zip_digest
    assert entry.data["manifest_digest"] == run.result["manifest_digest"]
    assert chain_verify().is_intact
    with storage.open(run.zip_digest) as stream, zipfile.ZipFile(stream) as opened:
        manifest = opened.read("manifest.json")
        assert opened.read("audit-pack.pdf")[:5] == b"%PDF-"
    assert run.json_digest.encode() in manifest and run.pdf_digest.encode() in manifest
    found = pack_file(run, "zip")
    assert (found.filename, found.content_type) == (f"desk-answers-v1-audit-pack-{run.pk}.zip", "application/zip")
    assert found.digest == run.zip_digest
    with storage.open(run.zip_digest) as stream:
        data = stream.read()
    checked = file_check(world.ada, io.BytesIO(data))
    assert checked.is_intact and checked.report == run
    assert file_check(world.xena, io.BytesIO(data)).report is None
    broken = data.replace(b"GenAIOps audit pack\n", b"GenAIOps audit pock\n", 1)
    verdict = file_check(world.ada, io.BytesIO(broken)).pack
    assert verdict.problems and verdict.problems[0].startswith("README.txt: its bytes are damaged")


def test_a_second_worker_finds_nothing_to_do(world: World) -> None:
    run = report_start(by=world.olga, version=world.version)
    assert ReportRun.claim(run.pk, "somebody else") is not None
    tasks.render(run.pk)
    run.refresh_from_db()
    assert (run.state, run.claimed_by) == ("running", "somebody else")


def test_a_failure_ends_in_the_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that names a foreign address is refused by the renderer, and the run says so."""
    monkeypatch.setattr("apps.reports.services.packs.document_html", lambda *_: '<img src="http://elsewhere.test/x">')
    run = report_start(by=world.olga, version=world.version)
    tasks.render(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "pdf.foreign_resource")
    assert run.zip_digest == ""
    assert report_start(by=world.olga, version=world.version).state == "queued"


def test_who_sees_which(world: World) -> None:
    run = report_start(by=world.olga, version=world.version)
    assert report_seen(world.ada, run.pk) == run
    assert list(reports_of(world.version)) == [run]
    assert not reports_seen_by(world.xena).exists()
    with pytest.raises(NotFound):
        report_seen(world.xena, run.pk)


def test_no_download_before_it_is_ready(world: World) -> None:
    run = report_start(by=world.olga, version=world.version)
    with pytest.raises(Conflict):
        pack_file(run, "pdf")
    with pytest.raises(NotFound):
        pack_file(run, "exe")


@pytest.mark.django_db
def test_what_is_no_archive_is_refused_in_words(pack: Pack, world: World) -> None:
    for data in (b"", b"nonsense", pack.archive[:1000]):
        with pytest.raises(Invalid) as refused:
            file_check(world.ada, io.BytesIO(data))
        assert refused.value.code == "verify.unreadable"


def test_the_portals_process_never_loads_the_renderer() -> None:
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'genaiops_site.settings'; import django; django.setup();"
        "import apps.reports.api, apps.reports.tasks, apps.reports.queries, apps.reports.services, sys;"
        "sys.exit('weasyprint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0
