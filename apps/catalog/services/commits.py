"""Storing content as the next version of a dataset, and saying what it is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import Dataset, DatasetVersion
from apps.catalog.rules import sourced
from apps.core import storage, tables
from apps.core.errors import Conflict, Invalid


def dataset_version_commit(
    *,
    by: User,
    dataset: Dataset,
    path: Path,
    filename: str,
    message: str = "",
    licence: str = "",
    provenance: dict[str, Any] | None = None,
    datasheet_file: str = "",
    expect_digest: str = "",
) -> DatasetVersion:
    """Store a local file as the dataset's next version.

    The file is read once to learn its rows and columns and once to store it; neither holds it in memory. Raises
    Invalid for a file that cannot be read, Conflict for content that the dataset already has or for another digest
    than `expect_digest`, StorageFull when there is no room. `datasheet_file` names the file that `provenance` was read
    from; empty: a person typed it.
    """
    require(by, "dataset.upload", dataset.team, shared=dataset)
    if path.stat().st_size > settings.UPLOAD_MAX_BYTES:
        raise Invalid(f"Files are accepted up to {settings.UPLOAD_MAX_BYTES} bytes.", code="upload.too_large")
    name = tables.clean_filename(filename)
    facts = tables.inspect(path, name)
    with storage.open_binary(path) as stream:
        stored = storage.put(stream, expect=expect_digest)
    try:
        return _version_create(
            by=by,
            dataset=dataset,
            digest=stored.digest,
            size=stored.size,
            filename=name,
            format=facts.format,
            encoding=facts.encoding or "",
            rows=facts.rows,
            columns=[{"name": column.name, "type": column.type} for column in facts.columns],
            message=message[:300],
            licence=licence,
            provenance=sourced(provenance or {}, datasheet_file),
        )
    except IntegrityError as error:
        raise Conflict("This dataset changed at the same moment.", remedy="Try again.") from error


@transaction.atomic
def _version_create(*, by: User, dataset: Dataset, digest: str, **fields: Any) -> DatasetVersion:
    Dataset.objects.select_for_update().get(pk=dataset.pk)  # two uploads at once get two numbers
    same = DatasetVersion.objects.filter(dataset=dataset, digest=digest).first()
    if same is not None:
        raise Conflict(f"Version {same.number} already holds exactly this content.", code="version.exists")
    last = DatasetVersion.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"] or 0
    version = DatasetVersion.objects.create(
        dataset=dataset, team_id=dataset.team_id, number=last + 1, digest=digest, created_by=by, **fields
    )
    record(
        action="dataset_version.create",
        obj=version,
        by=by,
        data={"digest": digest, "rows": version.rows, "provenance_digest": version.provenance_digest},
    )
    return version


@transaction.atomic
def dataset_version_describe(
    *,
    by: User,
    version: DatasetVersion,
    licence: str,
    provenance: dict[str, Any],
    reason: str,
    datasheet_file: str = "",
    imported_fields: Iterable[str] | None = None,
) -> DatasetVersion:
    """Replace what is declared about a version: licence and datasheet. Answers that rested on it turn stale.

    `datasheet_file` names the file that the datasheet was read from; `imported_fields` those of its fields that came
    in it, where the others were typed.
    """
    require(by, "dataset.describe", version.team_id, shared=version.dataset)
    if not reason.strip():
        raise Invalid("Say why the description changes; the reason is kept in the trail.", code="reason.missing")
    version = DatasetVersion.objects.select_for_update().select_related("dataset").get(pk=version.pk)
    before = version.provenance_digest
    version.licence = licence
    version.provenance = sourced(provenance, datasheet_file, imported_fields)
    version.save(update_fields=["licence", "provenance"])
    record(
        action="dataset_version.describe",
        obj=version,
        by=by,
        reason=reason,
        data={"before": before, "after": version.provenance_digest},
    )
    return version
