"""Small signed documents and sealed packs, made by the product's own code, to be tampered with."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import LazySettings
from django.db import transaction

from apps.audit.models import AuditEntry
from apps.audit.queries import as_fields, chain_verify
from apps.audit.queries.proofs import extract_proof
from apps.audit.services import SYSTEM, record
from apps.audit.services.checkpoints import checkpoint_make
from apps.core.pdf import render_pdf
from apps.reports.rules.pack import pretty_json, stored_zip
from apps.reports.rules.program import program
from apps.reports.services.packing import pack_documents
from apps.reports.services.signing import sign_pdf
from tests.makers import make_team

AT = datetime.now(UTC).replace(microsecond=0)
OK, DIFFERS, UNREADABLE = 0, 1, 2
NO_OLD_PYTHON = "there is no Python 3.9 here; the newest syntax is looked for instead"


def _old_python() -> str:
    """A Python 3.9 that starts; empty where there is none."""
    kept = (Path.home() / ".pyenv" / "versions").glob("3.9*/bin/python")
    for name in (*map(str, sorted(kept)), shutil.which("python3.9")):
        if name and subprocess.run([name, "-I", "-S", "-c", ""], check=False, capture_output=True).returncode == 0:
            return name
    return ""


OLD_PYTHON = _old_python()


@cache
def plain_pdf() -> bytes:
    """A tagged PDF of one page with a link, before it is signed."""
    page = """<!doctype html><html lang="en"><head><title>Technical documentation</title></head><body>
    <h1>Technical documentation</h1><p>See <a href="https://example.org/">the register</a>.</p></body></html>"""
    return render_pdf(page, base_url="http://portal.invalid/", created_at=AT, identifier="a" * 64)


def use_keys(settings: LazySettings, folder: Path) -> None:
    """Keys and the trail's files in a folder of the test's own."""
    settings.SEAL_KEY_FILE, settings.SEAL_KEY_IS_OWN = str(folder / "keys/document-signing.pem"), True
    settings.TRAIL_KEY_FILE, settings.TRAIL_KEY_IS_OWN = str(folder / "keys/trail.pem"), True
    settings.TRAIL_FOLDER = str(folder / "trail")


@dataclass
class Sealed:
    """A pack of format 2 and what it was made of."""

    archive: bytes
    manifest_digest: str
    seal_key: str
    document: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """The pack's files by path, to be tampered with."""
        with zipfile.ZipFile(io.BytesIO(self.archive)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}


def facts_of_trail() -> dict[str, Any]:
    """A small record with entries of the trail, some of them others' and not in the extract, and its proof."""
    team, other = make_team(), make_team()
    for number in range(9):
        with transaction.atomic():
            record(action="team.touch", obj=team if number % 3 else other, by=SYSTEM, data={"number": number})
        if number == 4:
            checkpoint_make()
    checkpoint_make()
    rows = AuditEntry.objects.filter(object_type="accounts.team", object_id=str(team.pk)).order_by("sequence")
    entries, verdict = [as_fields(row) for row in rows], chain_verify()
    trail = {"entries": entries, "head": {"sequence": verdict.last, "digest": verdict.head}}
    trail["proof"] = extract_proof(entry["sequence"] for entry in entries)
    return {
        "format": "genaiops-snapshot/2",
        "subject": {"kind": "version", "id": 1, "label": "Desk answers v1", "digest": ""},
        "assessments": [],
        "versions": [{"id": 1, "evaluations": [{"id": 7, "score": 0.5}], "drift": [], "tuning": {"id": 3}}],
        "datasets": [{"id": 2, "scan": {"id": 5, "rows": 10}}],
        "audit_trail": trail,
    }


def make_sealed() -> Sealed:
    """A pack with one signed PDF, its JSON, and a small record."""
    signed = sign_pdf(plain_pdf(), reason="Issued", signed_at=AT)
    documents = {"model-card.pdf": signed, "model-card.json": b"{}\n"}
    made = pack_documents(snapshot=pretty_json(facts_of_trail()), documents=documents, made_at=AT)
    with zipfile.ZipFile(io.BytesIO(made.data)) as opened:
        seal = json.loads(opened.read("manifest.seal.json"))
    return Sealed(made.data, made.manifest_digest, seal["key"], signed)


class Checker:
    """Runs verify_pack.py as an auditor does: isolated, without any installed package, with the given Python."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder, self.python = folder, python
        self.program = folder / "program" / "verify_pack.py"
        self.program.parent.mkdir()
        self.program.write_bytes(program())

    def __call__(self, target: bytes | Path | dict[str, bytes], *more: str) -> tuple[int, str]:
        if isinstance(target, dict):
            target = stored_zip(target)
        if isinstance(target, bytes):
            path = self.folder / "brought"
            path.write_bytes(target)
            target = path
        command = [self.python, "-I", "-S", str(self.program), str(target), *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout
