"""What people enter about branches, tags and the way back."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.catalog.models import Branch, Dataset, DatasetVersion
from apps.catalog.rules import MAIN, PURPOSES
from apps.catalog.rules.versions import MOST_NAME
from apps.core.form_fields import NewestChoiceField

NAME_HELP = "Letters, digits, “.”, “_”, “-” and “/”."


class VersionField(NewestChoiceField):
    """One version of a dataset, told by number, branch and message."""

    def label_from_instance(self, obj: Any) -> str:
        told = obj.message or obj.filename
        return f"v{obj.number} · {obj.branch} · {told[:60]}"


class BranchField(forms.ModelChoiceField):
    """One branch of a dataset."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} (at v{obj.head.number})"


def versions_of(dataset: Dataset) -> "QuerySet[DatasetVersion]":
    """The versions to choose from, the newest first."""
    rows = DatasetVersion.objects.filter(dataset=dataset).select_related("dataset")
    return rows.defer("statistics", "provenance").order_by("-number")


def branches_of(dataset: Dataset) -> "QuerySet[Branch]":
    """The branches to choose from."""
    return Branch.objects.filter(dataset=dataset).select_related("head__dataset")


class _OfVersion(forms.Form):
    """A form that is about one version of a dataset, which the address may have chosen already."""

    about = "version"

    def __init__(self, dataset: Dataset, data: Any = None, *, version: int | None = None) -> None:
        super().__init__(data, initial={self.about: version})
        chosen: Any = self.fields[self.about]
        chosen.offer(versions_of(dataset), version)


class BranchForm(_OfVersion):
    """A new line of versions."""

    about = "start"
    name = forms.CharField(label="Name", max_length=MOST_NAME, help_text=f"What this line is for. {NAME_HELP}")
    start = VersionField(
        DatasetVersion.objects.none(), label="Begins at", empty_label=None, help_text="Nothing is copied."
    )


class TagForm(_OfVersion):
    """A lasting name for a version."""

    version = VersionField(DatasetVersion.objects.none(), label="Version", empty_label=None)
    name = forms.CharField(label="Name", max_length=MOST_NAME, help_text=f"For example “released-2026”. {NAME_HELP}")
    message = forms.CharField(label="What it marks", required=False, max_length=300)


class RollbackForm(_OfVersion):
    """The way back to an earlier content."""

    about = "to"
    branch = BranchField(Branch.objects.none(), label="Branch", empty_label=None)
    to = VersionField(
        DatasetVersion.objects.none(),
        label="Back to",
        empty_label=None,
        help_text="Its rows, licence and datasheet become the newest version again.",
    )
    reason = forms.CharField(
        label="Why?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail and stands in the version's message.",
    )

    def __init__(self, dataset: Dataset, data: Any = None, *, version: int | None = None) -> None:
        super().__init__(dataset, data, version=version)
        branches = branches_of(dataset)
        main = next((one for one in branches if one.name == MAIN), None)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        self.fields["branch"].initial = main.pk if main else None
        if version is None and main is not None:  # the newest of all may stand on another branch
            self.initial[self.about] = main.head.parent_id


class CompareForm(forms.Form):
    """Two versions to hold against each other."""

    before = VersionField(DatasetVersion.objects.none(), label="Before", empty_label=None)
    after = VersionField(DatasetVersion.objects.none(), label="After", empty_label=None)

    def __init__(self, dataset: Dataset, data: Any = None, *, version: int | None = None) -> None:
        newest = list(versions_of(dataset)[:2])
        first = next((one for one in newest if one.pk == version), newest[0] if newest else None)
        before = first.parent_id if first is not None and first.parent_id else None
        super().__init__(data, initial={"before": before, "after": first.pk if first else None})
        for name in ("before", "after"):
            field: Any = self.fields[name]
            field.offer(versions_of(dataset), self.initial[name])


class SettingsForm(forms.Form):
    """What a dataset is for, and how its rows are told apart."""

    purpose = forms.ChoiceField(
        label="What it is for",
        choices=list(PURPOSES.items()),
        help_text="Scans of other data look for copies of evaluation sets and of protected works.",
    )
    columns = forms.MultipleChoiceField(
        label="Columns that name a row",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Comparisons and merges match rows by them. None: a column called id, key or uuid, or the whole row.",
    )

    def __init__(self, dataset: Dataset, columns: list[str], data: Any = None) -> None:
        super().__init__(data, initial={"purpose": dataset.purpose, "columns": dataset.key_columns})
        names = list(dict.fromkeys([*columns, *dataset.key_columns]))
        self.fields["columns"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
