"""Saying what a version is, after it was made."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import DatasetVersion
from apps.catalog.rules import sourced
from apps.catalog.services.licences import require_readable
from apps.core.errors import Invalid
from apps.incidents.services import require_free


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
    still_carried: Iterable[str] = (),
    is_licence_from_file: bool = False,
) -> DatasetVersion:
    """Replace what is declared about a version: licence and datasheet. Answers that rested on it turn stale.

    All of it then counts as said of this version; `still_carried` names the statements that were not looked at, and
    stay marked as carried over from an earlier one. `datasheet_file` names the file that the datasheet was read from;
    `imported_fields` those of its fields that came in it, where the others were typed. A licence that cannot be read is
    refused by the word at fault, unless it stood there before or `is_licence_from_file`: what others say of their data
    is taken down as they say it, and the checklist names the fault.
    """
    require(by, "dataset.describe", version.team_id, shared=version.dataset)
    if not reason.strip():
        raise Invalid("Say why the description changes; the reason is kept in the trail.", code="reason.missing")
    require_free(version)
    version = DatasetVersion.objects.select_for_update().select_related("dataset").get(pk=version.pk)
    if not is_licence_from_file:
        require_readable(licence, [version.licence])
    before = version.provenance_digest
    version.licence = licence
    version.provenance = sourced(provenance, datasheet_file, imported_fields)
    unseen = set(still_carried)
    version.carried = {key: numbers for key, numbers in version.carried.items() if key in unseen}
    version.save(update_fields=["licence", "provenance", "carried"])
    record(
        action="dataset_version.describe",
        obj=version,
        by=by,
        reason=reason,
        data={"before": before, "after": version.provenance_digest},
    )
    return version
