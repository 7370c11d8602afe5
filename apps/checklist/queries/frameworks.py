"""Reading the framework files that come with the product. They are data: a new regulation is a new file."""

from functools import cache
from pathlib import Path

from apps.checklist.queries.framework_texts import spots_of
from apps.checklist.rules import Framework, FrameworkInvalid, framework_from
from apps.checklist.rules.frameworks import Problem
from apps.core.errors import NotFound

FOLDER = Path(__file__).resolve().parent.parent / "frameworks"
GENAIOPS = "urn:genaiops:framework:genaiops-checklist"


def read_framework(path: Path) -> Framework:
    """One framework file. Raises FrameworkInvalid, which names the file, the line and the rule that it breaks."""
    return framework_in(path.read_bytes(), path.name)


def framework_in(text: str | bytes, name: str) -> Framework:
    """The framework that a text holds. Raises FrameworkInvalid, which names `name`, the line and the rule."""
    return framework_from(spots_of(text, name), name)


def read_frameworks(folder: Path) -> dict[tuple[str, int], Framework]:
    """Every framework file of a folder by URN and version. Raises FrameworkInvalid."""
    found: dict[tuple[str, int], Framework] = {}
    for path in sorted(folder.glob("*.yaml")):
        framework = read_framework(path)
        key = (framework.urn, framework.version)
        if key in found:
            rule = f"no two files hold the same version of {framework.urn}."
            raise FrameworkInvalid(path.name, [Problem(1, "version", rule)])
        found[key] = framework
    return found


@cache
def _installed() -> dict[tuple[str, int], Framework]:
    return read_frameworks(FOLDER)


def frameworks() -> list[Framework]:
    """The newest version of every framework, by title."""
    newest = {urn: framework for (urn, _), framework in sorted(_installed().items())}
    return sorted(newest.values(), key=lambda framework: framework.title)


def framework(urn: str = GENAIOPS, version: int | None = None) -> Framework:
    """A framework by its URN: the newest version, or the one asked for. Raises NotFound."""
    if version is not None:
        found = _installed().get((urn, version))
    else:
        found = next((item for item in frameworks() if item.urn == urn), None)
    if found is None:
        raise NotFound("There is no such framework.", code="framework.unknown")
    return found
