"""What people enter about versions whose files they send."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.catalog.models import DatasetVersion
from apps.catalog.queries import dataset_versions_seen_by
from apps.core.form_fields import NewestChoicesField


class OpenForm(forms.Form):
    """A version whose files will be sent."""

    description = forms.CharField(
        label="What is it?", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    licence = forms.CharField(label="Licence", required=False, max_length=200, help_text="By SPDX, such as Apache-2.0.")
    trained_on = NewestChoicesField(
        DatasetVersion.objects.none(),
        label="Trained on",
        required=False,
        help_text="Data of this portal that is known to have trained it.",
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["trained_on"]
        field.offer(dataset_versions_seen_by(user))
