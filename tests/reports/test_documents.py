"""Documents from asking to the stored files: snapshots, editions, refusals, and the same bytes again."""

import io
import json
from copy import deepcopy

import pytest

from apps.accounts.services import role_grant
from apps.audit.models import AuditEntry
from apps.audit.queries import chain_verify
from apps.audit.services import SYSTEM
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound
from apps.registry.services import system_create, system_version_add
from apps.reports import tasks
from apps.reports.models import ReadinessRun, ReportRun, Snapshot, SnapshotRun
from apps.reports.queries.kinds import kinds, kinds_about
from apps.reports.queries.packs import pack_file
from apps.reports.queries.snapshots import snapshot_bytes
from apps.reports.queries.standing import standings_of
from apps.reports.queries.verifying import file_check
from apps.reports.rules.documents.reading import document_specs
from apps.reports.rules.documents.spec import AUDIT_PACK
from apps.reports.rules.documents.standing import grader_named
from apps.reports.services import document_start, readiness_start, snapshot_start
from tests.reports.documents import VERSION_CARD, frozen, make
from tests.reports.world import World

pytestmark = pytest.mark.django_db
ANNEX_IV = "ai-act-annex-iv"


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def content_of(run: ReportRun, form: str) -> bytes:
    with storage.open(pack_file(run, form).digest) as stream:
        return stream.read()


def test_every_grader_that_a_document_names_is_there() -> None:
    named = {spec.lint for spec in document_specs().values() if spec.lint}
    assert len(named) >= 2 and all(callable(grader_named(lint)) for lint in named)


def test_a_document_as_a_worker_makes_it(world: World) -> None:
    run = document_start(by=world.ada, subject=world.version, document=VERSION_CARD)
    assert (run.state, run.version, run.snapshot) == ("queued", world.version, None)
    tasks.render(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("succeeded", "")
    forms = {file["form"]: file for file in run.files}
    assert set(forms) == set(document_specs()[VERSION_CARD].formats)
    assert content_of(run, "pdf")[:5] == b"%PDF-" and forms["pdf"]["pages"] == run.pages and run.pages
    assert file_check(world.ada, io.BytesIO(content_of(run, "pdf"))).is_ours
    snapshot = Snapshot.objects.get()
    assert run.snapshot == snapshot and snapshot.label == "" and f"run {run.pk}" in snapshot.reason
    told = json.loads(content_of(run, "json"))
    assert (told["kind"], told["snapshot_digest"]) == (VERSION_CARD, snapshot.digest)
    entry = AuditEntry.objects.get(action="document.finish")
    assert entry.data["files"] == {form: file["digest"] for form, file in forms.items()}
    assert chain_verify().is_intact


def test_the_same_snapshot_gives_the_same_document(world: World) -> None:
    snapshot = frozen(world.version, world.ada)
    first, second = (make(document_start(by=world.ada, snapshot=snapshot, document=VERSION_CARD)) for _ in range(2))
    assert first.snapshot == second.snapshot == snapshot and Snapshot.objects.count() == 1
    one, other = (json.loads(content_of(run, "json").removeprefix(b"json")) for run in (first, second))
    assert one.pop("made_at") < other.pop("made_at") and one == other


def test_a_second_attempt_makes_the_same_bytes(world: World) -> None:
    run = make(document_start(by=world.ada, subject=world.version, document=VERSION_CARD))
    ReportRun.objects.filter(pk=run.pk).update(state="queued")
    again = make(run)
    assert again.files == run.files and Snapshot.objects.count() == 1


def test_a_document_outlives_what_it_is_about(world: World) -> None:
    snapshot = frozen(world.version, world.ada)
    world.version.model.name = "Renamed"
    world.version.model.save(update_fields=["name"])
    made = make(document_start(by=world.ada, snapshot=snapshot, document=VERSION_CARD))
    assert made.subject_label == "Desk answers v1" and b"Renamed" not in content_of(made, "json")


def test_a_tampered_snapshot_makes_nothing(world: World) -> None:
    snapshot = frozen(world.version, world.ada)
    path = storage.local_path(snapshot.digest)
    kept = path.read_bytes()
    path.chmod(0o600)
    try:
        path.write_bytes(kept.replace(b"Desk answers", b"Disk answers"))
        run = document_start(by=world.ada, snapshot=snapshot, document=VERSION_CARD)
        tasks.render(run.pk)
    finally:
        path.write_bytes(kept)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "snapshot.tampered")


def test_a_snapshot_holds_no_address_and_says_why_it_was_taken(world: World) -> None:
    snapshot = frozen(world.version, world.olga, "Spring")
    content = snapshot_bytes(snapshot)
    assert b"@people.example" not in content
    facts = json.loads(content)
    assert (facts["subject"]["label"], facts["reason"]) == (str(world.version), "The auditors come")
    entry = AuditEntry.objects.get(action="snapshot.take")
    assert (entry.actor, entry.data["digest"], entry.reason) == ("worker", snapshot.digest, "The auditors come")
    assert str(snapshot) == "Spring"


def test_readiness_of_every_document(world: World) -> None:
    run = readiness_start(by=world.ada, subject=world.version)
    with pytest.raises(Conflict):
        readiness_start(by=world.olga, subject=world.version)
    assert standings_of("version", world.version.pk).is_open
    tasks.look_through(run.pk)
    found = standings_of("version", world.version.pk)
    assert not found.is_open and not found.has_failed
    offered = [kind for kind in kinds_about("version") if kind.spec]
    assert {row["document"] for row in found.rows} == {kind.slug for kind in offered}
    annex = found.of(ANNEX_IV)
    assert annex is not None and annex["grading"]["letter"]
    assert annex["total"] == annex["filled"] + annex["partly"] + annex["not_applicable"] + annex["missing"]
    assert all(gap["problem"] and gap["remedy"] for gap in annex["gaps"])
    assert found.of("model-documentation-form", "no-such") is None
    assert ReadinessRun.objects.get().result["facts_digest"]


def test_the_simplified_edition_is_for_small_providers(world: World) -> None:
    role_grant(by=SYSTEM, user=world.rui, team=world.team, role="compliance_officer")
    small = {"risk_class": "minimal", "risk_reason": "It tells where desks are", "is_small_provider": True}
    system = system_create(by=world.rui, team=world.team, name="Helper", **small)
    with pytest.raises(Invalid) as refused:
        document_start(by=world.ada, subject=world.version, document=ANNEX_IV, is_simplified=True)
    assert refused.value.code == "document.simplified"
    system_version_add(by=world.olga, system=system, version=world.version)
    run = make(document_start(by=world.ada, subject=system, document=ANNEX_IV, is_simplified=True))
    full = make(document_start(by=world.ada, subject=system, document=ANNEX_IV))
    assert run.is_simplified and run.result and full.result
    assert len(content_of(run, "json")) < len(content_of(full, "json"))
    assert document_start(by=world.ada, snapshot=run.snapshot, document=ANNEX_IV, is_simplified=True).is_simplified
    plain = frozen(world.data, world.ada)
    with pytest.raises(Invalid):
        document_start(by=world.ada, snapshot=plain, document="dataset-datasheet", is_simplified=True)


def test_a_pack_holds_every_document_and_is_recognised(world: World) -> None:
    run = document_start(by=world.ada, subject=world.data, document=AUDIT_PACK)
    tasks.render(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("succeeded", "") and run.result is not None
    assert {one["document"] for one in run.result["documents"]} == {
        kind.slug for kind in kinds_about("dataset") if kind.spec
    }
    check = file_check(world.ada, io.BytesIO(content_of(run, "zip")))
    assert check.is_ours and not check.problems
    assert file_check(world.ada, io.BytesIO(content_of(run, "zip"))).report == run


def test_refusals(world: World) -> None:
    snapshot = frozen(world.version, world.ada)
    for given, error, code in (
        ({"subject": world.version, "document": "no-such"}, NotFound, "document.unknown"),
        ({"subject": world.data, "document": VERSION_CARD}, Invalid, "document.subject"),
        ({"subject": world.data, "document": AUDIT_PACK, "audience": "x"}, Invalid, "document.audience"),
        ({"snapshot": snapshot, "document": AUDIT_PACK, "is_simplified": True}, Invalid, "document.simplified"),
        ({"document": VERSION_CARD}, Invalid, "document.subject"),
        ({"subject": world.version, "snapshot": snapshot, "document": VERSION_CARD}, Invalid, "document.subject"),
        ({"subject": world.version, "document": VERSION_CARD, "audience": "x"}, Invalid, "document.audience"),
        ({"subject": world.version, "document": VERSION_CARD, "is_simplified": True}, Invalid, "document.simplified"),
    ):
        with pytest.raises(error) as refused:
            document_start(by=world.ada, **given)
        assert refused.value.code == code, given
    with pytest.raises(Invalid):
        snapshot_start(by=world.ada, subject=world.version, label="x", reason="  ")
    with pytest.raises(Invalid):
        snapshot_start(by=world.ada, subject=world.version, label=" ", reason="y")
    for write in (document_start, readiness_start, snapshot_start):
        more = {"label": "x", "reason": "y"} if write is snapshot_start else {}
        more |= {"document": VERSION_CARD} if write is document_start else {}
        with pytest.raises(NotFound):
            write(by=world.xena, subject=world.version, **more)
    with pytest.raises(NotFound):
        document_start(by=world.xena, snapshot=snapshot, document=VERSION_CARD)


def test_one_at_a_time(world: World) -> None:
    snapshot_start(by=world.ada, subject=world.version, label="x", reason="y")
    with pytest.raises(Conflict):
        snapshot_start(by=world.olga, subject=world.version, label="z", reason="y")
    assert SnapshotRun.objects.count() == 1
    document_start(by=world.ada, subject=world.version, document=VERSION_CARD)
    with pytest.raises(Conflict):
        document_start(by=world.olga, subject=world.version, document=VERSION_CARD)
    assert document_start(by=world.olga, subject=world.version, document=AUDIT_PACK).document == AUDIT_PACK


def test_what_is_gone_meanwhile_ends_the_run_with_a_sentence(world: World) -> None:
    run = readiness_start(by=world.ada, subject=world.version)
    ReadinessRun.objects.filter(pk=run.pk).update(subject_id=999_999)
    tasks.look_through(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "document.subject_gone")
    assert standings_of("version", 999_999).has_failed


def test_each_kind_says_what_it_is_about() -> None:
    assert all(kind.subjects and kind.formats and kind.title for kind in kinds())
