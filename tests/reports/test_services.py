"""Making a pack: who may, once at a time, by a worker's claim, and on record."""

import io
import json
import subprocess
import sys
import zipfile
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import transaction

from apps.audit.models import AuditEntry
from apps.audit.queries import chain_verify
from apps.audit.services import SYSTEM, record
from apps.audit.services.checkpoints import checkpoint_make
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound
from apps.reports import tasks
from apps.reports.models import ReportRun, Snapshot
from apps.reports.queries import pack_file, report_seen, reports_of, reports_seen_by
from apps.reports.queries.packs import packed_documents
from apps.reports.queries.snapshots import snapshot_bytes
from apps.reports.queries.verifying import file_check
from apps.reports.rules.documents.chosen import Chosen
from apps.reports.rules.documents.reading import document_specs
from apps.reports.rules.documents.spec import AUDIT_PACK
from apps.reports.rules.pack import Archive, pretty_json, sha256
from apps.reports.services import document_start, pack_finish
from apps.reports.services.documents import snapshot_for
from apps.reports.services.packs import Packed
from tests.reports.documents import CARD, VERSION_CARD, frozen, make_pack, pack_asked
from tests.reports.sealing import plain_pdf
from tests.reports.world import World, claimed

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def content_of(run: ReportRun, form: str) -> bytes:
    with storage.open(pack_file(run, form).digest) as stream:
        return stream.read()


def test_an_auditor_may_make_one_and_an_outsider_may_not(world: World) -> None:
    run = pack_asked(world.version, world.ada)
    assert (run.state, run.created_by, run.team, run.version) == ("queued", world.ada, world.team, world.version)
    with pytest.raises(NotFound):
        pack_asked(world.version, world.xena)


def test_one_at_a_time(world: World) -> None:
    pack_asked(world.version, world.olga)
    with pytest.raises(Conflict) as refused:
        pack_asked(world.version, world.ada, None)
    assert refused.value.code == "report.open"


def test_a_finished_pack_is_stored_by_digest_on_record_and_recognised_when_brought_back(world: World) -> None:
    run = make_pack(pack_asked(world.version, world.olga))
    assert run.result and run.snapshot and set(run.digests) == {"json", "zip"}
    assert run.digests["json"] == run.snapshot.digest
    assert all(storage.is_intact(digest) for digest in run.digests.values())
    entry = AuditEntry.objects.get(action="pack.finish")
    assert entry.actor == "worker" and entry.data["files"] == run.digests
    assert entry.data["manifest_digest"] == run.result["manifest_digest"]
    assert chain_verify().is_intact
    data = content_of(run, "zip")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        pdf, record = (opened.read(name) for name in (f"documents/{VERSION_CARD}.pdf", "snapshot.json"))
        readme = opened.read("README.txt").decode()
    assert sha256(record) == run.digests["json"] and "model-card: Model card" in readme
    found = pack_file(run, "zip")
    assert (found.filename, found.content_type) == (f"desk-answers-v1-audit-pack-{run.pk}.zip", "application/zip")
    checked = file_check(world.ada, io.BytesIO(data))
    assert checked.is_intact and checked.is_ours and checked.report == run
    assert file_check(world.ada, io.BytesIO(pdf)).report == run, "a PDF out of the pack is known too"
    assert file_check(world.xena, io.BytesIO(data)).report is None
    broken = data.replace(b"GenAIOps audit pack\n", b"GenAIOps audit pock\n", 1)
    verdict = file_check(world.ada, io.BytesIO(broken)).pack
    assert verdict and verdict.problems[0].startswith("README.txt: its bytes are damaged")


def test_the_same_run_again_gives_the_same_bytes(world: World) -> None:
    """Also where an entry came between the signing of the trail and the freezing: it is signed and proven later."""
    snapshot = frozen(world.version, world.ada)
    facts = json.loads(snapshot_bytes(snapshot))
    facts["audit_trail"]["proof"]["paths"].pop()
    Snapshot.objects.filter(pk=snapshot.pk).update(digest=storage.put(io.BytesIO(pretty_json(facts))).digest)
    snapshot.refresh_from_db()
    run = document_start(by=world.ada, snapshot=snapshot, document=AUDIT_PACK, documents=CARD)
    first = make_pack(run)
    ReportRun.objects.filter(pk=run.pk).update(state="queued")
    record_more(world)
    again = make_pack(run)
    assert (again.files, again.result) == (first.files, first.result)
    assert file_check(world.ada, io.BytesIO(content_of(first, "zip"))).is_intact


def record_more(world: World) -> None:
    with transaction.atomic():
        record(action="team.touch", obj=world.team, by=SYSTEM, data={})
    checkpoint_make()


def test_a_pack_holds_what_was_chosen_by_the_names_of_the_editions(world: World) -> None:
    form = "model-documentation-form"
    chosen = (Chosen(form, "nca"), Chosen(VERSION_CARD), Chosen(form), Chosen(form))
    run = make_pack(pack_asked(world.version, world.ada, chosen))
    assert run.config == {"documents": [one.as_json for one in sorted(set(chosen))]}
    with zipfile.ZipFile(io.BytesIO(content_of(run, "zip"))) as opened:
        names = {name for name in opened.namelist() if name.startswith("documents/")}
    stems = {form, f"{form}-nca", VERSION_CARD}
    assert names == {f"documents/{one}.{form_}" for one in stems for form_ in formats_of(one.removesuffix("-nca"))}
    told = packed_documents(run)
    assert [(one.chosen.audience, one.pages) for one in told] == [("", 1), ("", 1), ("nca", 1)]
    assert all(one.standing["total"] for one in told)
    entry = AuditEntry.objects.get(action="document.start")
    assert entry.data["documents"] == run.config["documents"]


def formats_of(slug: str) -> tuple[str, ...]:
    return document_specs()[slug].formats


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ((), "pack.documents"),
        ((Chosen("audit-pack"),), "pack.documents"),
        ((Chosen("no-such"),), "document.unknown"),
        ((Chosen("dataset-datasheet"),), "document.subject"),
        ((Chosen(VERSION_CARD, "nca"),), "document.audience"),
        ((Chosen(VERSION_CARD, "", True),), "document.simplified"),
        ((Chosen("ai-act-annex-iv", "", True),), "document.simplified"),
    ],
)
def test_what_cannot_be_in_a_pack_is_refused(world: World, documents: tuple[Chosen, ...], code: str) -> None:
    with pytest.raises((Invalid, NotFound)) as refused:
        pack_asked(world.version, world.ada, documents)
    assert refused.value.code == code and not ReportRun.objects.exists()
    with pytest.raises(Invalid):
        document_start(by=world.ada, subject=world.version, document=VERSION_CARD, documents=CARD)


def test_the_audit_report_can_be_had_beside_its_pack(world: World) -> None:
    run = claimed(pack_asked(world.version, world.ada))
    snapshot_for(run)
    files = {"audit-report.pdf": plain_pdf(), "model-card.pdf": b"%PDF another"}
    pack_finish(run=run, packed=Packed(Archive(b"PK", "a" * 64), files, []))
    run.refresh_from_db()
    assert (set(run.digests), run.pages) == ({"pdf", "json", "zip"}, 1)
    assert content_of(run, "pdf") == plain_pdf()
    assert file_check(world.ada, io.BytesIO(plain_pdf())).report == run


def test_a_second_worker_finds_nothing_to_do(world: World) -> None:
    run = pack_asked(world.version, world.olga)
    assert ReportRun.claim(run.pk, "somebody else") is not None
    tasks.render(run.pk)
    run.refresh_from_db()
    assert (run.state, run.claimed_by) == ("running", "somebody else")


def test_a_failure_ends_in_the_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be packed is refused, nothing is stored, and the run says so."""
    monkeypatch.setattr("apps.reports.services.packing.MOST_BYTES", 1_000)
    run = pack_asked(world.version, world.olga)
    tasks.render(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code, run.files) == ("failed", "pack.too_large", [])
    assert pack_asked(world.version, world.olga).state == "queued"


def test_who_sees_which(world: World) -> None:
    run = pack_asked(world.version, world.olga)
    assert report_seen(world.ada, run.pk) == run
    assert list(reports_of(world.version)) == [run]
    assert not reports_seen_by(world.xena).exists()
    with pytest.raises(NotFound):
        report_seen(world.xena, run.pk)


def test_no_download_before_it_is_ready(world: World) -> None:
    run = pack_asked(world.version, world.olga)
    with pytest.raises(Conflict):
        pack_file(run, "pdf")
    with pytest.raises(NotFound):
        pack_file(run, "exe")
    with pytest.raises(NotFound):
        pack_file(make_pack(run), "pdf")


def test_what_is_no_archive_is_refused_in_words(world: World) -> None:
    pack = content_of(make_pack(pack_asked(world.version, world.olga)), "zip")
    for data in (b"", b"nonsense", pack[:1000]):
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
