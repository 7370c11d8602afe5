"""Checking a whole pack."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from apps.reports.rules.verify_pack.contents import (
    check_documents,
    compare_files,
    keys_in,
    look_inside_1,
    look_inside_2,
)
from apps.reports.rules.verify_pack.layout import FORMAT_1, FORMAT_2, HEX_DIGEST
from apps.reports.rules.verify_pack.manifests import check_seal, listed_in, manifest_of
from apps.reports.rules.verify_pack.reading import FolderPack, ZipPack
from apps.reports.rules.verify_pack.verdicts import Verdict
from apps.reports.rules.verify_pack.work import Unreadable


def verify(
    source: str | os.PathLike[str] | BinaryIO,
    expected: str = "",
    keys: Collection[str] = (),
) -> Verdict:
    """Check a pack: a path to a ZIP or folder, or an open binary stream of a ZIP.

    `expected` is the manifest's digest as recorded elsewhere, `keys` fingerprints of the keys that the reader trusts.
    Raises Unreadable when there is nothing to check, and TooCostly inside `at_most` for a pack that takes more.
    """
    trusted = {fingerprint(key) for key in keys}
    if not isinstance(source, (str, os.PathLike)):
        return _verify(ZipPack(source), expected, trusted)
    if Path(source).is_dir():
        return _verify(FolderPack(Path(source)), expected, trusted)
    with Path(source).open("rb") as stream:
        return _verify(ZipPack(stream), expected, trusted)


def fingerprint(text: str) -> str:
    """A fingerprint as it is compared: 64 lower-case digits. Raises Unreadable for anything that is none."""
    found = text.strip().lower().replace(":", "").replace(" ", "")
    if not HEX_DIGEST.fullmatch(found):
        raise Unreadable("a key is given by its SHA-256 fingerprint: 64 characters from 0 to 9 and a to f")
    return found


def _verify(pack: ZipPack | FolderPack, expected: str, trusted: Collection[str]) -> Verdict:
    verdict = Verdict(problems=list(pack.refusals()))
    if verdict.problems:
        return verdict
    listed = listed_in(manifest_of(pack, expected.strip().lower(), verdict), verdict)
    if listed:
        sound = compare_files(pack, listed, verdict)
        if verdict.format == FORMAT_1:
            look_inside_1(sound, verdict)
            if trusted:
                verdict.problems.append(
                    f"packs of the format {FORMAT_1!r} have no seal that a key could be compared with"
                )
        elif verdict.format == FORMAT_2:
            keys, certificates = keys_in(sound, verdict)
            check_seal(pack, keys, trusted, verdict)
            look_inside_2(sound, keys, verdict)
            check_documents(sound, certificates, trusted, verdict)
    if not verdict.problems:
        verdict.problems += pack.problems()
    return verdict
