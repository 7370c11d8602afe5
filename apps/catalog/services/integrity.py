"""Stored rows that no longer have their digest: a worker finds them, and somebody has to come to know of it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion
from apps.core import storage
from apps.core.errors import NotFound
from apps.incidents.models import Incident
from apps.incidents.rules import ALTERED, CRITICAL
from apps.incidents.services import incident_open

MOST_READ = 20  # changed chunks whose bytes are read once more, to say what they are now


def rows_break(*, version: DatasetVersion) -> Incident | None:
    """Open an incident where the stored rows of a version are altered or gone; None where they are as they should be.

    Whoever is refused its rows by `apps.core.storage` calls this: a copy that only this machine spoilt is no incident.
    """
    try:
        chunks = storage.chunks_of(version.digest, version.format)
    except NotFound:
        return chunks_break(version=version)
    changed = [
        {"position": place, "digest": chunk.digest}
        for place, chunk in enumerate(chunks)
        if storage.digest_found(chunk.digest) != chunk.digest
    ]
    return chunks_break(version=version, changed=changed) if changed else None


@transaction.atomic
def chunks_break(
    *,
    version: DatasetVersion,
    changed: Sequence[dict[str, Any]] = (),
    commits: Sequence[dict[str, Any]] = (),
    statement: str = "",
) -> Incident:
    """Open an incident for a version with changed bytes; found again, it is added to the one that is open.

    `changed` names chunks by position and digest, `commits` records by label, digest and `ok`, as the check `integrity`
    tells them (workers/scanning/integrity.py); without either the whole file is meant.
    """
    files = [_chunk_told(place, chunk, version) for place, chunk in enumerate(changed)]
    wrong = [commit for commit in commits if not commit["ok"]]
    files += [{"path": f"record of {one['label']}", "digest": one["digest"], "is_unread": True} for one in wrong]
    files = files or [{"path": version.filename, "digest": version.digest, "found": ""}]
    incident = incident_open(
        by=WORKER,
        team=version.team_id,
        kind=ALTERED,
        severity=CRITICAL,
        title=f"Stored rows of {version} were altered",
        description=statement,
        subject=version,
        details={"files": files},
    )
    data = {"incident": incident.pk, "altered": [file["digest"] for file in files][:MOST_READ]}
    record(action="dataset_version.break", obj=version, by=WORKER, data=data)
    return incident


def _chunk_told(place: int, chunk: dict[str, Any], version: DatasetVersion) -> dict[str, Any]:
    """One changed chunk, with the digest that its bytes have now; empty where they are gone."""
    told = {"path": f"chunk {chunk['position']} of {version.filename}", "digest": chunk["digest"]}
    if place >= MOST_READ:
        return told | {"is_unread": True}
    return told | {"found": storage.digest_found(str(chunk["digest"]))}
