"""What is said about a question, and what stands behind it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.checklist import rules
from apps.checklist.models.assessments import Assessment
from apps.checklist.models.library import EvidenceVersion


class Answer(models.Model):
    """One revision of the answer to one question; the latest is current, the earlier ones stay readable.

    `stated` is what a person said, `status` is how the answer is known when evidence is taken into account.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    revision = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    status = models.CharField(max_length=16, choices=list(rules.STATUSES.items()))
    stated = models.CharField(
        max_length=16, choices=list(rules.STATED.items()), blank=True, help_text="empty: nobody has said anything"
    )
    text = models.TextField(blank=True)
    value = models.JSONField(
        default=dict, blank=True, help_text="what was chosen, counted or rated, where the question asks for that"
    )
    reason = models.TextField(blank=True, help_text="why the question does not apply")
    stated_on = models.CharField(
        max_length=64, blank=True, help_text="digest of what the statement spoke of when it was made"
    )
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: the platform"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["question", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question", "revision"], name="answer_revision"),
            models.UniqueConstraint(
                fields=["assessment", "question"], condition=Q(is_current=True), name="answer_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(status=rules.NOT_APPLICABLE) | ~Q(reason=""), name="answer_not_applicable_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(stated="") | Q(answered_by__isnull=False), name="answer_statement_has_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.status}"


class Evidence(models.Model):
    """What stands behind an answer, with the digest of what it spoke of when it was collected.

    What was given by hand may cite a version of a document in the team's library.
    """

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    collector = models.CharField(max_length=60, blank=True, help_text="empty: given by hand")
    status = models.CharField(max_length=16, choices=list(rules.STATUSES.items()))
    method = models.CharField(max_length=300)
    summary = models.TextField()
    value = models.JSONField(default=dict, blank=True)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    subject_label = models.CharField(max_length=200)
    subject_digest = models.CharField(max_length=64)
    cites = models.ForeignKey(
        EvidenceVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="citations",
        help_text="a version of a document in the library; empty: none",
    )
    given_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="empty: the platform"
    )
    collected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.summary[:80]
