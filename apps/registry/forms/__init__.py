"""The forms of models, versions and tuning."""

from apps.registry.forms.aliases import AliasForm, ProtectForm, TagForm
from apps.registry.forms.models import (
    ImportForm,
    ModelFilterForm,
    ModelForm,
    PurposeForm,
    TuningForm,
    VersionFilterForm,
)
from apps.registry.forms.records import FactsForm
from apps.registry.forms.systems import MomentForm, PartForm, SystemChangeForm, SystemFilterForm, SystemForm
from apps.registry.forms.uploads import OpenForm

__all__ = [
    "OpenForm",
    "AliasForm",
    "FactsForm",
    "MomentForm",
    "PartForm",
    "ProtectForm",
    "SystemChangeForm",
    "SystemFilterForm",
    "SystemForm",
    "TagForm",
    "ImportForm",
    "ModelFilterForm",
    "ModelForm",
    "PurposeForm",
    "TuningForm",
    "VersionFilterForm",
]
