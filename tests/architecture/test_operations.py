"""docs/operations.md names every setting that is read from the environment, and every job."""

import ast

from apps.core.queue import QUEUES
from tests.architecture.source import ROOT, name_of, python_files, tree_of

MANUAL = (ROOT / "docs/operations.md").read_text()
SETTINGS = ROOT / "genaiops_site/settings.py"
# These hand the environment on to programs they start, or name the settings module for Django.
MAY_TOUCH_THE_ENVIRONMENT = {f"genaiops_site/{name}.py" for name in ("settings", "launch", "celery", "asgi", "wsgi")}


def _settings_read() -> set[str]:
    """The first argument of every `env(…)` and `env.<type>(…)` in the settings."""
    calls = [node for node in ast.walk(tree_of(SETTINGS)) if isinstance(node, ast.Call)]
    return {str(call.args[0].value) for call in calls if _is_env(call.func) and isinstance(call.args[0], ast.Constant)}


def _is_env(function: ast.expr) -> bool:
    owner = function.value if isinstance(function, ast.Attribute) else function
    return isinstance(owner, ast.Name) and owner.id == "env"


def test_every_setting_is_documented() -> None:
    names = _settings_read()
    assert len(names) > 10
    assert {name for name in names if f"`{name}`" not in MANUAL} == set()


def test_every_documented_setting_exists() -> None:
    table = MANUAL.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in row.replace("`", " ").replace(",", " ").split()} == _settings_read()


def test_every_job_is_documented() -> None:
    assert {job for job in QUEUES if f"`{job}`" not in MANUAL} == set()


def test_the_environment_is_read_in_the_settings_only() -> None:
    readers = {
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("apps", "genaiops_site")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        if name_of(path) not in MAY_TOUCH_THE_ENVIRONMENT
    }
    assert readers == set()
