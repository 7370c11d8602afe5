"""The background work that makes, remakes or examines model versions."""

from django.db import models

from apps.accounts.models import Team, User
from apps.catalog.models import DatasetVersion
from apps.core import queue
from apps.core.models import Run
from apps.registry.models.versions import ModelVersion, RegisteredModel


class ImportRun(Run):
    """One import of a model's files from a local folder or the Hugging Face hub into a version."""

    kind = "import"
    job = queue.IMPORT

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="imports")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class TuningRun(Run):
    """One fine-tuning of a base version on a dataset version; it makes the output version."""

    kind = "tuning"
    job = queue.TUNE

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    base_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="tunings")
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="tunings")
    output_model = models.ForeignKey(RegisteredModel, on_delete=models.PROTECT, related_name="tunings")
    output_version = models.OneToOneField(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="made_by"
    )
    held_out_digest = models.CharField(max_length=64, blank=True, help_text="rows kept from training, as JSON Lines")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class RecreationRun(Run):
    """One repetition of a tuning run from its recorded inputs; the result says how near it came to the first."""

    kind = "recreation"
    job = queue.RECREATE

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    tuning = models.ForeignKey(TuningRun, on_delete=models.PROTECT, related_name="recreations")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FileScanRun(Run):
    """One look into the files of a model version for code that would run when they are loaded."""

    kind = "file_scan"
    job = queue.SCAN_FILES

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="file_scans")
    manifest_digest = models.CharField(max_length=64, help_text="the files that were looked into")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class FileCheckRun(Run):
    """One reading of every stored file of a version against its digest, and of its signatures."""

    kind = "file_check"
    job = queue.CHECK_FILES

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="file_checks")
    manifest_digest = models.CharField(max_length=64, help_text="the files that were read")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class SigningRun(Run):
    """One signing of a version's files with the organisation's key."""

    kind = "signing"
    job = queue.SIGN

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="signings")
    manifest_digest = models.CharField(max_length=64, help_text="the files that are to be signed")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
