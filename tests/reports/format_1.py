"""A pack of format 1 as the portal once handed them out, put together by hand: such packs must verify for ever."""

from apps.reports.rules import verify_pack
from apps.reports.rules.pack import Archive, json_lines, manifest_of, packed, pretty_json, sha256
from apps.reports.rules.program import program
from apps.reports.services.signing import sign_pdf
from tests.reports.sealing import AT, facts_of_trail, plain_pdf


def files_1() -> dict[str, bytes]:
    """Report, record, extract of the trail and evidence, without the manifest."""
    file = {"path": "model.safetensors", "digest": "a" * 64, "size": 5}
    trail = {name: part for name, part in facts_of_trail()["audit_trail"].items() if name != "proof"}
    manifest_digest = sha256(b'[{"digest":"' + b"a" * 64 + b'","path":"model.safetensors","size":5}]')
    version = {"files": [file], "manifest_digest": manifest_digest}
    facts = {"format": "genaiops-snapshot/1", "subject": "Desk answers v1", "version": version, "audit_trail": trail}
    return {
        verify_pack.DOCUMENT: sign_pdf(plain_pdf(), reason="Issued: Audit pack", signed_at=AT),
        verify_pack.SNAPSHOT_1: pretty_json(facts),
        verify_pack.TRAIL_1: json_lines(trail["entries"]),
        "evidence/checklist.json": pretty_json({"questions": ["Where does the data come from?"] * 18}),
        "verify_pack.py": program(),
        "README.txt": b"GenAIOps audit pack\n\nDesk answers v1\n",
    }


def archive_1(files: dict[str, bytes]) -> Archive:
    """The files with their manifest; there was no seal."""
    at = "2026-11-22T06:00:00+00:00"
    manifest = manifest_of(files, form=verify_pack.FORMAT_1, subject="Desk answers v1", generated_at=at)
    return packed(files, manifest, {})
