"""Which duties on general-purpose models hold: systemic risk, the exemption for free and open models, modification."""

from dataclasses import dataclass
from decimal import Decimal
from math import log10

from apps.checklist.rules.status import DECLARED, MEASURED, NOT_APPLICABLE
from apps.core.formatting import number
from apps.reports.rules.documents.content import NOTHING, FactList, Filled, Known, Paragraph
from apps.reports.rules.documents.filling.digests import record_digest
from apps.reports.rules.documents.filling.facts import Asked, Facts, Json
from apps.reports.rules.documents.filling.registry import condition, filler

ACT = "urn:genaiops:framework:eu-ai-act"
FORM = "urn:genaiops:framework:gpai-model-documentation"
THRESHOLD = 10**25  # floating-point operations; Article 51(2) presumes systemic risk of more than these
MOST_TOKENS = 1e14  # more than any training on record had read by 2026; a bound for what is not known
PER_PARAMETER_AND_TOKEN = 6  # operations of full training: two forward, four backward
# Questions that are asked of models with systemic risk only.
SYSTEMIC = (
    "art-55-1-a",
    "art-55-1-b",
    "art-55-1-c",
    "art-55-1-d",
    "annex-xi-s2-1",
    "annex-xi-s2-2",
    "annex-xi-s2-3",
)
FREE = ("permissive", "copyleft")


@dataclass(frozen=True)
class Systemic:
    """Whether a model has systemic risk (None: not known), why, and how that is known."""

    has: bool | None
    reason: str
    known: Known | None = None


def systemic_risk(facts: Facts) -> Systemic:
    """By what was answered, by the computation on record (Article 51(2)), and by what a model of its size can have
    taken at most; in this order, but a computation above the threshold outweighs every answer."""
    stated = _stated_operations(facts)
    if stated is not None and stated > THRESHOLD:
        reason = f"Training took {_power(stated)} operations, and Article 51(2) presumes systemic risk."
        return Systemic(True, reason, _known(facts.answered(FORM, "compute-amount")[0]))
    said = [one for name in SYSTEMIC for one in facts.answered(ACT, name) if _is_stated(one)]
    declined = [one for one in said if one.question["status"] == NOT_APPLICABLE]
    if said and len(declined) < len(said):
        reason = "Questions on models with systemic risk were answered for this model."
        return Systemic(True, reason, _known(next(one for one in said if one not in declined)))
    if declined:
        return Systemic(False, _declined(declined[0]), _known(declined[0]))
    if stated is not None:
        reason = f"Training took {_power(stated)} floating-point operations; Article 51(2) presumes systemic risk above"
        known = _known(facts.answered(FORM, "compute-amount")[0])
        return Systemic(False, f"{reason} 10^25, and no designation is on record.", known)
    return _by_size(facts)


def _known(one: Asked) -> Known:
    """The answer that it rests on."""
    answer = one.answer or {}
    return Known(
        DECLARED, f"Answer to {one.question['id']}", str(answer.get("answered_at") or ""), record_digest(answer)
    )


def _is_stated(one: Asked) -> bool:
    """Whether a person answered: evidence that the platform collects by itself says nothing about systemic risk."""
    answer = one.answer or {}
    return bool(answer.get("stated") and (answer.get("text") or answer.get("reason")))


def _declined(one: Asked) -> str:
    words = str((one.answer or {}).get("reason") or (one.answer or {}).get("text") or "no reason was given")
    return f"The model has no systemic risk according to the answer given: {words}"


def _by_size(facts: Facts) -> Systemic:
    """Small models cannot have reached the threshold, whatever they read; of others nothing is known."""
    sizes = [version["version"].get("parameters") for version in facts.versions]
    if not sizes or not all(sizes):
        return Systemic(None, "Neither computation nor the number of parameters is on record.")
    most = PER_PARAMETER_AND_TOKEN * max(sizes) * MOST_TOKENS
    if most > THRESHOLD:
        return Systemic(
            None, "Nobody has said whether the model has systemic risk, and its computation is not on record."
        )
    needed = THRESHOLD / (PER_PARAMETER_AND_TOKEN * max(sizes))
    reason = (
        f"With {number(max(sizes))} parameters, training would have to read about 10^{round(log10(needed))} tokens to"
        " reach the 10^25 operations above which Article 51(2) presumes systemic risk; no designation is on record."
    )
    digest = str(facts.subject.get("digest") or "")
    return Systemic(False, reason, Known(MEASURED, "Number of parameters, and the bound of Article 51(2)", "", digest))


def _stated_operations(facts: Facts) -> Decimal | None:
    """The amount of computation that the Model Documentation Form states."""
    found = facts.answer(FORM, "compute-amount")
    value = ((found.answer or {}).get("value") or {}) if found else {}
    text = value.get("number") if isinstance(value, dict) else None
    return Decimal(text) if text else None


def _power(stated: Decimal) -> str:
    value = float(stated)
    exponent = int(log10(value)) if value >= 1 else 0
    return f"{value / 10**exponent:.2g} × 10^{exponent}"


@condition("gpai.systemic_risk")
def has_systemic_risk(facts: Facts) -> tuple[bool, str]:
    """The model has systemic risk, or that is not known."""
    found = systemic_risk(facts)
    return found.has is not False, found.reason


@filler("gpai.systemic_risk")
def systemic(facts: Facts) -> Filled:
    """Whether the model has systemic risk."""
    found = systemic_risk(facts)
    if found.has is None:
        return Filled(missing=(found.reason,))
    row = ("Systemic risk", "Yes" if found.has else "No")
    known = found.known or Known(DECLARED, "Answers to the questions on general-purpose models")
    return Filled((FactList((row,)), Paragraph(found.reason)), (known,))


@filler("gpai.exemption")
def exemption(facts: Facts) -> Filled:
    """Whether the exemption for free and open models can apply."""
    rows = [(version["version"]["label"], *_licence(version)) for version in facts.versions]
    if not rows:
        return NOTHING
    unread = tuple(f"The licence of {label} is not on record." for label, licence, _ in rows if not licence)
    words = tuple((label, f"{licence or 'no licence on record'}: {_openness(kind)}") for label, licence, kind in rows)
    law = Paragraph(
        "Article 53(2) exempts from points (a) and (b) of Article 53(1) models under a free and open-source licence"
        " whose parameters, architecture and usage information are public, unless they have systemic risk. Points (c)"
        " and (d) hold all the same."
    )
    digest = str(facts.subject.get("digest") or "")
    known = Known(MEASURED, "Licences on record, followed through lineage", facts.taken_at, digest)
    return Filled((FactList(words), law), (known,), unread)


def _licence(version: Json) -> tuple[str, str]:
    terms = (version.get("licence") or {}).get("terms") or {}
    return str(version["version"].get("licence") or ""), str(terms.get("licence_class") or "")


def _openness(kind: str) -> str:
    if kind in FREE:
        return "may be free and open in this sense, if parameters, architecture and usage information are public"
    if kind in ("", "unknown"):
        return (
            "whether it is free and open in this sense is not known, because the terms of something it was made of are"
            " not on record"
        )
    return "not free and open in this sense, because its terms limit use"


@filler("gpai.modification")
def modification(facts: Facts) -> Filled:
    """Whether the model is a modification of another one."""
    bases = {step["label"] for version in facts.versions for step in version["lineage"][1:]}
    bases |= {str(name) for version in facts.versions for name in version["version"].get("base_names") or ()}
    if not bases:
        return NOTHING
    text = (
        f"{facts.label} was made from {', '.join(sorted(bases))}. What is told here of training, data, computation and"
        " energy is about this modification; for the model it was made from, see the documentation of its provider."
    )
    known = Known(MEASURED, f"Lineage of {facts.label}", "", str(facts.subject.get("digest") or ""))
    return Filled((Paragraph(text),), (known,))


@condition("gpai.is_modification")
def is_modification(facts: Facts) -> tuple[bool, str]:
    """The model was made from another one."""
    return bool(modification(facts)), f"{facts.label} was not made from another model."
