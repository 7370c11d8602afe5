"""What people enter about documents of the evidence library."""

from pathlib import Path
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.checklist.models import EvidenceDocument, EvidenceVersion
from apps.checklist.queries.library import citable_in, in_state, with_words
from apps.checklist.rules.library import FILE, FILE_MOST, KINDS, LINK, LINK_MOST, STANDINGS, SUPERSEDED
from apps.checklist.services.library import METHOD_MOST, SHOWS_MOST, TITLE_MOST, Content
from apps.core.form_fields import NewestChoiceField
from apps.core.formatting import file_size

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
_TWO_LINES = forms.Textarea(attrs={"rows": 2})
ORIGINS = {"declared": "Somebody wrote or said it", "imported": "It was taken out of another system as it stood"}


class LibraryFilterForm(forms.Form):
    """Which documents the list shows."""

    q = forms.CharField(label="Words", required=False, max_length=200)
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "all"), *(STANDINGS | {SUPERSEDED: "An older version is still cited"}).items()],
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "all"), *KINDS.items()])
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        teams: Any = self.fields["team"]
        teams.queryset = teams_where(user, "team.view")
        if len(teams.queryset) < 2:
            del self.fields["team"]

    def chosen(self, rows: QuerySet[EvidenceDocument]) -> QuerySet[EvidenceDocument]:
        """Those of `rows` that the person asked for; all of them where nothing sensible was asked."""
        if not self.is_valid():
            return rows
        wanted = self.cleaned_data
        rows = with_words(rows, wanted["q"]) if wanted["q"] else rows
        rows = in_state(rows, wanted["state"]) if wanted["state"] else rows
        rows = rows.filter(kind=wanted["kind"]) if wanted["kind"] else rows
        return rows.filter(team=wanted["team"]) if wanted.get("team") else rows


class VersionForm(forms.Form):
    """What one version of a document holds, and from when until when."""

    file = forms.FileField(
        label="File",
        required=False,
        allow_empty_file=True,
        max_length=255,
        help_text=f"Up to {file_size(FILE_MOST)}. It is kept as it is, under its SHA-256.",
    )
    link = forms.CharField(
        label="Or its address",
        required=False,
        max_length=LINK_MOST,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="https://… Only the address is kept, not what lies there.",
    )
    method = forms.CharField(
        label="How was it obtained?",
        max_length=METHOD_MOST,
        help_text="One sentence, such as: Sent by the data protection officer on request.",
    )
    status = forms.ChoiceField(label="How is it known?", choices=list(ORIGINS.items()), widget=forms.RadioSelect)
    effective_on = forms.DateField(
        label="Holds from", widget=_DAY, help_text="The day from which its content holds, not the day of the upload."
    )
    expires_on = forms.DateField(
        label="Holds until",
        required=False,
        widget=_DAY,
        help_text="The last day. From the next on, answers that rest on it are stale. Empty: it does not expire.",
    )

    def __init__(self, data: Any = None, files: Any = None, *, kind: str = "", **more: Any) -> None:
        initial = {"effective_on": timezone.localdate(), "status": "declared"} | more.pop("initial", {})
        super().__init__(data, files, initial=initial, **more)
        if kind:
            del self.fields[LINK if kind == FILE else FILE]
            self.fields[kind].required = True
            self.fields[kind].label = KINDS[kind] if kind == FILE else "Its address"

    def clean(self) -> dict[str, Any]:
        """One of file and address; both or neither is told at the first of them."""
        found: dict[str, Any] = super().clean() or {}
        is_open = {FILE, LINK} <= set(self.fields) and not self.errors
        if is_open and (found.get("file") is None) == (not found.get("link")):
            self.add_error("file", "Choose a file or give its address: one of the two.")
        return found

    @property
    def content(self) -> Content:
        """What was entered, as the service takes it."""
        told = {name: self.cleaned_data[name] for name in ("method", "status", "effective_on", "expires_on")}
        file = self.cleaned_data.get("file")
        if file is None:
            return Content(**told, link=self.cleaned_data.get("link", ""))
        return Content(**told, path=Path(file.temporary_file_path()), filename=str(file.name))


class NextVersionForm(VersionForm):
    """The next version of a document; the hidden field tells whether somebody was quicker."""

    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class DocumentForm(VersionForm):
    """A new document with its first version."""

    title = forms.CharField(label="Title", max_length=TITLE_MOST)
    shows = forms.CharField(
        label="What does it show?", max_length=SHOWS_MOST, widget=_TWO_LINES, help_text="One sentence."
    )

    field_order = ["team", "title", "shows"]


class TeamDocumentForm(DocumentForm):
    """A new document, and the team in whose library it is kept."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)

    def __init__(self, user: User, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        teams: Any = self.fields["team"]
        teams.queryset = teams_where(user, "evidence.edit")


class CiteForm(forms.Form):
    """A document of the library that supports an answer."""

    version = NewestChoiceField(EvidenceVersion.objects.none(), label="Document", empty_label="choose")
    summary = forms.CharField(
        label="What does it show here?",
        required=False,
        max_length=SHOWS_MOST,
        widget=_TWO_LINES,
        help_text="Left empty, what the library says of it.",
    )

    def __init__(self, team_id: int, data: Any = None) -> None:
        super().__init__(data, auto_id="cite-%s")
        field: Any = self.fields["version"]
        field.offer(citable_in(team_id))


class WithdrawForm(forms.Form):
    """Why a document is withdrawn; the hidden field tells how many answers the person saw that rest on it."""

    reason = forms.CharField(
        label="Why?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It is kept, and shown to everybody whose answer rests on it.",
    )
    expect_supports = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def show_supports(self, total: int) -> None:
        """Show the present number, whatever number was sent."""
        self.initial["expect_supports"] = total
        if self.is_bound:
            sent: Any = self.data
            data = sent.copy()
            data["expect_supports"] = str(total)
            self.data = data
