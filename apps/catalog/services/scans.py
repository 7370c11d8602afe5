"""Looking into dataset versions."""

from pathlib import Path
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import WORKER, record
from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries import dataset_version_seen, versions_for
from apps.catalog.rules import EVALUATION, PROTECTED, scan_config_problem
from apps.catalog.services.integrity import chunks_break
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue


@transaction.atomic
def scan_start(*, by: User, version: DatasetVersion, config: dict[str, Any] | None = None) -> ScanRun:
    """Queue a scan. One is enough: an open scan is refused a twin.

    Without `against` and `protected` the newest versions of the team's evaluation and protected datasets are compared
    with. Raises Invalid for settings that make no sense, NotFound for versions that the person does not see.
    """
    require(by, "scan.start", version.team_id, shared=version.dataset)
    given = dict(config or {})
    problem = scan_config_problem(given, [str(column["name"]) for column in version.columns])
    if problem:
        raise Invalid(problem, code="scan.settings")
    for name, purpose in (("against", EVALUATION), ("protected", PROTECTED)):
        if name in given:
            _require_seen(by, given[name])
        elif standing := versions_for(version, purpose):
            given[name] = standing
    DatasetVersion.objects.select_for_update().get(pk=version.pk)  # two starts at once make one scan
    if ScanRun.objects.filter(dataset_version=version, state__in=run_rules.OPEN).exists():
        raise Conflict("This version is being scanned already.", code="scan.open")
    run = ScanRun.objects.create(team_id=version.team_id, dataset_version=version, created_by=by, config=given)
    record(action="scan.start", obj=run, by=by, data={"dataset_version": version.pk, "digest": version.digest})
    enqueue(run)
    return run


def _require_seen(by: User, pks: list[int]) -> None:
    """Raises NotFound where the person does not see a version: its passages would stand in the result."""
    for pk in pks:
        dataset_version_seen(by, pk)


@transaction.atomic
def scan_finish(*, run: ScanRun, result: dict[str, Any], spans: Path | None = None) -> None:
    """Store what a worker's scan found; the engine's own digest covers the findings and leaves the times out.

    `spans` is the file that lists the places of what was found, one JSON object a line; it holds no values.
    """
    digest = str(result["digest"])
    kept = {"spans_file": storage.put_path(spans).digest} if spans else {}
    run.end(run_rules.SUCCEEDED, result=result, findings_digest=digest, message="Scan finished", **kept)
    record(action="scan.finish", obj=run, by=WORKER, data={"findings_digest": digest})
    if (section := result.get("integrity") or {}).get("compromised"):
        _integrity_break(run, section)


def _integrity_break(run: ScanRun, section: dict[str, Any]) -> None:
    """Somebody has to know that stored rows are not those that were committed."""
    chunks_break(
        version=run.dataset_version,
        changed=section.get("changed", []),
        commits=section.get("commits", []),
        statement=str(section.get("statement", "")),
    )
