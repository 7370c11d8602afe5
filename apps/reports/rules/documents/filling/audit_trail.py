"""The audit trail as an audit report tells it: every entry about the subject, the chain's end, how all is checked."""

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import Bullets, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.chain import chain_gaps, chain_words
from apps.reports.rules.documents.filling.changes import actor_named, trail_known
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.found import said, table
from apps.reports.rules.documents.filling.moments import exact, who
from apps.reports.rules.documents.filling.registry import filler

_NAMES = {"python": "Python", "django": "Django", "weasyprint": "WeasyPrint"}
CHAINED = (
    "Each entry's digest covers everything in it and the digest of the entry before it, so that none can be changed,"
    " removed or put in between without breaking the chain."
)


@filler("audit.entries")
def entries(facts: Facts) -> Filled:
    """Every entry of the audit trail about it, the oldest first."""
    found = sorted(facts.trail.get("entries") or (), key=lambda one: int(one["sequence"]))
    if not found:
        return Filled(missing=("The audit trail has no entry about it.",))
    people = facts.trail.get("people") or {}
    rows = (
        (one["sequence"], exact(one["at"]).removesuffix(" UTC"), actor_named(one["actor"], people))
        + (_what(one), _about(one), one["digest"])
        for one in found
    )
    columns = ("No.", "When (UTC)", "Who", "What", "About, and why", "SHA-256 of the entry")
    head = facts.trail.get("head") or {}
    words = f"{number(len(found))} of the trail's {number(head.get('sequence'))} entries speak of what stands here."
    return Filled((Paragraph(f"{words} {CHAINED}"), *table("Entries", columns, rows, {0})), (trail_known(facts),))


def _what(entry: Json) -> str:
    question = (entry.get("data") or {}).get("question")
    return f"{entry['action']}, {question}" if question else str(entry["action"])


def _about(entry: Json) -> str:
    return f"{entry['object_label']}: “{entry['reason']}”" if entry["reason"] else str(entry["object_label"])


@filler("audit.chain")
def chain(facts: Facts) -> Filled:
    """Where the chain of entries ended, whether it was whole, and under which signed checkpoint it stands."""
    head, checkpoint = facts.trail.get("head") or {}, facts.trail.get("checkpoint") or {}
    if not head:
        return Filled(missing=("Nothing is on record of the audit trail.",))
    rows = (
        ("The chain ended at entry", number(head.get("sequence"))),
        ("Digest of that entry", head.get("digest")),
        ("Newest signed checkpoint", f"covers {number(checkpoint['rows'])} entries" if checkpoint else ""),
        ("Signed at", exact(checkpoint.get("at")) if checkpoint else ""),
        ("Signed with the key", checkpoint.get("key")),
    )
    missing = () if checkpoint else ("The audit trail has no signed checkpoint.",)
    told = (FactList(said(rows)), Paragraph(chain_words(facts)))
    return Filled(told, (trail_known(facts),), (*chain_gaps(facts), *missing))


@filler("audit.checking")
def checking(facts: Facts) -> Filled:
    """How anybody can check this report, and what it was made with."""
    made_with = facts.raw.get("software") or {}
    rows = (
        ("This report was made from", "the record (snapshot) whose SHA-256 stands at the foot of each page"),
        ("State of", exact(facts.taken_at)),
        ("Taken by", who(facts.raw.get("taken_by"), "")),
        ("Because", facts.raw.get("reason")),
        ("Made with", ", ".join(f"{_NAMES.get(name, name)} {release}" for name, release in made_with.items())),
    )
    steps = (
        "The PDF of this report carries the organisation's electronic signature. Any program that reads signed PDFs"
        " shows it; the portal's page Verify and the program verify_pack.py check it too.",
        "In an audit pack this report lies beside the record that it was made from, the evidence, the trail with its"
        " proof, a list of the SHA-256 of every file, and verify_pack.py, which checks all of it. The program needs"
        " Python 3.9 or newer and nothing else: python3 -I verify_pack.py PACK.zip --key FINGERPRINT",
        "It prints OK or names what differs. FINGERPRINT is that of the organisation's key: have it given to you by"
        " another way than the pack, or read it on the portal's page of public keys.",
        "The same record gives the same report again, byte for byte, however much time has passed.",
    )
    known = Known(MEASURED, "The snapshot that this report was made from", facts.taken_at)
    return Filled((FactList(said(rows)), Bullets(steps), *_frameworks(facts)), (known,))


def _frameworks(facts: Facts) -> tuple[Table, ...]:
    """Whose questions were asked."""
    rows = [
        (f"{one['title']}, version {one['version']}", f"{one['source']['author']}, “{one['source']['title']}”")
        + (one["copyright"], one["digest"])
        for one in facts.frameworks
    ]
    return table("Questions that were asked", ("Framework", "After", "Rights", "SHA-256 of its file"), rows)
