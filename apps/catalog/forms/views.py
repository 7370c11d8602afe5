"""The forms of filters and saved views."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.catalog.models import DatasetVersion, SavedView
from apps.catalog.rules import MAIN
from apps.catalog.rules.filters import COMPARISONS, LONGEST


class SimpleFilterForm(forms.Form):
    """A filter in three fields: column, comparison, value. It writes the expression."""

    column = forms.ChoiceField()
    comparison = forms.ChoiceField(choices=list(COMPARISONS.items()))
    value = forms.CharField(required=False, max_length=500, strip=False)

    def __init__(self, version: DatasetVersion, data: QueryDict | None) -> None:
        super().__init__(data)
        names = [column["name"] for column in version.columns]
        self.fields["column"] = forms.ChoiceField(choices=[(name, name) for name in names])


class ViewForm(forms.Form):
    """A name for a filter over one version."""

    name = forms.CharField(max_length=80, help_text="Short and telling, such as <code>German answers</code>.")
    expression = forms.CharField(
        label="Filter",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Which rows the view gives. The version never changes, so the view will always give the same.",
    )


class ViewCommitForm(forms.Form):
    """Where the rows of a view are committed."""

    branch = forms.ChoiceField(help_text="The new version becomes the newest on this branch.")
    message = forms.CharField(max_length=300, required=False, label="What is new in it")

    def __init__(self, view: SavedView, data: QueryDict | None = None) -> None:
        super().__init__(data)
        names = list(view.version.dataset.branches.values_list("name", flat=True))
        self.fields["branch"] = forms.ChoiceField(
            choices=[(name, name) for name in names],
            initial=view.version.branch if view.version.branch in names else MAIN,
            help_text="The new version becomes the newest on this branch.",
        )


def words_of(form: forms.Form) -> str:
    """What is wrong with a form, in one line."""
    errors: dict[str, Any] = form.errors
    return " ".join(str(error) for listed in errors.values() for error in listed)
