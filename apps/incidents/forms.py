"""What people enter about incidents."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.incidents.rules import MEDIUM, SEVERITIES, STATES


class IncidentFilterForm(forms.Form):
    """Which incidents the list shows."""

    title = forms.CharField(label="Title", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *STATES.items()])
    severity = forms.ChoiceField(label="Severity", required=False, choices=[("", "all"), *SEVERITIES.items()])
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]


class IncidentForm(forms.Form):
    """Something that went wrong."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)
    title = forms.CharField(label="What went wrong?", max_length=200, help_text="In a few words.")
    severity = forms.ChoiceField(label="How bad is it?", choices=list(SEVERITIES.items()), initial=MEDIUM)
    description = forms.CharField(
        label="What happened?",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What was seen, by whom, and what it touches. Leave out names of people who were harmed.",
    )

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_where(user, "incident.open")  # type: ignore[attr-defined]
