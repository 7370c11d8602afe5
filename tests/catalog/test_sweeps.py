"""Content that never became a version frees its room; open uploads are limited and ended; workers ask once more."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.urls import reverse

from apps.accounts.rules import ADMINISTRATOR, ENGINEER
from apps.accounts.services import access_end, role_revoke
from apps.audit.models import AuditEntry
from apps.audit.services import SYSTEM
from apps.catalog.models import Branch, ChunkSweep, CommitRun, DiffRun, Upload
from apps.catalog.services import branch_create, chunks_sweep, merge_start, upload_start
from apps.catalog.services.diffs import diff_start
from apps.catalog.tasks import commit as commit_task
from apps.catalog.tasks import compare
from apps.core import arrivals, storage
from apps.core.errors import Conflict, Refused
from apps.core.models import Run
from apps.core.references import digests_referred_to
from tests.makers import commit, jsonl, make_browser, make_data, make_person
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
LONG_AGO = time.time() - 30 * 86_400
ROWS = [{"id": number, "text": f"row {number}"} for number in range(50)]


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture(autouse=True)
def _store_of_their_own(settings: Any, tmp_path: Path) -> None:
    """A sweep looks at every file that is stored: it is not to be those of all tests before."""
    artifacts = settings.STORAGES["artifacts"]
    options = artifacts["OPTIONS"] | {"location": str(tmp_path / "artifacts")}
    settings.STORAGES = settings.STORAGES | {"artifacts": artifacts | {"OPTIONS": options}}


def age() -> None:
    for path in Path(storages["artifacts"].location).rglob("*"):
        if path.is_file():
            os.utime(path, (LONG_AGO, LONG_AGO))


def merge_waiting(people: People) -> CommitRun:
    """A merge that clashes with nothing and waits for its worker."""
    first = make_data(people.olga, people.team, ROWS)
    dataset = first.dataset
    branch_create(by=people.olga, dataset=dataset, name="draft", start=first)
    commit(people.olga, dataset, jsonl([*ROWS, {"id": 50, "text": "on draft"}]), branch="draft")
    commit(people.olga, dataset, jsonl([{"id": -1, "text": "on main"}, *ROWS]))
    draft, main = (Branch.objects.get(dataset=dataset, name=name) for name in ("draft", "main"))
    run = merge_start(by=people.olga, branch=main, source=draft.head)
    assert isinstance(run, CommitRun)
    return run


def test_a_merge_that_is_refused_at_its_end_leaves_nothing_for_good(people: People) -> None:
    run = merge_waiting(people)
    commit(people.olga, run.dataset, jsonl([{"id": -2, "text": "came in meanwhile"}, *ROWS]))
    versions = list(run.dataset.versions.all())
    commit_task(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == (Run.State.FAILED, "branch.moved")
    assert chunks_sweep().chunks == 0, "it is too young"
    age()
    assert chunks_sweep(is_trial=True).chunks and not ChunkSweep.objects.exists()
    swept = chunks_sweep()
    row = ChunkSweep.objects.get()
    assert swept.lists >= 1 and (row.chunks, row.size) == (swept.chunks, swept.size) and row.size > 0
    assert AuditEntry.objects.get(action="storage.sweep").data == {"chunks": row.chunks, "size": row.size}
    assert all(storage.is_intact(version.digest) for version in versions)
    assert chunks_sweep().chunks == 0 and ChunkSweep.objects.count() == 1


def test_every_row_counts_that_names_a_digest(people: People) -> None:
    version = make_data(people.olga, people.team, provenance={"notes": [{"see": f"file {'b' * 64}"}]})
    asked = {version.digest, "a" * 64, "b" * 64, "c" * 64}
    assert digests_referred_to(asked) == {version.digest, "b" * 64}


def test_the_command_tells_what_goes(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    make_data(people.olga, people.team)
    age()
    call_command("chunks_sweep", "--dry-run")
    assert "would go: " in capsys.readouterr().out
    call_command("chunks_sweep")
    assert "removed: " in capsys.readouterr().out


def test_a_merge_is_not_made_for_somebody_who_lost_the_right_meanwhile(people: People) -> None:
    run = merge_waiting(people)
    role_revoke(by=SYSTEM, user=people.olga, team=people.team, role=ENGINEER, reason="moved on")
    commit_task(run.pk)
    run.refresh_from_db()
    assert (run.state, run.version) == (Run.State.FAILED, None)
    assert run.dataset.branches.get(name="main").head.operation == "upload"


def test_a_comparison_is_not_made_for_somebody_whose_access_ended(people: People) -> None:
    first = make_data(people.olga, people.team, ROWS)
    second = commit(people.olga, first.dataset, jsonl(ROWS[:-1]))
    run = diff_start(by=people.olga, before=first, after=second)
    access_end(by=make_person(ADMINISTRATOR, team=people.team), user=people.olga)
    compare(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED and not run.rows_file


def test_auditors_read_comparisons_and_begin_none(people: People) -> None:
    auditor = make_person("auditor", team=people.team)
    first = make_data(people.olga, people.team, ROWS)
    second = commit(people.olga, first.dataset, jsonl(ROWS[:-1]))
    page = make_browser(auditor).get(reverse("catalog:diff", args=[first.pk, second.pk]))
    assert "Compare the rows</button>" not in page.text
    with pytest.raises(Refused):
        diff_start(by=auditor, before=first, after=second)
    run = diff_start(by=people.rui, before=first, after=second)
    assert diff_start(by=auditor, before=first, after=second) == run and DiffRun.objects.count() == 1
    chosen = {"before": first.pk, "after": second.pk}
    answer = make_browser(auditor).get(reverse("catalog:diff-start"), chosen)
    assert answer.headers["Location"] == reverse("catalog:diff", args=[first.pk, second.pk])


def begin(people: People, size: int) -> Upload:
    dataset = make_data(people.olga, people.team).dataset
    return upload_start(by=people.olga, dataset=dataset, filename="rows.jsonl", size=size)


def test_the_open_uploads_of_a_team_share_a_limit(people: People, settings: object) -> None:
    settings.UPLOAD_TEAM_BYTES = 1_000  # type: ignore[attr-defined]
    begin(people, 600)
    with pytest.raises(Conflict, match="more than the 1000 B that a team may hold"):
        begin(people, 401)
    begin(people, 400)
    dataset = make_data(people.xena, people.other_team).dataset
    upload_start(by=people.xena, dataset=dataset, filename="rows.jsonl", size=900)
    settings.UPLOAD_TEAM_BYTES = 0  # type: ignore[attr-defined]
    begin(people, 10_000)


def test_administrators_see_open_uploads_in_the_back_office_and_end_them(people: People) -> None:
    upload = begin(people, 2 * 1024**2)
    boss = make_person(ADMINISTRATOR, team=people.team, is_staff=True)
    listed = reverse("admin:catalog_upload_changelist")
    page = make_browser(boss).get(listed).text
    assert "rows.jsonl" in page and "2.0 MiB" in page
    end = {"action": "give_up", "_selected_action": [str(upload.pk)]}
    assert make_browser(boss).post(listed, end, follow=True).status_code == 200
    upload.refresh_from_db()
    assert upload.ended_at is not None
    assert AuditEntry.objects.get(action="upload.cancel").actor == f"user:{boss.pk}"


def test_nobody_sees_or_ends_uploads_of_other_teams(people: People) -> None:
    upload = begin(people, 100)
    boss = make_person(ADMINISTRATOR, team=people.other_team, is_staff=True)
    listed = reverse("admin:catalog_upload_changelist")
    assert "rows.jsonl" not in make_browser(boss).get(listed).text
    make_browser(boss).post(listed, {"action": "give_up", "_selected_action": [str(upload.pk)]})
    upload.refresh_from_db()
    assert upload.ended_at is None and arrivals.length(upload.arrival) == 0
