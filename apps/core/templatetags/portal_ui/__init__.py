"""The portal's template tags and filters. A builtin in settings.TEMPLATES: no page loads it."""

from apps.core.templatetags.portal_ui import forms, pieces, tables, values
from apps.core.templatetags.portal_ui.library import register

__all__ = ["forms", "pieces", "register", "tables", "values"]
