"""The process that looks into one file: little memory, little time, no secrets, and whatever happens to it stays in it.

Reads one JSON object from standard input, writes the findings as a JSON list to standard output.
"""

import json
import logging
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any


def main() -> None:
    """Bound this process, look, and tell."""
    asked = json.load(sys.stdin)
    _bound(asked)
    logging.disable(logging.CRITICAL)  # modelscan writes what it reads to the log
    from workers.artifacts.looking import look_into

    found = look_into(Path(asked["path"]), asked["name"], Path(asked["folder"]), asked["most_bytes"])
    json.dump([asdict(finding) for finding in found], sys.stdout)


def _bound(asked: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (asked["most_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
