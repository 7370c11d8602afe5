"""Whether bytes are a Python pickle that would call something, read opcode by opcode and never loaded.

Protocols 2 to 5 begin with a mark of their own. Protocols 0 and 1 begin with any opcode, and protocol 0 is plain text:
such a file may bear any name, so its opcodes are walked. See `pickletools` in the standard library.
"""

import io
import pickletools
import re
from typing import Any

_NAMES = frozenset({"GLOBAL", "STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"})
_CALLS = frozenset({"REDUCE", "NEWOBJ", "NEWOBJ_EX", "BUILD"})
_MARKED_CALLS = frozenset({"INST", "OBJ"})  # they take what lies above a MARK
_MODULE_AND_NAME = re.compile(r"[\w.-]+ [\w.]+")
_ASKED_FOR = re.compile(r"expected (\d+) bytes")


def may_be_pickle(head: bytes, size: int) -> bool:
    """Whether the file that begins with `head` and is `size` bytes long is a pickle that names something to call, or
    cannot be told from one.
    """
    if head[:1] == b"\x80" and len(head) > 1 and 1 <= head[1] <= 5:
        return True
    seen: list[str] = []
    try:
        for opcode, argument, _ in pickletools.genops(io.BytesIO(head)):
            if not _is_plausible(opcode.name, argument):
                return False
            seen.append(opcode.name)
            if _calls(opcode.name, seen):
                return True
    except ValueError as error:
        return len(head) < size and _goes_on(str(error), size)
    return _names_something(seen)  # it came to its STOP


def _is_plausible(name: str, argument: Any) -> bool:
    """A word of a text that looks like an opcode is followed by something that is no module and name."""
    return name not in ("GLOBAL", "INST") or bool(_MODULE_AND_NAME.fullmatch(str(argument)))


def _calls(name: str, seen: list[str]) -> bool:
    """Whether this opcode calls something that the pickle has named before."""
    if name in _MARKED_CALLS:
        return "MARK" in seen and _names_something(seen)
    return name in _CALLS and _names_something(seen) and len(seen) > 2


def _names_something(seen: list[str]) -> bool:
    return not _NAMES.isdisjoint(seen)


def _goes_on(error: str, size: int) -> bool:
    """Whether the opcodes ended only because no more bytes were read: what they ask for fits into the file."""
    if wanted := _ASKED_FOR.search(error):
        return int(wanted[1]) <= size
    return "no newline found" in error or "exhausted" in error or "not enough data" in error
