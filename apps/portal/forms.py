"""Questions to the lineage, versions to stand side by side, what is taken from cards, and reasons."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.audit.queries.exports import Wanted
from apps.core.form_fields import NewestChoiceField
from apps.portal.queries import trail_people
from apps.portal.queries.lineage import KINDS, things_that_answer
from apps.registry.models import ModelVersion
from apps.registry.queries import models_seen_by, versions_seen_by
from apps.registry.queries.documents import Preview


class AnsweredForm(forms.Form):
    """Through what, and when. Times are UTC, as everywhere in the portal."""

    through = forms.ChoiceField(label="What did people use?")
    alias = forms.CharField(
        label="Alias", required=False, max_length=256, help_text="Only where a model is chosen above."
    )
    at = forms.DateTimeField(
        label="When (UTC)",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["through"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices(user)
        self.fields["at"].initial = timezone.now()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if str(found.get("through", "")).startswith("alias ") and not found.get("alias", "").strip():
            self.add_error("alias", "Say which alias of the model was used, such as champion.")
        return found

    @property
    def asked(self) -> tuple[str, int, datetime, str]:
        """Kind, number, time and alias of a valid form."""
        kind, _, pk = self.cleaned_data["through"].partition(" ")
        return kind, int(pk), self.cleaned_data["at"], self.cleaned_data["alias"].strip()


def _choices(user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {label: [] for label in KINDS.values()}
    for kind, pk, name in things_that_answer(user):
        groups[KINDS[kind]].append((f"{kind} {pk}", name))
    models = models_seen_by(user).order_by("name")[:200]
    groups[KINDS["alias"]] = [(f"alias {model.pk}", model.name) for model in models]
    return [(label, rows) for label, rows in groups.items() if rows]


class CompareForm(forms.Form):
    """One more version to stand beside the others; the newest hundred are offered."""

    versions = NewestChoiceField(ModelVersion.objects.none(), label="Set beside them", empty_label="choose a version")

    def __init__(self, user: User, chosen: Sequence[ModelVersion]) -> None:
        super().__init__()
        field: Any = self.fields["versions"]
        field.offer(versions_seen_by(user).exclude(pk__in=[one.pk for one in chosen]).order_by("-pk"))


TAKE, KEEP = "file", "record"


class DocumentApplyForm(forms.Form):
    """One choice for each field of the file: a box for what is new, two buttons where file and record differ."""

    reason = forms.CharField(
        label="Why is it taken over?",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail. Empty: “Taken over from” and the name of the file.",
    )

    def __init__(self, preview: Preview, data: Any = None) -> None:
        super().__init__(data)
        self.preview = preview
        for line in preview.news:
            self.fields[line.name] = forms.BooleanField(label=f"Take over: {line.label}", required=False, initial=True)
        for line in preview.conflicts:
            self.fields[line.name] = forms.ChoiceField(
                label=line.label,
                choices=[(TAKE, "Take what the file says"), (KEEP, "Keep what is recorded")],
                widget=forms.RadioSelect,
                error_messages={"required": "Pick one."},
            )

    def clean(self) -> dict[str, Any]:
        """What the service is given: the names to take, those to keep, and the reason."""
        found: dict[str, Any] = super().clean() or {}
        picked = {line.name: found.get(line.name) for line in [*self.preview.news, *self.preview.conflicts]}
        take = [name for name, choice in picked.items() if choice is True or choice == TAKE]
        keep = [name for name, choice in picked.items() if choice == KEEP]
        return {"take": take, "keep": keep, "reason": found.get("reason", "")}


class ReasonForm(forms.Form):
    """Why something is done that everybody who looks later will ask about."""

    reason = forms.CharField(
        label="Why?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is written into the audit trail and shown on the page.",
    )


class HistoryForm(forms.Form):
    """Which server's history comes to which team."""

    address = forms.ChoiceField(
        label="MLflow server",
        help_text="Those that the operator of this portal has listed, with their credentials.",
    )
    team = forms.ModelChoiceField(Team.objects.none(), label="Team that gets it", empty_label=None)
    with_files = forms.BooleanField(
        label="Bring the files of runs and models along",
        required=False,
        initial=True,
        help_text="Without them versions come as records without files, and a later import adds none to what is here.",
    )

    def __init__(self, user: User, servers: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        self.fields["address"].choices = [(one, one) for one in servers]  # type: ignore[attr-defined]
        self.fields["team"].queryset = teams_where(user, "model.create")  # type: ignore[attr-defined]


def _day(label: str) -> forms.DateField:
    latest = MaxValueValidator(date(2999, 12, 31))
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, validators=[latest])


class TrailFilterForm(forms.Form):
    """Which entries of the trail; what cannot be understood is left out of the filter."""

    actor = forms.ChoiceField(label="Who", required=False)
    action = forms.CharField(
        required=False, max_length=80, widget=forms.TextInput(attrs={"placeholder": "version.approve"})
    )
    object_type = forms.CharField(
        label="About", required=False, max_length=80, widget=forms.TextInput(attrs={"placeholder": "a kind of object"})
    )
    object_id = forms.CharField(label="Number", required=False, max_length=80)
    since = _day("From (UTC)")
    until = _day("To, included")

    def __init__(self, user: User, data: Any) -> None:
        cleared = {name: str(data.get(name, "")).replace("\0", "").strip() for name in self.base_fields}
        super().__init__(cleared)
        people = [(f"user:{one.pk}", one.name or f"Person {one.pk}") for one in trail_people(user)]
        you = (f"user:{user.pk}", f"{user.name} (you)")
        known = [("", "anybody"), you, *people, ("worker", "A worker"), ("system", "The platform")]
        asked = cleared["actor"]
        field = self.fields["actor"]
        assert isinstance(field, forms.ChoiceField)
        # A link may name somebody who is in no team any more.
        field.choices = known if asked in dict(known) else [*known, (asked, asked)]

    @property
    def wanted(self) -> Wanted:
        """The filters that could be understood."""
        self.is_valid()
        given = self.cleaned_data
        words = {name: given.get(name) or "" for name in ("actor", "action", "object_type", "object_id")}
        since, until = given.get("since"), given.get("until")
        return Wanted(
            **words,
            since=_midnight(since) if since else None,
            until=_midnight(until) + timedelta(days=1) if until else None,
        )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
