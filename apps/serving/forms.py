"""What people enter about deployments."""

from typing import Any

from django import forms
from django.db.models import F

from apps.accounts.models import User
from apps.accounts.queries import team_ids_where
from apps.core.form_fields import NewestChoiceField
from apps.registry.models import ModelVersion
from apps.registry.queries import versions_seen_by
from apps.registry.rules import APPROVED
from apps.serving.rules import READY, STOPPED


class DeploymentFilterForm(forms.Form):
    """Which deployments the list shows."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "all"), (READY, "not stopped"), (STOPPED, "stopped")]
    )


class DeploymentForm(forms.Form):
    """Where an approved version is to run, and for what."""

    version = NewestChoiceField(
        ModelVersion.objects.none(),
        label="Approved version",
        help_text="Only versions that a second person has approved, and whose files have not changed since.",
    )
    name = forms.CharField(label="Name", max_length=120, help_text="Unique among the deployments that run.")
    environment = forms.CharField(
        label="Where does it run?",
        max_length=60,
        help_text="For example: internal test, production. The checklist's deployment questions quote it.",
        widget=forms.TextInput(attrs={"list": "environments"}),
    )
    purpose = forms.CharField(
        label="What is it for?",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who uses it for what. A regulator asks for this first.",
    )

    def __init__(self, user: User, data: Any = None, *, version: int | None = None) -> None:
        super().__init__(data, initial={"version": version})
        approved = versions_seen_by(user).filter(team_id__in=team_ids_where(user, "deployment.start"), stage=APPROVED)
        field: Any = self.fields["version"]
        field.offer(approved.filter(manifest_digest=F("approved_digest")).order_by("-pk"), version)


class AskForm(forms.Form):
    """One question to the deployed model."""

    question = forms.CharField(label="Question", max_length=8_000, widget=forms.Textarea(attrs={"rows": 2}))
    max_tokens = forms.IntegerField(
        label="Longest answer, in tokens",
        min_value=1,
        max_value=1_024,
        initial=64,
        help_text="A token is about ¾ of a word.",
    )


class ApplicationForm(forms.Form):
    """A program that calls the deployment."""

    name = forms.CharField(label="Application", max_length=120)
    contact = forms.CharField(
        label="Contact", required=False, max_length=120, help_text="A role or a mailbox, not a person."
    )


class AcknowledgeForm(forms.Form):
    """That an application's owner knows that it uses generative AI, and how its users are told."""

    statement = forms.CharField(
        label="How are its users told that they deal with generative AI?",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
