"""What people enter about experiments and runs."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.tracking import rules
from apps.tracking.rules.search import LONGEST

_LIFECYCLES = [("", "active"), (rules.DELETED, "deleted"), (rules.ALL, "all")]


class ExperimentFilterForm(forms.Form):
    """Which experiments the list shows."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")
    lifecycle = forms.ChoiceField(label="Show", required=False, choices=_LIFECYCLES)

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]


class ExperimentForm(forms.Form):
    """A new experiment."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)
    name = forms.CharField(
        label="Name", max_length=rules.LONGEST_NAME, help_text="What is tried out. Scripts name it to log into it."
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_where(user, "tracking.log")  # type: ignore[attr-defined]


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(label="Name", max_length=rules.LONGEST_NAME)


class RunSearchForm(forms.Form):
    """Which runs of an experiment its page shows."""

    filter = forms.CharField(
        label="Filter",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"placeholder": "metrics.loss < 0.5 and params.lr = '0.1'", "size": 44}),
    )
    lifecycle = forms.ChoiceField(label="Show", required=False, choices=_LIFECYCLES)

    def __init__(self, data: Any) -> None:
        super().__init__(data or None)
