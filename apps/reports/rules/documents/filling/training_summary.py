"""Head and section 1 of the public summary of training content: scope, dependencies, modalities and sizes."""

from collections.abc import Iterator
from datetime import date

from apps.checklist.rules.status import DECLARED, MEASURED
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph, Table
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.found import origin_of
from apps.reports.rules.documents.filling.registry import condition, filler
from apps.reports.rules.documents.filling.training_sizes import (
    ESTIMATED,
    MODALITIES,
    Amount,
    Modality,
    amount_problems,
    amounts,
    others,
    range_of,
    rounded,
)

TEXT = "text"
ABSENT = "Not in the training data"
HOW = {MEASURED: "Measured in a scan", ESTIMATED: "Estimated from the size of the file"}


@filler("summary.updated")
def updated(facts: Facts) -> Filled:
    """The date of the record that the summary was made from."""
    if not facts.taken_at:
        return NOTHING
    rows = (("Last update", date.fromisoformat(facts.taken_at[:10]).strftime("%d/%m/%Y")),)
    return Filled((FactList(rows),), (Known(MEASURED, "Day on which the record was taken", facts.taken_at),))


@filler("summary.names")
def names(facts: Facts) -> Filled:
    """Names and numbers of the versions covered, with the digest of their files."""
    rows, known = [], []
    for version in facts.versions:
        of, digest = version["version"], str(version["version"].get("manifest_digest") or "")
        rows.append(
            (f"{version['model']['name']}, version {of['number']}", f"files: SHA-256 {digest or 'not on record'}")
        )
        known.append(Known(MEASURED, f"Digest of the files of {of['label']}", str(of.get("created_at") or ""), digest))
    return Filled((FactList(tuple(rows)),), tuple(known)) if rows else NOTHING


@filler("summary.scope")
def scope(facts: Facts) -> Filled:
    """What the summary covers, and whether an exemption applies."""
    if not facts.versions:
        return NOTHING
    data = facts.training_data
    covered = ", ".join(one["label"] for one in data) or "no dataset on record"
    sentences = [f"This summary covers the content that {facts.label} was trained on: {covered}."]
    bases = list(dict.fromkeys(row[0] for row, _ in _bases(facts)))
    if bases:
        sentences.append(
            f"It covers the modification alone: the model was made from {', '.join(bases)}. What went into a model that"
            " it was made from stands in the summary of that model's provider."
        )
    sentences.append(
        "The exemption for free and open-source models in Article 53(2) covers points (a) and (b) of Article 53(1)."
        " This summary is due under point (d), whatever the licence."
    )
    missing = () if data else (f"No dataset is on record that {facts.label} was trained on.",)
    known = Known(MEASURED, f"Lineage of {facts.label}", "", str(facts.subject.get("digest") or ""))
    return Filled((Paragraph("\n\n".join(sentences)),), (known,), missing)


@filler("summary.dependencies")
def dependencies(facts: Facts) -> Filled:
    """The models that this one was made from."""
    found = list(_bases(facts))
    if not found:
        return NOTHING
    columns = ("Model and version", "Relation", "Licence", "Obtained from")
    rows = tuple(dict.fromkeys(row for row, _ in found))
    return Filled((Table("Models it was made from", columns, rows),), tuple(dict.fromkeys(known for _, known in found)))


def _bases(facts: Facts) -> Iterator[tuple[tuple[str, ...], Known]]:
    """The models that each version was directly made from, those on record before those that a card names."""
    for version in facts.versions:
        own = version["version"]
        steps = {step["id"]: step for step in version.get("lineage") or ()}
        relation = own.get("relation_label") or "—"
        for link in (steps.get(own["id"]) or {}).get("made_from") or ():
            step = steps.get(link["base_version"])
            if step is not None:
                known = Known(MEASURED, f"Lineage of {own['label']}", "", str(step.get("manifest_digest") or ""))
                yield (step["label"], relation, step.get("licence") or "—", origin_of(step)), known
        for name in own.get("base_names") or ():
            yield (
                (str(name), relation, "—", "named in the card"),
                Known(DECLARED, f"Card of {own['label']}", "", str(own.get("manifest_digest") or "")),
            )


@filler("summary.modalities")
def modalities(facts: Facts) -> Filled:
    """The size of the training data by modality."""
    if not facts.training_data:
        return NOTHING
    found = amounts(facts)
    rows = [_size(modality, [one for one in found if one.modality == modality.id]) for modality in MODALITIES]
    other = "; ".join(others(facts))
    rows.append(("Other", other or ABSENT, "—", "Declared in the datasheet" if other else "—"))
    columns = ("Modality", "Range", "About", "How known")
    table = Table("Modalities and size of the training data", columns, tuple(rows))
    known = tuple(dict.fromkeys(one.known for one in found if one.value))
    return Filled((table,), known, tuple(_problems(facts, found)))


@filler("summary.other_sizes")
def other_sizes(facts: Facts) -> Filled:
    """What datasheets say of images, sound, film and other content."""
    found = [one for one in amounts(facts) if one.modality != TEXT and one.value]
    units = {one.id: f"{one.title.lower()}, {one.unit}" for one in MODALITIES}
    rows = [(f"{one.data['label']}, {units[one.modality]}", rounded(one.value)) for one in found]
    rows += [("Other", words) for words in others(facts)]
    return Filled((FactList(tuple(rows)),), tuple(one.known for one in found)) if rows else NOTHING


@condition("summary.more_than_text")
def more_than_text(facts: Facts) -> tuple[bool, str]:
    """The training data hold more than text, or that is not known."""
    if other_sizes(facts) or not facts.training_data:
        return True, ""
    takes = [str(version["version"].get("modality") or "").lower() for version in facts.versions]
    is_text = all(words and not any(one.id in words for one in MODALITIES if one.id != TEXT) for words in takes)
    return not is_text, "The model works with text alone, and no datasheet names content of another kind."


def _size(modality: Modality, found: list[Amount]) -> tuple[str, ...]:
    total = sum(one.value for one in found)
    if not total:
        return (modality.title, ABSENT, "—", "—")
    ways = dict.fromkeys(HOW.get(one.how, "Declared in the datasheet") for one in found if one.value)
    return (modality.title, range_of(modality, total), f"{rounded(total)} {modality.unit}", "; ".join(ways))


def _problems(facts: Facts, found: list[Amount]) -> Iterator[str]:
    estimated = [one.data["label"] for one in found if one.how == ESTIMATED]
    if estimated:
        yield f"The tokens of {', '.join(estimated)} are only estimated: no scan has measured the texts."
    yield from amount_problems(facts.training_data)
    counted = {one.modality for one in found if one.value}
    for version in facts.versions:
        takes = str(version["version"].get("modality") or "").lower()
        for one in MODALITIES:
            if one.id in takes and one.id not in counted:
                yield (
                    f"{version['version']['label']} works with {one.title.lower()}, but no datasheet says how much of"
                    " it was used in training."
                )
