"""Checks packs and signed PDFs with the standard library alone, so that it can go into every pack as `verify_pack.py`.

Written for Python 3.9, whatever the portal runs on. `apps.reports.rules.program` joins these files into the one that a
pack holds; out of the source code it runs as `python3 -m apps.reports.rules.verify_pack`.
"""

from apps.reports.rules.verify_pack.checking import fingerprint, verify
from apps.reports.rules.verify_pack.layout import (
    DOCUMENT,
    DOCUMENTS,
    EVIDENCE,
    FORMAT_1,
    FORMAT_2,
    KEYS,
    MANIFEST,
    MANIFEST_DIGEST,
    MOST_BYTES,
    MOST_DIRECTORY_BYTES,
    MOST_FILES,
    MOST_JSON_BYTES,
    PROOF,
    PROOF_FORMAT,
    SAFE_NAME,
    SEAL,
    SEAL_FORMAT,
    SNAPSHOT,
    SNAPSHOT_1,
    TRAIL,
    TRAIL_1,
)
from apps.reports.rules.verify_pack.pdfs import MOST_PDF_BYTES, PdfVerdict, Signature, check_pdf, is_pdf
from apps.reports.rules.verify_pack.reading import directory, header
from apps.reports.rules.verify_pack.trail import chain_problems, digest_of
from apps.reports.rules.verify_pack.verdicts import Verdict
from apps.reports.rules.verify_pack.work import TooCostly, Unreadable, at_most

__all__ = [
    "DOCUMENT",
    "DOCUMENTS",
    "EVIDENCE",
    "FORMAT_1",
    "FORMAT_2",
    "KEYS",
    "MANIFEST",
    "MANIFEST_DIGEST",
    "MOST_BYTES",
    "MOST_DIRECTORY_BYTES",
    "MOST_FILES",
    "MOST_JSON_BYTES",
    "MOST_PDF_BYTES",
    "PROOF",
    "PROOF_FORMAT",
    "SAFE_NAME",
    "SEAL",
    "SEAL_FORMAT",
    "SNAPSHOT",
    "SNAPSHOT_1",
    "TRAIL",
    "TRAIL_1",
    "PdfVerdict",
    "Signature",
    "TooCostly",
    "Unreadable",
    "Verdict",
    "at_most",
    "chain_problems",
    "check_pdf",
    "digest_of",
    "directory",
    "fingerprint",
    "header",
    "is_pdf",
    "verify",
]
