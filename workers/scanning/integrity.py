"""The check ``integrity``: every stored chunk of the version, read again and held against its digest by the door.

Where a chunk was changed the other checks do not run: what they found would be ascribed to rows that nobody committed.

Keys of the section beside the common ones:

* ``compromised``: whether anything does not have the digest under which it was stored.
* ``statement``: the finding in a sentence.
* ``checked``, ``bytes``: how many chunks and bytes were read.
* ``changed``: ``position`` in the file (from 0), ``digest`` and ``size`` of each changed or missing chunk.
* ``file``: ``digest`` and ``ok`` of the whole file, or None where it was not given.
* ``commits``: ``label``, ``digest`` and ``ok`` of this commit and those before it, recomputed from what they record;
  changed ones first, then the newest. ``commits_checked``: how many there are.
* ``code``: ``storage.tampered`` where something is broken, else empty.
"""

from pathlib import Path
from typing import Any

from workers.scanning.checks import Batch, Check, OnProgress, Survey
from workers.scanning.config import Config


def make(config: Config, survey: Survey, folder: Path) -> Check:
    """The check, as the registry makes it."""
    return Integrity(config)


class Integrity:
    name = "integrity"

    def __init__(self, config: Config) -> None:
        self._config = config
        self._rows = 0

    def restore(self, snapshot: Path) -> None:
        self._rows = int((snapshot / "rows").read_text("ascii"))

    def save(self, snapshot: Path) -> None:
        (snapshot / "rows").write_text(str(self._rows), encoding="ascii")

    def feed(self, batch: Batch) -> None:
        self._rows += len(batch.rows)

    def finish(self, on_progress: OnProgress) -> dict[str, Any]:
        chunks = self._config.chunks
        broken = [
            {"position": position, "digest": chunk.digest, "size": chunk.size}
            for position, chunk in enumerate(chunks)
            if not chunk.ok
        ]
        file = self._config.option(self.name, "file", None)
        commits = list(self._config.option(self.name, "commits", ()))
        wrong = [str(commit["label"]) for commit in commits if not commit["ok"]]
        compromised = bool(broken or wrong or (file and not file["ok"]))
        return {
            "compromised": compromised,
            "statement": _statement(len(chunks), broken, wrong, compromised) + _chain(commits, wrong),
            "checked": len(chunks),
            "bytes": sum(chunk.size for chunk in chunks),
            "changed": broken[: self._config.max_rows_listed],
            "file": file,
            "commits": sorted(commits, key=lambda commit: commit["ok"])[: self._config.max_rows_listed],
            "commits_checked": len(commits),
            "code": "storage.tampered" if compromised else "",
            "method": "Every stored chunk was read again and its SHA-256 held against the digest that it is stored"
            " under; commit digests were computed anew from what each commit records.",
            "versions": {"digest": "SHA-256"},
            "rows_scanned": self._rows,
            "error_rate": "A changed byte goes unnoticed only by a collision of SHA-256, which nobody has ever found."
            " What was wrong before it was stored is not seen.",
        }


def _chain(commits: list[dict[str, Any]], wrong: list[str]) -> str:
    if not commits or wrong:
        return ""
    what = f"The records of all {len(commits)} commits up to it have theirs." if len(commits) > 1 else ""
    return f" {what or 'The record of its commit has its digest, too.'}"


def _statement(chunks: int, broken: list[dict[str, Any]], wrong: list[str], compromised: bool) -> str:
    if not chunks and not compromised:
        return "The stored file was not read again: no list of chunks was given."
    if not compromised and chunks == 1:
        return "The one stored chunk has the digest that it was committed under."
    if not compromised:
        return f"All {chunks} stored chunks have the digests that they were committed under."
    parts = []
    if broken:
        named = ", ".join(f"number {b['position']} ({b['digest'][:12]}…)" for b in broken[:5])
        parts.append(f"{len(broken)} of {chunks} stored chunks were changed or are missing: {named}.")
    if wrong:
        parts.append(f"The record of {', '.join(wrong[:5])} does not have the digest of its commit.")
    return " ".join(parts) or "The whole file does not have the digest that it was committed under."
