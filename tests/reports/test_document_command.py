"""`manage.py document_make`: the same document for scripts, and refusals in words."""

from copy import deepcopy
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.core.rules import FAILED
from apps.reports.management.commands import document_make
from apps.reports.models import ReportRun
from apps.reports.rules.documents.chosen import Chosen, chosen_from
from apps.reports.rules.pack import sha256
from tests.reports.documents import VERSION_CARD, frozen, make
from tests.reports.world import World, claimed

pytestmark = pytest.mark.django_db
ADA = "ada@people.example"


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    return deepcopy(kept_world)


def said(*words: str) -> str:
    out = StringIO()
    call_command("document_make", *words, stdout=out)
    return out.getvalue()


def test_which_documents_there_are() -> None:
    listed = said("--list")
    assert "ai-act-annex-iv  Technical documentation under Annex IV (about: system, version)" in listed


def test_waiting_for_the_files(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_make.time, "sleep", lambda seconds: make(ReportRun.objects.get()))
    told = said(VERSION_CARD, "--of", "version", str(world.version.pk), "--as", ADA, "--to", str(tmp_path / "new"))
    digests = dict(reversed(line.split("  ")) for line in told.splitlines() if str(tmp_path) in line)
    assert set(digests) == {str(path) for path in (tmp_path / "new").iterdir()} and len(digests) >= 2
    assert all(sha256(Path(path).read_bytes()) == digest for path, digest in digests.items())
    assert "100%  Document ready" in told


def test_a_document_of_a_snapshot_is_left_to_a_worker(world: World) -> None:
    snapshot = frozen(world.version, world.ada)
    told = said(VERSION_CARD, "--from-snapshot", str(snapshot.pk), "--as", ADA)
    run = ReportRun.objects.get()
    assert (run.state, run.snapshot) == ("queued", snapshot) and f"Document {run.pk} waits" in told


def test_a_pack_of_what_is_chosen(world: World) -> None:
    mine = ("audit-pack", "--of", "version", str(world.version.pk), "--as", ADA)
    with pytest.raises(CommandError, match="no kind of document"):
        said(*mine, "--choose", "no-such")
    said(*mine, "--choose", VERSION_CARD, "--choose", "model-documentation-form:nca")
    chosen = [chosen_from(one) for one in ReportRun.objects.get().config["documents"]]
    assert chosen == [Chosen(VERSION_CARD), Chosen("model-documentation-form", "nca")]


def test_a_failure_ends_the_command(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(seconds: float) -> None:
        claimed(ReportRun.objects.get()).end(FAILED, error="No room left.")

    monkeypatch.setattr(document_make.time, "sleep", fail)
    with pytest.raises(CommandError, match="It ended as failed: No room left"):
        said(VERSION_CARD, "--of", "version", str(world.version.pk), "--as", ADA, "--wait")


def test_refusals(world: World) -> None:
    mine = ("--of", "version", str(world.version.pk))
    for words, reason in (
        ((VERSION_CARD, *mine), "Nobody has this e-mail address"),
        ((VERSION_CARD, *mine, "--as", "nobody@people.example"), "Nobody has this e-mail address"),
        ((VERSION_CARD, "--as", ADA), "Name what it is about"),
        ((VERSION_CARD, "--of", "version", "x", "--as", ADA), "Name what it is about"),
        ((VERSION_CARD, *mine, "--as", "xena@people.example"), "There is no such object|may not see it"),
        (("no-such", *mine, "--as", ADA), "no kind of document"),
        ((VERSION_CARD, *mine, "--as", ADA, "--simplified"), "has no simplified edition|small providers"),
    ):
        with pytest.raises(CommandError, match=reason):
            said(*words)
    assert not ReportRun.objects.exists()
