"""A new version of a dataset without what a scan found in it."""

import hashlib
import heapq
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import require
from apps.audit.services import record
from apps.catalog.models import CommitRun, DatasetVersion, Derivation, ScanRun
from apps.catalog.queries import Redactable, redactable
from apps.catalog.rules import REDACTED
from apps.catalog.rules.declared import carried_over
from apps.catalog.rules.findings.shape import sentence
from apps.catalog.rules.masking import Span
from apps.catalog.rules.redaction import placeholder, pseudonyms, redacted_row
from apps.catalog.services.commits import version_create
from apps.catalog.services.contents import OnProgress, content_store
from apps.catalog.services.scans import scan_start
from apps.core import rules as run_rules
from apps.core import storage
from apps.core.errors import Conflict, Invalid
from apps.core.queue import enqueue
from apps.core.tables.replacing import replace_values


@transaction.atomic
def redaction_start(
    *,
    by: User,
    version: DatasetVersion,
    entities: Sequence[str],
    pseudonymous: bool = False,
    scan_again: bool = True,
    message: str = "",
) -> CommitRun:
    """Queue a new version on the same branch, with findings of these kinds replaced by placeholders.

    What is replaced are the places that all finished scans of these bytes listed, together. `pseudonymous` keeps equal
    values equal by a key that only this installation has. Raises Conflict where not every row and column was searched
    for these kinds, while another redaction of the version runs, and when the version is no branch's newest; Invalid
    for kinds that were not found.
    """
    require(by, "dataset.upload", version.team_id, shared=version.dataset)
    require(by, "dataset.read_raw", version.team_id)
    chosen = list(dict.fromkeys(entities))
    scans = [scan.pk for scan in _found(version, chosen).finding]
    DatasetVersion.objects.select_for_update().get(pk=version.pk)
    branch = _branch_led_by(version)
    config = {
        "scans": scans,
        "entities": chosen,
        "pseudonymous": pseudonymous,
        "scan_again": scan_again,
        "message": message[:300],
    }
    run = CommitRun.objects.create(
        team_id=version.team_id,
        dataset=version.dataset,
        branch=branch,
        operation=REDACTED,
        source_version=version,
        config=config,
        created_by=by,
    )
    told = {"dataset_version": version.pk, "entities": chosen, "pseudonymous": pseudonymous, "scans": scans}
    record(action="redaction.start", obj=run, by=by, data=told)
    enqueue(run)
    return run


def _found(version: DatasetVersion, chosen: Sequence[str]) -> Redactable:
    """What was found in these bytes, once it is sure that all of the chosen kinds is known."""
    found = redactable(version)
    if not found.scans:
        raise Conflict(
            "No scan has listed the places of findings in this version.",
            code="redaction.no_scan",
            remedy="Scan it first.",
        )
    found.require_whole(chosen)
    _require_found(found.kinds, chosen)
    return found


def _require_found(kinds: Mapping[str, int], chosen: Sequence[str]) -> None:
    unknown = [name for name in chosen if name not in kinds]
    if unknown or not chosen:
        problem = f"The scans found no {unknown[0][:60]}." if unknown else "Choose at least one kind of finding."
        raise Invalid(problem, code="redaction.entities", remedy=f"There are: {', '.join(sorted(kinds)) or 'none'}.")


def _branch_led_by(version: DatasetVersion) -> str:
    """The branch of which the version is the newest: the one it was made on, or one that moved on to it since."""
    if CommitRun.objects.filter(source_version=version, operation=REDACTED, state__in=run_rules.OPEN).exists():
        raise Conflict("This version is being redacted already.", code="redaction.open")
    names = sorted(version.heads.values_list("name", flat=True), key=lambda name: (name != version.branch, name))
    if not names:
        raise Conflict(
            f"Version {version.number} is no longer the newest of the branch “{version.branch}”, and a copy follows the"
            " newest one.",
            code="branch.moved",
            remedy="Scan and redact the newest version of the branch, or begin a branch at this version and redact it"
            " there.",
        )
    return names[0]


def redaction_made(run: CommitRun, folder: Path, on_progress: OnProgress) -> DatasetVersion:
    """Write the redacted copy of a claimed run, commit it, end the run, and scan the new version if that was asked."""
    source = run.source_version
    if source is None:
        raise Conflict("This run has no version to redact.", code="redaction.no_source")
    listed = run.config["scans"] if "scans" in run.config else [run.config["scan"]]  # of runs queued before
    scans = list(ScanRun.objects.filter(pk__in=listed).order_by("-finished_at", "-pk"))
    target = folder / "redacted"
    changed = _write(run, source, scans, target, on_progress)
    kinds = ", ".join(sentence(name) for name in run.config["entities"])
    content = content_store(target, source.filename, on_progress=None)
    with transaction.atomic():
        version = version_create(
            by=run.created_by,
            dataset=run.dataset,
            branch=run.branch,
            content=content,
            operation=REDACTED,
            run=run,
            expect_head=source,
            origins=(source,),
            message=run.config["message"] or f"{changed} rows redacted: {kinds}",
            declare=lambda head: carried_over(source.declared, source.number),
        )
        how = f"redacted: {kinds}"[:300]  # what becomes known of the original's terms holds for its copy as well
        Derivation.objects.create(version=version, origin=source, how=how, created_by=run.created_by)
    if run.config["scan_again"]:
        scan_start(by=run.created_by, version=version, config=_as_far(scans))
    return version


def _as_far(scans: Sequence[ScanRun]) -> dict[str, Any]:
    """The settings of the newest scan, in all languages and with all checks of the others."""
    configs = [scan.config or {} for scan in scans]
    anew = ("checks", "languages", "columns", "pii_sample_rows")
    config = {name: value for name, value in configs[0].items() if name not in anew}
    config["languages"] = list(dict.fromkeys(code for one in configs for code in one.get("languages") or ["en"]))
    if all(one.get("checks") for one in configs):
        config["checks"] = list(dict.fromkeys(name for one in configs for name in one["checks"]))
    return config


def _write(
    run: CommitRun, source: DatasetVersion, scans: Sequence[ScanRun], target: Path, on_progress: OnProgress
) -> int:
    name = pseudonyms(_key(run.team_id)) if run.config["pseudonymous"] else placeholder
    digests = sorted({scan.spans_file for scan in scans})
    places = _Places([storage.local_path(digest) for digest in digests], frozenset(run.config["entities"]))

    def change(number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
        spans = places.of(number)
        return redacted_row(row, spans, name) if spans else {}

    def tell(done: int) -> None:
        on_progress(0.8 * done / max(1, source.rows), f"Redacting row {done} of {source.rows}")

    on_progress(0.0, "Redacting")
    return replace_values(storage.local_path(source.digest), source.format, target, change, tell)


def _key(team_id: int) -> bytes:
    """The key of a team's pseudonyms, made of the installation's secret: it stands in no database and no file."""
    return hmac.new(settings.SECRET_KEY.encode(), f"redaction:{team_id}".encode(), hashlib.sha256).digest()


class _Places:
    """The listed places of chosen kinds, read alongside the rows: all are in the order of the table."""

    def __init__(self, paths: Sequence[Path], entities: frozenset[str]) -> None:
        self._entities = entities
        self._lines = heapq.merge(*map(_lines, paths), key=lambda place: int(place["row"]))
        self._next = next(self._lines, None)

    def of(self, number: int) -> list[Span]:
        """The places in this row; rows are asked for in order."""
        spans = []
        while (place := self._next) is not None and place["row"] <= number:
            if place["row"] == number and place["entity"] in self._entities:
                path = tuple(place.get("path", ()))
                spans.append(Span(place["column"], place["start"], place["end"], place["entity"], path))
            self._next = next(self._lines, None)
        return spans


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)
