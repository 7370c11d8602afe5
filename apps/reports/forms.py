"""What people give for documents, snapshots and audit packs."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps.core.models import Run
from apps.reports.queries.kinds import kinds
from apps.reports.rules.documents.period import Period
from apps.reports.rules.documents.spec import SUBJECTS


class VerifyForm(forms.Form):
    """A pack or a PDF to check, and the digest or key it ought to have."""

    pack = forms.FileField(label="Pack or PDF", help_text="The ZIP archive or the PDF, exactly as it was downloaded.")
    key = forms.CharField(
        label="Fingerprint of the key",
        required=False,
        strip=True,
        max_length=120,
        validators=[
            RegexValidator("^([0-9a-fA-F]{2}[: ]?){32}$", "A fingerprint has 64 characters from 0 to 9 and a to f.")
        ],
        help_text="If somebody gave you the fingerprint of the sender's key by another way, paste it here.",
    )
    digest = forms.CharField(
        label="Digest of a pack's manifest",
        required=False,
        strip=True,
        max_length=64,
        validators=[RegexValidator("^[0-9a-fA-F]{64}$", "A digest has 64 characters from 0 to 9 and a to f.")],
        help_text="For packs without a seal: with it, not even a wholly rewritten pack passes.",
    )


class ReportFilterForm(forms.Form):
    """Which documents the list shows."""

    document = forms.ChoiceField(label="Document", required=False)
    kind = forms.ChoiceField(label="About a", required=False, choices=[("", "all"), *SUBJECTS.items()])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *Run.State.choices])
    q = forms.CharField(label="Name", required=False, max_length=200)

    def __init__(self, data: Any) -> None:
        super().__init__(data or None)
        choices: Any = self.fields["document"]
        choices.choices = [("", "all"), *((kind.slug, kind.title) for kind in kinds())]


class PeriodForm(forms.Form):
    """The days that a report on monitoring speaks of; its value is `period`, None where both are left empty."""

    first = forms.DateField(label="From day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        label="To day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Both days are part of it, in UTC. Leave both empty for the 90 days before the snapshot.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if (first is None) != (last is None) and not self.errors:
            raise forms.ValidationError("Give both days, or neither.")
        if first and last and first > last:
            raise forms.ValidationError("The first day lies after the last.")
        return {"period": Period(first, last) if first and last else None}


class SnapshotFilterForm(forms.Form):
    """Which snapshots the list shows."""

    q = forms.CharField(label="Name", required=False, max_length=200)

    def __init__(self, data: Any) -> None:
        super().__init__(data or None)


class SnapshotForm(forms.Form):
    """What a snapshot is called, and why it is taken."""

    label = forms.CharField(label="Name", max_length=120, help_text="Such as “First audit, spring 2027”.")
    reason = forms.CharField(
        label="Why is it taken?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept with the snapshot and in the audit trail.",
    )


class OrganisationForm(forms.Form):
    """Who answers for this site's documents, and how they look."""

    name = forms.CharField(label="Name", max_length=200, help_text="The legal name.")
    address = forms.CharField(label="Address", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    contact = forms.CharField(
        label="Contact",
        required=False,
        max_length=200,
        help_text="How authorities and customers reach you: a function, not a person.",
    )
    representative_name = forms.CharField(
        label="Authorised representative in the Union", required=False, max_length=200
    )
    representative_address = forms.CharField(
        label="Address of the representative",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    representative_contact = forms.CharField(label="Contact of the representative", required=False, max_length=200)
    colour = forms.CharField(
        label="Colour of headings and lines",
        required=False,
        max_length=7,
        help_text="Such as #1f4fa3; dark enough to be read on white (contrast at least 4.5 to 1).",
    )
    sections = forms.CharField(
        label="Further sections",
        required=False,
        max_length=300_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Plain text at the end of each document. A line of ## and a title begins a section.",
    )


class LogoForm(forms.Form):
    """A picture for the first page of documents."""

    logo = forms.FileField(label="Picture", help_text="PNG or JPEG, 512 KiB at most.")
