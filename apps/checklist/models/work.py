"""Working on an assessment together: who was given which part, and what people say to each other about it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.checklist.models.assessments import Assessment


class Assignment(models.Model):
    """One part of an assessment given to one person: all of it, a group with what stands in it, or one question.

    `group` and `question` are ids of the framework; both empty means all of it. Whether it is done is read off the
    answers whenever somebody looks, and kept nowhere.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=120, blank=True)
    question = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True, help_text="the last day on which it is in time; empty: no day")
    note = models.TextField(blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(group="") | Q(question=""), name="assignment_of_one_part"),
            models.UniqueConstraint(
                fields=["assessment", "group", "question"],
                condition=Q(ended_at__isnull=True),
                name="assignment_one_standing",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "due_on"], condition=Q(ended_at__isnull=True), name="assignment_of_person"),
            models.Index(fields=["team", "due_on"], condition=Q(ended_at__isnull=True), name="assignment_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.question or self.group or 'Everything'} of assessment {self.assessment_id}"

    @property
    def trail_label(self) -> str:
        """How the trail names it."""
        return f"Assignment {self.pk} on {self.assessment}"


class Discussion(models.Model):
    """What people say about one question of an assessment, or about the assessment as a whole; open until settled."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="discussions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=120, blank=True, help_text="empty: the assessment as a whole")
    opened_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["assessment", "question"], name="discussion_once")]
        indexes = [
            models.Index(fields=["team", "-opened_at"], condition=Q(settled_at__isnull=True), name="discussion_open")
        ]

    def __str__(self) -> str:
        return f"Discussion of {self.question or 'everything'} in assessment {self.assessment_id}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it."""
        return self.settled_at is None

    @property
    def trail_label(self) -> str:
        """How the trail names it: never by anybody's words."""
        return f"Discussion {self.pk} on {self.assessment}"


class Remark(models.Model):
    """What one person said in a discussion. Never edited; when it is withdrawn, its words are erased and it stays."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="remarks")
    text = models.TextField(blank=True, help_text="empty: withdrawn")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) & ~Q(text="") | Q(withdrawn_at__isnull=False) & Q(text=""),
                name="remark_withdrawn_has_no_words",
            )
        ]

    def __str__(self) -> str:
        return f"Remark {self.pk}"
