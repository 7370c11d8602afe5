"""A served site refuses to start with settings that would open it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def start(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DEBUG", "ENVIRONMENT"}}
    program = [sys.executable, "-c", "import genaiops_site.settings"]
    own = kept | {"VAR_DIR": str(folder)} | environment
    return subprocess.run(program, capture_output=True, text=True, env=own)


@pytest.mark.parametrize("wrong", [{}, {"SECRET_KEY": "x" * 50, "DEBUG": "true"}])
def test_production_refuses_unsafe_settings(tmp_path: Path, wrong: dict[str, str]) -> None:
    refused = start(tmp_path, ENVIRONMENT="production", **wrong)
    assert refused.returncode != 0 and "ImproperlyConfigured" in refused.stderr


def test_production_starts_with_a_key(tmp_path: Path) -> None:
    assert start(tmp_path, ENVIRONMENT="production", SECRET_KEY="x" * 50).returncode == 0
