"""The forms of models, versions and tuning."""

from apps.registry.forms.models import (
    ImportForm,
    ModelFilterForm,
    ModelForm,
    PurposeForm,
    TuningForm,
    VersionFilterForm,
)

__all__ = [
    "ImportForm",
    "ModelFilterForm",
    "ModelForm",
    "PurposeForm",
    "TuningForm",
    "VersionFilterForm",
]
