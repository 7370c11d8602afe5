"""The eighteen answers as a table for a terminal."""

import textwrap
from typing import Any

KNOWN, LEAST = 15, 60


def of(assessment: dict[str, Any], width: int) -> str:
    """Question, answer, how it is known and the evidence behind it; long texts are wrapped to `width` columns."""
    room = max(width, LEAST) - KNOWN - 4
    lines = ["", "=" * width]
    for group in assessment["groups"]:
        lines += [group["title"].upper(), "-" * width]
        for question in group["questions"]:
            lines += _question(question, room)
    return "\n".join([*lines, "=" * width])


def _question(question: dict[str, Any], room: int) -> list[str]:
    known = "stale" if question["is_stale"] else question["status"].replace("_", " ")
    lines = _wrapped(known, question["text"], room)
    answer = question["answer"]
    if answer is not None:
        lines += _wrapped("", question["says"], room, "  ")
        for item in answer["evidence"][:2]:
            lines += _wrapped("", f"{item['method']} · {item['subject_digest'][:12]}", room, "  evidence: ")
    return [*lines, ""]


def _wrapped(first: str, text: str, room: int, mark: str = "") -> list[str]:
    parts = textwrap.wrap(" ".join(text.split()), room - len(mark), max_lines=4, placeholder=" …") or [""]
    return [
        f"{first if number == 0 else '':<{KNOWN}}  {mark if number == 0 else ' ' * len(mark)}{part}"
        for number, part in enumerate(parts)
    ]
