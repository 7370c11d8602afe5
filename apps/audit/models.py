from django.db import models


class AuditEntry(models.Model):
    """One thing that somebody did, chained to the one before it. Never changed, never deleted."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80, help_text="user:ID, worker, or system; never a name or an address")
    action = models.CharField(max_length=80, db_index=True)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    object_label = models.CharField(max_length=200, blank=True)
    team_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-sequence"], name="audit_by_object"),
            models.Index(fields=["team_id", "-sequence"], name="audit_by_team"),
            models.Index(fields=["actor", "-sequence"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class AuditHead(models.Model):
    """The single row that says where the chain ends; locking it is what puts writers in order."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_head")]

    def __str__(self) -> str:
        return f"the chain ends at {self.sequence}"


class Checkpoint(models.Model):
    """What the chain was when somebody signed it: how many rows, the last one's digest, and a tree over the rows since.

    The same is written outside the database, where nobody with the database's password can change it.
    """

    rows = models.BigIntegerField(primary_key=True)
    since = models.BigIntegerField(help_text="rows of the checkpoint before it")
    head = models.CharField(max_length=64)
    root = models.CharField(max_length=64, help_text="RFC 6962 tree over the digests of the rows since")
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="SHA-256 of the public key")
    signature = models.CharField(max_length=100)

    class Meta:
        ordering = ["-rows"]

    def __str__(self) -> str:
        return f"Checkpoint of {self.rows} rows"


class AuditSegment(models.Model):
    """A stretch of the chain that was written to a file, read back, and taken out of the database.

    The newest one is the anchor that the chain in the database continues from.
    """

    last = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()
    previous = models.CharField(max_length=64, help_text="digest of the entry before the first")
    head = models.CharField(max_length=64, help_text="digest of the last entry")
    name = models.CharField(max_length=200, help_text="of the file")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text="bytes")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-last"]

    def __str__(self) -> str:
        return f"Archived entries {self.first} to {self.last}"
