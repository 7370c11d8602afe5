"""Form fields with their help beside them."""

from typing import Any

from django.forms import BoundField, CheckboxInput, ClearableFileInput, FileInput
from django.utils.safestring import SafeString

from apps.core.templatetags.portal_ui.library import register
from apps.core.templatetags.portal_ui.pieces import component


@register.simple_tag
def field(bound: BoundField, help: str = "", *, label: str = "") -> SafeString:
    """A field with its label, errors and help. `help` is shown beside the field's own help text."""
    return component(
        "field",
        field=bound,
        kind=_kind(bound),
        label=label or bound.label,
        help=help,
        is_optional=not bound.field.required,
    )


def _kind(bound: BoundField) -> str:
    if bound.is_hidden:
        return "hidden"
    if isinstance(bound.field.widget, CheckboxInput):
        return "check"
    if isinstance(bound.field.widget, FileInput | ClearableFileInput):
        return "file"
    return "group" if bound.field.widget.use_fieldset else "line"


@register.simple_tag
def fields(form: Any) -> SafeString:
    """What is wrong with the whole form, then every field in its order. The page writes `<form>`, token and buttons."""
    return component("fields", form=form)
