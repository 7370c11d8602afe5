"""Storing content as the next version of a dataset, and saying what it is."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import Branch, CommitRun, Dataset, DatasetVersion
from apps.catalog.queries.chain import recomputed
from apps.catalog.rules import MAIN, UPLOADED, sourced
from apps.catalog.rules.declared import Declared, declared_anew
from apps.catalog.services.contents import Content, OnProgress, content_store
from apps.catalog.services.licences import require_readable
from apps.catalog.services.provenance import provenance_carry
from apps.core import rules as run_rules
from apps.core.errors import Conflict, NotFound


def dataset_version_commit(
    *,
    by: User,
    dataset: Dataset,
    path: Path,
    filename: str,
    branch: str = MAIN,
    message: str = "",
    licence: str | None = None,
    provenance: dict[str, Any] | None = None,
    datasheet_file: str = "",
    shown: DatasetVersion | None = None,
    expect_digest: str = "",
    operation: str = UPLOADED,
    run: CommitRun | None = None,
    on_progress: OnProgress | None = None,
) -> DatasetVersion:
    """Store a local file as the newest version on a branch of the dataset.

    The file is read once, in pieces. Raises Invalid for a file that cannot be read, and for a licence, by the word at
    fault; NotFound for a branch that is not there, Conflict for content that the branch already holds as its newest or
    for another digest than `expect_digest`, StorageFull when there is no room. `run` is the claimed run that this
    commit ends.

    A `licence` or a `provenance` (the datasheet) that is None is carried over from the version before, and marked so.
    `datasheet_file` names the file that `provenance` was read from; empty: a person typed it. `shown` is the version
    whose licence and datasheet stood in the form: what came back unchanged is carried over from it.
    """
    require(by, "dataset.upload", dataset.team_id, shared=dataset)
    line = _branch_of(dataset, branch)  # before anything is stored
    require_readable(licence, [one.licence for one in (shown, line and line.head) if one])
    content = content_store(path, filename, expect_digest=expect_digest, on_progress=on_progress)
    return version_create(
        by=by,
        dataset=dataset,
        branch=branch,
        content=content,
        operation=operation,
        run=run,
        message=message,
        declare=lambda head: _declared(head, licence, provenance, datasheet_file, shown),
    )


def _declared(
    head: DatasetVersion | None,
    licence: str | None,
    provenance: dict[str, Any] | None,
    datasheet_file: str,
    shown: DatasetVersion | None,
) -> Declared:
    """What is said of an uploaded file that follows `head`."""
    before = shown or head
    sheet = None if provenance is None else sourced(provenance, datasheet_file)
    if before is None:
        return Declared(licence or "", sheet or {})
    return declared_anew(before.declared, before.number, licence, sheet, was_shown=shown is not None)


def version_create(
    *,
    by: User,
    dataset: Dataset,
    branch: str,
    content: Content,
    operation: str,
    run: CommitRun | None = None,
    expect_head: DatasetVersion | None = None,
    merged: DatasetVersion | None = None,
    origins: Sequence[DatasetVersion] = (),
    message: str = "",
    declare: Callable[[DatasetVersion | None], Declared],
    reason: str = "",
) -> DatasetVersion:
    """Make stored content the newest version on a branch, and end the run that it was made by, in one step.

    With `expect_head`, raises Conflict when the branch has moved on from that version. `merged` is the version of
    another branch whose rows came in. `origins` are the versions that the rows come from, whose sources the new one
    has as well; without any it is the parent. `declare` gives what is said of the new version once it is known which
    one it follows. The caller has asked whether `by` may do so.
    """
    try:
        with transaction.atomic():
            line = _branch_locked(dataset, branch)
            _require_unmoved(line, branch, expect_head)
            if merged is None:  # a merge may end in the very rows that were there, and still joins two lines
                _require_new(line, content)
            head = line.head if line else None
            made = {"branch": branch, "merged": merged, "operation": operation, "message": message[:300]}
            version = _saved(by, dataset, head, **made, **asdict(declare(head)), **asdict(content))
            _move(by, dataset, line, branch, version)
            _record(by, version, reason)
            for origin in origins or (version.parent,):
                provenance_carry(by=by, version=version, parent=origin)
            if run is not None:
                _end(run, version)
            return version
    except IntegrityError as error:
        raise Conflict("This dataset changed at the same moment.", remedy="Try again.") from error


def _branch_locked(dataset: Dataset, name: str) -> Branch | None:
    """The branch, for one commit at a time; None for the first commit of a dataset, which makes the branch main."""
    Dataset.objects.select_for_update().get(pk=dataset.pk)  # two commits at once get two numbers and follow each other
    return _branch_of(dataset, name)


def _branch_of(dataset: Dataset, name: str) -> Branch | None:
    line = Branch.objects.select_related("head").filter(dataset=dataset, name=name).first()
    if line is None and (name != MAIN or Branch.objects.filter(dataset=dataset).exists()):
        raise NotFound(f"This dataset has no branch called “{name[:80]}”.", code="branch.missing")
    return line


def _require_unmoved(line: Branch | None, name: str, expect_head: DatasetVersion | None) -> None:
    if line is not None and expect_head is not None and line.head_id != expect_head.pk:
        raise Conflict(
            f"The branch “{name}” has moved on to version {line.head.number} meanwhile.",
            code="branch.moved",
            remedy="Look at what came in, then try again.",
        )


def _require_new(line: Branch | None, content: Content) -> None:
    if line is not None and (line.head.digest, line.head.format) == (content.digest, content.format):
        raise Conflict(f"Version {line.head.number} already holds exactly this content.", code="version.exists")


def _saved(by: User, dataset: Dataset, parent: DatasetVersion | None, **fields: Any) -> DatasetVersion:
    version = DatasetVersion(
        dataset=dataset,
        team_id=dataset.team_id,
        number=_next_number(dataset),
        parent=parent,
        created_by=by,
        created_at=timezone.now(),
        **fields,
    )
    version.commit_digest = recomputed(version)
    version.save(force_insert=True)
    return version


def _next_number(dataset: Dataset) -> int:
    last: int | None = DatasetVersion.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _move(by: User, dataset: Dataset, line: Branch | None, name: str, version: DatasetVersion) -> None:
    if line is None:
        Branch.objects.create(dataset=dataset, name=name, head=version, created_by=by)
    else:
        line.head = version
        line.save(update_fields=["head"])


def _record(by: User, version: DatasetVersion, reason: str) -> None:
    data = {
        "digest": version.digest,
        "rows": version.rows,
        "provenance_digest": version.provenance_digest,
        "branch": version.branch,
        "operation": version.operation,
        "commit_digest": version.commit_digest,
        "carried": len(version.carried),
    }
    record(action="dataset_version.create", obj=version, by=by, reason=reason, data=data)


def _end(run: CommitRun, version: DatasetVersion) -> None:
    """A run that was taken over or cancelled meanwhile makes no version: this raises, and nothing is kept."""
    result = {
        "digest": version.digest,
        "commit_digest": version.commit_digest,
        "rows": version.rows,
        "chunks": version.chunks,
        "new_bytes": version.new_bytes,
    }
    run.end(run_rules.SUCCEEDED, version=version, result=result, message=f"Committed as version {version.number}")
