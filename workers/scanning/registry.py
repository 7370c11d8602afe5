"""The checks that there are. Each line names a module that has ``make(config, survey, folder)``; see `checks`.

The order is the order in which batches are fed and sections are finished. `apps.catalog.rules.SCAN_CHECKS` tells the
same names to the portal's forms; a test holds the two together.
"""

from importlib import import_module
from pathlib import Path
from typing import cast

from workers.errors import EngineError
from workers.scanning import lean
from workers.scanning.checks import Check, Survey
from workers.scanning.config import Config

CHECKS: dict[str, str] = {
    "personal_data": "workers.scanning.personal",
    "secrets": "workers.scanning.secrets",
    "special_categories": "workers.scanning.special",
    "duplicates": "workers.scanning.duplicates",
    "overlap": "workers.scanning.overlap",
    "text": "workers.scanning.text",
    "toxicity": "workers.scanning.toxicity",
    "poisoning": "workers.scanning.poisoning",
    "generated": "workers.scanning.generated",
    "markers": "workers.scanning.markers",
    "integrity": "workers.scanning.integrity",
}


def chosen(config: Config) -> tuple[str, ...]:
    """Names of the checks that this scan runs, in the order of the registry. Raises EngineError scan.checks."""
    unknown = set(config.checks) - set(CHECKS)
    if unknown:
        raise EngineError(
            "scan.checks", f"There is no check {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}."
        )
    return tuple(name for name in CHECKS if not config.checks or name in config.checks)


def make(name: str, config: Config, survey: Survey, folder: Path) -> Check:
    """The check of that name, ready to be fed."""
    folder.mkdir(parents=True, exist_ok=True)
    with lean.imports():
        module = import_module(CHECKS[name])
    return cast(Check, module.make(config, survey, folder))
