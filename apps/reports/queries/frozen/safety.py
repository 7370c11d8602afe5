"""How safe the files of versions are: what was held, who let it through, who signed, and what the last check read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.registry.models import FileCheckRun, FileScanRun, HeldFile, ModelVersion, VersionSignature
from apps.reports.queries.words import moment, person


@dataclass
class Safety:
    """What is on record about the present files of one version."""

    held: list[HeldFile] = field(default_factory=list)
    signatures: list[VersionSignature] = field(default_factory=list)
    scan: FileScanRun | None = None
    check: FileCheckRun | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {
            "held": [_held(one) for one in self.held],
            "signatures": [_signature(one) for one in self.signatures],
            "scan": _run(self.scan),
            "check": _run(self.check),
        }


def safety_of(versions: list[ModelVersion]) -> dict[int, Safety]:
    """What is on record about the present files of each version, by its id. Four queries."""
    found = {version.pk: Safety() for version in versions}
    manifests = {version.pk: version.manifest_digest for version in versions}
    files = {(one.pk, file.path, file.digest) for one in versions for file in one.files.all()}
    for held in HeldFile.objects.filter(version__in=manifests).select_related("decided_by").order_by("path"):
        if (held.version_id, held.path, held.digest) in files:
            found[held.version_id].held.append(held)
    for signature in VersionSignature.objects.filter(version__in=manifests).select_related("created_by"):
        if signature.manifest_digest == manifests[signature.version_id]:
            found[signature.version_id].signatures.append(signature)
    for scan in _newest(FileScanRun, manifests):
        found[scan.version_id].scan = scan
    for check in _newest(FileCheckRun, manifests):
        found[check.version_id].check = check
    return found


def _newest(model: Any, manifests: dict[int, str]) -> Iterable[Any]:
    """The newest run about the present files of each version comes last."""
    rows = model.objects.filter(version__in=manifests, finished_at__isnull=False).defer("log").order_by("pk")
    return [row for row in rows if row.manifest_digest == manifests[row.version_id]]


def _held(one: HeldFile) -> dict[str, Any]:
    return {
        "path": one.path,
        "digest": one.digest,
        "format": one.format,
        "state": one.state,
        "state_label": one.get_state_display(),
        "severity": one.severity,
        "decided_by": person(one.decided_by),
        "decided_at": moment(one.decided_at),
        "reason": one.reason,
    }


def _signature(one: VersionSignature) -> dict[str, Any]:
    return {
        "key_digest": one.key_digest,
        "manifest_digest": one.manifest_digest,
        "made_by": person(one.created_by),
        "made_at": moment(one.created_at),
        "verified_at": moment(one.verified_at),
        "problem": one.problem,
    }


def _run(run: FileScanRun | FileCheckRun | None) -> dict[str, Any] | None:
    return None if run is None else {"id": run.pk, "state": run.state, "finished_at": moment(run.finished_at)}
