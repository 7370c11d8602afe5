"""Who answers for the system: the organisation, how to reach it, and who represents it."""

from apps.checklist.rules.status import DECLARED
from apps.reports.rules.documents.content import NOTHING, Filled, Known
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.found import fact_list
from apps.reports.rules.documents.filling.registry import filler

_OWN = {"name", "address", "contact", "representative_name", "representative_address", "representative_contact"}
_LOOKS = {"colour", "logo_digest", "sections"}  # how documents look, and what stands at their end


def organisation_known(facts: Facts) -> Known:
    """That the organisation says so of itself, as it stood at the moment of the snapshot."""
    return Known(DECLARED, "Record of the organisation", facts.taken_at, record_digest(facts.organisation))


@filler("provider.identity")
def identity(facts: Facts) -> Filled:
    """Name and address of the provider."""
    organisation = facts.organisation
    if not organisation.get("name"):
        return Filled(missing=("The organisation's name is not on record.",))
    missing = () if organisation.get("address") else ("The organisation's address is not on record.",)
    rows = (("Name", organisation["name"]), ("Address", organisation.get("address")))
    return fact_list(rows, organisation_known(facts), missing=missing)


@filler("provider.contact")
def contact(facts: Facts) -> Filled:
    """How the provider is reached."""
    if not facts.organisation.get("contact"):
        return Filled(missing=("No contact of the organisation is on record.",))
    return fact_list((("Contact", facts.organisation["contact"]),), organisation_known(facts))


@filler("provider.representative")
def representative(facts: Facts) -> Filled:
    """The provider's authorised representative in the Union."""
    told = facts.organisation
    if not told.get("representative_name"):
        return Filled(missing=("No authorised representative is on record.",))
    rows = (
        ("Authorised representative", told["representative_name"]),
        ("Address", told.get("representative_address")),
        ("Contact", told.get("representative_contact")),
    )
    missing = () if told.get("representative_contact") else ("How the representative is reached is not on record.",)
    return fact_list(rows, organisation_known(facts), missing=missing)


@filler("provider.further")
def further(facts: Facts) -> Filled:
    """What else is on record about the organisation."""
    rows = [(name.replace("_", " ").capitalize(), value) for name, value in facts.organisation.items()]
    kept = [
        (name, value) for (name, value), key in zip(rows, facts.organisation, strict=True) if key not in _OWN | _LOOKS
    ]
    return fact_list(kept, organisation_known(facts)) if kept else NOTHING
