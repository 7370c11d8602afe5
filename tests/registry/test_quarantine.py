"""Files that can run code: recognised at the door, held, scanned, released by a second person, refused until then."""

import json
import os
import pickle
from typing import Any

import numpy as np
import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import Conflict, Invalid, NotFound, Refused
from apps.registry.models import FileScanRun, HeldFile, ModelVersion
from apps.registry.queries import held_files_of, held_files_seen_by, refuse_unsafe, waiting_for
from apps.registry.rules.formats import HEAD_BYTES, executable_format
from apps.registry.rules.pickles import may_be_pickle
from apps.registry.services import (
    file_scan_finish,
    file_scan_start,
    held_file_refuse,
    held_file_release,
    version_approve,
    version_propose,
)
from tests.makers import FILES, claim, make_person, make_version
from tests.people import People, make_people


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


HEADER = json.dumps({"__metadata__": {}}).encode()
TENSORS = len(HEADER).to_bytes(8, "little") + HEADER
PICKLED = FILES | {"model.pkl": pickle.dumps(Evil())}
# A safetensors header whose bytes are, read as a pickle, a long string and then a call.
POLYGLOT = b"X\x10\0\0\0\0\0\0{" + b'"a":12345678' + b"0cos\nsystem\n(S'ls'\ntR." + b" " * 5_000


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("config.json", b'{"model_type": "llama"}', ""),
        ("README.md", "# Modèle\n".encode(), ""),
        ("model.safetensors", TENSORS, ""),
        ("model.safetensors", b"", ""),
        ("tokenizer.model", b"\n\x0e\n\x05<unk>\x15\x00\x00\x00\x00\x18\x02", ""),
        ("vocab.txt", b"cat\ncow\ncar\n", ""),
        ("notes.txt", b"i\nam\nhere\n", ""),
        ("notes.md", b"(repeatability)=\n# Repeatable", ""),
        ("data.parquet", b"PAR1\x15\x04\x15", ""),
        ("MLmodel", b"flavors:\n  python_function:\n", ""),
        ("weights.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", ""),
        ("objects.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False}\n", "NumPy objects"),
        ("model.pkl", b"anything", "pickle"),
        ("pytorch_model.bin", b"PK\x03\x04rest", "PyTorch"),
        ("model.pt", pickle.dumps({"a": 1}, 2), "PyTorch"),
        ("model.h5", b"\x89HDF\r\n", "Keras"),
        ("model", b"\x89HDF\r\n", "Keras"),
        ("saved_model/saved_model.pb", b"\x08\x01", "TensorFlow graph"),
        ("code/model.py", b"print()", "program code"),
        ("run", b"#!/bin/sh\n", "program code"),
        ("lib", b"\x7fELF\x02\x01", "machine code"),
        ("model.npz", b"PK\x03\x04rest", "NumPy objects"),
        ("data.tar.gz", b"\x1f\x8b\x08", "archive"),
        ("blob.joblibz", b"x\x9c\x01\x02\x00", "archive"),
        ("model.safetensors", b"PK\x03\x04rest", "archive"),
        ("model.safetensors", POLYGLOT, "pickle"),
        ("weights.dat", b"\x00\x01\x02\xff" * 30, "unrecognised"),
        ("model.safetensors", b"\xff" * 40, "unrecognised"),
    ],
)  # fmt: skip
def test_a_format_is_told_by_name_and_bytes(path: str, content: bytes, expected: str) -> None:
    assert executable_format(path, content) == expected


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ["model.txt", "config.json", "model.safetensors", "LICENSE"])
def test_a_pickle_is_known_under_any_name(protocol: int, name: str) -> None:
    assert executable_format(name, pickle.dumps(Evil(), protocol)) == "pickle"


def test_a_pickle_whose_call_comes_late_is_known() -> None:
    content = pickle.dumps("a" * (HEAD_BYTES + 100), 0)[:-1] + b"0" + pickle.dumps(Evil(), 0)
    assert executable_format("notes.txt", content[:HEAD_BYTES], len(content)) == "pickle"
    assert may_be_pickle(b"(S'true'\nios\nsystem\n.", 20)


def test_random_bytes_never_pass_as_data() -> None:
    chance = np.random.default_rng(7)
    assert all(executable_format("weights.raw", chance.bytes(400)) for _ in range(300))


pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


def held_version(people: People, **more: Any) -> tuple[ModelVersion, HeldFile]:
    version = make_version(people.olga, people.team, files=PICKLED, **more)
    return version, held_files_of(version).get()


def scanned(version: ModelVersion, severity: str = "critical") -> FileScanRun:
    run = claim(FileScanRun.objects.get(version=version))
    found = {"severity": severity, "what": "It would call posix.system when it is loaded.", "where": ""}
    file_scan_finish(run=run, files={held_files_of(version).get().digest: [found]}, result={"scanner": "modelscan"})
    return run


def test_safe_files_are_not_held(people: People) -> None:
    version = make_version(people.olga, people.team)
    assert (version.held_files, HeldFile.objects.count(), FileScanRun.objects.count()) == (0, 0, 0)
    refuse_unsafe(version)


def test_a_pickle_is_held_scanned_and_told_in_the_trail(people: People) -> None:
    version, held = held_version(people)
    assert (version.held_files, held.state, held.format, held.severity) == (1, "held", "pickle", "")
    assert AuditEntry.objects.get(action="version.hold").data == {"files": {"model.pkl": "pickle"}}
    run = scanned(version)
    held.refresh_from_db()
    run.refresh_from_db()
    assert (held.severity, held.scan, held.state) == ("critical", run, "held")
    assert (run.state, run.result["worst"]) == ("succeeded", "critical")
    version.refresh_from_db()
    assert version.held_files == 1


def test_what_is_held_is_neither_handed_out_nor_approved(people: People) -> None:
    version, _ = held_version(people)
    with pytest.raises(Refused, match="can run code") as refusal:
        refuse_unsafe(version)
    assert refusal.value.code == "version.held"
    with pytest.raises(Refused):
        refuse_unsafe(version, "model.pkl")
    refuse_unsafe(version, "config.json")
    version_propose(by=people.olga, version=version)
    with pytest.raises(Conflict, match="1 file in quarantine") as conflict:
        version_approve(by=people.rui, version=version, reason="looks fine")
    assert conflict.value.code == "version.held"


def test_a_second_person_releases_it_with_a_reason(people: People) -> None:
    version, held = held_version(people)
    scanned(version)
    assert list(waiting_for(people.rui)) == [held]
    held = held_file_release(by=people.rui, held=held, reason="Read by hand; made by us.")
    version.refresh_from_db()
    assert (held.state, held.decided_by, version.held_files) == ("released", people.rui, 0)
    entry = AuditEntry.objects.get(action="held_file.release")
    assert (entry.reason, entry.data["file"], entry.data["severity"]) == (
        "Read by hand; made by us.",
        "model.pkl",
        "critical",
    )
    refuse_unsafe(version)
    version_propose(by=people.olga, version=version)
    approved = version_approve(by=people.rui, version=version, reason="checked")
    assert approved.is_deployable
    held_file_refuse(by=people.rui, held=held, reason="A hint from outside.")
    approved.refresh_from_db()
    assert not approved.is_deployable
    with pytest.raises(Refused):
        refuse_unsafe(approved)


def test_who_brought_it_may_not_release_it(people: People) -> None:
    both = make_person("engineer", "approver", team=people.team)
    version = make_version(both, people.team, files=PICKLED)
    scanned(version)
    held = held_files_of(version).get()
    with pytest.raises(Refused) as refusal:
        held_file_release(by=both, held=held, reason="mine")
    assert refusal.value.code == "quarantine.own_work"
    assert not waiting_for(both).exists()


def test_nobody_releases_without_right_reason_or_before_the_scan(people: People) -> None:
    version, held = held_version(people)
    with pytest.raises(Refused):
        held_file_release(by=people.olga, held=held, reason="x")
    with pytest.raises(NotFound):
        held_file_release(by=people.xena, held=held, reason="x")
    with pytest.raises(Conflict, match="being scanned"):
        held_file_release(by=people.rui, held=held, reason="x")
    scanned(version)
    with pytest.raises(Invalid):
        held_file_release(by=people.rui, held=held, reason="  ")
    held_file_release(by=people.rui, held=held, reason="x")
    with pytest.raises(Conflict, match="released already"):
        held_file_release(by=people.rui, held=held, reason="again")
    assert AuditEntry.objects.filter(action="held_file.release").count() == 1


def test_a_scan_is_asked_for_once_and_only_where_something_is_held(people: People) -> None:
    version, _ = held_version(people)
    with pytest.raises(Conflict, match="already"):
        file_scan_start(by=people.olga, version=version)
    scanned(version)
    assert file_scan_start(by=people.olga, version=version).state == "queued"
    with pytest.raises(Conflict, match="nothing to scan"):
        file_scan_start(by=people.olga, version=make_version(people.olga, people.team))
    with pytest.raises(Refused):
        file_scan_start(by=people.rui, version=version)


def test_an_outsider_sees_no_held_file(people: People) -> None:
    held_version(people)
    assert held_files_seen_by(people.rui).count() == 1
    assert not held_files_seen_by(people.xena).exists()
