"""What a check of a pack found."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from apps.reports.rules.verify_pack.layout import MOST_JSON_BYTES
from apps.reports.rules.verify_pack.pdfs import PdfVerdict
from apps.reports.rules.verify_pack.work import MEBIBYTE, spend, spend_json

JSON_STEPS, VALUE_STEPS = 10, 0.0003  # to read a mebibyte, and for each list and object in it
MOST_DIGITS = 4_300  # of a whole number; what newer Pythons allow


@dataclass
class Verdict:
    """What a check of a pack found; `problems` is empty when the pack is intact.

    `seal_key` is the id of the key that the manifest is sealed with, empty in packs of format 1, which have no seal.
    `documents` holds the verdict on each PDF of a pack of format 2.
    """

    problems: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0
    manifest_digest: str = ""
    subject: str = ""
    generated_at: str = ""
    format: str = ""
    seal_key: str = ""
    sealed_at: str = ""
    entries: int = 0
    checkpoints: int = 0
    documents: dict[str, PdfVerdict] = field(default_factory=dict)

    @property
    def is_intact(self) -> bool:
        """Whether nothing differs."""
        return not self.problems


def json_steps(data: bytes) -> float:
    """What it takes to read JSON."""
    return JSON_STEPS * len(data) / MEBIBYTE + VALUE_STEPS * (data.count(b"[") + data.count(b"{"))


def json_value(data: bytes) -> Any:
    """The value that JSON holds. Raises ValueError for none, and for a number of more digits than any of ours: turning
    millions of them into a number takes minutes on Pythons that set no limit of their own.
    """
    return json.loads(data, parse_int=_whole)


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number has more than {MOST_DIGITS} digits")
    return int(digits)


def read_json(data: bytes, name: str, verdict: Verdict) -> Any:
    """A JSON file's content; None, and a problem, where it is none, `null` or larger than any in a pack."""
    if len(data) > MOST_JSON_BYTES:
        verdict.problems.append(f"{name}: is larger than the {MOST_JSON_BYTES} bytes that are read of it")
        return None
    spend_json(len(data))
    spend(json_steps(data), f"reading {name}")
    try:
        value = json_value(data)
    except (ValueError, RecursionError):
        verdict.problems.append(f"{name}: is not valid JSON")
        return None
    if value is None:
        verdict.problems.append(f"{name}: holds nothing")
    return value
