"""What a worker does for each kind of commit that takes longer than a request may."""

from collections.abc import Callable
from pathlib import Path

from apps.accounts.services import require
from apps.catalog.models import CommitRun, DatasetVersion
from apps.catalog.rules import FILTERED, MERGED, REDACTED, UPLOADED
from apps.catalog.services.commits import dataset_version_commit
from apps.catalog.services.contents import OnProgress
from apps.catalog.services.merges import merge_made
from apps.catalog.services.redactions import redaction_made
from apps.catalog.services.uploads import upload_finish
from apps.catalog.services.views import view_made
from apps.core import arrivals
from apps.core.errors import Conflict, Invalid

# Each is called with the claimed run, an empty folder of its own and where to report progress, and ends the run in the
# same transaction that makes the version.
Maker = Callable[[CommitRun, Path, OnProgress], object]


def commit_made(run: CommitRun, folder: Path, on_progress: OnProgress) -> None:
    """Make the version of a claimed run.

    Whoever asked for it is asked once more whether they may: hours may lie between the click and the worker, and roles
    end. Raises Refused or NotFound where they no longer may.
    """
    made = MAKERS.get(run.operation)
    if made is None:
        raise Invalid(f"No run makes a version by “{run.operation}”.", code="commit.operation")
    maker, actions = made
    for action in actions:
        require(run.created_by, action, run.team_id, shared=run.dataset)
    maker(run, folder, on_progress)


def upload_made(run: CommitRun, folder: Path, on_progress: OnProgress) -> DatasetVersion:
    """Commit the file of a claimed run's upload, and end the run with the version."""
    upload = run.upload
    if upload is None:
        raise Conflict("This run has no uploaded file to commit.", code="commit.no_upload")
    said = dict(run.config)
    shown = said.pop("shown", None)
    with arrivals.held(upload.arrival) as path:
        version = dataset_version_commit(
            by=run.created_by,
            dataset=run.dataset,
            path=path,
            filename=upload.filename,
            branch=run.branch,
            run=run,
            on_progress=on_progress,
            shown=DatasetVersion.objects.filter(pk=shown).first() if shown else None,
            **said,
        )
        upload_finish(by=run.created_by, upload=upload, version=version)
    return version


MAKERS: dict[str, tuple[Maker, tuple[str, ...]]] = {
    UPLOADED: (upload_made, ("dataset.upload",)),
    REDACTED: (redaction_made, ("dataset.upload", "dataset.read_raw")),
    FILTERED: (view_made, ("dataset.upload",)),
    MERGED: (merge_made, ("dataset.branch",)),
}
