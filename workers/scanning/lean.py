"""Imports without what a scan does not use.

spaCy and Presidio import torch and transformers wherever these are installed: three hundred megabytes and three
seconds, for models that pattern search never loads. What does run a model imports them itself, later.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

HEAVY = frozenset({"torch", "transformers"})
# spaCy models with a transformer inside need torch behind spaCy's own import of it.
NEED_THEM = ("spacy_transformers", "spacy_curated_transformers")


class _Refusing:
    """A finder that answers as if the heavy packages were not installed."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] in HEAVY:
            raise ModuleNotFoundError(f"{name} is left out of this import", name=name)
        return None


@contextmanager
def imports() -> Iterator[None]:
    """Within it, heavy packages that nobody has imported yet are not found."""
    if any(find_spec(name) for name in NEED_THEM):
        yield
        return
    finder = _Refusing()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
