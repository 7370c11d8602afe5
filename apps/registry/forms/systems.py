"""What people enter about AI systems."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import may, people_in, team_ids_where, teams_where
from apps.core.form_fields import NewestChoiceField
from apps.registry.models import AISystem, ModelVersion
from apps.registry.queries import versions_seen_by
from apps.registry.rules import RISK_CLASSES

_TWO_LINES = forms.Textarea(attrs={"rows": 2})


class SystemFilterForm(forms.Form):
    """Which systems the list shows."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")
    risk_class = forms.ChoiceField(label="Risk class", required=False, choices=[("", "all"), *RISK_CLASSES.items()])

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]


class SystemForm(forms.Form):
    """A new AI system. The risk class is asked for only where somebody may set it."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)
    name = forms.CharField(label="Name", max_length=120, help_text="What people who use it call it.")
    intended_purpose = forms.CharField(
        label="Intended purpose",
        required=False,
        max_length=20_000,
        widget=_TWO_LINES,
        help_text="What it is put into service for, by whom it is used, and on whom. Its risk class follows from this.",
    )
    description = forms.CharField(label="Description", required=False, max_length=20_000, widget=_TWO_LINES)
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Who answers for it", required=False, empty_label="I do",
        help_text="Somebody of the team.",
    )  # fmt: skip
    risk_class = forms.ChoiceField(
        label="Risk class",
        required=False,
        choices=list(RISK_CLASSES.items()),
        help_text="By the AI Act: prohibited practices (Art. 5), high risk (Art. 6), transparency duties (Art. 50).",
    )
    risk_reason = forms.CharField(
        label="Why is it of this class?", required=False, max_length=20_000, widget=_TWO_LINES
    )
    is_small_provider = forms.BooleanField(
        label="Its provider is a small enterprise or a start-up",
        required=False,
        help_text="Such a provider may hand in the technical documentation in a simplified form (AI Act, Art. 11(1)).",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        teams = team_ids_where(user, "system.edit")
        self.fields["team"].queryset = teams_where(user, "system.edit")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people_in(teams)  # type: ignore[attr-defined]
        if not team_ids_where(user, "system.classify"):
            self.leave_classes()

    def leave_classes(self) -> None:
        """Take out what only those may set who classify systems."""
        for name in ("risk_class", "risk_reason", "is_small_provider"):
            self.fields.pop(name, None)


class SystemChangeForm(SystemForm):
    """What is on record about a system, and why it changes."""

    reason = forms.CharField(
        label="Why does it change?",
        max_length=2_000,
        widget=_TWO_LINES,
        help_text="It is written into the audit trail.",
    )

    def __init__(self, user: User, system: AISystem, data: Any = None) -> None:
        super().__init__(user, data)
        del self.fields["team"]
        owner: Any = self.fields["owner"]
        owner.queryset, owner.required, owner.empty_label = people_in([system.team_id]), True, None
        if not may(user, "system.classify", system.team_id):
            self.leave_classes()
        self.initial = {name: getattr(system, name) for name in self.fields if hasattr(system, name)}


class PartForm(forms.Form):
    """A version that is put to work in a system."""

    version = NewestChoiceField(ModelVersion.objects.none(), label="Model version")
    role = forms.CharField(label="What it does there", required=False, max_length=200)

    def __init__(self, user: User, data: Any = None, *, version: int | None = None) -> None:
        super().__init__(data, initial={"version": version})
        field: Any = self.fields["version"]
        field.offer(versions_seen_by(user).order_by("-pk"), version)


class MomentForm(forms.Form):
    """A time to look back at, in UTC."""

    at = forms.DateTimeField(
        label="At this time (UTC)", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
