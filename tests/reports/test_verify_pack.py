"""Packs of format 1 verify for ever, or what differs is named; as an auditor runs it, without any installed package."""

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.reports.rules import verify_pack
from apps.reports.rules.pack import Archive, pretty_json, sha256, stored_zip
from tests.kept import kept
from tests.reports.format_1 import archive_1, files_1

# The module's one pack is made in the database.
pytestmark = pytest.mark.django_db
OK, DIFFERS, UNREADABLE = 0, 1, 2


@pytest.fixture(scope="module")
def pack(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[Archive]:
    from django.conf import settings

    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SEAL_KEY_FILE", "TRAIL_KEY_FILE", "TRAIL_FOLDER"):
            patch.setattr(settings, name, str(folder / name.lower()))
        with kept(django_db_blocker, lambda: archive_1(files_1())) as made:
            yield made


@pytest.fixture
def files(pack: Archive) -> dict[str, bytes]:
    """The pack's files by path, to be tampered with."""
    with zipfile.ZipFile(io.BytesIO(pack.data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture
def check(tmp_path: Path, files: dict[str, bytes]) -> Callable[..., tuple[int, str]]:
    """Runs the program out of the pack itself, isolated and without site-packages, on bytes or a path."""
    program = tmp_path / "program" / "verify_pack.py"
    program.parent.mkdir()
    program.write_bytes(files["verify_pack.py"])

    def run(target: bytes | Path, *more: str) -> tuple[int, str]:
        if isinstance(target, bytes):
            path = tmp_path / "audit-pack.zip"
            path.write_bytes(target)
            target = path
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(program), str(target), *more], capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


def unpack(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def relisted(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that was rewritten to match them, as a careful forger would."""
    kept_files = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    with zipfile.ZipFile(io.BytesIO(archive_1(kept_files).data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_an_untouched_pack_is_ok(check, pack) -> None:
    code, said = check(pack.data)
    assert code == OK
    assert said.startswith("OK: ")
    assert "Nobody sealed it" in said
    assert pack.manifest_digest in said


def test_the_expected_digest_is_accepted(check, pack) -> None:
    assert check(pack.data, "--digest", pack.manifest_digest)[0] == OK
    assert check(pack.data, "--digest", pack.manifest_digest.upper())[0] == OK


def test_an_unpacked_folder_is_ok(check, files, tmp_path) -> None:
    assert check(unpack(files, tmp_path / "folder"))[0] == OK


def test_the_folder_it_lies_in_is_the_default(files, tmp_path) -> None:
    folder = unpack(files, tmp_path / "folder")
    done = subprocess.run([sys.executable, "-I", "-S", str(folder / "verify_pack.py")], capture_output=True, text=True)
    assert (done.returncode, done.stdout[:3]) == (OK, "OK:")


def test_a_packed_again_folder_is_not_the_portals_archive(check, files, tmp_path) -> None:
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as again:
        for name, data in files.items():
            again.writestr(name, data)
    code, said = check(path)
    assert code == DIFFERS
    assert "packed again" in said


@pytest.mark.parametrize(
    "name",
    [
        "audit-pack.pdf",
        "audit-pack.json",
        "evidence/audit-trail.jsonl",
        "evidence/checklist.json",
        "README.txt",
        "verify_pack.py",
    ],
)
def test_one_changed_byte_is_named(check, files, name) -> None:
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    code, said = check(stored_zip(files | {name: bytes(data)}))
    assert code == DIFFERS
    assert f"DIFFERS: {name}: has the digest {sha256(bytes(data))}" in said


def test_no_byte_of_the_archive_can_change_unnoticed(pack) -> None:
    """A sample of the bytes outside the files' contents and of those inside."""
    inside = _content_places(pack.data)
    places = [place for place in range(len(pack.data)) if place % (4099 if place in inside else 5) == 0]
    for place in places:
        data = bytearray(pack.data)
        data[place] ^= 0xFF
        try:
            verdict = verify_pack.verify(io.BytesIO(bytes(data)))
        except verify_pack.Unreadable:
            continue
        assert not verdict.is_intact, f"byte {place} changed unnoticed"


def _content_places(data: bytes) -> set[int]:
    places: set[int] = set()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for member in opened.infolist():
            start = member.header_offset + 30 + len(member.filename)
            places.update(range(start, start + member.file_size))
    return places


def test_a_flipped_byte_in_the_file_on_disk_is_named(check, pack) -> None:
    data = bytearray(pack.data)
    place = data.index(b"%PDF-1.7") + 100
    data[place] ^= 1
    code, said = check(bytes(data))
    assert code == DIFFERS
    assert "DIFFERS: audit-pack.pdf: its bytes are damaged" in said


def test_a_missing_file_is_named(check, files) -> None:
    del files["evidence/checklist.json"]
    assert check(stored_zip(files)) == (DIFFERS, "DIFFERS: evidence/checklist.json: is missing\n")


def test_an_extra_file_is_named(check, files) -> None:
    code, said = check(stored_zip(files | {"evidence/more.json": b"{}"}))
    assert (code, said) == (DIFFERS, "DIFFERS: evidence/more.json: is not in the manifest\n")


def test_an_extra_file_in_a_folder_is_named(check, files, tmp_path) -> None:
    folder = unpack(files | {"evidence/deeper/more.txt": b"x"}, tmp_path / "folder")
    assert check(folder) == (DIFFERS, "DIFFERS: evidence/deeper/more.txt: is not in the manifest\n")


def test_a_longer_and_a_shorter_file_are_named(check, files) -> None:
    size = len(files["README.txt"])
    assert f"README.txt: is larger than the {size} bytes" in check(stored_zip(files | {"README.txt": b"x" * 9999}))[1]
    assert f"README.txt: has 1 bytes, the manifest says {size}" in check(stored_zip(files | {"README.txt": b"x"}))[1]


def test_an_edited_manifest_is_named(check, files) -> None:
    edited = files["manifest.json"].replace(b'"size": ', b'"size":  ', 1)
    code, said = check(stored_zip(files | {"manifest.json": edited}))
    assert code == DIFFERS
    assert f"manifest.json: has the digest {sha256(edited)}, but manifest.sha256 says" in said


def test_a_rewritten_manifest_passes_only_without_the_portals_digest(check, files, pack) -> None:
    forged = stored_zip(relisted(files | {"audit-pack.pdf": b"%PDF another report"}))
    assert check(forged)[0] == OK  # nobody can tell from the pack alone: this is what --digest is for
    code, said = check(forged, "--digest", pack.manifest_digest)
    assert code == DIFFERS
    assert f"but {pack.manifest_digest} was expected" in said


def test_a_signed_report_with_something_behind_it_is_named_even_with_a_matching_manifest(check, files) -> None:
    code, said = check(stored_zip(relisted(files | {"audit-pack.pdf": files["audit-pack.pdf"] + b"\n"})))
    assert code == DIFFERS
    assert "audit-pack.pdf: an update of 1 bytes was appended after the bytes that" in said


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sha256"])
def test_a_missing_manifest_is_named(check, files, name) -> None:
    del files[name]
    assert check(stored_zip(files)) == (DIFFERS, f"DIFFERS: {name}: is missing\n")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.9999])
def test_a_truncated_archive_cannot_be_checked(check, pack, share) -> None:
    code, said = check(pack.data[: int(len(pack.data) * share)])
    assert code == UNREADABLE
    assert "cut off" in said


def test_what_is_not_there_or_no_archive_cannot_be_checked(check, tmp_path) -> None:
    assert check(tmp_path / "nothing.zip")[0] == UNREADABLE
    assert check(b"this is no archive")[0] == UNREADABLE
    assert check(b"")[0] == UNREADABLE


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside", "a/../../b", "C:\\outside", "a\\..\\b", "./a", "a//b", "evil\x1b[2J"]
)
def test_a_name_that_leads_outside_is_refused(check, files, name, tmp_path) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as evil:
        for good, data in files.items():
            evil.writestr(good, data)
        evil.writestr(zipfile.ZipInfo(name), b"outside")
    code, said = check(path)
    assert code == DIFFERS
    assert "refused, the name could lead outside" in said
    assert "\x1b" not in said


def test_a_name_that_stands_twice_is_refused(check, files, tmp_path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as twice, pytest.warns(UserWarning, match="Duplicate"):
        for name, data in [*files.items(), ("audit-pack.pdf", b"another")]:
            twice.writestr(name, data)
    assert check(path) == (DIFFERS, "DIFFERS: audit-pack.pdf: stands in the archive more than once\n")


def test_links_are_refused(check, files, tmp_path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as linked:
        for name, data in files.items():
            linked.writestr(name, data)
        link = zipfile.ZipInfo("evidence/link")
        link.external_attr = 0o120777 << 16
        linked.writestr(link, "/etc/passwd")
    assert "evidence/link: is a link" in check(path)[1]
    folder = unpack(files, tmp_path / "folder")
    (folder / "evidence" / "etc").symlink_to("/etc")
    code, said = check(folder)
    assert code == DIFFERS
    assert "evidence/etc: is a link" in said


def test_a_bomb_is_read_no_further_than_the_manifest_says(check, files, tmp_path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name, data in files.items():
            bomb.writestr(name, b"\0" * 200_000_000 if name == "audit-pack.pdf" else data)
    code, said = check(path)
    assert code == DIFFERS
    assert f"audit-pack.pdf: is larger than the {len(files['audit-pack.pdf'])} bytes in the manifest" in said


def test_a_manifest_that_promises_a_bomb_is_not_believed(check, files) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"][0]["size"] = 10**12
    assert "it lists more than" in check(_with_manifest(files, manifest))[1]


def test_too_many_entries_are_refused(check, tmp_path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as many:
        for number in range(verify_pack.MOST_FILES + 1):
            many.writestr(f"f{number}", b"")
    code, said = check(path)
    assert code == DIFFERS
    assert "a pack never has more than" in said


def test_a_directory_of_millions_is_not_read(check) -> None:
    """Each line of 47 bytes would become an object: a file of 256 MB would take gigabytes and most of a minute."""
    line = struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x0314, 20, 0, 0, 0, 0x21, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    lines = line * (verify_pack.MOST_DIRECTORY_BYTES // len(line) + 1)
    code, said = check(lines + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(lines), 0, 0))
    assert (code, "its directory is larger" in said) == (UNREADABLE, True)


def _with_manifest(files: dict[str, bytes], manifest: Any) -> bytes:
    data = manifest if isinstance(manifest, bytes) else pretty_json(manifest)
    beside = f"{hashlib.sha256(data).hexdigest()}  manifest.json\n".encode()
    return stored_zip(files | {"manifest.json": data, "manifest.sha256": beside})


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"null",
        b"nonsense",
        b"[" * 100_000,
        b'{"format": "genaiops-audit-pack/1", "files": 3, "subject": "", "generated_at": ""}',
        b'{"format": "another/1", "files": [], "subject": "", "generated_at": ""}',
        b'{"format": "genaiops-audit-pack/1", "files": [], "subject": "", "generated_at": ""}',
        b'{"format": "genaiops-audit-pack/1", "files": [{"path": "../x", "size": 1, "sha256": "0"}], "subject": "",'
        b' "generated_at": ""}',
        b'{"format": "genaiops-audit-pack/1", "files": [{"path": 1, "size": true, "sha256": []}], "subject": "",'
        b' "generated_at": ""}',
    ],
)
def test_a_manifest_of_another_shape_is_named(check, files, manifest) -> None:
    code, said = check(_with_manifest(files, manifest))
    assert code == DIFFERS
    assert said.startswith("DIFFERS: manifest.json: ")


def _with_snapshot(files: dict[str, bytes], change: Callable[[Any], None]) -> bytes:
    facts = json.loads(files["audit-pack.json"])
    change(facts)
    return stored_zip(relisted(files | {"audit-pack.json": pretty_json(facts)}))


def _edit_reason(facts: Any) -> None:
    facts["audit_trail"]["entries"][3]["reason"] = "another reason"


def _drop_last(facts: Any) -> None:
    facts["audit_trail"]["head"]["sequence"] = 1


def _swap(facts: Any) -> None:
    entries = facts["audit_trail"]["entries"]
    entries[0], entries[1] = entries[1], entries[0]


def _forge_neighbour(facts: Any) -> None:
    """Rewrite an entry with its own digest: the entry after it no longer follows."""
    entries = facts["audit_trail"]["entries"]
    place = next(i for i, one in enumerate(entries[1:]) if one["sequence"] == entries[i]["sequence"] + 1)
    entry = entries[place]
    entry["reason"] = "forged"
    entry["digest"] = verify_pack.digest_of({key: value for key, value in entry.items() if key != "digest"})


def _swap_model_file(facts: Any) -> None:
    facts["version"]["files"][0]["digest"] = "f" * 64


def _remove_trail(facts: Any) -> None:
    del facts["audit_trail"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_edit_reason, "its content no longer has its digest"),
        (_drop_last, "its last entry does not fit the end of the chain"),
        (_swap, "is out of order"),
        (_forge_neighbour, "does not continue the entry before it"),
        (_swap_model_file, "the model's files do not give the digest"),
        (_remove_trail, "does not have the shape of an audit pack"),
    ],
)
def test_what_was_changed_inside_the_record_is_found_even_with_a_matching_manifest(check, files, change, named) -> None:
    code, said = check(_with_snapshot(files, change))
    assert code == DIFFERS
    assert named in said


def test_a_trail_extract_that_differs_from_the_record_is_named(check, files) -> None:
    lines = files["evidence/audit-trail.jsonl"].splitlines(keepends=True)
    shorter = stored_zip(relisted(files | {"evidence/audit-trail.jsonl": b"".join(lines[:-1])}))
    assert "evidence/audit-trail.jsonl: is not the extract" in check(shorter)[1]


def test_the_archive_is_one_that_any_program_opens(pack, files) -> None:
    with zipfile.ZipFile(io.BytesIO(pack.data)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == sorted(opened.namelist())
        assert {member.date_time for member in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    rows = json.loads(files["manifest.json"])["files"]
    assert [row["path"] for row in rows] == sorted(set(files) - {"manifest.json", "manifest.sha256"})
    assert all(row["sha256"] == sha256(files[row["path"]]) for row in rows)


def test_equal_files_give_equal_archives() -> None:
    one, other = stored_zip({"a": b"1", "b/c": b"2"}), stored_zip({"b/c": b"2", "a": b"1"})
    assert one == other
    assert struct.unpack("<L", one[14:18])[0] == zlib.crc32(b"1")


def test_the_program_needs_python_3_9_and_the_standard_library_only(files) -> None:
    compile(files["verify_pack.py"], "verify_pack.py", "exec")
    import ast

    tree = ast.parse(files["verify_pack.py"], feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)
