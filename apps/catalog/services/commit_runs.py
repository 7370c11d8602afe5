"""What a worker does for each kind of commit that takes longer than a request may."""

from pathlib import Path

from apps.catalog.models import CommitRun, DatasetVersion
from apps.catalog.services.commits import dataset_version_commit
from apps.catalog.services.contents import OnProgress
from apps.catalog.services.uploads import upload_finish
from apps.core import arrivals
from apps.core.errors import Conflict


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
