"""Systems, models, versions, the files they are made of, the names that point at them, and what they came from."""

from apps.registry.models.lineage import LineageLink
from apps.registry.models.names import AliasMove, ModelAlias, ModelTag, VersionTag
from apps.registry.models.records import ModelUpload, VersionDocument, VersionMetric
from apps.registry.models.removals import Removal
from apps.registry.models.runs import FileCheckRun, FileScanRun, ImportRun, RecreationRun, SigningRun, TuningRun
from apps.registry.models.safety import HeldFile, VersionSignature
from apps.registry.models.statements import VersionStatement
from apps.registry.models.systems import AISystem, SystemVersion
from apps.registry.models.versions import ModelFile, ModelVersion, RegisteredModel

__all__ = [
    "AISystem",
    "AliasMove",
    "FileCheckRun",
    "FileScanRun",
    "HeldFile",
    "ImportRun",
    "LineageLink",
    "ModelAlias",
    "ModelFile",
    "ModelTag",
    "ModelUpload",
    "ModelVersion",
    "RecreationRun",
    "RegisteredModel",
    "Removal",
    "SigningRun",
    "SystemVersion",
    "TuningRun",
    "VersionDocument",
    "VersionMetric",
    "VersionSignature",
    "VersionStatement",
    "VersionTag",
]
