"""Looking into dataset versions."""

from pathlib import Path
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.rules import SCAN_SETTINGS
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue


@transaction.atomic
def scan_start(*, by: User, version: DatasetVersion, config: dict[str, Any] | None = None) -> ScanRun:
    """Queue a scan for personal data, duplicates and licence. One is enough: an open scan is refused a twin."""
    require(by, "scan.start", version.team_id, shared=version.dataset)
    unknown = set(config or {}) - SCAN_SETTINGS
    if unknown:
        raise Invalid(f"Unknown settings: {', '.join(sorted(unknown))}.", code="scan.settings")
    DatasetVersion.objects.select_for_update().get(pk=version.pk)  # two starts at once make one scan
    if ScanRun.objects.filter(dataset_version=version, state__in=run_rules.OPEN).exists():
        raise Conflict("This version is being scanned already.", code="scan.open")
    run = ScanRun.objects.create(team_id=version.team_id, dataset_version=version, created_by=by, config=config or {})
    record(action="scan.start", obj=run, by=by, data={"dataset_version": version.pk, "digest": version.digest})
    enqueue(run)
    return run


@transaction.atomic
def scan_finish(*, run: ScanRun, result: dict[str, Any], spans: Path | None = None) -> None:
    """Store what a worker's scan found; the engine's own digest covers the findings and leaves the times out.

    `spans` is the file that lists the places of what was found, one JSON object a line; it holds no values.
    """
    digest = str(result["digest"])
    kept = {"spans_file": storage.put_path(spans).digest} if spans else {}
    run.end(run_rules.SUCCEEDED, result=result, findings_digest=digest, message="Scan finished", **kept)
    record(action="scan.finish", obj=run, by=WORKER, data={"findings_digest": digest})
