"""Which held files the list shows."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.registry.rules import HELD_STATES
from apps.registry.rules.safety import SEVERITIES


class HeldFilterForm(forms.Form):
    """Which held files the list shows."""

    path = forms.CharField(label="File", required=False, max_length=300)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *HELD_STATES.items()])
    severity = forms.ChoiceField(label="Worst finding", required=False, choices=[("", "all"), *SEVERITIES.items()])
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]
