"""What people enter about models and tuning."""

from typing import Any

from django import forms

from apps.accounts.models import Team, User
from apps.accounts.queries import team_ids_where, teams_where
from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by
from apps.catalog.rules.uses import intended_uses
from apps.core.form_fields import NewestChoiceField, NewestChoicesField
from apps.registry.models import ModelVersion, RegisteredModel
from apps.registry.queries import models_seen_by, versions_seen_by

REMOVED = "removed"
NEWEST = "The newest hundred are listed; any other can be chosen from its own page."


class ModelFilterForm(forms.Form):
    """Which models the list shows."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", required=False, empty_label="all")
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "models"), ("prompt", "prompts"), ("all", "both")]
    )
    tag = forms.CharField(label="Tag", required=False, max_length=250, help_text="name, or name=value")
    alias = forms.CharField(label="Alias", required=False, max_length=255)
    show = forms.ChoiceField(label="Show", required=False, choices=[("", "in use"), (REMOVED, "removed")])

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_where(user, "team.view")  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The conditions of the choices, as the table's query takes them."""
        said = self.cleaned_data
        key, _, value = said["tag"].partition("=")
        conditions = {
            "name__icontains": said["name"],
            "team": said["team"],
            "is_prompt": None if said["kind"] == "all" else said["kind"] == "prompt",
            "tags__key": key,
            "tags__value": value,
            "aliases__name": said["alias"],
        }
        return {name: value for name, value in conditions.items() if value not in (None, "")}


class VersionFilterForm(forms.Form):
    """Which versions of a model the list shows."""

    stage = forms.ChoiceField(
        label="Stage", required=False, choices=[("", "all in use"), *ModelVersion.Stage.choices, (REMOVED, "removed")]
    )


def _uses_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Intended uses",
        required=False,
        choices=lambda: [(use.code, f"{use.label}. {use.explains}") for use in intended_uses().values()],
        widget=forms.CheckboxSelectMultiple,
        help_text="The licences of its data and base models are held against these. What conflicts stops approval.",
    )


class ModelForm(forms.Form):
    """A new model."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label=None)
    name = forms.CharField(label="Name", max_length=120, help_text="What people call it; versions are numbered.")
    intended_purpose = forms.CharField(
        label="Intended purpose",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What it is for, and for whom. The checklist and the audit pack quote it.",
    )
    description = forms.CharField(
        label="Description", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    intended_uses = _uses_field()

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams_where(user, "model.create")  # type: ignore[attr-defined]


class PurposeForm(forms.Form):
    """What a model is meant for, and why that changes."""

    intended_purpose = forms.CharField(
        label="Intended purpose",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What it is for, and for whom. The checklist and the audit pack quote it.",
    )
    intended_uses = _uses_field()
    reason = forms.CharField(
        label="Why does it change?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is written into the audit trail. Answers about licences turn stale.",
    )

    @classmethod
    def of(cls, model: RegisteredModel, data: Any = None) -> "PurposeForm":
        """The form with what is on record now."""
        return cls(data, initial={"intended_purpose": model.intended_purpose, "intended_uses": model.intended_uses})


class ImportForm(forms.Form):
    """Files that become the model's next version."""

    source = forms.CharField(
        label="Folder or hub id",
        max_length=500,
        help_text="A folder that the worker may read, or a Hugging Face id such as organisation/model."
        " Weights must be safetensors: pickle files can run code and are refused.",
    )
    licence = forms.CharField(
        label="Licence", required=False, max_length=200, help_text="By SPDX. Empty: as the model's own card says."
    )
    description = forms.CharField(
        label="What is it?", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    trained_on = NewestChoicesField(
        DatasetVersion.objects.none(),
        label="Trained on",
        required=False,
        help_text=f"Data of this portal that is known to have trained it. {NEWEST}",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["trained_on"]
        field.offer(dataset_versions_seen_by(user))

    def clean_trained_on(self) -> list[DatasetVersion]:
        """The versions as the service takes them."""
        return list(self.cleaned_data["trained_on"])


SETTINGS = (
    "prompt_column",
    "answer_column",
    "system_prompt",
    "epochs",
    "max_steps",
    "learning_rate",
    "rank",
    "batch_size",
    "max_length",
    "held_out_fraction",
    "seed",
)


class TuningForm(forms.Form):
    """What to tune, on what, into which model; and the settings that matter. Empty settings keep their defaults."""

    base_version = NewestChoiceField(ModelVersion.objects.none(), label="Tune this version", help_text=NEWEST)
    dataset_version = NewestChoiceField(DatasetVersion.objects.none(), label="On this data", help_text=NEWEST)
    output_model = forms.ModelChoiceField(
        RegisteredModel.objects.none(), label="The result becomes a version of", help_text="Usually the same model."
    )
    prompt_column = forms.CharField(
        label="Column with the question", required=False, max_length=200, help_text="Default: question."
    )
    answer_column = forms.CharField(
        label="Column with the answer", required=False, max_length=200, help_text="Default: answer."
    )
    system_prompt = forms.CharField(
        label="Said before every question",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The model must later be used with the same words. Default: nothing.",
    )
    epochs = forms.FloatField(
        label="Readings of the data",
        required=False,
        min_value=0.01,
        max_value=1_000,
        help_text="Default 6. More makes the model know the rows by heart.",
    )
    max_steps = forms.IntegerField(
        label="Stop after this many steps",
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text="Ends the run there, whatever the number of readings. Default: no limit.",
    )
    learning_rate = forms.FloatField(
        label="Learning rate",
        required=False,
        min_value=1e-9,
        max_value=1.0,
        help_text="Default 0.005, which suits models of millions of parameters; for billions take 0.0002.",
    )
    rank = forms.IntegerField(
        label="Rank of the adapter",
        required=False,
        min_value=1,
        max_value=1_024,
        help_text="Default 16: few directions of change suffice for small tasks.",
    )
    batch_size = forms.IntegerField(
        label="Rows a step", required=False, min_value=1, max_value=4_096, help_text="Default 8. Bounded by memory."
    )
    max_length = forms.IntegerField(
        label="Tokens a row",
        required=False,
        min_value=8,
        max_value=1_000_000,
        help_text="Default 512. Longer rows are cut at their end, and counted.",
    )
    held_out_fraction = forms.FloatField(
        label="Share of rows kept from training",
        required=False,
        min_value=0.01,
        max_value=0.9,
        help_text="Default 0.2. The evaluation measures on these rows: the model has never seen them.",
    )
    seed = forms.IntegerField(
        label="Seed",
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="Default 20. The same seed, data and machine give the same model again.",
    )

    def __init__(
        self,
        user: User,
        data: Any = None,
        *,
        base: int | None = None,
        dataset: int | None = None,
        model: int | None = None,
    ) -> None:
        super().__init__(data, initial={"base_version": base, "dataset_version": dataset, "output_model": model})
        choices: Any = self.fields
        choices["base_version"].offer(versions_seen_by(user).exclude(manifest_digest="").order_by("-pk"), base)
        choices["dataset_version"].offer(dataset_versions_seen_by(user).order_by("-pk"), dataset)
        models = models_seen_by(user).filter(team_id__in=team_ids_where(user, "tuning.start"))
        choices["output_model"].queryset = models.order_by("name")

    def clean(self) -> dict[str, Any]:
        """The subjects, and the settings that were given as `config`."""
        found: dict[str, Any] = super().clean() or {}
        given = {name: found.pop(name, None) for name in SETTINGS}
        return found | {"config": {name: value for name, value in given.items() if value not in (None, "")}}
