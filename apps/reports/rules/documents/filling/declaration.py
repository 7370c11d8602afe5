"""The elements of the EU declaration of conformity (Annex V), as words to be completed and signed by a person.

Nothing here declares anything: what only a person can say is a blank, and what stands against a declaration is named.
"""

from collections.abc import Iterator

from apps.checklist.rules.status import MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, Block, Bullets, FactList, Filled, Known, Paragraph
from apps.reports.rules.documents.filling.facts import Facts, Json
from apps.reports.rules.documents.filling.governance import AI_ACT, scan_known, scanned
from apps.reports.rules.documents.filling.provider import organisation_known
from apps.reports.rules.documents.filling.registry import filler

BLANK = "_" * 32
TO_SIGN = "The provider has to read and sign this statement."
_HIGH_RISK = frozenset({"annex-i", "annex-iii"})


@filler("declaration.subject")
def subject(facts: Facts) -> Filled:
    """Name, type and reference of the system."""
    if facts.system is None and facts.version is None:
        return NOTHING
    system = facts.system or {}
    parts = [
        ("Name of the system", str(system.get("label") or BLANK)),
        ("Type", BLANK),
        *((f"Model version {place}", _reference(one)) for place, one in enumerate(facts.versions, 1)),
        ("Number in the EU database (Article 49)", BLANK),
    ]
    known = tuple(
        Known(MEASURED, f"Digest of the files of {one['version']['label']}", "", one["version"]["manifest_digest"])
        for one in facts.versions
        if one["version"].get("manifest_digest")
    )
    return Filled((FactList(tuple(parts)),), known, tuple(_subject_missing(facts)))


def _reference(version: Json) -> str:
    told = version["version"]
    digest = told.get("manifest_digest")
    return f"{told['label']}, files with SHA-256 {digest}" if digest else f"{told['label']}, files without a digest"


def _subject_missing(facts: Facts) -> Iterator[str]:
    if facts.system is None:
        yield "The version works in no AI system on record, and the declaration is about a system."
    if not facts.versions:
        yield "No model version is on record for the system, so its files cannot be recognised."
    yield "The type of the system, and its number in the EU database, have to be filled in."


@filler("declaration.provider")
def provider(facts: Facts) -> Filled:
    """Name and address of the provider."""
    told = facts.organisation
    if not told.get("name"):
        return NOTHING
    rows = [("Provider", str(told["name"])), ("Address", str(told.get("address") or BLANK))]
    if told.get("representative_name"):
        contact = told.get("representative_contact") or BLANK
        rows += [("Authorised representative", str(told["representative_name"])), ("Contact", str(contact))]
    missing = () if told.get("address") else ("The address of the provider is not on record.",)
    return Filled((FactList(tuple(rows)),), (organisation_known(facts),), missing)


@filler("declaration.responsibility")
def responsibility(facts: Facts) -> Filled:
    """The statement of sole responsibility."""
    name = facts.organisation.get("name") or BLANK
    words = f"This EU declaration of conformity is issued under the sole responsibility of the provider, {name}."
    return Filled((Paragraph(words),), (), (TO_SIGN,))


@filler("declaration.conformity")
def conformity(facts: Facts) -> Filled:
    """The statement of conformity, and what stands against it."""
    name = f"“{facts.system['label']}”" if facts.system else BLANK
    words = (
        f"The AI system {name}, as identified in point 1, is in conformity with Regulation (EU) 2024/1689 and, where"
        f" applicable, with the following other Union law: {BLANK}."
    )
    against = tuple(_against(facts))
    blocks: list[Block] = [Paragraph(words)]
    if not against:
        return Filled(tuple(blocks), (), (TO_SIGN,))
    blocks += [Paragraph("On record, this stands against the statement:"), Bullets(against)]
    things = "One thing" if len(against) == 1 else f"{len(against)} things"
    return Filled(tuple(blocks), (), (f"{things} on record, named here, would have to be settled before.", TO_SIGN))


def _against(facts: Facts) -> Iterator[str]:
    """What the record holds that a person should settle before anything is declared."""
    chosen = facts.answer(AI_ACT, "scope-risk")
    if chosen is None or (chosen.answer or {}).get("choice") not in _HIGH_RISK:
        yield "It is not on record that the system is high-risk; the declaration is made for high-risk systems only."
    for version in facts.versions:
        yield from _against_version(version["version"])
    yield from (f"The incident “{one['title']}” is open." for one in facts.incidents if one.get("state") == "open")


def _against_version(told: Json) -> Iterator[str]:
    if told.get("stage") != "approved":
        yield f"{told['label']} is not approved; its stage is {told.get('stage') or 'not on record'}."
    elif told.get("approved_digest") != told.get("manifest_digest"):
        yield f"The files of {told['label']} are not those that were approved."


@filler("declaration.data_protection")
def data_protection(facts: Facts) -> Filled:
    """The statement on the protection of personal data, with what scans found in the data."""
    words = (
        "Where the AI system processes personal data: it complies with Regulations (EU) 2016/679 and (EU) 2018/1725 and"
        " with Directive (EU) 2016/680."
    )
    found = scanned(facts, "personal_data")
    lines = tuple(f"{data['label']}: {_pieces(int(part.get('total') or 0))}" for data, part in found)
    blocks: list[Block] = [Paragraph(words)]
    if lines:
        blocks += [Paragraph("Personal data in the data that the model was made and tested with:"), Bullets(lines)]
    confirm = "Whether the system processes personal data in use has to be confirmed by a person."
    return Filled(tuple(blocks), tuple(scan_known(data, "personal_data") for data, _ in found), (confirm,))


def _pieces(total: int) -> str:
    return f"{number(total)} pieces of personal data found" if total else "none of the kinds that were looked for"


@filler("declaration.assessment")
def assessment(facts: Facts) -> Filled:
    """Blanks for the notified body, the procedure and the certificate."""
    rows = (
        ("Procedure of conformity assessment (Annex VI or Annex VII)", BLANK),
        ("Notified body and its number", BLANK),
        ("Certificate", BLANK),
    )
    missing = "Which conformity assessment was carried out is not on record."
    return Filled((FactList(rows),), (), (missing,))


@filler("declaration.signature")
def signature(facts: Facts) -> Filled:
    """Blanks for place, date, person and signature."""
    name = str(facts.organisation.get("name") or BLANK)
    rows = (
        ("Place of issue", BLANK),
        ("Date of issue", BLANK),
        ("Name of the person who signs", BLANK),
        ("Function", BLANK),
        ("For, or on behalf of", name),
        ("Signature", BLANK),
    )
    return Filled((FactList(rows),), (), ("The declaration is not signed.",))
