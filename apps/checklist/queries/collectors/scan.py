"""Collectors that speak of what a scan measured in every dataset version, and of the digest of its bytes.

The shape of a scan's result is `workers.scanning.engine.Result`; of every check the newest scan that ran it speaks.
Digests cover the part of the result that is spoken of and not the time it took, so that a second scan with the same
findings makes nothing stale.
"""

from typing import Any

from apps.catalog.models import DatasetVersion, ScanRun
from apps.catalog.queries import Scanned
from apps.catalog.rules import LANGUAGES
from apps.catalog.rules.findings import language_shares, language_words, of_sample
from apps.checklist.queries.collectors.dataset import data_finding, of_each
from apps.checklist.queries.collectors.words import counted, grouped, joined
from apps.checklist.queries.facts import DataFacts
from apps.checklist.rules import MEASURED, UNKNOWN, Finding
from apps.checklist.rules.findings import ASKS, BLOCKS, REMEDY
from apps.core.canonical import digest_of

NO_SCAN = "no finished scan of this version looked for it."
_NOTABLE = 0.01  # share of the rows from which a language is one that somebody should have searched in
A_SIGNAL = "This is a signal and no proof; hidden triggers were searched for separately."
NO_TRIGGERS = "Nobody searched for hidden triggers, so this is a signal and no proof."
NOBODY_SEARCHED = "nobody searched for hidden triggers."


def _part(found: Scanned | None, name: str) -> dict[str, Any] | None:
    """What was found by a check, or None."""
    return found.section(name) if found else None


def _digest(data: DatasetVersion, part: dict[str, Any]) -> str:
    return digest_of({"content": data.digest, "found": part})


def _proof(found: Scanned | None) -> str:
    """What unchanged or unrepeated rows leave open."""
    return A_SIGNAL if _part(found, "poisoning") else NO_TRIGGERS


def _method(scan: ScanRun) -> str:
    return f"Scan {scan.pk}: patterns, checksums and hashes on the rows of this version, no language model"


def _pii_method(scan: ScanRun, part: dict[str, Any]) -> str:
    """How it was looked for, as the scan says it: with a model that finds names, or without."""
    return f"Scan {scan.pk}: {part['method']}" if part.get("method") else _method(scan)


def pii(facts: DataFacts) -> list[Finding]:
    """Personal data that the scan found, by kind; what to do about it is a person's to say."""

    def find(data: DatasetVersion) -> Finding | None:
        found = facts.scanned(data)
        part = _part(found, "personal_data")
        if found is None or part is None:
            return None
        scan = found.scan_of("personal_data")
        total = int(part["total"])
        value: dict[str, Any] = {"total": total, "rows": part["rows"], "by_entity": part["by_entity"], "scan": scan.pk}
        if total:
            value[ASKS] = f"{data} holds personal data, and nobody has said what was decided about it."
        gap = found.left_out("personal_data", data)
        told = _part(found, "text") or {}
        languages = _languages(told, scan)
        value |= {"languages": {code: round(share, 4) for code, _, share in language_shares(told)}}
        parts = (_pii_words(data, part, total), _sample(data, part), languages, gap)
        more = {"left_out": gap, "languages": languages}
        status = UNKNOWN if gap else MEASURED
        words, digest = " ".join(filter(None, parts)), _digest(data, part | {k: v for k, v in more.items() if v})
        return data_finding("dataset.pii", data, status, _pii_method(scan, part), words, value, digest)

    return of_each(facts, "dataset.pii", NO_SCAN, find)


def _languages(told: dict[str, Any], scan: ScanRun) -> str:
    """In which languages the rows are written, and which of them the search had no patterns of."""
    words = language_words(told)
    searched = (scan.config or {}).get("languages") or ["en"]
    missing = [
        name for code, name, share in language_shares(told) if share >= _NOTABLE and code in LANGUAGES.keys() - searched
    ]
    if missing:
        words += (
            " National numbers and phone formats of the countries where these are spoken were not looked for:"
            f" {joined(missing)}. Scan again with {'this language' if len(missing) == 1 else 'these languages'}."
        )
    return words


def _sample(data: DatasetVersion, part: dict[str, Any]) -> str:
    return of_sample("personal_data", part, data.rows, grouped)


def _pii_words(data: DatasetVersion, part: dict[str, Any], total: int) -> str:
    looked_at = counted(int(part["rows_scanned"]), "row")
    limits = "Names of people and other things without a fixed form are not looked for."
    if any(one.get("evidence") == "model" for one in part.get("methods") or []):
        limits = "Names and places were looked for by a language model, which does not find all of them."
    if not total:
        return f"no personal data of the kinds looked for in {looked_at}. {limits}"
    kinds = ", ".join(f"{name.replace('_', ' ').lower()} {count}" for name, count in sorted(part["by_entity"].items()))
    found = counted(total, "piece of personal data", "pieces of personal data")
    return f"{found} in {counted(int(part['rows']), 'row')} ({kinds}), of {looked_at}. {limits}"


def duplicates(facts: DataFacts) -> list[Finding]:
    """Repeated rows: a warning sign of planted data, among other things."""

    def find(data: DatasetVersion) -> Finding | None:
        found = facts.scanned(data)
        part = _part(found, "duplicates")
        if found is None or part is None:
            return None
        scan = found.scan_of("duplicates")
        exact, near = int(part["exact_rows"]), int(part["near_rows"])
        columns = [str(name) for name in (scan.result or {}).get("copy_columns") or []]
        compared = f", compared by {joined(columns)}" if columns else ""
        summary = (
            f"{counted(exact, 'row repeats', 'rows repeat')} another exactly and {counted(near, 'text')} nearly, of "
            f"{counted(data.rows, 'row')}{compared}. {_proof(found)}"
        )
        value = {"exact_rows": exact, "near_rows": near, "columns": columns, "scan": scan.pk}
        return data_finding("dataset.duplicates", data, MEASURED, _method(scan), summary, value, _digest(data, part))

    return of_each(facts, "dataset.duplicates", NO_SCAN, find)


def integrity(facts: DataFacts) -> list[Finding]:
    """The digest under which the bytes are stored, and whether the training read bytes of the same digest."""
    tuning = facts.tuning

    def find(data: DatasetVersion) -> Finding | None:
        read_again = ""
        if tuning is not None and tuning.dataset_version_id == data.pk:
            read_again = str((tuning.result or {}).get("data_sha256") or "") if data.format == "jsonl" else ""
        is_same = read_again == data.digest
        found = facts.scanned(data)
        summary = (
            f"The file has a fingerprint (SHA-256 {data.digest[:12]}…) that was taken when it came in; a single changed"
            f" byte gives another one. {_last_read(found)} "
        )
        if is_same:
            summary += "The tuning read a file with this very fingerprint. "
        value: dict[str, Any] = {"digest": data.digest, "is_confirmed_by_tuning": is_same}
        if chunks := _part(found, "integrity"):
            value["is_compromised"] = bool(chunks["compromised"])
            if chunks["compromised"]:
                value[BLOCKS] = f"{data}: {chunks['statement']}"
                value[REMEDY] = "Register the version again from a trusted source, and tune again."
        if read_again and not is_same:
            summary += f"But the tuning read another file, with the fingerprint {read_again[:12]}…. "
            value[BLOCKS] = f"{data}: the tuning read other bytes than those that were uploaded."
            value[REMEDY] = "Find out what was read, upload the data again, and tune again."
        method = (
            "SHA-256, taken when the file came in and held against the stored bytes by scans; what is stored is never"
        )
        method += " overwritten"
        return data_finding(
            "dataset.integrity", data, MEASURED, method, f"{summary}{_clean(found)}", value, _digest(data, value)
        )

    return of_each(facts, "dataset.integrity", "no digest is recorded.", find)


def _last_read(found: Scanned | None) -> str:
    """When the stored bytes were last read against their fingerprints, and with what result."""
    chunks = _part(found, "integrity")
    if found is None or chunks is None or not chunks.get("checked", 1):
        return "Nobody has read the stored bytes again since then: scan with “Stored bytes” to have them checked."
    scan = found.scan_of("integrity")
    day = f" on {scan.finished_at:%Y-%m-%d at %H:%M} UTC" if scan.finished_at else ""
    read = f"The stored bytes were last read again{day} (scan {scan.pk})"
    if chunks["compromised"]:
        return f"{read}, and something does not match: {chunks['statement']}"
    commits = int(chunks.get("commits_checked") or 0)
    history = f", and so does the record of {counted(commits, 'version')} up to this one" if commits else ""
    return f"{read}: every piece of the file still matches{history}."


def _clean(found: Scanned | None) -> str:
    """What unchanged bytes leave open."""
    searched = "hidden triggers were searched for separately." if _part(found, "poisoning") else NOBODY_SEARCHED
    return f"That nobody changed the file says nothing about what was in it when it came; {searched}"
