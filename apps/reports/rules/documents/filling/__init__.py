"""What fills the points of a document, from a snapshot alone.

Every module of this package registers its fillers and conditions by itself; a file put here is enough.
"""

from importlib import import_module
from pkgutil import iter_modules

from apps.reports.rules.documents.filling.registry import CONDITIONS, FILLERS, Condition, Filler, condition, filler

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["CONDITIONS", "FILLERS", "Condition", "Filler", "condition", "filler"]
