"""Check a GenAIOps audit pack or a signed PDF: every byte is as it was made, or the difference is named.

    python3 -I verify_pack.py PACK.zip-or-its-unpacked-folder [--key FINGERPRINT] [--digest SHA256]
    python3 -I verify_pack.py DOCUMENT.pdf [--key FINGERPRINT]

Needs Python 3.9 or newer and nothing else: no installation, no network. Nothing is unpacked, written or executed.

`--key` is the SHA-256 fingerprint of the organisation's key as you were given it by another way: of the key that packs
and the audit trail are sealed with, or of the certificate that documents are signed with. It may stand several times.
Without it, the program says which key was used, and whose that is remains for you to compare. `--digest` is the digest
of the manifest as the portal shows it and as its audit trail recorded it.

Exit code 0: intact. 1: something differs; each difference is printed. 2: it could not be checked (no such file, neither
a ZIP archive nor a PDF, cut off).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path

from apps.reports.rules.verify_pack.checking import fingerprint, verify
from apps.reports.rules.verify_pack.layout import FORMAT_2, plain
from apps.reports.rules.verify_pack.pdfs import MOST_PDF_BYTES, PdfVerdict, Signature, check_pdf, is_pdf
from apps.reports.rules.verify_pack.verdicts import Verdict
from apps.reports.rules.verify_pack.work import Unreadable


def main() -> int:
    """The command line; see the text at the top."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0], epilog="Exit code 0, 1 or 2.")
    here = str(Path(__file__).resolve().parent)
    parser.add_argument("file", nargs="?", default=here, help="a pack (ZIP or folder), or a PDF")
    parser.add_argument("--key", action="append", default=[], metavar="FINGERPRINT", help="a key that you trust")
    parser.add_argument("--digest", default="", metavar="SHA256", help="the manifest's digest as the portal shows it")
    asked = parser.parse_args()
    try:
        path = Path(asked.file)
        if path.is_file() and _begins_as_pdf(path):
            return _tell_pdf(path, {fingerprint(key) for key in asked.key})
        return _tell_pack(verify(path, asked.digest, asked.key), bool(asked.key))
    except (Unreadable, OSError) as error:
        print(f"CANNOT BE CHECKED: {plain(error)}")
        return 2


def _begins_as_pdf(path: Path) -> bool:
    with path.open("rb") as stream:
        return is_pdf(stream.read(5))


def _tell_pdf(path: Path, trusted: Collection[str]) -> int:
    with path.open("rb") as stream:
        verdict = check_pdf(stream.read(MOST_PDF_BYTES + 1))
    problems = [*verdict.problems, *key_problems(verdict, trusted)]
    if problems:
        print("\n".join(f"DIFFERS: {plain(problem)}" for problem in problems))
        return 1
    print(f"OK: {verdict.size} bytes, each as it was signed; nothing was appended.")
    print(_signed_line(verdict.signatures[0]))
    print(f"Key (compare it with the organisation's): {verdict.signatures[0].fingerprint}")
    return 0


def key_problems(verdict: PdfVerdict, trusted: Collection[str]) -> list[str]:
    """That the first signature is of none of the trusted keys, where any are given."""
    first = verdict.signature
    if first is None or not trusted or first.fingerprint in trusted:
        return []
    return [f"it is signed with the key {first.fingerprint or 'of nobody'}, which is none of those that were expected"]


def _signed_line(signature: Signature) -> str:
    told = f"Signed by: {plain(signature.holder)}"
    if signature.signer is not None and signature.signer.organisation:
        told += f", {plain(signature.signer.organisation)}"
    told += f", at {signature.signed_at.isoformat() if signature.signed_at else 'an unknown time'} by its own clock"
    stamp = signature.stamp
    if stamp is not None and stamp.at is not None and stamp.authority is not None:
        told += f"; time stamp of {plain(stamp.authority.holder)}: {stamp.at.isoformat()}"
    return told


def _tell_pack(verdict: Verdict, has_key: bool) -> int:
    if verdict.problems:
        print("\n".join(f"DIFFERS: {plain(problem)}" for problem in verdict.problems))
        return 1
    print(f"OK: {verdict.files} files, {verdict.size} bytes, each as its manifest says.")
    print(f"About: {plain(verdict.subject)}, made {plain(verdict.generated_at)}")
    if verdict.format == FORMAT_2:
        print(
            f"Audit trail: {verdict.entries} entries, each under one of {verdict.checkpoints} signed checkpoints."
            f" Documents: {len(verdict.documents)} PDFs, each as it was signed."
        )
        told = "it is one that you expected" if has_key else "compare it with the organisation's"
        print(f"Sealed at {plain(verdict.sealed_at)} with the key ({told}): {verdict.seal_key}")
    else:
        print("Nobody sealed it: it holds only if its manifest has the digest that the portal tells.")
    print(f"Manifest digest (compare it with the portal's): {verdict.manifest_digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
