"""The names that a pickle would import and call, read opcode by opcode; nothing is imported, called or loaded.

Which names are dangerous: modelscan's own list, and below it what that list lacks. A pickle may name anything that can
be imported, so a list can never be complete; that is why a person decides whatever a scan says.
"""

import pickletools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from modelscan.settings import DEFAULT_SETTINGS

from workers.artifacts.findings import CRITICAL, HIGH, MEDIUM, Finding

MOST_NAMES = 2_000
_STRINGS = frozenset(
    {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "STRING", "SHORT_BINSTRING", "BINSTRING"}
)
_STORES = frozenset({"MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"})
_FETCHES = frozenset({"GET", "BINGET", "LONG_BINGET"})
_ANY = "*"

# Ways to run code or reach out that modelscan 0.8 does not list.
_ALSO_UNSAFE: dict[str, dict[str, Any]] = {
    CRITICAL: {
        "builtins": ["execfile", "globals", "input", "vars", "setattr"],
        "importlib": _ANY, "imp": _ANY, "pkgutil": _ANY, "code": _ANY, "codeop": _ANY, "marshal": _ANY, "ctypes": _ANY,
        "_ctypes": _ANY, "cffi": _ANY, "multiprocessing": _ANY, "_posixsubprocess": _ANY, "signal": _ANY, "pip": _ANY,
        "operator": ["methodcaller"], "timeit": _ANY, "trace": _ANY, "profile": _ANY, "cProfile": _ANY, "doctest": _ANY,
        "ensurepip": _ANY, "venv": _ANY, "commands": _ANY, "popen2": _ANY, "idlelib": _ANY, "lib2to3": _ANY,
        "torch.hub": _ANY, "torch._inductor": _ANY, "torch": ["load", "compile"], "torch.serialization": ["load"],
        "numpy": ["load"], "numpy.testing._private.utils": ["runstring"], "pandas": ["read_pickle"], "joblib": ["load"],
        "transformers": ["pipeline"],
    },
    HIGH: {
        # code of the author's own, packed into the pickle
        "types": ["CodeType", "FunctionType", "MethodType"], "cloudpickle": _ANY, "dill": _ANY,
        "urllib": _ANY, "http": _ANY, "ftplib": _ANY, "smtplib": _ANY, "telnetlib": _ANY, "xmlrpc": _ANY, "ssl": _ANY,
        "requests": _ANY, "httpx": _ANY, "aiohttp": _ANY, "tempfile": _ANY, "pathlib": _ANY, "glob": _ANY,
        "io": ["open"], "linecache": _ANY, "fileinput": _ANY, "zipfile": _ANY, "tarfile": _ANY, "sqlite3": _ANY,
    },
    MEDIUM: {"functools": ["partial"], "copyreg": ["add_extension"], "threading": _ANY, "atexit": _ANY},
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What a stream of pickles names, in order, and where it could no longer be read."""

    found: tuple[tuple[str, str], ...]
    calls: int
    broken: str = ""


def names_in(stream: IO[bytes]) -> Names:
    """Every module and name in the pickles of a stream. Ends quietly behind the last one, where other bytes follow."""
    found: dict[tuple[str, str], None] = {}
    calls, is_first = 0, True
    while True:
        try:
            for kind, value in _events(stream):
                calls += kind == "call"
                if kind == "name" and len(found) < MOST_NAMES:
                    found[value] = None
        except (ValueError, UnicodeDecodeError, OverflowError) as error:
            return Names(tuple(found), calls, str(error)[:200] if is_first else "")
        is_first = False


def _events(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Names and calls of one pickle. Raises ValueError where its opcodes end before a STOP."""
    strings: list[str] = []
    memo: dict[int, str] = {}
    last, count = "", 0
    for opcode, argument, _ in pickletools.genops(stream):
        name = opcode.name
        if name in ("GLOBAL", "INST"):
            module, _, what = str(argument).partition(" ")
            yield "name", (module, what)
        elif name == "STACK_GLOBAL":
            yield "name", (strings[-2], strings[-1]) if len(strings) > 1 else ("unknown", "unknown")
        elif name in _STRINGS:
            last = str(argument)
            strings = [*strings[-1:], last]
            continue
        elif name in _STORES:
            memo[count if name == "MEMOIZE" else int(argument or 0)] = last
            count += name == "MEMOIZE"
            continue
        elif name in _FETCHES and (fetched := memo.get(int(argument or 0), "")):
            strings = [*strings[-1:], fetched]
        elif name in ("REDUCE", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD"):
            yield "call", None
        last = ""


def unsafe_names() -> dict[str, dict[str, Any]]:
    """modelscan's list with ours, in modelscan's form: severity → module → names or "*"."""
    merged = {}
    for severity, modules in DEFAULT_SETTINGS["unsafe_globals"].items():
        merged[severity] = dict(modules)
        for module, names in _ALSO_UNSAFE.get(severity.lower(), {}).items():
            known = merged[severity].get(module)
            merged[severity][module] = _ANY if _ANY in (known, names) else [*(known or []), *names]
    return merged


def judge_names(names: Names, where: str) -> list[Finding]:
    """What is dangerous among the names. A submodule counts as its module; a name that cannot be told is critical."""
    return [
        Finding(severity, f"It would call {module}.{name} when it is loaded.", where)
        for module, name in names.found
        if (severity := _severity(module, name))
    ]


def _severity(module: str, name: str) -> str:
    if "unknown" in (module, name):
        return CRITICAL
    parents = [".".join(module.split(".")[:end]) for end in range(module.count(".") + 1, 0, -1)]
    for severity, modules in unsafe_names().items():
        for parent in parents:
            listed = modules.get(parent)
            if listed == _ANY or (listed and parent == module and name.split(".")[0] in listed):
                return severity.lower()
    return ""
