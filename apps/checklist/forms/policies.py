"""What a team writes down as its policy of the gate."""

from typing import Any

from django import forms

from apps.accounts.models import Team
from apps.accounts.queries import teams_where
from apps.checklist.services.policies import TEXT_MOST


class PolicyForm(forms.Form):
    """A policy's name, words and reason. The hidden field tells whether somebody else set it meanwhile."""

    team = forms.ModelChoiceField(Team.objects.none(), label="For which team?", empty_label=None)
    name = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{0,59}$",
        label="Its name",
        help_text="Small letters, digits and hyphens. Policies with conditions are tried in the order of their names.",
    )
    text = forms.CharField(
        label="The policy",
        max_length=TEXT_MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "code", "spellcheck": "false"}),
        help_text="One rule a line. What may stand there is told below.",
    )
    reason = forms.CharField(
        label="Why does it change?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail.",
    )
    expect_revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, user: Any, *args: Any, is_fixed: bool = False, is_preview: bool = False, **more: Any) -> None:
        """To look at what it would say, nobody has to give a reason."""
        super().__init__(*args, **more)
        self.fields["reason"].required = not is_preview
        team: Any = self.fields["team"]
        team.queryset = teams_where(user, "policy.change").order_by("name")
        if is_fixed:  # the next revision of one that is there
            for name in ("team", "name"):
                self.fields[name].widget = forms.HiddenInput()
