"""Naming a filter over one commit, and committing the rows that it gives."""

from pathlib import Path

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import in_turn, require
from apps.audit.services import record
from apps.catalog.models import Branch, CommitRun, DatasetVersion, Derivation, SavedView
from apps.catalog.queries.rows.cutting import cut_to
from apps.catalog.queries.rows.files import table_of
from apps.catalog.queries.rows.paging import numbers_of, rows_counted
from apps.catalog.rules import FILTERED, MAIN
from apps.catalog.rules.declared import carried_over
from apps.catalog.services.commits import version_create
from apps.catalog.services.contents import OnProgress, content_store
from apps.core import storage
from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.queue import enqueue


def view_create(*, by: User, version: DatasetVersion, name: str, expression: str) -> SavedView:
    """Name a filter over a commit. Raises Invalid naming the token that cannot be read, Conflict for a name twice."""
    require(by, "dataset.read_raw", version.team_id, shared=version.dataset)
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid("A view needs a name of at most 80 characters.", code="view.name")
    rows, digest = rows_counted(table_of(version), expression)
    with transaction.atomic():
        in_turn(version.team_id)
        if SavedView.objects.filter(version=version, name=name).exists():
            raise Conflict(f"This version already has a view called “{name}”.", code="view.exists")
        view = SavedView.objects.create(
            version=version,
            team_id=version.team_id,
            name=name,
            expression=expression.strip(),
            rows=rows,
            rows_digest=digest,
            created_by=by,
        )
        record(action="view.create", obj=view, by=by, data={"version": version.pk, "rows": rows, "rows_digest": digest})
    return view


@transaction.atomic
def view_commit(*, by: User, view: SavedView, branch: str = MAIN, message: str = "") -> CommitRun:
    """Queue a commit of the rows that a view gives, on a branch of its dataset. Raises NotFound for another branch."""
    version = view.version
    require(by, "dataset.upload", version.team_id, shared=version.dataset)
    if view.rows == 0:
        raise Invalid("This view gives no rows, and a version needs at least one.", code="view.empty")
    if not Branch.objects.filter(dataset_id=version.dataset_id, name=branch).exists():
        raise NotFound(f"This dataset has no branch called “{branch[:80]}”.", code="branch.missing")
    run = CommitRun.objects.create(
        team_id=version.team_id,
        dataset_id=version.dataset_id,
        branch=branch,
        operation=FILTERED,
        source_version=version,
        config={"view": view.pk, "message": (message.strip() or f"Rows of view “{view.name}”")[:300]},
        created_by=by,
    )
    record(action="view.commit", obj=run, by=by, data={"view": view.pk, "version": version.pk, "branch": branch})
    enqueue(run)
    return run


def view_made(run: CommitRun, folder: Path, on_progress: OnProgress) -> DatasetVersion:
    """Commit the rows of a claimed run's view, and end the run with the version."""
    view = SavedView.objects.select_related("version__dataset").get(pk=run.config["view"])
    origin = view.version
    on_progress(0.05, "Looking for the rows of the view")
    numbers = numbers_of(table_of(origin), view.expression)
    if len(numbers) != view.rows:
        raise Conflict("The view gives other rows than when it was saved.", code="view.changed")
    path = folder / origin.filename
    cut_to(storage.local_path(origin.digest), origin.format, numbers, path)
    content = content_store(path, origin.filename, on_progress=on_progress)
    with transaction.atomic():
        version = version_create(
            by=run.created_by,
            dataset=run.dataset,
            branch=run.branch,
            content=content,
            operation=FILTERED,
            run=run,
            origins=[origin],  # whose rows these are; the branch's newest version may hold others
            message=run.config["message"],
            declare=lambda head: carried_over(origin.declared, origin.number),
        )
        # The name alone: a filter may hold what its reader may not see, and everybody sees where rows come from.
        how = f"rows of view “{view.name}”"
        Derivation.objects.create(version=version, origin=origin, how=how, created_by=run.created_by)
    return version
