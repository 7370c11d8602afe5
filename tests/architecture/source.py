"""The project's own source, read as text and as syntax trees, for the tests of this folder."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("apps", "genaiops_site", "workers")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git tracks, and every new one that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file())


def python_files(*packages: str) -> list[Path]:
    """The Python files below the packages, migrations left out: those are generated."""
    inside = [path for path in tracked_files() if path.suffix == ".py" and "migrations" not in path.parts]
    return [path for path in inside if path.relative_to(ROOT).parts[0] in packages]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def name_of(path: Path) -> str:
    """The path as a person would write it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """The dotted name that the file is imported by."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each imported module as (line, dotted name); `from a import b` gives `a.b`, wherever in the file it stands."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def called_name(call: ast.Call) -> str:
    """The last word of what is called: `save` of `user.save()`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@cache
def floors() -> dict[str, int]:
    """Each app's floor, counted from the bottom, as pyproject.toml tells import-linter; siblings share a number."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["apps"])
    return {name.strip(): floor for floor, layer in enumerate(reversed(layers)) for name in layer.split("|")}
