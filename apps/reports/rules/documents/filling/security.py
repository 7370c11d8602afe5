"""What protects the system, and who watches over it."""

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import digest_short, number
from apps.reports.rules.documents.content import Filled, Known, Paragraph, joined
from apps.reports.rules.documents.filling.chain import chain_words
from apps.reports.rules.documents.filling.changes import approvals, trail_known
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import each_version, fact_list, label_of, table, told
from apps.reports.rules.documents.filling.governance import AI_ACT
from apps.reports.rules.documents.filling.moments import exact, who
from apps.reports.rules.documents.filling.registry import filler


@filler("security.measures")
def measures(facts: Facts) -> Filled:
    """Measures against manipulation: digests, signatures, quarantine, scans."""
    return joined([each_version(facts, _files), _chain(facts), told(facts, "dataset.integrity", "dataset.poisoning")])


def _files(version: Json) -> Filled:
    of, safety = version["version"], version.get("safety") or {}
    signatures = [one for one in safety.get("signatures") or () if not one["problem"]]
    scan, check = safety.get("scan") or {}, safety.get("check") or {}
    rows = (
        ("SHA-256 of all files", of["manifest_digest"]),
        ("Files last read against their digests", exact(of.get("checked_at") or check.get("finished_at"))),
        ("Files looked into for hidden code", exact(scan.get("finished_at"))),
        ("Files in quarantine", number(of.get("held_files"))),
        ("Signed with the keys", ", ".join(digest_short(one["key_digest"]) for one in signatures)),
        ("Altered since", exact(of["broken_at"]) if of.get("broken_at") else "no"),
    )
    known = Known(
        MEASURED, f"Files of {label_of(version)}", of.get("checked_at") or of["created_at"], of["manifest_digest"]
    )
    held = [
        (one["path"], one["format"], one["severity"], one["state_label"], who(one["decided_by"]), one["reason"])
        for one in safety.get("held") or ()
    ]
    shown = table("Files that can run code", ("File", "Format", "Finding", "State", "Decided by", "Reason"), held)
    return joined([fact_list(rows, known, missing=_missing(of, signatures, scan)), Filled(shown)])


def _missing(of: Json, signatures: list[Json], scan: Json) -> list[str]:
    found = [] if signatures else ["The files are not signed."]
    found += [] if scan else ["Nobody has looked into the files for hidden code."]
    found += [] if of.get("checked_at") else ["The stored files were not read against their digests since they came."]
    return found + (["A stored file was found to be altered."] if of.get("broken_at") else [])


def _chain(facts: Facts) -> Filled:
    """That whatever is done is written down where it cannot be changed unseen."""
    words = chain_words(facts)
    if not words:
        return Filled()
    return Filled((Paragraph(f"Every change is an entry of a chained audit trail. {words}"),), (trail_known(facts),))


@filler("oversight.measures")
def oversight(facts: Facts) -> Filled:
    """People who watch over the system, and what they decided."""
    people = facts.trail.get("people") or {}
    rows = [(one["name"], ", ".join(one["roles"])) for one in people.values() if one["roles"]]
    owners = [(system["label"], who(system["owner"])) for system in facts.systems]
    shown = (
        *table("Answers for the system", ("System", "Person"), owners),
        *table("People", ("Person", "Roles"), rows),
    )
    is_told = facts.is_said(AI_ACT, "annex-iv-2e", "art-14-4-d", "art-14-4-e")
    missing = () if is_told or not shown else ("How people follow, correct or stop single answers is not on record.",)
    known = (trail_known(facts),) if shown else ()
    return joined([Filled(shown, known, missing), approvals(facts)])
