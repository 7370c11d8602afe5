"""`verify_pack.py` as it lies in a pack: the files of `apps.reports.rules.verify_pack` joined into one that needs
nothing else. Each name stands in one of these files only; a test checks that.
"""

import ast
from functools import cache
from pathlib import Path

from apps.reports.rules import verify_pack

FOLDER = Path(verify_pack.__file__).parent
OWN = verify_pack.__name__
PARTS = (
    "layout",
    "work",
    "der",
    "ed25519",
    "publickeys",
    "certificates",
    "cms",
    "timestamps",
    "pdfs",
    "verdicts",
    "reading",
    "trail",
    "manifests",
    "contents",
    "checking",
    "__main__",
)


@cache
def program() -> bytes:
    """The program's text. The same sources give the same bytes."""
    sources = {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in PARTS}
    about = ast.get_docstring(ast.parse(sources["__main__"]), clean=False)
    head = f'#!/usr/bin/env python3\n"""{about}"""\n\nfrom __future__ import annotations\n\n'
    body = "\n\n\n".join(_body(name, source) for name, source in sources.items())
    return f"{head}{_imports(sources)}\n\n\n{body}\n".encode()


def _imports(sources: dict[str, str]) -> str:
    """What all parts import from the standard library, each once."""
    plain, named = set(), dict[str, set[str]]()
    for source in sources.values():
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import):
                plain |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not _is_own(node):
                named.setdefault(str(node.module), set()).update(alias.name for alias in node.names)
    named.pop("__future__", None)
    lines = [f"import {name}" for name in sorted(plain)]
    return "\n".join(lines + [f"from {name} import {', '.join(sorted(named[name]))}" for name in sorted(named)])


def _is_own(node: ast.ImportFrom) -> bool:
    return str(node.module).startswith(OWN)


def _body(name: str, source: str) -> str:
    """One part without its imports; its description stands above it as a comment."""
    tree, lines = ast.parse(source), source.splitlines()
    for node in tree.body:
        is_text = node is tree.body[0] and isinstance(node, ast.Expr)
        if is_text or isinstance(node, ast.Import | ast.ImportFrom):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    told = (ast.get_docstring(tree) or "").splitlines() if name != "__main__" else ["The command line."]
    return "\n".join(["# " + "-" * 118, *(f"# {line}".rstrip() for line in told), "", *_squeezed(lines)])


def _squeezed(lines: list[str]) -> list[str]:
    """The lines without those that are empty at the beginning and the end."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1]
