"""What may stand until a day."""

from django import forms


class WaiverForm(forms.Form):
    """Why a conflict of licences may stand, and until when."""

    conflict = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why may it stand?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail and into the audit pack.",
    )
    expires_on = forms.DateField(
        label="Until when?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The last day on which it holds, a year ahead at most. Then the gate closes again.",
    )
