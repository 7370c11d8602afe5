"""The peers that we are measured beside, each in an environment of its own.

A peer is never a requirement of this project: the bench installs it below `var/bench` where it can, and says so where
it cannot.
"""

import subprocess
import sys
import venv
from pathlib import Path

from django.conf import settings

HERE = Path(__file__).parent


def python_with(*requirements: str) -> Path | None:
    """A Python that has these exact packages; None, with the reason printed, where they do not install here."""
    folder = Path(settings.VAR_DIR) / "bench" / "-".join(requirements).replace("==", "-")
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    venv.create(folder, with_pip=True, clear=True)
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], capture_output=True, text=True)
    if done.returncode:
        print(
            f"  {' '.join(requirements)} does not install here: {done.stderr.strip().splitlines()[-1:]}",
            file=sys.stderr,
        )
        return None
    (folder / "ready").touch()
    return python
