"""Datasets and their commits, where their content comes from, and the runs that look into it."""

from apps.catalog.models.datasets import Branch, Dataset, DatasetVersion, SavedView, Tag
from apps.catalog.models.runs import CommitRun, DiffRun, ScanRun
from apps.catalog.models.sources import Derivation, MetadataImport, Source, VersionSource
from apps.catalog.models.sweeps import ChunkSweep
from apps.catalog.models.uploads import Upload

__all__ = [
    "Branch",
    "ChunkSweep",
    "CommitRun",
    "Dataset",
    "DatasetVersion",
    "Derivation",
    "DiffRun",
    "MetadataImport",
    "SavedView",
    "ScanRun",
    "Source",
    "Tag",
    "Upload",
    "VersionSource",
]
