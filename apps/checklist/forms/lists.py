"""Which assessments a list or a matrix shows."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from apps.accounts.models import Team
from apps.checklist.models import Assessment
from apps.checklist.queries import frameworks
from apps.checklist.rules import STATES, Framework
from apps.checklist.rules.frameworks import ASSESSED, VERSION
from apps.checklist.rules.subjects import FIELDS
from apps.checklist.rules.work import WORK_SHOWN
from apps.registry.models import ModelVersion


class AssessmentFilterForm(forms.Form):
    """Which assessments the list shows."""

    framework = forms.ChoiceField(label="Framework", required=False)
    kind = forms.ChoiceField(label="Of what", required=False, choices=[("", "all"), *ASSESSED.items()])
    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *STATES.items()])
    work = forms.ChoiceField(label="Work", required=False, choices=[("", "all"), *WORK_SHOWN.items()])
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")

    def __init__(self, *args: Any, teams: "list[Team]", **more: Any) -> None:
        super().__init__(*args, **more)
        named: Any = self.fields["framework"]
        named.choices = [("", "all"), *((one.urn, one.title) for one in frameworks())]
        _offer_teams(self, teams)

    def chosen(self, rows: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
        """Those of `rows` that the person asked for; all of them where nothing sensible was asked."""
        if not self.is_valid():
            return rows
        wanted = self.cleaned_data
        if wanted["framework"]:
            rows = rows.filter(framework=wanted["framework"])
        if wanted["kind"]:
            rows = rows.filter(**{f"{FIELDS[wanted['kind']]}__isnull": False})
        if wanted["state"]:
            rows = rows.filter(state=wanted["state"])
        return rows.filter(team=wanted["team"]) if wanted.get("team") else rows

    @property
    def wanted_work(self) -> str:
        """Which work the person asked for; empty: any."""
        return str(self.cleaned_data["work"]) if self.is_valid() else ""


class MatrixForm(forms.Form):
    """Which lines and columns the posture matrix shows."""

    framework = forms.ChoiceField(label="Framework", required=False)
    group = forms.ChoiceField(label="Columns", required=False)
    kind = forms.ChoiceField(label="Of what", required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")

    def __init__(self, data: QueryDict | None, *, teams: "list[Team]", used: Framework) -> None:
        super().__init__(data, initial={"framework": used.urn})
        self.subjects = used.subjects
        fields: Any = self.fields
        fields["framework"].choices = [(one.urn, one.title) for one in frameworks()]
        sections = [section for section in used.sections if section.group.questions]
        named = [(one.group.id, f"questions: {one.title}") for one in sections]
        fields["group"].choices = [("", "all groups"), *named]
        fields["kind"].choices = [("", "all"), *((kind, ASSESSED[kind]) for kind in used.subjects)]
        if len(used.subjects) < 2:
            del self.fields["kind"]
        _offer_teams(self, teams)

    def chosen(self, rows: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
        """Those of `rows` that the person asked for; all of them where nothing sensible was asked."""
        self.is_valid()
        wanted = getattr(self, "cleaned_data", {})
        if kind := wanted.get("kind"):
            rows = rows.filter(**{f"{FIELDS[kind]}__isnull": False})
        return rows.filter(team=wanted["team"]) if wanted.get("team") else rows

    def not_begun(self, versions: "QuerySet[ModelVersion]") -> "QuerySet[ModelVersion]":
        """Those of `versions` that could be a line here; none where the person asked for other kinds of things."""
        self.is_valid()
        wanted = getattr(self, "cleaned_data", {})
        if VERSION not in self.subjects or wanted.get("kind") not in (None, "", VERSION):
            return versions.none()
        return versions.filter(team=wanted["team"]) if wanted.get("team") else versions


def _offer_teams(form: forms.Form, teams: "list[Team]") -> None:
    """The person's teams to choose from, where there are several."""
    if len(teams) < 2:
        del form.fields["team"]
        return
    belonging: Any = form.fields["team"]
    belonging.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
