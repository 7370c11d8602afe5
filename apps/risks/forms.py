"""What people enter about risks."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import people_in, team_ids_where, teams_where
from apps.core.form_fields import NewestChoiceField
from apps.registry.models import AISystem, ModelVersion
from apps.registry.queries import systems_seen_by, versions_seen_by
from apps.risks.models import Risk
from apps.risks.rules import (
    CATEGORY_GROUPS,
    IMPACTS,
    LEVELS,
    LIKELIHOODS,
    RATINGS,
    RESIDUAL,
    STATES,
    TREATMENTS,
)

_TWO_LINES = forms.Textarea(attrs={"rows": 2})
_CATEGORIES = [(group, list(named.items())) if group else next(iter(named.items())) for group, named in CATEGORY_GROUPS]


def _scale(words: dict[int, str]) -> list[tuple[int, str]]:
    return [(number, f"{number} · {word}") for number, word in words.items()]


class RiskFilterForm(forms.Form):
    """Which risks the register shows."""

    title = forms.CharField(label="Title", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *STATES.items()])
    level = forms.ChoiceField(label="Level now", required=False, choices=[("", "all"), *LEVELS.items()])
    category = forms.ChoiceField(label="Category", required=False, choices=[("", "all"), *_CATEGORIES])
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")
    system = NewestChoiceField(AISystem.objects.none(), label="System", required=False, empty_label="all")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]
        self.fields["system"].offer(systems_seen_by(user))  # type: ignore[attr-defined]


class CellForm(forms.Form):
    """One field of the matrix, from an address."""

    kind = forms.ChoiceField(choices=list(RATINGS.items()))
    likelihood = forms.TypedChoiceField(coerce=int, choices=list(LIKELIHOODS.items()))
    impact = forms.TypedChoiceField(coerce=int, choices=list(IMPACTS.items()))


class RiskForm(forms.Form):
    """A new risk."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)
    title = forms.CharField(label="What could go wrong?", max_length=200, help_text="In a few words.")
    description = forms.CharField(
        label="How could it come about, and whom would it harm?",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    category = forms.ChoiceField(label="Category", choices=_CATEGORIES, initial="hallucination")
    system = NewestChoiceField(
        AISystem.objects.none(), label="System", required=False, empty_label="none",
        help_text="Where the risk is one of a whole system.",
    )  # fmt: skip
    version = NewestChoiceField(
        ModelVersion.objects.none(), label="Model version", required=False, empty_label="none",
        help_text="Where the risk is one of a single version. Leave both empty for the team's work as a whole.",
    )  # fmt: skip
    likelihood = forms.TypedChoiceField(
        label="How likely, before anything is done?", coerce=int, choices=_scale(LIKELIHOODS), initial=3
    )
    impact = forms.TypedChoiceField(
        label="How bad, before anything is done?", coerce=int, choices=_scale(IMPACTS), initial=3
    )
    treatment = forms.ChoiceField(label="What is done about it?", choices=list(TREATMENTS.items()))
    plan = forms.CharField(
        label="The plan", required=False, max_length=20_000, widget=_TWO_LINES, help_text="Who does what until when."
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Who answers for it", required=False, empty_label="I do",
        help_text="Somebody of the team.",
    )  # fmt: skip
    review_on = forms.DateField(
        label="When is it looked at again?", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, user: User, data: Any = None, *, system: int | None = None, version: int | None = None) -> None:
        super().__init__(data, initial={"system": system, "version": version})
        self.fields["team"].queryset = teams_where(user, "risk.edit")  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people_in(team_ids_where(user, "risk.edit"))  # type: ignore[attr-defined]
        self.fields["system"].offer(systems_seen_by(user), system)  # type: ignore[attr-defined]
        self.fields["version"].offer(versions_seen_by(user), version)  # type: ignore[attr-defined]


class RiskChangeForm(RiskForm):
    """What is on record about a risk, and why it changes."""

    reason = forms.CharField(
        label="Why does it change?",
        max_length=2_000,
        widget=_TWO_LINES,
        help_text="It is written into the audit trail.",
    )
    expect_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, user: User, risk: Risk, data: Any = None) -> None:
        super().__init__(user, data)
        for name in ("team", "system", "version", "likelihood", "impact"):
            del self.fields[name]
        owner: Any = self.fields["owner"]
        owner.queryset, owner.required, owner.empty_label = people_in([risk.team_id]), True, None
        names = ("title", "description", "category", "treatment", "plan", "owner", "review_on")
        self.initial = {name: getattr(risk, name) for name in names} | {"expect_revision": risk.revision}


class RatingForm(forms.Form):
    """A judgement of a risk."""

    kind = forms.ChoiceField(label="What is judged?", choices=list(RATINGS.items()), initial=RESIDUAL)
    likelihood = forms.TypedChoiceField(label="How likely?", coerce=int, choices=_scale(LIKELIHOODS), initial=3)
    impact = forms.TypedChoiceField(label="How bad?", coerce=int, choices=_scale(IMPACTS), initial=3)
    because = forms.CharField(
        label="What does the judgement rest on?", max_length=20_000, widget=_TWO_LINES,
        help_text="Measurements, experience, comparable systems. It is kept with the rating.",
    )  # fmt: skip
    expect_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, risk: Risk, data: Any = None) -> None:
        now = {
            "likelihood": risk.residual_likelihood or risk.likelihood,
            "impact": risk.residual_impact or risk.impact,
            "expect_revision": risk.revision,
        }
        super().__init__(data, initial=now, auto_id="rate-%s")


class AcceptForm(forms.Form):
    """Living with a risk for a while."""

    review_on = forms.DateField(label="When is it looked at again?", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label="Why can the organisation live with it?", max_length=2_000, widget=_TWO_LINES,
        help_text="It is written into the audit trail.",
    )  # fmt: skip

    def __init__(self, risk: Risk, data: Any = None) -> None:
        super().__init__(data, initial={"review_on": risk.review_on}, auto_id="accept-%s")


class MarkForm(forms.Form):
    """What somebody found who looked at a control."""

    works = forms.TypedChoiceField(
        label="Does it work?", coerce=lambda value: value == "yes", choices=[("yes", "It works"), ("no", "It fails")]
    )
    reason = forms.CharField(label="What was looked at?", max_length=2_000, widget=_TWO_LINES)
