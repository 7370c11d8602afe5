"""The organisation that documents speak for: its row, and what a snapshot keeps of it."""

import json

from apps.reports.models import Organisation
from apps.reports.rules.organisation import parsed_sections

TOLD = (
    "name",
    "address",
    "contact",
    "representative_name",
    "representative_address",
    "representative_contact",
    "colour",
    "logo_digest",
)


def organisation() -> Organisation | None:
    """The row; None before an administrator of the site entered it. Everybody who is signed in may see it."""
    return Organisation.objects.select_related("changed_by").filter(pk=Organisation.ONLY).first()


def organisation_told() -> dict[str, str]:
    """What a snapshot keeps, by name; what is empty is left out. `sections` is a JSON text of titles and texts."""
    row = organisation()
    if row is None:
        return {}
    told = {name: getattr(row, name) for name in TOLD}
    if row.sections:
        told["sections"] = json.dumps(parsed_sections(row.sections), ensure_ascii=False)
    return {name: value for name, value in told.items() if value}
