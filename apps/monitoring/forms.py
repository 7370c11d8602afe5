"""What people enter to measure drift: first which data, then what its columns mean."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by
from apps.core.form_fields import NewestChoiceField
from apps.core.models import Run
from apps.monitoring.rules import TABLE_FORMATS, guess_columns
from apps.registry.models import ModelVersion
from apps.registry.queries import versions_seen_by

NEWEST = "The newest hundred are listed; any other can be chosen from its own page."


class DriftFilterForm(forms.Form):
    """Which measurements the list shows."""

    state = forms.ChoiceField(label="State", required=False, choices=[("", "all"), *Run.State.choices])
    model = forms.CharField(label="Model", required=False, max_length=120)


class SubjectsForm(forms.Form):
    """Which version is watched, and with which two tables."""

    version = NewestChoiceField(ModelVersion.objects.none(), label="Watch this version", help_text=NEWEST)
    reference = NewestChoiceField(
        DatasetVersion.objects.none(),
        label="Reference data",
        help_text="From a time when the model was known to work. Thresholds come from here. CSV or Parquet.",
    )
    analysis = NewestChoiceField(
        DatasetVersion.objects.none(),
        label="Observed data",
        help_text="The time that you want to know about, in the same columns. CSV or Parquet.",
    )

    def __init__(self, user: User, data: Any = None, *, chosen: dict[str, int | None] | None = None) -> None:
        chosen = chosen or {}
        super().__init__(data, initial=chosen)
        fields: Any = self.fields
        fields["version"].offer(versions_seen_by(user).order_by("-pk"), chosen.get("version"))
        tables = dataset_versions_seen_by(user).filter(format__in=TABLE_FORMATS).order_by("-pk")
        fields["reference"].offer(tables, chosen.get("reference"))
        fields["analysis"].offer(tables, chosen.get("analysis"))

    def clean(self) -> dict[str, Any]:
        """A table compared with itself shows no drift and means nothing."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("reference") is not None and found.get("reference") == found.get("analysis"):
            self.add_error("analysis", "Choose other data than the reference: compared with itself, nothing drifts.")
        return found


class ColumnsForm(forms.Form):
    """What the columns of the two tables mean."""

    feature_columns = forms.MultipleChoiceField(
        label="Inputs to watch",
        widget=forms.CheckboxSelectMultiple,
        help_text="What the model is given. Each gets a distance of its own; all together get one more.",
    )
    categorical_columns = forms.MultipleChoiceField(
        label="Numbers that are names",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Codes and classes written as numbers. They are compared by how often each occurs.",
    )
    timestamp_column = forms.ChoiceField(
        label="Time", required=False, help_text="Orders the rows. Without it they count in the order of the file."
    )
    probability_column = forms.ChoiceField(
        label="Predicted probability",
        required=False,
        help_text="0 to 1, of the positive class. Needed, with the next two, to estimate how well the model does.",
    )
    prediction_column = forms.ChoiceField(label="Predicted class", required=False, help_text="0 or 1.")
    target_column = forms.ChoiceField(
        label="True class",
        required=False,
        help_text="0 or 1. Needed in the reference; where the observed data has it, the realised figure is counted.",
    )
    chunk_size = forms.IntegerField(
        label="Rows in a chunk",
        min_value=2,
        max_value=10_000_000,
        initial=5_000,
        help_text="Each chunk gives one value; a few thousand rows keep chance small. The reference needs two chunks.",
    )
    is_own_traffic = forms.BooleanField(
        label="The observed data comes from this version's own use",
        required=False,
        help_text="Leave it out for examples and other models' data: reports say which it was.",
    )
    opens_incident = forms.BooleanField(
        label="Alerts put an incident on record",
        required=False,
        help_text="By themselves, with their figures; once for this measurement. Only for the version's own use.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=2_000,
        help_text="Where the data comes from, for readers of the report.",
    )

    def __init__(self, reference: DatasetVersion, data: Any = None) -> None:
        names = [str(column["name"]) for column in reference.columns]
        super().__init__(data, initial=guess_columns(reference.columns))
        fields: Any = self.fields
        fields["feature_columns"].choices = [(column, column) for column in names]
        numbers = [str(column["name"]) for column in reference.columns if column["type"] in ("integer", "number")]
        fields["categorical_columns"].choices = [(column, column) for column in numbers]
        for name in ("timestamp_column", "probability_column", "prediction_column", "target_column"):
            fields[name].choices = [("", "none"), *((column, column) for column in names)]

    def clean(self) -> dict[str, Any]:
        """The mapping as `config`. Performance needs all three of probability, prediction and target, or none."""
        found: dict[str, Any] = super().clean() or {}
        three = [found.get(name) for name in ("probability_column", "prediction_column", "target_column")]
        if any(three) and not all(three):
            self.add_error(None, "To estimate performance, name all three: probability, predicted and true class.")
        more = {name: found.pop(name) for name in ("is_own_traffic", "opens_incident", "note") if name in found}
        config = {name: value for name, value in found.items() if value not in (None, "", [])}
        few = len(found.get("feature_columns") or []) < 2
        config["methods"] = ["univariate", *([] if few else ["reconstruction"]), *(PERFORMANCE if all(three) else [])]
        config["problem_type"] = "classification_binary" if all(three) else "none"
        return more | {"config": config}


PERFORMANCE = ("estimated", "realised")
