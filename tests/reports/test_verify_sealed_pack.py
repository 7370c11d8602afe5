"""A sealed pack is OK, or each thing that differs is named, by the program that lies in it."""

import ast
import io
import json
import struct
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.audit.rules.checkpoints import key_id, public_pem
from apps.core.errors import Conflict
from apps.reports.rules import verify_pack
from apps.reports.rules.pack import json_lines, manifest_of, packed, pretty_json, sha256
from apps.reports.rules.packing import seal_of
from apps.reports.rules.program import PARTS, program
from apps.reports.services.packing import pack_documents
from apps.reports.services.signing import sign_pdf
from tests.kept import kept
from tests.reports.sealing import (
    AT,
    DIFFERS,
    NO_OLD_PYTHON,
    OK,
    OLD_PYTHON,
    UNREADABLE,
    Checker,
    Sealed,
    facts_of_trail,
    make_sealed,
    plain_pdf,
    use_keys,
)

pytestmark = pytest.mark.django_db
NOT_LISTED = ("manifest.json", "manifest.sha256", "manifest.seal.json")


@pytest.fixture(scope="module")
def sealed(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[Sealed]:
    from django.conf import settings

    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SEAL_KEY_FILE", "TRAIL_KEY_FILE", "TRAIL_FOLDER"):
            patch.setattr(settings, name, str(folder / name.lower()))
        with kept(django_db_blocker, make_sealed) as made:
            yield made


@pytest.fixture
def check(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


def again(files: dict[str, bytes], key: Ed25519PrivateKey | None = None) -> dict[str, bytes]:
    """The files with manifest and seal made anew, as somebody with a key of their own would. Without a key the old seal
    stays."""
    kept_files = {name: data for name, data in files.items() if name not in NOT_LISTED}
    manifest = manifest_of(kept_files, form=verify_pack.FORMAT_2, subject="Desk answers v1", generated_at="now")
    seal = seal_of(manifest, key, "now") if key else files["manifest.seal.json"]
    with zipfile.ZipFile(io.BytesIO(packed(kept_files, manifest, {"manifest.seal.json": seal}).data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_an_untouched_pack_is_ok(sealed, check):
    code, said = check(sealed.archive)
    assert (code, said[:3]) == (OK, "OK:")
    assert sealed.seal_key in said
    assert sealed.manifest_digest in said
    assert "each under one of 2 signed checkpoints. Documents: 1 PDFs, each as it was signed." in said


def test_it_holds_what_its_readme_says(sealed):
    names = {name.partition("/")[0] for name in sealed.files}
    assert names >= {"documents", "snapshot.json", "evidence", "trail", "keys", "verify_pack.py", *NOT_LISTED}
    assert {"evidence/evaluations.jsonl", "evidence/scans.jsonl", "evidence/tuning.jsonl"} <= set(sealed.files)
    assert f"keys/trail-{sealed.seal_key}.pem" in sealed.files


def test_an_unpacked_folder_is_ok(sealed, check, tmp_path):
    folder = tmp_path / "folder"
    with zipfile.ZipFile(io.BytesIO(sealed.archive)) as opened:
        opened.extractall(folder)
    assert check(folder)[0] == OK
    (folder / "documents" / "more.pdf").write_bytes(b"x")
    assert check(folder) == (DIFFERS, "DIFFERS: documents/more.pdf: is not in the manifest\n")


def test_the_expected_key_is_accepted_and_another_is_named(sealed, check):
    assert check(sealed.archive, "--key", sealed.seal_key.upper())[0] == OK
    code, said = check(sealed.archive, "--key", "ab" * 32)
    assert code == DIFFERS
    assert f"manifest.seal.json: is of the key {sealed.seal_key}, which is none of those that were expected" in said


def test_a_fingerprint_that_is_none_is_not_taken_for_one(sealed, check):
    code, said = check(sealed.archive, "--key", "abc")
    assert code == UNREADABLE
    assert "64 characters" in said


@pytest.mark.parametrize(
    "name",
    ["documents/model-card.pdf", "documents/model-card.json", "snapshot.json", "trail/entries.jsonl", "verify_pack.py"],
)
def test_one_changed_byte_is_named(sealed, check, name):
    data = bytearray(sealed.files[name])
    data[len(data) // 2] ^= 1
    code, said = check(sealed.files | {name: bytes(data)})
    assert code == DIFFERS
    assert f"DIFFERS: {name}: has the digest {sha256(bytes(data))}" in said


def test_a_file_added_and_a_file_removed_are_named(sealed, check):
    assert check(sealed.files | {"evidence/more.json": b"{}"})[1] == (
        "DIFFERS: evidence/more.json: is not in the manifest\n"
    )
    without = {name: data for name, data in sealed.files.items() if name != "documents/model-card.json"}
    assert check(without) == (DIFFERS, "DIFFERS: documents/model-card.json: is missing\n")


@pytest.mark.parametrize("manifest", [b"null", b"[]", b"{}", b'{"format": "genaiops-pack/3"}'])
def test_a_manifest_of_another_shape_is_named(sealed, check, manifest):
    told = f"{sha256(manifest)}  manifest.json\n".encode()
    code, said = check(sealed.files | {"manifest.json": manifest, "manifest.sha256": told})
    assert code == DIFFERS
    assert said.startswith("DIFFERS: manifest.json: ")


def test_an_edited_manifest_is_named_even_with_its_digest_made_anew(sealed, check):
    edited = again(sealed.files | {"documents/model-card.json": b"[]\n"})
    code, said = check(edited)
    assert code == DIFFERS
    assert f"is over a manifest of the digest {sealed.manifest_digest}: the manifest was edited after" in said


def test_a_pack_sealed_again_with_another_key_is_named(sealed, check):
    """Nobody can tell from the pack alone whose key it is: this is what `--key` is for."""
    key = Ed25519PrivateKey.generate()
    own = f"keys/trail-{key_id(key.public_key())}.pem"
    forged = again(sealed.files | {own: public_pem(key.public_key()).encode()}, key)
    assert check(forged)[0] == OK
    code, said = check(forged, "--key", sealed.seal_key)
    assert code == DIFFERS
    assert f"is of the key {key_id(key.public_key())}, which is none of those that were expected" in said
    unknown = again(sealed.files, key)
    assert "which does not lie under keys/" in check(unknown)[1]


def test_a_seal_that_is_missing_or_broken_is_named(sealed, check):
    without = {name: data for name, data in sealed.files.items() if name != "manifest.seal.json"}
    assert check(without) == (DIFFERS, "DIFFERS: manifest.seal.json: is missing\n")
    seal = json.loads(sealed.files["manifest.seal.json"])
    for change, said in (
        ({"at": "2020-01-01T00:00:00+00:00"}, "its signature does not hold"),
        ({"signature": "AAAA"}, "its signature does not hold"),
        ({"signature": 1}, "does not have the shape of a seal"),
        ({"key": "x"}, "names the key 'x'"),
        ({"format": "another/1"}, "does not have the shape of a seal"),
    ):
        changed = check(sealed.files | {"manifest.seal.json": pretty_json(seal | change)})
        assert changed[0] == DIFFERS
        assert said in changed[1]
    assert "is not valid JSON" in check(sealed.files | {"manifest.seal.json": b"{"})[1]


def test_a_document_signed_with_another_key_is_named(sealed, check, settings, tmp_path):
    use_keys(settings, tmp_path)
    key = Ed25519PrivateKey.generate()
    own = {f"keys/trail-{key_id(key.public_key())}.pem": public_pem(key.public_key()).encode()}
    other = sign_pdf(plain_pdf(), reason="Issued", signed_at=AT)
    code, said = check(again(sealed.files | own | {"documents/model-card.pdf": other}, key))
    assert code == DIFFERS
    assert "documents/model-card.pdf: is signed by GenAIOps at" in said
    assert "with another key than the organisation's" in said


def test_documents_that_are_unsigned_or_carry_more_are_named(sealed, check):
    key = Ed25519PrivateKey.generate()
    own = {f"keys/trail-{key_id(key.public_key())}.pem": public_pem(key.public_key()).encode()}
    longer = again(sealed.files | own | {"documents/model-card.pdf": sealed.document + b"\n%more"}, key)
    assert "documents/model-card.pdf: an update of 6 bytes was appended" in check(longer)[1]
    unsigned = again(sealed.files | own | {"documents/model-card.pdf": plain_pdf()}, key)
    assert "documents/model-card.pdf: it carries no signature" in check(unsigned)[1]


def forged_trail(files: dict[str, bytes], change: Callable[[list[Any], Any], None]) -> dict[str, bytes]:
    """The pack with another trail, in both places, sealed again with a key of the forger's."""
    facts, proof = json.loads(files["snapshot.json"]), json.loads(files["trail/proof.json"])
    change(facts["audit_trail"]["entries"], proof)
    key = Ed25519PrivateKey.generate()
    changed = {
        "snapshot.json": pretty_json(facts),
        "trail/entries.jsonl": json_lines(facts["audit_trail"]["entries"]),
        "trail/proof.json": pretty_json(proof),
        f"keys/trail-{key_id(key.public_key())}.pem": public_pem(key.public_key()).encode(),
    }
    return again(files | changed, key)


def _rewrite(entries: list[Any], proof: Any) -> None:
    """With a digest made anew: only the signed checkpoint tells."""
    entries[2]["reason"] = "another reason"
    entries[2]["digest"] = verify_pack.digest_of({key: entries[2][key] for key in entries[2] if key != "digest"})


def _insert(entries: list[Any], proof: Any) -> None:
    new = entries[0] | {"sequence": entries[0]["sequence"] + 1, "previous": entries[0]["digest"], "reason": "never was"}
    new["digest"] = verify_pack.digest_of({key: new[key] for key in new if key != "digest"})
    entries.insert(1, new)


def _swap(entries: list[Any], proof: Any) -> None:
    entries[0], entries[1] = entries[1], entries[0]


def _other_rows(entries: list[Any], proof: Any) -> None:
    proof["checkpoints"][0]["rows"] += 1


def _no_proof(entries: list[Any], proof: Any) -> None:
    del proof["paths"][0]


def _other_path(entries: list[Any], proof: Any) -> None:
    proof["paths"][0]["path"][0] = "0" * 64


def _other_key(entries: list[Any], proof: Any) -> None:
    """A checkpoint over the forger's rows, signed with a key that is not the portal's."""
    proof["checkpoints"][0]["key"] = "f" * 64


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_rewrite, "is not the entry that the checkpoint of"),
        (_insert, "has no proof that it stands under a signed checkpoint"),
        (_swap, "is out of order"),
        (_other_rows, "its signature does not hold"),
        (_no_proof, "has no proof that it stands under a signed checkpoint"),
        (_other_path, "is not the entry that the checkpoint of"),
        (_other_key, "which is not in the pack"),
    ],
)
def test_a_forged_trail_is_named_whoever_sealed_the_pack(sealed, check, change, named):
    code, said = check(forged_trail(sealed.files, change))
    assert code == DIFFERS
    assert named in said


def test_an_extract_that_differs_from_the_record_is_named(sealed, check):
    lines = sealed.files["trail/entries.jsonl"].splitlines(keepends=True)
    key = Ed25519PrivateKey.generate()
    shorter = again(sealed.files | {"trail/entries.jsonl": b"".join(lines[:-1])}, key)
    assert "trail/entries.jsonl: is not the extract that snapshot.json holds" in check(shorter)[1]


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_key_file_of_another_shape_is_named(sealed, check, content):
    name = f"keys/trail-{sealed.seal_key}.pem"
    assert f"{name}: cannot be used" in check(again(sealed.files | {name: content}))[1]


@pytest.mark.parametrize("name", ["snapshot.json", "trail/proof.json"])
@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b"x", b"[" * 100_000])
def test_a_record_of_another_shape_is_named(sealed, check, name, content):
    code, said = check(again(sealed.files | {name: content}))
    assert code == DIFFERS
    assert any(words in said for words in ("does not have the right shape", "is not valid JSON", "holds nothing"))


def test_no_byte_of_the_archive_can_change_unnoticed(sealed):
    """Each byte outside the files' contents, and a sample of those inside."""
    data = sealed.archive
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        spans = [(one.header_offset + 30 + len(one.filename), one.file_size) for one in opened.infolist()]
    inside = {place for start, size in spans for place in range(start, start + size)}
    places = [place for place in range(len(data)) if (place not in inside and place % 11 == 0) or place % 9973 == 0]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 0xFF
        try:
            verdict = verify_pack.verify(io.BytesIO(bytes(changed)))
        except verify_pack.Unreadable:
            continue
        assert not verdict.is_intact, f"byte {place} changed unnoticed"


def test_more_signatures_than_a_pack_ever_has_are_not_tried(sealed, check):
    many = {f"documents/{number}.pdf": sealed.document for number in range(101)}
    assert "it holds 102 PDFs; a pack never has more than 100" in check(again(sealed.files | many))[1]
    proof = json.loads(sealed.files["trail/proof.json"])
    proof["checkpoints"] *= 10_001
    assert (
        "its proof holds more than 20000 checkpoints"
        in check(again(sealed.files | {"trail/proof.json": pretty_json(proof)}))[1]
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_that_unpacks_all_at_once_is_refused_unread(sealed, check, method):
    """A few bytes of bzip2 hold gigabytes, which nothing unpacks bit by bit; broken LZMA has an error of its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in sorted(sealed.files.items()):
            archive.writestr(name, data, method if name == "manifest.json" else zipfile.ZIP_STORED)
    code, said = check(made.getvalue())
    assert (code, said) == (
        DIFFERS,
        "DIFFERS: manifest.json: refused, it is packed or sized like no file of any pack\n",
    )


def test_a_size_that_no_file_has_is_refused(sealed, check):
    """The size stands in the directory's line, in a field of 64 bits that only larger archives need."""
    line = sealed.archive.rfind(b"PK\1\2")
    name = sealed.archive[line + 46 : -22]
    more = struct.pack("<HHQ", 1, 8, 2**40)
    fields = sealed.archive[line : line + 24] + b"\xff" * 4 + sealed.archive[line + 28 : line + 30]
    changed = fields + struct.pack("<H", len(more)) + sealed.archive[line + 32 : line + 46] + name + more
    count, size, start = struct.unpack("<H2L", sealed.archive[-12:-2])
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size + len(more), start, 0)
    code, said = check(sealed.archive[:line] + changed + ending)
    assert (code, said) == (
        DIFFERS,
        f"DIFFERS: {name.decode()}: refused, it is packed or sized like no file of any pack\n",
    )


@pytest.mark.parametrize("share", [0.3, 0.999])
def test_a_truncated_archive_cannot_be_checked(sealed, check, share):
    code, said = check(sealed.archive[: int(len(sealed.archive) * share)])
    assert code == UNREADABLE
    assert "cut off" in said


def test_the_same_parts_give_the_same_bytes(settings, tmp_path, db):
    use_keys(settings, tmp_path)
    snapshot = pretty_json(facts_of_trail())
    one, other = (pack_documents(snapshot=snapshot, documents={"a.json": b"{}"}, made_at=AT) for _ in range(2))
    assert one == other


def test_a_snapshot_whose_proof_leaves_an_entry_out_is_proven_when_it_is_packed(settings, tmp_path, db, check):
    use_keys(settings, tmp_path)
    facts = facts_of_trail()
    whole = dict(facts["audit_trail"]["proof"])
    facts["audit_trail"]["proof"] = whole | {"paths": whole["paths"][:-1]}
    made = pack_documents(snapshot=pretty_json(facts), documents={}, made_at=AT)
    with zipfile.ZipFile(io.BytesIO(made.data)) as opened:
        assert json.loads(opened.read("trail/proof.json")) == whole
    assert check(made.data)[0] == OK


def test_a_snapshot_whose_trail_cannot_be_proven_is_not_packed(settings, tmp_path, db):
    use_keys(settings, tmp_path)
    facts = facts_of_trail()
    facts["audit_trail"]["entries"][-1]["sequence"] = 99_999
    with pytest.raises(Conflict) as refused:
        pack_documents(snapshot=pretty_json(facts), documents={}, made_at=AT)
    assert refused.value.code == "pack.unproven"


@pytest.mark.skipif(not OLD_PYTHON, reason=NO_OLD_PYTHON)
def test_python_3_9_says_the_same(sealed, tmp_path):
    check = Checker(tmp_path, OLD_PYTHON)
    assert check(sealed.archive, "--key", sealed.seal_key)[0] == OK
    assert check(again(sealed.files))[0] == DIFFERS


def test_the_program_is_one_file_of_standard_library_for_python_3_9():
    tree = ast.parse(program(), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)
    own = [name for node in tree.body for name in _names(node)]
    assert [name for name, times in Counter(own).items() if times > 1] == []
    folder = Path(verify_pack.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} == {"__init__", *PARTS}


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [
        one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name) and one.id.isidentifier()
    ]
