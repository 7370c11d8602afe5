"""What people enter about sources, and about what versions were made of."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import teams_where
from apps.catalog.models import DatasetVersion, Source
from apps.catalog.queries.datasets import dataset_versions_seen_by
from apps.catalog.queries.sources import sources_seen_by
from apps.catalog.rules.sources import (
    SOURCE_FIELDS,
    TDM_RESERVATIONS,
    collection_methods,
    confidentialities,
    data_uses,
)
from apps.core.form_fields import NewestChoiceField

LICENCE_HELP = "By SPDX, such as CC-BY-4.0 or MIT AND CC0-1.0, or as the Hugging Face Hub names it, such as llama3.1."
_DAY = {"type": "date"}


class SourceFilterForm(forms.Form):
    """Which sources the list shows."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data or None)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]


class SourceForm(forms.Form):
    """What is on record about a source."""

    name = forms.CharField(label="Name", max_length=120, help_text="How people will look for it.")
    description = forms.CharField(
        label="What is it?", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    issuer = forms.CharField(label="Who offers it?", required=False, max_length=200)
    url = forms.CharField(label="Address", required=False, max_length=500, help_text="Where it can be found.")
    origin = forms.CharField(
        label="Where did it come from?", required=False, max_length=200, help_text="Who made it, and out of what."
    )
    collection_method = forms.ChoiceField(
        label="How did it come into being?",
        required=False,
        choices=lambda: [("", "not recorded"), *collection_methods().items()],
        help_text="Codes of the Data & Trust Alliance.",
    )
    collected_from = forms.DateField(
        label="Collected from", required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    collected_to = forms.DateField(
        label="Collected until", required=False, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    geography = forms.CharField(
        label="Places",
        required=False,
        max_length=2_000,
        help_text="Country codes by ISO 3166, with commas: DE, FR, US-CA.",
    )
    licence = forms.CharField(label="Licence", required=False, max_length=200, help_text=LICENCE_HELP)
    licence_evidence = forms.CharField(
        label="Where does the licence stand?",
        required=False,
        max_length=500,
        help_text="An address or a file. Somebody who may verify licences reads it there.",
    )
    tdm_reservation = forms.ChoiceField(
        label="Is text and data mining reserved?", choices=list(TDM_RESERVATIONS.items()), initial="unknown"
    )
    tdm_note = forms.CharField(
        label="How and when was that looked for?",
        required=False,
        max_length=500,
        help_text="For example: robots.txt and the site's terms, read on 3 May 2026.",
    )
    intended_uses = forms.MultipleChoiceField(
        label="What may it be used for?",
        required=False,
        choices=lambda: list(data_uses().items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: nothing is said about it.",
    )
    confidentiality = forms.ChoiceField(
        label="Who may see it?", required=False, choices=lambda: [("", "not classified"), *confidentialities().items()]
    )
    machine_generated = forms.FloatField(
        label="Share written by machines",
        required=False,
        min_value=0,
        max_value=1,
        help_text="From 0 (none) to 1 (all). Empty: nobody has said.",
    )

    def clean_geography(self) -> list[str]:
        """The codes as a list."""
        return [
            code.strip() for code in str(self.cleaned_data["geography"]).replace(";", ",").split(",") if code.strip()
        ]

    @classmethod
    def of(cls, source: Source, data: Any = None) -> "SourceForm":
        """The form with what is on record now."""
        initial = {name: getattr(source, name) for name in SOURCE_FIELDS}
        return cls(data, initial=initial | {"geography": ", ".join(source.geography)})


class NewSourceForm(SourceForm):
    """A new source."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)
    field_order = ["team", *SOURCE_FIELDS]

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_where(user, "source.edit")  # type: ignore[attr-defined]


class VerifyForm(forms.Form):
    """Where somebody read under which licence the source is offered."""

    evidence = forms.CharField(
        label="Where did you read it?", max_length=500, help_text="An address, a file, a contract and its clause."
    )


class DocumentForm(forms.Form):
    """A contract or a consent."""

    file = forms.FileField(
        label="Contract or consent", max_length=200, help_text="It is stored under its SHA-256 and never changes."
    )


class VersionSourceForm(forms.Form):
    """One source that a dataset version holds rows of."""

    source = NewestChoiceField(Source.objects.none(), label="Source", empty_label="choose")
    share = forms.FloatField(
        label="Share of the rows",
        required=False,
        min_value=0,
        max_value=1,
        help_text="From 0 to 1. Empty: nobody has counted.",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["source"]
        field.offer(sources_seen_by(user))


class DerivationForm(forms.Form):
    """A dataset version that another was made out of."""

    origin = NewestChoiceField(DatasetVersion.objects.none(), label="Made out of", empty_label="choose")
    how = forms.CharField(
        label="How?", required=False, max_length=300, help_text="For example: translated, filtered, anonymised."
    )

    def __init__(self, user: User, version: DatasetVersion, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["origin"]
        field.offer(dataset_versions_seen_by(user).exclude(pk=version.pk).order_by("-pk"))
