"""What a regulator asks for: the system frozen at one moment, and documents made from that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.demo import checks
from workers.demo.client import Client, DemoError, Refusal
from workers.demo.standing import SYSTEM

ANNEX_IV, PACK = "ai-act-annex-iv", "audit-pack"
ORGANISATION = {
    "name": "Example Support AG",
    "address": "1 Example Street, 10115 Berlin, Germany",
    "contact": "ai-governance@example.org",
}
OF_VERSION = ("audit-report", "model-card")  # what the pack of the version holds
LABEL, REASON = "Demo", "Shows what a regulator is given."


def organisation_entered(administrator: Client) -> str:
    """The organisation that documents name as the provider. What somebody entered there before stays."""
    try:
        told: dict[str, Any] = administrator.get("organisation/")
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        told = administrator.put("organisation/", **ORGANISATION)
    return f"documents will name {told['name']}"


def frozen(person: Client, team: int, say: Callable[[str], None]) -> dict[str, Any]:
    """A snapshot of the demo's AI system."""
    (system,) = person.rows("systems/", name=SYSTEM, team=team)
    run = person.post("snapshots/", about="system", subject=system["id"], label=LABEL, reason=REASON)
    taken = person.wait(run, say)["result"]["snapshot"]
    snapshot: dict[str, Any] = person.get(f"snapshots/{taken}/")
    return snapshot


def annex_iv(person: Client, snapshot: dict[str, Any], folder: Path, say: Callable[[str], None]) -> str:
    """Technical documentation under Annex IV as PDF and Word file. Raises DemoError for one that hides its gaps."""
    made = person.post("reports/", document=ANNEX_IV, snapshot=snapshot["id"])
    person.wait(made, say)
    report = person.get(f"reports/{made['id']}/")
    standing = report["result"]["standing"]
    if not standing["gaps"]:
        raise DemoError("A system whose law nobody has answered cannot be documented without gaps.")
    for form in ("pdf", "docx"):
        file = person.download(f"reports/{made['id']}/files/{form}/", folder / f"annex-iv.{form}")
        say(f"{file.name}, {file.stat().st_size:,} bytes")
    known = (
        f"{standing['filled']} of {standing['total']} points are filled from the record, {standing['partly']} in part"
    )
    return f"{known}; {standing['missing']} are named as missing on page one"


def pack_of_version(person: Client, version: int, pdf: Path, pack: Path, say: Callable[[str], None]) -> str:
    """An audit pack of a model version with the report on all that is on record, and that report by itself."""
    documents = [{"document": slug} for slug in OF_VERSION]
    made = person.post("reports/", document=PACK, about="version", subject=version, documents=documents)
    person.wait(made, say)
    for form, target in (("pdf", pdf), ("zip", pack)):
        person.download(f"reports/{made['id']}/{form}/", target)
    return f"{pdf.stat().st_size / 1e6:.1f} MB PDF, {pack.stat().st_size / 1e6:.1f} MB ZIP"


def pack_of_all(person: Client, snapshot: dict[str, Any], pack: Path, say: Callable[[str], None]) -> str:
    """Every document of the snapshot in one pack, verified by what lies in it."""
    made = person.post("reports/", document=PACK, snapshot=snapshot["id"])
    person.wait(made, say)
    person.download(f"reports/{made['id']}/zip/", pack)
    return f"{pack.stat().st_size / 1e6:.1f} MB; {checks.verified(pack)}"
