"""What an assessment can speak of, and what is known of something that is made of several model versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.checklist.rules.findings import CONFLICTS, Finding, Known
from apps.checklist.rules.frameworks import DATASET, DEPLOYMENT, MODEL, SYSTEM, VERSION
from apps.checklist.rules.status import UNKNOWN, weakest
from apps.core.canonical import digest_of

GENAIOPS = "urn:genaiops:framework:genaiops-checklist"  # the one whose sign-off moves a version's stage
# The field of an assessment that names its subject, by the kind of subject; exactly one of them is filled.
FIELDS = {SYSTEM: "system", VERSION: "version", DATASET: "dataset_version", DEPLOYMENT: "deployment"}
NOT_FOUND = "Looked for and not found"


@dataclass(frozen=True)
class Part:
    """One model version at work in something larger, with everything that is known of it."""

    subject_type: str
    subject_id: str
    label: str
    known: Known


def merged(parts: Sequence[Part], own_digest: str) -> Known:
    """What is known of the whole: everything that is known of its parts.

    Where something is known of one part and nothing of another, a finding says so, and the whole is known no better
    than that. `own_digest` is the digest of what is on record about the whole itself.
    """
    names = dict.fromkeys(name for part in parts for name in part.known.findings)
    found = {name: _of_parts(name, parts) for name in names}
    digests = {kind: _digest_of_parts(kind, parts) for kind in (DATASET, MODEL, DEPLOYMENT)}
    return Known(found, digests | {SYSTEM: own_digest})


def _of_parts(collector: str, parts: Sequence[Part]) -> list[Finding]:
    each = [(part, part.known.findings.get(collector, [])) for part in parts]
    if not any(found for _, found in each):
        return []
    findings = (finding for part, found in each for finding in found or [_nothing(collector, part)])
    return _one_of_each(findings)


def _nothing(collector: str, part: Part) -> Finding:
    return Finding(
        collector=collector,
        status=UNKNOWN,
        method=NOT_FOUND,
        summary=f"{part.label}: nothing of this is on record.",
        subject_type=part.subject_type,
        subject_id=part.subject_id,
        subject_label=part.label,
        subject_digest=digest_of([]),
    )


def _one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """Findings about the same thing, which came with several parts, as one: data that two models were trained on."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.subject, []).append(finding)
    return [_together(group) for group in groups.values()]


def _together(group: list[Finding]) -> Finding:
    different = list({finding.subject_digest: finding for finding in group}.values())
    if len(different) == 1:
        return group[0]
    conflicts = {one["key"]: one for finding in different for one in finding.value.get(CONFLICTS, [])}
    values = {name: item for finding in different for name, item in finding.value.items()}
    return replace(
        group[0],
        status=weakest(finding.status for finding in different),
        summary=" ".join(dict.fromkeys(finding.summary for finding in different)),
        value=values | ({CONFLICTS: list(conflicts.values())} if conflicts else {}),
        subject_digest=digest_of(sorted(finding.subject_digest for finding in different)),
    )


def _digest_of_parts(kind: str, parts: Sequence[Part]) -> str:
    return digest_of(sorted(part.known.subject_digests[kind] for part in parts))
