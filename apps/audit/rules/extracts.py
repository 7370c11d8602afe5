"""Entries in a file of their own, sealed: after every thousand, and at the end, a signed line says which they were.

One JSON value a line. A line is an entry, or a CloudEvent around one, or a seal: `{"seal": {…}}` (as an event:
`{"data": {"seal": {…}}, …}`). A seal lists number and digest of each entry since the seal before it; the last one says
that it is the last. So an extract that leaves out other people's entries still shows each change that is made to it.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from apps.audit.rules.chain import entry_digest
from apps.audit.rules.checkpoints import key_id, signature_holds, signature_of
from apps.audit.rules.events import cloud_event, event_text, seal_event
from apps.core.canonical import canonical_json

FORMAT = "genaiops-trail-seal/1"
SEALED = 1_000  # entries to a seal
JSON_LINES, CLOUD_EVENTS = "jsonl", "cloudevents"
FORMS = {JSON_LINES: "JSON Lines", CLOUD_EVENTS: "CloudEvents 1.0"}


@dataclass(frozen=True)
class Extract:
    """How an extract is written: by which key, when, about what (the filters, in words), in which form."""

    key: Ed25519PrivateKey
    at: str
    about: dict[str, str] = field(default_factory=dict)
    form: str = JSON_LINES
    source: str = ""
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    def line(self, entry: dict[str, Any]) -> str:
        """An entry as it stands in the file."""
        return event_text(cloud_event(entry, self.source) if self.form == CLOUD_EVENTS else entry) + "\n"

    def seal(self, number: int, before: int, entries: list[list[Any]], *, is_last: bool) -> str:
        """The line behind some entries, which were preceded by `before` others."""
        told = {
            "format": FORMAT,
            "extract": self.name,
            "number": number,
            "before": before,
            "entries": entries,
            "is_last": is_last,
            "about": self.about,
            "at": self.at,
            "key": key_id(self.key.public_key()),
        }
        seal = told | {"signature": signature_of(canonical_json(told), self.key)}
        return event_text(seal_event(seal, self.source) if self.form == CLOUD_EVENTS else {"seal": seal}) + "\n"


def sealed_lines(entries: Iterable[dict[str, Any]], extract: Extract) -> Iterator[str]:
    """The lines of the file, written while they are read."""
    open_: list[list[Any]] = []
    number = before = 0
    for entry in entries:
        open_.append([entry["sequence"], entry["digest"]])
        yield extract.line(entry)
        if len(open_) == SEALED:
            number += 1
            yield extract.seal(number, before, open_, is_last=False)
            before, open_ = before + len(open_), []
    yield extract.seal(number + 1, before, open_, is_last=True)


@dataclass
class Checked:
    """What was found of an extract: entries read, and the first thing that is wrong with it."""

    rows: int = 0
    problem: str = ""
    broken_at: int | None = None
    about: dict[str, str] = field(default_factory=dict)
    is_complete: bool = False

    def fail(self, problem: str, at: int | None) -> "Checked":
        self.problem, self.broken_at = problem, at
        return self


class Unreadable(ValueError):
    """A line that is neither entry nor seal."""


def check_extract(lines: Iterable[str | bytes], keys: dict[str, Ed25519PublicKey]) -> Checked:
    """Hold a file against its seals and the portal's public keys; what was cut off, altered, put in, moved or taken
    out is named by the entry's number.
    """
    checked, open_, expected, last = Checked(), [], (1, 0, ""), 0
    for number, line in enumerate(lines, start=1):
        if checked.is_complete:
            return checked.fail(f"line {number} stands behind the end of the extract", None)
        try:
            entry, seal = _read(line)
        except (ValueError, KeyError, TypeError, RecursionError):
            return checked.fail(f"line {number} cannot be read: it was changed", last + 1)
        if entry is not None:
            open_.append(entry)
            continue
        if problem := _seal_problem(seal, expected, keys):
            return checked.fail(f"the seal in line {number} {problem}", last + 1)
        if found := _difference(open_, seal["entries"]):
            return checked.fail(*found)
        checked.rows += len(open_)
        last = open_[-1]["sequence"] if open_ else last
        checked.about, checked.is_complete = seal["about"], seal["is_last"]
        expected, open_ = (seal["number"] + 1, checked.rows, seal["extract"]), []
    if not checked.is_complete:
        return checked.fail(
            f"the end is missing: everything behind entry {last} was cut off or is not sealed", last + 1
        )
    return checked


def _read(line: str | bytes) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The entry, or the seal, of a line."""
    value = json.loads(line)
    if "specversion" in value:
        value = value["data"]
    if "seal" in value:
        return None, dict(value["seal"])
    if not isinstance(value["sequence"], int) or not isinstance(value["digest"], str):
        raise Unreadable
    return value, {}


def _seal_problem(seal: dict[str, Any], expected: tuple[int, int, str], keys: dict[str, Ed25519PublicKey]) -> str:
    number, before, name = expected
    told = {key: value for key, value in seal.items() if key != "signature"}
    public = keys.get(str(seal.get("key")))
    if public is None:
        return "names a key that is none of this portal's"
    if not signature_holds(canonical_json(told), str(seal.get("signature")), public):
        return "does not hold: it was changed, or was not made with the portal's key"
    if (seal["number"], seal["before"]) != (number, before) or (name and seal["extract"] != name):
        return "is not the next one of this extract: entries before it were taken out or put in"
    return ""


def _difference(entries: list[dict[str, Any]], listed: list[list[Any]]) -> tuple[str, int] | None:
    """The first place where entries are not those that were sealed: in words, and the entry's number."""
    sealed, there = dict(map(tuple, listed)), {entry["sequence"] for entry in entries}
    wanted = iter(listed)
    for entry in entries:
        number, digest = entry["sequence"], entry["digest"]
        expected = next(wanted, None)
        if number not in sealed:
            return f"entry {number} was put in", number
        if expected is None:
            return f"entry {number} stands here a second time", number
        if expected[0] != number:
            missing = expected[0] not in there
            return (f"entry {expected[0]} is missing" if missing else f"entry {number} is out of order"), (
                expected[0] if missing else number
            )
        if expected[1] != digest:
            return f"entry {number} is not the one that was exported: it was rewritten", number
        if entry_digest(entry) != digest:
            return f"entry {number}: its content no longer has its digest", number
    left = next(wanted, None)
    return (f"entry {left[0]} is missing", left[0]) if left else None
