"""Incidents and what they are about."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.incidents import rules
from apps.incidents.rules import clocks


class Incident(models.Model):
    """Something that went wrong. It speaks of an object of any app by its table and number, as the trail does."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=30, choices=list(rules.KINDS.items()), default="other")
    severity = models.CharField(max_length=10, choices=list(rules.SEVERITIES.items()))
    state = models.CharField(max_length=10, choices=list(rules.STATES.items()), default=rules.OPEN)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="none: the platform itself"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    aware_at = models.DateTimeField(default=timezone.now, help_text="when the organisation came to know of it")
    clock = models.CharField(max_length=20, default=clocks.NONE, help_text="which report to an authority is due")
    clock_version = models.PositiveIntegerField(default=1, help_text="version of the file of clocks")
    due_at = models.DateTimeField(null=True, blank=True, help_text="when the first report is due")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                name="incident_open_once",
                condition=Q(state="open") & ~Q(subject_id=""),
            )
        ]
        indexes = [
            models.Index(fields=["team", "state", "-opened_at", "-id"], name="incident_recent"),
            models.Index(fields=["due_at"], name="incident_due", condition=Q(state="open", due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class IncidentReport(models.Model):
    """One report to an authority. Once it is marked as sent, its words and their digest stay."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=list(rules.REPORTS.items()))
    sections = models.JSONField(default=dict, help_text="words by the id of the section")
    revision = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(max_length=200, blank=True, help_text="what the authority calls it")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was sent")

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind"], name="report_one_draft", condition=Q(sent_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(sent_at__isnull=True) | ~Q(digest=""), name="report_sent_has_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on incident {self.incident_id}"


class IncidentHold(models.Model):
    """An object that stays as it is while an incident is looked into. It is named by its table and number."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="holds")
    subject_type = models.CharField(max_length=100)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "subject_type", "subject_id"],
                name="hold_once",
                condition=Q(released_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id"], name="hold_in_force", condition=Q(released_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"Hold on {self.subject_label}"


class IncidentDuty(models.Model):
    """Another authority, or others, that have to be told of the incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=30)
    title = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, help_text="whom, with what reference, or why it does not apply after all")

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name_plural = "incident duties"
        constraints = [models.UniqueConstraint(fields=["incident", "duty"], name="duty_once")]

    def __str__(self) -> str:
        return f"{self.title}, incident {self.incident_id}"


class CorrectiveAction(models.Model):
    """What is done so that it does not happen again; it may point to the object that carries the cure."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.title
