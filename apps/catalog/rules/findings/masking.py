"""What a scan quotes of the rows, hidden from people who may not read them.

Triggers, ties and shifted values are words out of rows. Their shape stays: how many words of which length, which marks
and which invisible characters, by name.
"""

import re
from typing import Any

DOT = "•"
_NAMED = re.compile(r"(\[U\+[0-9A-F]{4,6} [A-Z0-9 -]+\])")
_QUOTED = re.compile(r"'.*'|\".*\"")


def without_texts(result: dict[str, Any]) -> dict[str, Any]:
    """The result with everything that was quoted out of rows masked; the rest, digests too, as it was."""
    section = result.get("poisoning")
    if not isinstance(section, dict):
        return result
    triggers, shift = dict(section.get("triggers") or {}), dict(section.get("shift") or {})
    for name in ("found", "ties"):
        triggers[name] = [_quoted(item) for item in triggers.get(name) or []]
    shift["changed"] = [_change(item) for item in shift.get("changed") or []]
    return result | {"poisoning": section | {"triggers": triggers, "shift": shift}}


def shape_of(text: str) -> str:
    """Letters and digits as dots; marks, spaces and the names of invisible characters stay."""
    return "".join(part if _NAMED.fullmatch(part) else re.sub(r"[^\W_]", DOT, part) for part in _NAMED.split(text))


def _quoted(item: dict[str, Any]) -> dict[str, Any]:
    """The stretch, and the answer that it goes with. A label is a class of the table, as its statistics name it."""
    names = ("text",) if item.get("kind") == "label" else ("text", "target")
    return item | {name: shape_of(str(item[name])) for name in names if name in item}


def _change(item: dict[str, Any]) -> dict[str, Any]:
    """Of a column of few values the value that changed most is quoted; the other kinds tell figures only."""
    if item.get("kind") != "values":
        return item
    return item | {
        name: _QUOTED.sub(lambda quoted: shape_of(quoted.group()), str(item[name]))
        for name in ("was", "now")
        if name in item
    }
