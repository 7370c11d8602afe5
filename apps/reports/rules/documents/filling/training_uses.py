"""Section 2 of the public summary of training content: whether each kind of source was used, by record and answers."""

from apps.reports.rules.documents.content import FactList, Filled
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import condition, filler
from apps.reports.rules.documents.filling.training_sizes import MODALITIES, amounts
from apps.reports.rules.documents.filling.training_sources import (
    CRAWLED,
    KINDS,
    LICENSED,
    OTHER,
    PRIVATE,
    PUBLIC,
    SYNTHETIC,
    USER,
    Share,
    of_kind,
    sheet_known,
    source_known,
    undescribed,
    use_of,
)


def _used(facts: Facts, kind: str) -> Filled:
    """Yes or no by the record, with modalities and the number of sources; nothing where the record does not tell."""
    use, found = use_of(facts, kind), of_kind(facts, kind)
    if use.recorded is None:
        return Filled(missing=() if use.is_used is not None else (_unknown(facts, kind),))
    rows = [("By the record", "Yes" if use.recorded else "No")]
    if found:
        rows += [("Modalities", _modalities(found, facts)), ("Sources on record", str(len(found)))]
    missing = (use.contradiction,) if use.contradiction else ()
    known = tuple(dict.fromkeys(source_known(one) for one in found))
    return Filled((FactList(tuple(rows)),), known or tuple(sheet_known(data) for data in facts.training_data), missing)


def _unknown(facts: Facts, kind: str) -> str:
    """Why neither a yes nor a no can be given."""
    named, why = ", ".join(undescribed(facts)), "nothing is on record"
    if named:
        why = f"the sources of {named} are not all on record with how they came into being"
    return f"{KINDS[kind]}: whether any were used is not known, because {why}, and nobody has answered."


def _modalities(found: list[Share], facts: Facts) -> str:
    held = {one.data["id"] for one in found}
    ids = {amount.modality for amount in amounts(facts) if amount.value and amount.data["id"] in held}
    return ", ".join(modality.title for modality in MODALITIES if modality.id in ids) or "—"


@filler("summary.public_used")
def public_used(facts: Facts) -> Filled:
    """Whether publicly available datasets were used."""
    return _used(facts, PUBLIC)


@filler("summary.licensed_used")
def licensed_used(facts: Facts) -> Filled:
    """Whether datasets licensed by rights holders were used."""
    return _used(facts, LICENSED)


@filler("summary.private_used")
def private_used(facts: Facts) -> Filled:
    """Whether other private datasets from third parties were used."""
    return _used(facts, PRIVATE)


@filler("summary.crawled_used")
def crawled_used(facts: Facts) -> Filled:
    """Whether data were crawled and scraped from online sources."""
    return _used(facts, CRAWLED)


@filler("summary.user_used")
def user_used(facts: Facts) -> Filled:
    """Whether data from users were used."""
    return _used(facts, USER)


@filler("summary.synthetic_used")
def synthetic_used(facts: Facts) -> Filled:
    """Whether synthetic data were used."""
    return _used(facts, SYNTHETIC)


@filler("summary.other_used")
def other_used(facts: Facts) -> Filled:
    """Whether data from other sources were used."""
    return _used(facts, OTHER)


def _applies(facts: Facts, kind: str) -> tuple[bool, str]:
    """What is asked of a kind of source applies unless it is known that there was none."""
    use = use_of(facts, kind)
    if use.is_used is not False:
        return True, ""
    if use.answered is False:
        return False, f"{KINDS[kind]}: it was answered that none were used for training."
    return False, f"{KINDS[kind]}: none were used for training, by the sources and datasheets on record."


@condition("summary.public")
def has_public(facts: Facts) -> tuple[bool, str]:
    """Publicly available datasets were used, or may have been."""
    return _applies(facts, PUBLIC)


@condition("summary.licensed")
def has_licensed(facts: Facts) -> tuple[bool, str]:
    """Licensed datasets were used, or may have been."""
    return _applies(facts, LICENSED)


@condition("summary.private")
def has_private(facts: Facts) -> tuple[bool, str]:
    """Private datasets from third parties were used, or may have been."""
    return _applies(facts, PRIVATE)


@condition("summary.crawled")
def has_crawled(facts: Facts) -> tuple[bool, str]:
    """Crawled data were used, or may have been."""
    return _applies(facts, CRAWLED)


@condition("summary.user")
def has_user(facts: Facts) -> tuple[bool, str]:
    """Data from users were used, or may have been."""
    return _applies(facts, USER)


@condition("summary.synthetic")
def has_synthetic(facts: Facts) -> tuple[bool, str]:
    """Synthetic data were used, or may have been."""
    return _applies(facts, SYNTHETIC)


@condition("summary.other")
def has_other(facts: Facts) -> tuple[bool, str]:
    """Other sources were used, or may have been."""
    return _applies(facts, OTHER)
