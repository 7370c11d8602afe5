"""Importing the history of another MLflow tracking server."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction

from apps.accounts.models import Team, User
from apps.accounts.services import require
from apps.audit.services import record
from apps.core import rules as run_rules
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.mlflow.models import HistoryImport
from apps.mlflow.queries import servers_offered
from apps.mlflow.rules import counted_in_words, plain_address
from apps.mlflow.services.history.models import ModelHistory
from apps.mlflow.services.history.remote import Remote
from apps.mlflow.services.history.report import Report
from apps.mlflow.services.history.runs import RunHistory

__all__ = ["history_import", "history_request", "history_start"]

RUNS_SHARE = 0.8  # of the progress; models are few beside runs
Progress = Callable[[float, str], None]


@transaction.atomic
def history_start(*, by: User, team: Team, address: str, with_files: bool = True) -> HistoryImport:
    """Put an import on record; whoever claims it does the work. Raises Conflict while one from there is at work."""
    require(by, "model.create", team)
    plain = plain_address(address)
    if HistoryImport.objects.filter(team=team, address=plain, state__in=run_rules.OPEN).exists():
        raise Conflict(f"An import from {plain} is under way.", code="history.open", remedy="Wait for it or cancel it.")
    run = HistoryImport.objects.create(team=team, address=plain, created_by=by, config={"with_files": with_files})
    record(action="history.start", obj=run, by=by, data={"address": plain})
    return run


@transaction.atomic
def history_request(*, by: User, team: Team, address: str, with_files: bool = True) -> HistoryImport:
    """Put an import on record for a worker. Raises Invalid for a server that the operator has not listed: the worker
    would be led to any address inside the network, and take its credentials there.
    """
    require(by, "model.create", team)
    if plain_address(address) not in servers_offered():
        raise Invalid(
            "This server is not among those that may be imported from.",
            code="history.server",
            remedy="Whoever operates the portal adds it to MLFLOW_IMPORT_SERVERS.",
        )
    run = history_start(by=by, team=team, address=address, with_files=with_files)
    enqueue(run)
    return run


def history_import(*, run: HistoryImport, on_progress: Progress) -> Report:
    """Take everything that is not here yet. Started again, it goes on where it was.

    Credentials are read from the environment under the names that MLflow's own client uses, and kept nowhere.
    """
    remote = Remote(
        run.address,
        user=settings.MLFLOW_TRACKING_USERNAME,
        secret=settings.MLFLOW_TRACKING_PASSWORD or settings.MLFLOW_TRACKING_TOKEN,
    )
    report = Report()
    try:
        _take_all(run, remote, report, on_progress)
    finally:
        remote.close()
    _finish(run, report)
    return report


def _take_all(run: HistoryImport, remote: Remote, report: Report, on_progress: Progress) -> None:
    by, team = run.created_by, run.team
    require(by, "model.create", team)
    runs = RunHistory(by, team, remote, report, with_files=bool(run.config.get("with_files", True)))
    experiments = list(remote.experiments())
    for place, told in enumerate(experiments):
        start = RUNS_SHARE * place / len(experiments)
        runs.experiment(told, lambda words, start=start: on_progress(start, words))  # type: ignore[misc]
    models = ModelHistory(by, team, remote, report)
    registered = list(remote.models())
    for place, told in enumerate(registered):
        on_progress(RUNS_SHARE + (1 - RUNS_SHARE) * place / len(registered), f"Model {told['name']}")
        models.model(told)


@transaction.atomic
def _finish(run: HistoryImport, report: Report) -> None:
    came = counted_in_words(report.came) or "nothing new"
    run.end(run_rules.SUCCEEDED, result=report.told, message=f"Came: {came}"[:300])
    data = {"came": dict(report.came), "missed": report.missed}
    record(action="history.finish", obj=run, by=run.created_by, data=data)
