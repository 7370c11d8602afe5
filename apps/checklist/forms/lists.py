"""Which checklists a list shows."""

from django import forms

from apps.checklist.rules import STATES


class StateForm(forms.Form):
    """Which checklists the list shows."""

    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *STATES.items()])
