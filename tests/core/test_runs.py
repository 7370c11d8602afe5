"""A run's life: claimed once, followed by its claim only, cancelled, started again, rescued, never lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.rules import ENGINEER
from apps.audit.models import AuditEntry
from apps.catalog.models import ScanRun
from apps.catalog.services import scan_finish, scan_start
from apps.core import rules
from apps.core.errors import Conflict, DomainError, NotFound
from apps.core.runs import run_model, run_models
from apps.jobs.services import run_cancel, run_fail, run_retry, run_stop, runs_sweep
from apps.jobs.services.claims import claimed
from tests.makers import claim, make_data, make_person, make_team


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


@pytest.fixture
def engineer(team: Team) -> User:
    return make_person(ENGINEER, team=team)


@pytest.fixture
def scan(engineer: User, team: Team) -> ScanRun:
    return scan_start(by=engineer, version=make_data(engineer, team))


def _silence(run: ScanRun, seconds: float = 3_600) -> None:
    ScanRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def _actions(run: ScanRun) -> list[str]:
    entries = AuditEntry.objects.filter(object_type="catalog.scanrun", object_id=str(run.pk)).order_by("sequence")
    return list(entries.values_list("action", flat=True))


def test_a_claim_takes_the_run(scan: ScanRun) -> None:
    held = ScanRun.claim(scan.pk, "host:1")
    assert held is not None
    assert (held.state, held.attempts, held.claimed_by) == ("running", 1, "host:1")
    assert held.started_at is not None and held.heartbeat_at is not None
    assert ScanRun.claim(scan.pk, "host:2") is None
    assert ScanRun.claim(10**9, "host:2") is None


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_wins() -> None:
    team = make_team()
    engineer = make_person(ENGINEER, team=team)
    scan = scan_start(by=engineer, version=make_data(engineer, team))
    workers = 6
    together = threading.Barrier(workers)

    def work(number: int) -> bool:
        together.wait()
        try:
            return ScanRun.claim(scan.pk, f"host:{number}") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        assert sorted(pool.map(work, range(workers))) == [False] * (workers - 1) + [True]
    scan.refresh_from_db()
    assert scan.attempts == 1


def test_progress_is_kept_within_bounds(scan: ScanRun) -> None:
    held = claim(scan)
    assert held.advance(1.7, "x" * 500)
    scan.refresh_from_db()
    assert (scan.progress, len(scan.message)) == (1.0, 300)
    assert held.advance(-1, "back") and held.beat()
    scan.refresh_from_db()
    assert scan.progress == 0.0


def test_the_log_keeps_its_end(scan: ScanRun) -> None:
    held = claim(scan)
    for number in range(300):
        held.advance(0.5, f"line {number} " + "." * 200)
    scan.refresh_from_db()
    assert len(scan.log) <= rules.LOG_TAIL_CHARACTERS
    assert "line 299 " in scan.log and "line 0 " not in scan.log
    assert scan.log[2] == ":", "the log begins at the start of a line"


STALE: list[Callable[[ScanRun], object]] = [
    lambda run: run.end(rules.SUCCEEDED),
    lambda run: scan_finish(run=run, result={"digest": "late"}),
    lambda run: run_fail(run=run, code="x", message="late"),
    lambda run: run_stop(run=run),
]


@pytest.mark.parametrize("write", STALE)
def test_a_stale_claim_writes_nothing(scan: ScanRun, write: Callable[[ScanRun], object]) -> None:
    """A worker that fell silent comes back after another one has taken its run."""
    stale = claim(scan, "slow:1")
    _silence(stale)
    runs_sweep()
    held = claim(scan, "quick:1")
    assert not stale.advance(0.9, "still here")
    assert not stale.beat()
    with pytest.raises(Conflict) as refused:
        write(stale)
    assert refused.value.code == "run.stale"
    held.refresh_from_db()
    assert (held.state, held.claimed_by, held.result) == ("running", "quick:1", None)
    assert "scan.finish" not in _actions(scan)


def test_a_result_comes_back_as_it_was_handed_in(scan: ScanRun) -> None:
    """Also from PostgreSQL, whose jsonb keeps numbers as decimals and refuses NUL."""
    numbers = [0.1, 5e-324, 1.4285714285714287e21, -1e16, 7]
    scan_finish(run=claim(scan), result={"digest": "0", "numbers": numbers, "sample": "a\x00b"})
    result = ScanRun.objects.get(pk=scan.pk).result
    assert result == {"digest": "0", "numbers": numbers, "sample": "a\ufffdb"}


def test_a_result_that_diverged_is_a_failure_in_words(scan: ScanRun) -> None:
    with claimed(ScanRun, scan.pk) as held:
        assert held is not None
        scan_finish(run=held.run, result={"digest": "0", "loss": float("nan")})
    scan.refresh_from_db()
    assert (scan.state, scan.error_code) == ("failed", "result.not_finite")


def test_cancelling_a_waiting_run_ends_it(scan: ScanRun, engineer: User) -> None:
    run_cancel(by=engineer, run=scan, reason="not needed")
    scan.refresh_from_db()
    assert (scan.state, scan.finished_at is not None) == ("cancelled", True)
    assert ScanRun.claim(scan.pk, "host:1") is None
    with pytest.raises(Conflict):
        run_cancel(by=engineer, run=scan)


def test_cancelling_a_working_run_stops_it_at_its_next_sign_of_life(scan: ScanRun, engineer: User) -> None:
    with claimed(ScanRun, scan.pk) as held:
        assert held is not None
        run_cancel(by=engineer, run=scan)
        held.progress(1.0, "half-way")
        pytest.fail("the work went on after it was cancelled")
    scan.refresh_from_db()
    assert scan.state == "cancelled"
    assert _actions(scan) == ["scan.start", "run.cancel", "run.stop"]


def test_a_failure_is_a_sentence_and_a_code(scan: ScanRun) -> None:
    with claimed(ScanRun, scan.pk) as held:
        assert held is not None
        raise DomainError("The file has no rows.", code="data.empty")
    scan.refresh_from_db()
    assert (scan.state, scan.error_code, scan.error) == ("failed", "data.empty", "The file has no rows.")


def test_an_unexpected_failure_tells_no_secrets(scan: ScanRun, caplog: pytest.LogCaptureFixture) -> None:
    content = "jane@example.org paid with 4111 1111 1111 1111"
    with claimed(ScanRun, scan.pk):
        raise RuntimeError(content)
    scan.refresh_from_db()
    assert (scan.state, scan.error_code) == ("failed", "internal")
    assert "RuntimeError" in caplog.text and "test_runs.py" in caplog.text, "the log says what happened and where"
    assert "jane" not in scan.error + scan.log + scan.message + caplog.text


def test_a_failed_run_is_started_again_with_all_its_attempts(scan: ScanRun, engineer: User) -> None:
    run_fail(run=claim(scan), code="x", message="it broke")
    run_retry(by=engineer, run=scan)
    scan.refresh_from_db()
    assert (scan.state, scan.attempts, scan.finished_at) == ("queued", 0, None)
    assert claim(scan).error == ""


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_only_an_ended_run_is_started_again(scan: ScanRun, engineer: User, state: str) -> None:
    if state != "queued":
        held = claim(scan)
        if state == "succeeded":
            scan_finish(run=held, result={"digest": "0"})
    with pytest.raises(Conflict):
        run_retry(by=engineer, run=scan)


def test_a_silent_run_is_queued_again_until_its_attempts_are_used_up(scan: ScanRun) -> None:
    for attempt in range(1, scan.max_attempts + 1):
        held = claim(scan)
        assert held.attempts == attempt
        _silence(held)
        assert runs_sweep() >= 1
    scan.refresh_from_db()
    assert (scan.state, scan.error_code) == ("lost", "run.lost")
    assert _actions(scan).count("run.rescue") == scan.max_attempts


def test_a_run_that_shows_signs_of_life_is_left_alone(scan: ScanRun) -> None:
    claim(scan)
    runs_sweep()
    scan.refresh_from_db()
    assert (scan.state, scan.attempts) == ("running", 1)


def test_a_cancelled_run_whose_worker_died_ends(scan: ScanRun, engineer: User) -> None:
    held = claim(scan)
    run_cancel(by=engineer, run=scan)
    _silence(held)
    runs_sweep()
    scan.refresh_from_db()
    assert scan.state == "cancelled"


def test_a_run_cancelled_while_it_is_rescued_is_not_queued_again(scan: ScanRun, engineer: User) -> None:
    """The sweep read it before somebody cancelled it."""
    held = claim(scan)
    run_cancel(by=engineer, run=scan)
    assert not held.requeue("Its worker fell silent", keep_attempts=True)
    scan.refresh_from_db()
    assert (scan.state, scan.cancel_requested_at is not None) == ("running", True)


def test_a_database_that_is_away_for_a_moment_does_not_stop_the_heart(
    scan: ScanRun, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.RUN_HEARTBEAT_SECONDS = 0.01
    beats: list[bool] = []
    beaten_again = threading.Event()

    def beat(run: ScanRun) -> bool:
        beats.append(True)
        if len(beats) == 1:
            raise OperationalError("the server closed the connection")
        beaten_again.set()
        return True

    monkeypatch.setattr(ScanRun, "beat", beat)
    with claimed(ScanRun, scan.pk) as held:
        assert held is not None
        assert beaten_again.wait(10) and not held.should_stop()


def test_one_run_that_moves_on_does_not_stop_the_sweep(
    engineer: User, team: Team, scan: ScanRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the silent runs and rescuing them, a worker ends the first one."""
    other = scan_start(by=engineer, version=make_data(engineer, team, [{"prompt": "p", "answer": "a"}]))
    ScanRun.objects.update(max_attempts=1)
    first, second = claim(scan), claim(other)
    _silence(first)
    _silence(second)
    real_end = ScanRun.end

    def end(run: ScanRun, state: str, **values: object) -> None:
        if run.pk == first.pk and state == rules.LOST:
            real_end(first, rules.SUCCEEDED)
        real_end(run, state, **values)

    monkeypatch.setattr(ScanRun, "end", end)
    runs_sweep()
    states = dict(ScanRun.objects.values_list("pk", "state"))
    assert states[second.pk] == "lost"


def test_waiting_runs_far_down_the_queue_are_handed_over_too(
    engineer: User, team: Team, scan: ScanRun, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    """A thousand runs that were sent must not hide the one that was not."""
    ScanRun.objects.update(sent_at=timezone.now())
    fields = {"team": team, "dataset_version": scan.dataset_version, "created_by": engineer}
    ScanRun.objects.bulk_create([ScanRun(**fields, sent_at=timezone.now()) for _ in range(1_100)])
    unsent = ScanRun.objects.create(**fields)
    assert runs_sweep() == 1
    unsent.refresh_from_db()
    assert unsent.sent_at is not None


def test_every_kind_of_run_is_known() -> None:
    assert set(run_models()) == {
        "commit",
        "diff",
        "scan",
        "import",
        "tuning",
        "recreation",
        "file_scan",
        "file_check",
        "signing",
        "mlflow_import",
        "evaluation",
        "serving",
        "drift",
        "report",
        "snapshot",
        "readiness",
        "trail_check",
    }
    with pytest.raises(NotFound):
        run_model("nonsense")


@pytest.mark.parametrize("state", list(rules.MOVES))
def test_the_table_of_moves_matches_the_states(state: str) -> None:
    assert all(rules.may_move(to, rules.QUEUED) for to in rules.MOVES if to in {"failed", "cancelled", "lost"})
    assert not any(rules.may_move(rules.SUCCEEDED, to) for to in rules.MOVES)
    assert (state in rules.OPEN) == (state in {"queued", "running"})
