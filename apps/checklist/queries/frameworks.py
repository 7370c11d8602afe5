"""Reading the framework files that come with the product. They are data: a new regulation is a new file."""

from functools import cache
from pathlib import Path

import yaml

from apps.checklist.rules import Framework, FrameworkInvalid, framework_from
from apps.core.errors import NotFound

FOLDER = Path(__file__).resolve().parent.parent / "frameworks"
GENAIOPS = "urn:genaiops:framework:genaiops-checklist"


def read_framework(path: Path) -> Framework:
    """One framework file. Raises FrameworkInvalid, which names the file and the rule that it breaks."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FrameworkInvalid(f"{path.name}: the file can be read as YAML in UTF-8: {error}") from error
    return framework_from(raw, path.name)


def read_frameworks(folder: Path) -> dict[tuple[str, int], Framework]:
    """Every framework file of a folder by URN and version. Raises FrameworkInvalid."""
    found: dict[tuple[str, int], Framework] = {}
    for path in sorted(folder.glob("*.yaml")):
        framework = read_framework(path)
        key = (framework.urn, framework.version)
        if key in found:
            raise FrameworkInvalid(f"{path.name}: no two files hold the same version of {framework.urn}.")
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
