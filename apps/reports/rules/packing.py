"""A pack (format 2): any set of documents made from one snapshot, with all that is needed to rely on nobody.

documents/      the documents, PDFs signed
snapshot.json   the record that they were made from
evidence/       what stands behind it: files of the library, scans, evaluations, drift, tuning, assessments
trail/          the audit trail's entries about it, and the proof that each stands under a signed checkpoint
keys/           public keys and certificates of the organisation
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.audit.rules.checkpoints import key_id, signature_of
from apps.core.canonical import canonical_json
from apps.reports.rules import verify_pack
from apps.reports.rules.pack import Archive, json_lines, manifest_of, packed, pretty_json, rows_by_kind, sha256
from apps.reports.rules.program import program

CITED = "checklist.evidenceversion"  # what evidence speaks of that cites a file of the library
MOST_EVIDENCE_FILE, MOST_EVIDENCE = 32 * 1024**2, 96 * 1024**2  # bytes: of one file, and of all
MOST_EVIDENCE_FILES = 1_000  # that are packed; the program reads packs of up to 2,000 entries

README = """GenAIOps audit pack

{subject}
Made {generated_at}

What is in it
    documents/          the documents; each PDF carries the organisation's electronic signature{documents}
    snapshot.json       the record that they were made from
    evidence/           what stands behind it: cited files as they are; evaluations, scans, drift measurements, tuning
                        and assessments as one JSON object a line in one file of each kind{left_out}
    trail/              the audit trail's entries about it, and the proof that each stands under a signed checkpoint
    keys/               public keys and certificates of the organisation
    manifest.json       path, size and SHA-256 of every file
    manifest.seal.json  the portal's signature over the manifest (Ed25519)
    verify_pack.py      checks all of this; Python 3.9 or newer, nothing to install, no network

How to check it
    1.  python3 -I verify_pack.py PACK.zip
        prints OK, or names each thing that differs. It works on the unpacked folder and on a single PDF too.
    2.  Somebody who alters a pack can seal it again with a key of their own. Ask the organisation for the fingerprint
        of its key by another way than this pack, and give it as well:
            python3 -I verify_pack.py PACK.zip --key FINGERPRINT
        This pack says that it was sealed with {key}.
    3.  To rely on nothing in the pack, take verify_pack.py from the GenAIOps source code or from the portal's page
        "Verify", or upload the archive there.

This pack documents what GenAIOps recorded. It is no legal advice and no certificate of conformity with any law.
"""


@dataclass(frozen=True)
class Cited:
    """A file of the library that evidence in a snapshot cites."""

    digest: str
    filename: str
    label: str


@dataclass(frozen=True)
class Keys:
    """What a pack is sealed with, and what it can be checked with: public keys as PEM by their ids, certificates as PEM
    by their fingerprints.
    """

    private: Ed25519PrivateKey
    public: dict[str, str]
    certificates: dict[str, str]


@dataclass(frozen=True)
class Parts:
    """What goes into a pack: the snapshot's JSON as it is stored, documents and cited files by their names, and the
    proof of the trail's entries. `left_out` says of each cited file that is not in it why, `titles` what the documents
    are, by their names before the ending.
    """

    snapshot: bytes
    facts: dict[str, Any]
    documents: dict[str, bytes]
    proof: dict[str, Any]
    cited: dict[str, bytes] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


def cited_files(facts: dict[str, Any]) -> list[Cited]:
    """The files of the library that answers in a snapshot cite, each once."""
    found: dict[str, Cited] = {}
    for item in _evidence(facts):
        name = item["value"].get("file", "") if isinstance(item["value"], dict) else ""
        if item["subject_type"] == CITED and name:
            found.setdefault(item["subject_digest"], Cited(item["subject_digest"], name, item["subject_label"]))
    return [found[digest] for digest in sorted(found)]


def _evidence(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for assessment in facts["assessments"]:
        for group in assessment["groups"]:
            for question in group["questions"]:
                yield from (question["answer"] or {}).get("evidence", [])


def pack_of(parts: Parts, keys: Keys, *, made_at: datetime) -> Archive:
    """The archive. The same parts, keys and time give the same bytes."""
    trail, at = parts.facts["audit_trail"], made_at.isoformat(timespec="seconds")
    subject = str(parts.facts["subject"]["label"])
    files = {f"{verify_pack.DOCUMENTS}{name}": data for name, data in parts.documents.items()}
    files |= {f"{verify_pack.EVIDENCE}{name}": data for name, data in _evidence_files(parts).items()}
    files |= {f"{verify_pack.KEYS}trail-{name}.pem": pem.encode() for name, pem in keys.public.items()}
    files |= {f"{verify_pack.KEYS}certificate-{name}.pem": pem.encode() for name, pem in keys.certificates.items()}
    files[verify_pack.SNAPSHOT] = parts.snapshot
    files[verify_pack.TRAIL] = json_lines(trail["entries"])
    files[verify_pack.PROOF] = pretty_json(parts.proof)
    files["verify_pack.py"] = program()
    files["README.txt"] = _readme(parts, keys, subject, at)
    manifest = manifest_of(
        files, form=verify_pack.FORMAT_2, subject=subject, generated_at=at, snapshot=sha256(parts.snapshot)
    )
    return packed(files, manifest, {verify_pack.SEAL: seal_of(manifest, keys.private, at)})


def seal_of(manifest: bytes, key: Ed25519PrivateKey, at: str) -> bytes:
    """The portal's signature over a manifest's digest: Ed25519 over the canonical JSON of all but the signature."""
    told = {"format": verify_pack.SEAL_FORMAT, "manifest": sha256(manifest), "at": at, "key": key_id(key.public_key())}
    return pretty_json(told | {"signature": signature_of(canonical_json(told), key)})


def _readme(parts: Parts, keys: Keys, subject: str, at: str) -> bytes:
    left_out = "; what was left out is told in evidence/left-out.json" if parts.left_out else ""
    documents = "".join(f"\n                        {stem}: {title}" for stem, title in parts.titles.items())
    key = key_id(keys.private.public_key())
    return README.format(subject=subject, generated_at=at, documents=documents, left_out=left_out, key=key).encode()


def _evidence_files(parts: Parts) -> dict[str, bytes]:
    facts, versions = parts.facts, [*parts.facts["versions"], *parts.facts.get("former_versions", [])]
    files = {f"files/{name}": data for name, data in parts.cited.items()}
    files |= rows_by_kind(
        {
            "evaluations": [row for version in versions for row in version.get("evaluations") or []],
            "drift": [row for version in versions for row in version.get("drift") or []],
            "tuning": [version["tuning"] for version in versions if version.get("tuning")],
            "scans": [data["scan"] for data in facts["datasets"] if data.get("scan")],
            "assessments": facts["assessments"],
        }
    )
    if parts.left_out:
        files["left-out.json"] = pretty_json(parts.left_out)
    return files
