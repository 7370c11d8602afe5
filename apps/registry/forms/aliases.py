"""What people enter about aliases."""

from typing import Any

from django import forms

from apps.core.form_fields import NewestChoiceField
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.queries import versions_of
from apps.registry.rules.aliases import MOST_LETTERS, alias_problem

_REASON_HELP = "It stands in the alias's history and in the audit trail."


class AliasForm(forms.Form):
    """Where an alias is to point."""

    name = forms.CharField(
        label="Alias",
        max_length=MOST_LETTERS,
        help_text="A name that programs ask for instead of a number, such as champion. It says where a version runs;"
        " whether it may run is what its stage says.",
    )
    version = NewestChoiceField(ModelVersion.objects.none(), label="Points at")
    reason = forms.CharField(label="Why?", max_length=300, help_text=_REASON_HELP)

    def __init__(self, model: RegisteredModel, data: Any = None, *, name: str = "", version: int | None = None) -> None:
        super().__init__(data, initial={"name": name, "version": version})
        field: Any = self.fields["version"]
        field.offer(versions_of(model).select_related("model"), version)

    def clean_name(self) -> str:
        """A name that an alias can have."""
        name = str(self.cleaned_data["name"])
        if problem := alias_problem(name):
            raise forms.ValidationError(problem)
        return name


class ProtectForm(forms.Form):
    """Which aliases are protected."""

    names = forms.CharField(
        label="Protected aliases",
        required=False,
        max_length=20_000,
        help_text="With spaces between. Only a version that is approved, whole and out of quarantine can carry these.",
    )
    reason = forms.CharField(
        label="Why does it change?", max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_REASON_HELP
    )

    @classmethod
    def of(cls, model: RegisteredModel, data: Any = None) -> "ProtectForm":
        """The form with the list as it is now."""
        return cls(data, initial={"names": " ".join(model.protected_aliases)})

    def clean_names(self) -> list[str]:
        """The names, each for itself."""
        return str(self.cleaned_data["names"]).replace(",", " ").split()


class TagForm(forms.Form):
    """A word of somebody's own, with a value."""

    key = forms.CharField(label="Tag", max_length=250)
    value = forms.CharField(label="Value", required=False, max_length=100_000)
