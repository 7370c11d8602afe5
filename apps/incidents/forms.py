"""What people enter about incidents."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model

from apps.accounts.models import Team, User
from apps.accounts.queries import people_in, teams_where
from apps.core.form_fields import LONGEST_KEY
from apps.incidents.models import Incident, IncidentReport
from apps.incidents.queries import subjects_of
from apps.incidents.rules import KINDS, MEDIUM, OTHER, REPORTS, SEVERITIES, STATES
from apps.incidents.rules.clocks import NONE, book

_TWO_LINES = forms.Textarea(attrs={"rows": 2})
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_TO_THE_TRAIL = "It is written into the audit trail."


TOLD = ("title", "kind", "severity", "description")  # what a link to the form may fill in
MOST_TOLD = 4_000  # characters of each


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
    kind = forms.ChoiceField(label="Of what kind is it?", required=False, choices=list(KINDS.items()), initial=OTHER)
    severity = forms.ChoiceField(label="How bad is it?", choices=list(SEVERITIES.items()), initial=MEDIUM)
    aware_at = forms.DateTimeField(
        label="Since when is it known?",
        required=False,
        widget=_MOMENT,
        help_text="The time, in UTC, at which somebody in the organisation came to know of it. Empty: now. Clocks of "
        "reports to authorities run from it.",
    )
    description = forms.CharField(
        label="What happened?",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What was seen, by whom, and what it touches. Leave out names of people who were harmed.",
    )

    about = forms.CharField(required=False, max_length=140, widget=forms.HiddenInput)

    def __init__(
        self, user: User, data: Any, about: Model | None = None, told: Mapping[str, str] | None = None
    ) -> None:
        """`told` is what is known already, by the name of the field; a person corrects it."""
        named = {"about": f"{about._meta.label_lower}:{about.pk}", "team": about.team_id} if about else {}  # type: ignore[attr-defined]
        known = {name: told[name][:MOST_TOLD] for name in TOLD if told and told.get(name)}
        super().__init__(data, initial=known | named)
        self.fields["team"].queryset = teams_where(user, "incident.open")  # type: ignore[attr-defined]

    def clean_about(self) -> tuple[str, int] | None:
        """The object's table and number, where the incident is reported from an object's page."""
        table, _, pk = self.cleaned_data["about"].partition(":")
        return (table, int(pk)) if pk.isdecimal() and len(pk) <= LONGEST_KEY else None

    def clean_kind(self) -> str:
        """What nobody has put a name to is of another kind."""
        return self.cleaned_data["kind"] or OTHER


class ClassifyForm(forms.Form):
    """Which report to an authority is due."""

    clock = forms.ChoiceField(label="Which report to an authority is due?", widget=forms.RadioSelect)
    severity = forms.ChoiceField(label="How bad is it?", choices=list(SEVERITIES.items()))
    aware_at = forms.DateTimeField(label="Since when is it known? (UTC)", widget=_MOMENT)
    reason = forms.CharField(label="Why is it so?", max_length=2_000, widget=_TWO_LINES, help_text=_TO_THE_TRAIL)

    def __init__(self, incident: Incident, data: Any = None) -> None:
        now = {"clock": incident.clock, "severity": incident.severity, "aware_at": incident.aware_at}
        super().__init__(data, initial=now, auto_id="classify-%s")
        clock: Any = self.fields["clock"]
        clock.choices = [(one.id, _told(one)) for one in book().clocks.values()]


def _told(clock: Any) -> str:
    days = f" — {clock.days} days" if clock.id != NONE else ""
    return f"{clock.title}{days}. {clock.when}"


class SubjectField(forms.ChoiceField):
    """An object of the incident's team, as its table and number."""

    def clean(self, value: Any) -> tuple[str, int] | None:
        """The table and the number; None where nothing was chosen."""
        table, _, pk = str(super().clean(value)).partition(":")
        return (table, int(pk)) if pk else None


class HoldForm(forms.Form):
    """What is kept as it is."""

    subject = SubjectField(label="What is kept as it is?")
    reason = forms.CharField(
        label="Why?", max_length=2_000, widget=_TWO_LINES, help_text="Nobody can change or delete it until released."
    )

    def __init__(self, incident: Incident, data: Any = None) -> None:
        super().__init__(data, auto_id="hold-%s")
        self.fields["subject"].choices = subjects_of(incident)  # type: ignore[attr-defined]


class ActionForm(forms.Form):
    """What is done so that it does not happen again."""

    title = forms.CharField(label="What is to be done?", max_length=200)
    owner = forms.ModelChoiceField(User.objects.none(), label="Who does it?", required=False, empty_label="I do")
    due_on = forms.DateField(label="Until when?", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    subject = SubjectField(
        label="What carries the cure?", required=False, help_text="Such as the new version of a model, once it exists."
    )

    def __init__(self, incident: Incident, data: Any = None) -> None:
        super().__init__(data, auto_id="action-%s")
        self.fields["owner"].queryset = people_in([incident.team_id])  # type: ignore[attr-defined]
        self.fields["subject"].choices = [("", "nothing yet"), *subjects_of(incident)]  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """Who else has to be told."""

    duty = forms.ChoiceField(label="Who else has to be told?")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="duty-%s")
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            (one.id, f"{one.title} — {one.hours} hours ({one.reference})") for one in book().duties.values()
        ]


class DutyDoneForm(forms.Form):
    """That somebody was told."""

    note = forms.CharField(
        label="Who was told, and under what reference?",
        max_length=20_000,
        widget=_TWO_LINES,
        help_text="Or why it does not apply after all.",
    )
    done_at = forms.DateTimeField(
        label="When were they told? (UTC)", required=False, widget=_MOMENT, help_text="Empty: now."
    )


class ReportStartForm(forms.Form):
    """Which report is begun."""

    kind = forms.ChoiceField(label="Which report?", choices=list(REPORTS.items()))


class ReportForm(forms.Form):
    """The parts of a report to an authority."""

    expect_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, report: IncidentReport, data: Any = None) -> None:
        super().__init__(data, initial={"expect_revision": report.revision})
        for section in book().sections:
            self.fields[section.id] = forms.CharField(
                label=section.title,
                help_text=section.help,
                required=False,
                max_length=20_000,
                initial=report.sections.get(section.id, ""),
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def sections(self) -> dict[str, str]:
        """The words by the id of the section."""
        return {section.id: self.cleaned_data[section.id] for section in book().sections}


class SendForm(forms.Form):
    """That a report went out."""

    sent_at = forms.DateTimeField(
        label="When was it sent? (UTC)", required=False, widget=_MOMENT, help_text="Empty: now."
    )
    reference = forms.CharField(
        label="The authority's reference", required=False, max_length=200, help_text="As far as there is one."
    )
