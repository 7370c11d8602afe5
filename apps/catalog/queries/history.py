"""Branches, tags and the order in which versions came about."""

from apps.catalog.models import Branch, Dataset
from apps.catalog.rules import MAIN


def branch_names(dataset: Dataset) -> list[str]:
    """The names of a dataset's branches, the main one first; one query."""
    names = Branch.objects.filter(dataset=dataset).values_list("name", flat=True)
    return sorted(names, key=lambda name: (name != MAIN, name))
