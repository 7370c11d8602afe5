"""Collectors that speak of licences: of the data with its sources, and of the base models.

What is on record as a licence was declared by people or imported; what follows from it is computed, from the list of
licences and along the chain of what was made of what. Conflicts with the intended use stand against approval unless
somebody waives them (apps/checklist/rules/gate.py).
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from apps.catalog.models import DatasetVersion
from apps.catalog.rules.declared import LICENCE, carried_from, carried_words
from apps.catalog.rules.licence_book import licence_book
from apps.catalog.rules.propagation import DATASET, Conflict, Held, Inheritance, inherit
from apps.catalog.rules.uses import intended_uses
from apps.checklist.queries.collectors import model
from apps.checklist.queries.collectors.dataset import data_finding
from apps.checklist.queries.collectors.model import model_finding
from apps.checklist.queries.collectors.words import is_said, joined, listed, plain
from apps.checklist.queries.facts import DataFacts, Facts
from apps.checklist.rules import DECLARED, MEASURED, UNKNOWN, Finding
from apps.checklist.rules.findings import BLOCKS, CONFLICTS, PLACE, REMEDY, USES
from apps.core.canonical import digest_of
from apps.registry.models import RegisteredModel

MOST_NAMED = 3  # licences in one sentence
METHOD = (
    "Computed from the licences on record, along the chain of what was made of what, with version {version} of the list"
    " of licences; whether the licence on record is the true one is for people to verify"
)


def licence(facts: DataFacts) -> list[Finding]:
    """The terms that each dataset version inherits, and what they say to the intended use."""
    found = [_of_data(facts, data) for data in facts.datasets]
    says_something = any(finding.status != UNKNOWN for finding in found)
    blocks = any(one["blocks"] for finding in found for one in finding.value[CONFLICTS])
    return found if says_something or blocks else []


def _of_data(facts: DataFacts, data: DatasetVersion) -> Finding:
    key = (DATASET, data.pk)
    held = [one for one in facts.inheritance.held if key in [step.thing.key for step in one.chain]]
    conflicts = [one for one in facts.inheritance.conflicts if _first_data(one) == key]
    copyrighted = data.provenance.get("contains_copyrighted_material")
    about = f" Copyrighted material: {plain(copyrighted)}." if is_said(copyrighted) else ""
    if carried := carried_words(carried_from(data.carried, LICENCE)):
        about = f" The dataset version's own licence was {carried}.{about}"
    value: dict[str, Any] = {
        "licence": data.licence.strip(),
        "terms": [{"chain": one.words, "licence": _name(one)} for one in held],
        "uses": list(facts.inheritance.uses),
        CONFLICTS: _told(conflicts),
    }
    return data_finding(
        "dataset.licence",
        data,
        _status(held),
        METHOD.format(version=licence_book().version),
        f"{_terms_in_words(data, held)}{about}{_conflicts_in_words(conflicts)}",
        value | _uses_asked(facts, key) | _unreadable(data, held),
        digest_of({"said": data.provenance_digest, "terms": _terms_digest(facts.inheritance, held), "found": value}),
    )


def _status(held: list[Held]) -> str:
    """Measured where every term follows from a licence that is known; declared where one is only named."""
    said = [one for one in held if one.verdict.expression]
    if not said:
        return UNKNOWN
    is_known = all(one.verdict.valid and one.verdict.terms.is_known for one in held)
    return MEASURED if is_known else DECLARED


def _name(held: Held) -> str:
    verdict = held.verdict
    return verdict.normalised or verdict.expression or "none on record"


def _terms_in_words(data: DatasetVersion, held: list[Held]) -> str:
    if not any(one.verdict.expression for one in held):
        return "no licence is recorded."
    own = [one for one in held if one.chain[-1].thing.key == (DATASET, data.pk)]
    inherited = [one for one in held if one not in own]
    words = [f"licence {_described(one)}." for one in own]
    if inherited:
        words.append(f"Inherited: {'; '.join(_inherited(inherited))}.")
    return " ".join(words)


def _inherited(held: list[Held]) -> Iterator[str]:
    """Each licence that comes from elsewhere, once for everything that brings it in the same way."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in held:
        last = one.chain[-1]
        groups.setdefault((last.how, _described(one)), []).append(last.thing.label)
    for (how, told), labels in groups.items():
        yield f"{how} {listed(list(dict.fromkeys(labels)))}: {told}"


def _described(held: Held) -> str:
    verdict = held.verdict
    if not verdict.valid:
        return f"{verdict.expression}. {verdict.problem}".rstrip(".") if verdict.expression else "none on record"
    chosen = f", chosen among {joined([*verdict.choices, verdict.licences[0].id])}" if verdict.choices else ""
    return f"{verdict.normalised} ({verdict.licence_class}{chosen}): {verdict.means.rstrip('.')}"


def _conflicts_in_words(conflicts: list[Conflict]) -> str:
    against = [one.sentence for one in conflicts if one.blocks]
    notes = [one.sentence for one in conflicts if not one.blocks]
    words = f" Against the intended use: {' '.join(against)}" if against else ""
    return f"{words} To be read: {' '.join(notes)}" if notes else words


def _unreadable(data: DatasetVersion, held: list[Held]) -> dict[str, str]:
    """A licence of the version itself that cannot be read is a fault of its record: nobody can waive that."""
    for one in held:
        verdict = one.verdict
        if one.chain[-1].thing.key == (DATASET, data.pk) and verdict.expression and not verdict.valid:
            return {BLOCKS: f"{data}: {verdict.problem}", REMEDY: "Correct the licence of the dataset version."}
    return {}


def _uses_asked(facts: DataFacts, data: tuple[str, int] | None) -> dict[str, Any]:
    """The question what the model is meant for, where nobody has said it and licences restrict some uses.

    Of the licences that come with this dataset version, or with no data at all where `data` is None.
    """
    if facts.inheritance.uses or not isinstance(facts, Facts):  # data alone is meant for nothing yet
        return {}
    found = inherit(facts.inheritance.thing, tuple(intended_uses())).conflicts
    licences = dict.fromkeys(one.licence for one in found if one.use and _first_data(one) == data)
    if not licences:
        return {}
    named = joined([*list(licences)[:MOST_NAMED], *(["others"] if len(licences) > MOST_NAMED else [])])
    model = facts.version.model
    return {
        USES: f"{named} {'restrict' if len(licences) > 1 else 'restricts'} some uses, and nobody has said what {model} "
        "is meant for.",
        REMEDY: "Choose its intended uses on the model's page and collect the evidence again. If none of those listed "
        "fits, write here what it is for.",
        PLACE: {"type": RegisteredModel._meta.label_lower, "id": model.pk},
    }


def _told(conflicts: list[Conflict]) -> list[dict[str, Any]]:
    return [{name: item for name, item in asdict(one).items() if name != "chain"} for one in conflicts]


def _terms_digest(found: Inheritance, held: list[Held]) -> str:
    """Changes with every licence along the chains, with the uses, and with the list of licences."""
    chains = [[[*step.thing.key, step.how, step.thing.licence] for step in one.chain] for one in held]
    return digest_of({"chains": chains, "uses": list(found.uses), "book": licence_book().version})


def _first_data(conflict: Conflict) -> tuple[str, int] | None:
    """The dataset version nearest to the model on the chain of a conflict; None where its data has no part in it."""
    return next((key for key in conflict.chain if key[0] == DATASET), None)


def base_models(facts: Facts) -> list[Finding]:
    """Every model that this one descends from, with what the licences of models say to the intended use."""
    conflicts = [one for one in facts.inheritance.conflicts if _first_data(one) is None]
    found, asked = model.base_models(facts), _uses_asked(facts, None)
    if not conflicts and not asked:
        return found
    if not found and not asked and not any(one.blocks for one in conflicts):
        return []
    value = {"uses": list(facts.inheritance.uses), CONFLICTS: _told(conflicts)} | asked
    if not found:
        words = _conflicts_in_words(conflicts).strip()
        status, words = (MEASURED, words) if words else (UNKNOWN, "No base model is on record.")
        method = METHOD.format(version=licence_book().version)
        return [
            model_finding("lineage.base_models", facts.version, status, method, words, speaks_of=value, value=value)
        ]
    return [_with_conflicts(found[0], conflicts, value), *found[1:]]


def _with_conflicts(finding: Finding, conflicts: list[Conflict], value: dict[str, Any]) -> Finding:
    return replace(
        finding,
        summary=finding.summary + _conflicts_in_words(conflicts),
        value=finding.value | value,
        subject_digest=digest_of({"before": finding.subject_digest, "terms": value}),
    )
