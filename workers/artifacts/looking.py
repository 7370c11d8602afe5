"""Looks into one file by what its bytes are, archives included, within bounds; runs in a process of its own.

Pickles go to modelscan and to our own reading of their names. Keras and TensorFlow files are searched for the layers
and operations that run code or touch files: modelscan would need TensorFlow for that.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from modelscan.modelscan import ModelScan
from modelscan.settings import DEFAULT_SETTINGS

from workers.artifacts.archives import (
    BLOCK,
    OPAQUE,
    PACKED,
    Opened,
    Unreadable,
    is_tar,
    is_zip,
    named,
    tar_members,
    zip_members,
)
from workers.artifacts.findings import CRITICAL, HIGH, LOW, MEDIUM, NONE, Finding, unscanned
from workers.artifacts.names import Names, judge_names, names_in, unsafe_names

HEAD = 512
DEEPEST = 3  # archives in archives
MOST_MEMBERS = 20_000
MOST_JSON = 50 * BLOCK
SHOWN_NAMES = 40
_CODE = frozenset(
    {
        ".py",
        ".pyc",
        ".pyd",
        ".so",
        ".dll",
        ".dylib",
        ".exe",
        ".sh",
        ".js",
        ".jar",
        ".class",
        ".whl",
        ".egg",
        ".rb",
        ".pl",
    }
)
_PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".p", ".bin", ".pt", ".pth", ".ckpt"})
_PROGRAMS = (b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_NUMPY = b"\x93NUMPY"
_PROGRAM = "It is a program: whatever loads it runs it. Read it before it is released."
_BROKEN = "Only its beginning could be read: behind it come bytes in another format, as joblib writes arrays."
# Where opcodes cannot be followed to the end, the rest is searched for these.
_TELLING = {b"posix": HIGH, b"subprocess": HIGH, b"importlib": HIGH, b"builtins": MEDIUM, b"cloudpickle": MEDIUM}
_LAMBDA = {b'"class_name": "Lambda"': MEDIUM, b'"__lambda__"': MEDIUM}
# Operations of a TensorFlow graph that read or write files, or call Python or a library.
_TF_OPS = {
    "WriteFile": HIGH, "ReadFile": HIGH, "MatchingFiles": MEDIUM, "PyFunc": CRITICAL, "PyFuncStateless": CRITICAL,
    "EagerPyFunc": CRITICAL, "SaveV2": LOW, "DebugIdentityV2": MEDIUM, "PrintV2": LOW,
}  # fmt: skip


class TooMuch(Exception):
    """The file unfolds to more than may be looked into."""


@dataclass
class Look:
    """One file under examination: where parts are unfolded to, and how many bytes may still be."""

    folder: Path
    left: int
    findings: list[Finding] = field(default_factory=list)
    parts: int = 0

    def part(self, stream: IO[bytes]) -> Path:
        """Unfold a part into a file of its own. Raises TooMuch past the bound."""
        self.parts += 1
        path = self.folder / f"part-{self.parts}.pkl"
        with path.open("wb") as target:
            while block := stream.read(BLOCK):
                self.left -= len(block)
                if self.left < 0:
                    raise TooMuch
                target.write(block)
        return path


def look_into(path: Path, name: str, folder: Path, most_bytes: int) -> list[Finding]:
    """What is found in the file that people know as `name`; at least one finding, the last word being "nothing"."""
    look = Look(folder, most_bytes)
    try:
        _look(look, path, name, where="", depth=0)
    except TooMuch:
        look.findings.append(unscanned("It unfolds to more than may be looked into, as an archive made to harm would."))
    finally:
        for part in folder.glob("part-*"):
            part.unlink()
    found = list(dict.fromkeys(look.findings))
    return found or [Finding(NONE, "Nothing dangerous is known of what it holds.")]


def _look(look: Look, path: Path, name: str, *, where: str, depth: int) -> None:
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if is_zip(head):
        _archive(look, zip_members(path), where, depth)
    elif is_tar(head):
        _archive(look, tar_members(path), where, depth)
    elif opener := named(head, PACKED):
        _unfolded(look, path, name, opener, where, depth)
    elif packing := named(head, OPAQUE):
        look.findings.append(unscanned(f"It is packed as {packing}, which is not opened here.", where))
    else:
        look.findings += _plain(look, path, PurePosixPath(name.lower()).suffix, head, where)


def _plain(look: Look, path: Path, suffix: str, head: bytes, where: str) -> list[Finding]:
    if head.startswith(b"\x89HDF"):
        return _searched(path, _LAMBDA, "a Lambda layer", where)
    if suffix in (".pb", ".pbtxt", ".meta"):
        tagged = {b"\x12" + bytes([len(op)]) + op.encode(): severity for op, severity in _TF_OPS.items()}
        return _searched(path, tagged, "an operation on files or code", where)
    if head.startswith(_PROGRAMS) or suffix in _CODE:
        return [Finding(HIGH, _PROGRAM, where)]
    return _pickled(look, path, ".npy" if head.startswith(_NUMPY) else ".pkl", where)


def _pickled(look: Look, path: Path, suffix: str, where: str) -> list[Finding]:
    """modelscan's findings and ours, each once; what is named is told even where nothing is wrong with it."""
    with path.open("rb") as stream:
        start = _objects_at(stream) if suffix == ".npy" else 0
        if start is None:
            return []
        stream.seek(start)
        names = names_in(stream)
    found = judge_names(names, where)
    told = {finding.what for finding in found}
    found += [item for item in _modelscanned(look, path, suffix, where) if item.what not in told]
    if names.broken:
        found += _searched(path, _TELLING, "a name that pickles made to harm call", where)
        found.append(unscanned(_BROKEN if names.found else "Its format is not known here, or it is damaged.", where))
    elif names.found and not found:
        found.append(Finding(NONE, _listed(names), where))
    return found


def _listed(names: Names) -> str:
    listed = ", ".join(".".join(name) for name in names.found[:SHOWN_NAMES])
    more = f" and {len(names.found) - SHOWN_NAMES} more" if len(names.found) > SHOWN_NAMES else ""
    return f"It would import {listed}{more}; none of them is known to be dangerous."


def _objects_at(stream: IO[bytes]) -> int | None:
    """Where the pickled elements of a NumPy file begin; None where its elements are plain numbers.

    Format (numpy.lib.format): magic, version, length of the header, the header as a Python dictionary, elements.
    """
    head = stream.read(12)
    start = 10 if head[6] == 1 else 12
    length = int.from_bytes(head[8:start], "little")
    stream.seek(start)
    return start + length if b"O" in stream.read(min(length, BLOCK)).split(b"'fortran_order'")[0] else None


def _modelscanned(look: Look, path: Path, suffix: str, where: str) -> list[Finding]:
    """What modelscan says. It chooses its reader by the name's ending, so the file is given the one that fits."""
    linked = look.folder / f"modelscan-{look.parts}{suffix}"
    linked.unlink(missing_ok=True)
    linked.symlink_to(path.resolve())
    try:
        report = ModelScan(settings=DEFAULT_SETTINGS | {"unsafe_globals": unsafe_names()}).scan(linked)
    finally:
        linked.unlink()
    return [
        Finding(
            issue["severity"].lower(), f"It would call {issue['module']}.{issue['operator']} when it is loaded.", where
        )
        for issue in report["issues"]
    ]


def _archive(look: Look, members: Iterator[tuple[str, Opened]], where: str, depth: int) -> None:
    """Every member that could be a pickle, a program or an archive; tensors and texts are left alone."""
    try:
        for count, (name, opened) in enumerate(members):
            if count >= MOST_MEMBERS:
                raise TooMuch
            _member(look, name, opened, f"{where}{name}", depth)
    except Unreadable as error:
        look.findings.append(unscanned(f"The archive cannot be read ({type(error).__name__}).", where))


def _member(look: Look, name: str, opened: Opened, where: str, depth: int) -> None:
    suffix, stream = PurePosixPath(name.lower()).suffix, opened()
    if stream is None:  # a folder, a link or a device
        return
    with stream:
        head = stream.read(HEAD)
    if suffix in _CODE or head.startswith(_PROGRAMS):
        look.findings.append(Finding(HIGH, _PROGRAM, where))
    elif PurePosixPath(name).name == "config.json":
        _keras_config(look, opened, where)
    elif suffix in _PICKLES or _may_hide_code(head):
        _part(look, name, opened, where, depth)


def _part(look: Look, name: str, opened: Opened, where: str, depth: int) -> None:
    stream = opened()
    if depth >= DEEPEST or stream is None:
        look.findings.append(unscanned("Archives lie in archives here, deeper than is looked into.", where))
        return
    with stream:
        part = look.part(stream)
    _look(look, part, name, where=f"{where}:", depth=depth + 1)
    part.unlink()


def _may_hide_code(head: bytes) -> bool:
    """A pickle of protocol 2 or later, or an archive: what nobody would name so by accident."""
    is_pickle = head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    return is_pickle or is_zip(head) or is_tar(head) or head.startswith((_NUMPY, b"\x1f\x8b"))


def _keras_config(look: Look, opened: Opened, where: str) -> None:
    """A Keras model of version 3 keeps its layers in config.json; Lambda layers hold marshalled Python code."""
    stream = opened()
    if stream is None:
        return
    with stream:
        text = stream.read(MOST_JSON)
    try:
        layers = _lambdas(json.loads(text))
    except (ValueError, RecursionError):
        look.findings.append(unscanned("The description of its layers cannot be read.", where))
        return
    if layers:
        look.findings.append(
            Finding(MEDIUM, f"It has {layers} Lambda layers, whose Python code runs when it is used.", where)
        )


def _lambdas(value: Any) -> int:
    if isinstance(value, dict):
        is_lambda = value.get("class_name") in ("Lambda", "__lambda__")
        return int(is_lambda) + sum(_lambdas(item) for item in value.values())
    return sum(_lambdas(item) for item in value) if isinstance(value, list) else 0


def _unfolded(look: Look, path: Path, name: str, opener: Callable[[Path], Any], where: str, depth: int) -> None:
    if depth >= DEEPEST:
        look.findings.append(unscanned("It is packed more often than is looked into.", where))
        return
    try:
        with opener(path) as stream:
            part = look.part(stream)
    except Unreadable as error:
        look.findings.append(unscanned(f"It cannot be unpacked ({type(error).__name__}).", where))
        return
    _look(look, part, PurePosixPath(name).stem, where=where, depth=depth + 1)
    part.unlink()


def _searched(path: Path, wanted: dict[bytes, str], what: str, where: str) -> list[Finding]:
    """Which of some byte strings occur in a file of any size."""
    longest, tail = max(len(item) for item in wanted), b""
    found: dict[str, str] = {}
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            window = tail + block
            found |= {item.decode("latin-1"): severity for item, severity in wanted.items() if item in window}
            tail = window[-longest:]
    return [
        Finding(severity, f"It holds {what}: {''.join(letter for letter in item if letter.isprintable())}.", where)
        for item, severity in found.items()
    ]
