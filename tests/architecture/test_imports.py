"""What a fresh process loads: the portal no engine, an engine no Django."""

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, imports_of, module_of, name_of, python_files

ENGINE_LIBRARIES = {
    "torch", "transformers", "peft", "trl", "accelerate", "datasets", "nannyml", "presidio_analyzer", "spacy",
    "sacrebleu", "rouge_score", "codecarbon", "pandas", "sklearn", "workers",
}  # fmt: skip
# Loaded when the first document is rendered: Pango and its fonts would double the portal's start and memory.
LOADED_LATE = {"weasyprint"}


def _loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after the statement."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["asgi", "wsgi"])
def test_the_portal_loads_no_engine(module: str) -> None:
    # The address table is what a first request loads: without it the doors would not be part of the measurement.
    loaded = _loaded_by(f"import genaiops_site.{module}\nfrom genaiops_site import urls")
    assert "django" in loaded
    assert loaded & (ENGINE_LIBRARIES | LOADED_LATE) == set()


def test_the_workers_entry_loads_no_engine_library() -> None:
    """A worker of one queue holds the libraries of its own engine only, and those from its first job on."""
    loaded = _loaded_by("from workers.celery import app\napp.loader.import_default_modules()")
    assert "celery" in loaded
    assert loaded & (ENGINE_LIBRARIES - {"workers"}) == set()


@pytest.mark.slow
def test_the_engines_load_neither_django_nor_celery() -> None:
    engines = [module_of(path) for path in python_files("workers") if path.name == "engine.py"]
    assert len(engines) > 3
    loaded = _loaded_by("\n".join(f"import {engine}" for engine in engines))
    assert loaded & {"django", "celery", "kombu", "rest_framework", "apps", "genaiops_site"} == set()


def test_nothing_imports_tests_or_benchmarks() -> None:
    wrong = [
        f"{name_of(path)}:{line} imports {name}"
        for path in python_files("apps", "genaiops_site", "workers")
        for line, name in imports_of(path)
        if name.partition(".")[0] in {"tests", "benchmarks"}
    ]
    assert wrong == []
