"""What people enter to start an evaluation, and which evaluations a list shows."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by
from apps.core.form_fields import NewestChoiceField
from apps.core.models import Run
from apps.registry.models import ModelVersion
from apps.registry.queries import versions_seen_by

NEWEST = "The newest hundred are listed; any other can be chosen from its own page."
SETTINGS = ("prompt_column", "answer_column", "system_prompt", "max_new_tokens")


class EvaluationFilterForm(forms.Form):
    """Which evaluations the list shows."""

    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *Run.State.choices])
    model = forms.CharField(label="Model", required=False, max_length=120)


class EvaluationForm(forms.Form):
    """Which version to measure, on which rows, beside which other. Empty settings keep their defaults."""

    version = NewestChoiceField(ModelVersion.objects.none(), label="Measure this version", help_text=NEWEST)
    dataset_version = NewestChoiceField(
        DatasetVersion.objects.none(),
        label="On this data",
        help_text="Where the version was tuned on this very data, only the rows that were kept from it are used.",
    )
    baseline = NewestChoiceField(
        ModelVersion.objects.none(),
        label="Compared with",
        required=False,
        empty_label="nothing",
        help_text="Usually the version it was tuned from: the same rows are asked of both, and the difference"
        " gets an interval.",
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
        help_text="The words it was tuned with. Default: nothing.",
    )
    max_new_tokens = forms.IntegerField(
        label="Longest answer, in tokens",
        required=False,
        min_value=1,
        max_value=4_096,
        help_text="Default 96. A model that never ends costs this many for every row.",
    )

    def __init__(self, user: User, data: Any = None, *, chosen: dict[str, int | None] | None = None) -> None:
        chosen = chosen or {}
        super().__init__(data, initial=chosen)
        fields: Any = self.fields
        versions = versions_seen_by(user).exclude(manifest_digest="").order_by("-pk")
        fields["version"].offer(versions, chosen.get("version"))
        fields["baseline"].offer(versions, chosen.get("baseline"))
        fields["dataset_version"].offer(dataset_versions_seen_by(user).order_by("-pk"), chosen.get("dataset_version"))

    def clean(self) -> dict[str, Any]:
        """The subjects, and the settings that were given as `config`."""
        found: dict[str, Any] = super().clean() or {}
        given = {name: found.pop(name, None) for name in SETTINGS}
        return found | {"config": {name: value for name, value in given.items() if value not in (None, "")}}
