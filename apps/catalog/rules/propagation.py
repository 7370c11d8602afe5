"""What a model or a dataset inherits: the terms of everything it was made of, and what they say to its intended use.

A chain leads from the thing to where a term comes from: "Support bot v3, tuned on Tickets v2, with rows from the source
Forum dump". Every thing is looked at once, over its shortest chain. Pure: trees come in, conflicts come out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from apps.catalog.rules.licence_book import UNKNOWN, Licence, licence_book
from apps.catalog.rules.licences import CONTRACT, Verdict, duties, judge, strictest, why_unknown
from apps.catalog.rules.uses import COMMERCIAL, REDISTRIBUTE, IntendedUse, intended_uses
from apps.core.canonical import digest_of

MODEL, DATASET, SOURCE = "model", "dataset", "source"
INVALID, NOT_KNOWN, USE, CONDITION, INCOMPATIBLE = "invalid", "unknown", "use", "condition", "incompatible"


@dataclass(frozen=True)
class Made:
    """One thing that another was made of, and how: "tuned on", "derived from", "source"."""

    how: str
    thing: "Thing"


@dataclass(frozen=True)
class Thing:
    """A model version, a dataset version or a source with the licence on record and what it was made of.

    `is_evidenced`: a person has verified its terms, and the document that says so is stored.
    """

    kind: str
    pk: int
    label: str
    licence: str
    made_from: tuple[Made, ...] = ()
    is_evidenced: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What tells it apart from all other things."""
        return (self.kind, self.pk)


@dataclass(frozen=True)
class Step:
    """One thing on a chain and how the thing before it came to be made of it; empty for the first."""

    how: str
    thing: Thing


Chain = tuple[Step, ...]


@dataclass(frozen=True)
class Held:
    """One chain with the verdict on the licence at its end."""

    chain: Chain
    verdict: Verdict

    @property
    def words(self) -> str:
        """The chain in words."""
        return words_of(self.chain)


@dataclass(frozen=True)
class Conflict:
    """One term that stands against a use, with the chain that brings it.

    `key` is the digest of chain, term and use: another licence, another version or another use is another conflict.
    Only those with `blocks` stand against approval; the others are to be read.
    """

    key: str
    kind: str
    term: str
    use: str
    licence: str
    sentence: str
    remedy: str
    blocks: bool
    chain: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Inheritance:
    """The terms of a thing and of everything it was made of, and what they say to the intended uses."""

    thing: Thing
    held: tuple[Held, ...]
    conflicts: tuple[Conflict, ...]
    uses: tuple[str, ...] = ()

    @property
    def licences(self) -> tuple[Licence, ...]:
        """Every licence in force, once, the nearest first; a licence that cannot be read counts as unknown."""
        book = licence_book()
        every = (one for held in self.held for one in (held.verdict.licences or (book.unknown,)))
        return tuple({one.id: one for one in every}.values())

    @property
    def terms(self) -> Licence:
        """The strictest of every term."""
        return strictest(self.licences)

    @property
    def blocking(self) -> tuple[Conflict, ...]:
        """The conflicts that stand against approval."""
        return tuple(one for one in self.conflicts if one.blocks)

    @property
    def notes(self) -> tuple[Conflict, ...]:
        """What has to be read and does not stand against approval."""
        return tuple(one for one in self.conflicts if not one.blocks)


def inherit(thing: Thing, uses: Sequence[str] = ()) -> Inheritance:
    """Hold everything that a thing was made of against the uses. Codes that the list does not have are left out."""
    wanted = [intended_uses()[code] for code in uses if code in intended_uses()]
    held = tuple(_held(thing))
    found = [conflict for one in held for conflict in _conflicts(one, wanted)]
    found += _incompatible(held, wanted)
    return Inheritance(thing, held, tuple({one.key: one for one in found}.values()), tuple(use.code for use in wanted))


def chains_of(thing: Thing) -> Iterator[Chain]:
    """The shortest chain to each thing that this one was made of, itself first."""
    waiting: list[Chain] = [(Step("", thing),)]
    seen = {thing.key}
    while waiting:
        chain = waiting.pop(0)
        yield chain
        for made in chain[-1].thing.made_from:
            if made.thing.key not in seen:
                seen.add(made.thing.key)
                waiting.append((*chain, Step(made.how, made.thing)))


_HOW = {"source": "with rows from the source"}


def words_of(chain: Chain) -> str:
    """A chain in words: "Support bot v3, tuned on Tickets v2, with rows from the source Forum dump"."""
    return ", ".join(f"{_HOW.get(step.how, step.how)} {step.thing.label}".strip() for step in chain)


def _held(thing: Thing) -> Iterator[Held]:
    """The chains that carry a licence of their own.

    Without a licence, a thing has the terms of what it was made of; and a model that repeats its base model's licence
    adds nothing to it.
    """
    for chain in chains_of(thing):
        last = chain[-1].thing
        from_below = [made.thing.licence.strip() for made in last.made_from if made.thing.kind == last.kind]
        has_own = last.licence.strip() if last.kind == MODEL else ""
        if (last.licence.strip() or not last.made_from) and (not has_own or has_own not in from_below):
            yield Held(chain, judge(last.licence))


def _conflicts(held: Held, uses: list[IntendedUse]) -> Iterator[Conflict]:
    is_commercial = any(use.code == COMMERCIAL for use in uses)
    if not held.verdict.valid:
        yield _unreadable(held, is_commercial)
        return
    for licence in held.verdict.licences:
        is_agreed = licence.id == CONTRACT and held.chain[-1].thing.is_evidenced
        if not is_agreed and UNKNOWN in (licence.licence_class, licence.commercial_use):
            yield _unknown(held, licence, is_commercial)
        for use in uses:
            yield from _against(held, licence, use)


def _unreadable(held: Held, is_commercial: bool) -> Conflict:
    if not held.chain[-1].thing.licence.strip():
        sentence = f"{held.words}: no licence is on record."
        return _conflict(held.chain, NOT_KNOWN, "licence", "", "", sentence, _FIND_OUT, is_commercial)
    sentence = f"{held.words}: {held.verdict.problem}"
    return _conflict(held.chain, INVALID, "licence", "", held.verdict.expression, sentence, _CORRECT, True)


def _unknown(held: Held, licence: Licence, is_commercial: bool) -> Conflict:
    sentence = f"{held.words}: {licence.id} {why_unknown(licence)}."
    return _conflict(held.chain, NOT_KNOWN, "commercial_use", "", licence.id, sentence, _FIND_OUT, is_commercial)


def _against(held: Held, licence: Licence, use: IntendedUse) -> Iterator[Conflict]:
    """What one licence says to one use."""
    said = _said(licence, use)
    if said is not None:
        kind, words = said
        remedy = _AVOID if kind == USE else _READ
        sentence = f"{held.words}: {licence.id} {words}."
        yield _conflict(held.chain, kind, use.term, use.code, licence.id, sentence, remedy, kind == USE)


def _said(licence: Licence, use: IntendedUse) -> tuple[str, str] | None:
    """Whether a licence forbids a use or sets it a condition, with the words that follow its name."""
    match use.term:
        case "commercial_use":
            return _permission(licence.commercial_use, "commercial use")
        case "derivatives":
            strict = (
                "forbidden" if "forbidden" in (licence.derivatives, licence.redistribution) else licence.derivatives
            )
            return _permission(strict, "passing on what is made of it")
        case "user_threshold" if licence.user_threshold is not None and use.users > licence.user_threshold:
            return USE, f"asks for another licence above {_number(licence.user_threshold)} monthly users"
        case "revenue_threshold" if licence.revenue_threshold is not None and use.revenue > licence.revenue_threshold:
            return USE, f"asks for another licence above {_number(licence.revenue_threshold)} US dollars a year"
        case "outputs_train" if licence.outputs_train == "forbidden":
            return USE, "forbids training other models with its outputs"
        case "outputs_train" if licence.outputs_train == "named":
            return CONDITION, f"asks models that its outputs trained for a name: {licence.naming}"
        case "share_alike" if licence.share_alike == "network":
            return CONDITION, "asks that people who reach it over a network are offered the source"
        case "restricted_uses":
            return _restricted(licence, use)
    return None


def _permission(word: str, what: str) -> tuple[str, str] | None:
    if word == "forbidden":
        return USE, f"forbids {what}"
    return (CONDITION, f"allows {what} under conditions only") if word == "conditional" else None


def _restricted(licence: Licence, use: IntendedUse) -> tuple[str, str] | None:
    if use.code in licence.restricted_uses:
        return USE, f"restricts “{use.label.lower()}”: {licence.restricted_uses[use.code]}"
    if licence.use_restrictions and not licence.restricted_uses:
        return CONDITION, f"restricts uses, and whether “{use.label.lower()}” is one of them has to be read in it"
    return None


def _incompatible(held: tuple[Held, ...], uses: list[IntendedUse]) -> list[Conflict]:
    """Pairs of licences that no work made of both can satisfy; they stand in the way where it is passed on."""
    is_passed_on = any(use.code == REDISTRIBUTE for use in uses)
    ends = [(one, licence) for one in held for licence in one.verdict.licences]
    found = []
    for (first, one), (second, other) in combinations(ends, 2):
        rule = next((rule for rule in licence_book().incompatible if rule.meets(one.id, other.id)), None)
        if rule is not None:
            sentence = f"{first.words} ({one.id}) and {second.words} ({other.id}) do not go together: {rule.because}."
            chain, use = (*first.chain, *second.chain[1:]), REDISTRIBUTE if is_passed_on else ""
            both = f"{one.id} and {other.id}"
            found.append(_conflict(chain, INCOMPATIBLE, rule.id, use, both, sentence, _SEPARATE, is_passed_on))
    return found


def _conflict(
    chain: Chain, kind: str, term: str, use: str, licence: str, sentence: str, remedy: str, blocks: bool
) -> Conflict:
    named = [[*step.thing.key, step.how, step.thing.licence] for step in chain]
    key = digest_of({"chain": named, "term": term, "use": use, "licence": licence, "kind": kind})
    keys = tuple(step.thing.key for step in chain)
    return Conflict(key, kind, term, use, licence, sentence, remedy, blocks, keys)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def inheritance_told(found: Inheritance) -> dict[str, Any]:
    """An inheritance as plain values, for the API and for pages."""
    return {
        "label": found.thing.label,
        "terms": asdict(found.terms),
        "duties": duties(found.terms),
        "licences": [asdict(one) for one in found.licences],
        "chains": [_chain_told(held) for held in found.held],
        "uses": list(found.uses),
        "conflicts": [asdict(one) for one in found.conflicts],
    }


def _chain_told(held: Held) -> dict[str, Any]:
    verdict = held.verdict
    told = {"chain": held.words, "expression": verdict.expression, "valid": verdict.valid}
    return told | {"problem": verdict.problem, "choices": list(verdict.choices)}


def of_thing(conflicts: Iterable[Conflict], key: tuple[str, int]) -> list[Conflict]:
    """Those of the conflicts whose chain passes this thing."""
    return [one for one in conflicts if key in one.chain]


_FIND_OUT = "Find out under which licence it is offered and record it, leave it out, or have the conflict waived."
_CORRECT = "Correct the licence on record."
_AVOID = "Give up this use, do without what brings the term, agree on another licence, or have the conflict waived."
_READ = "Read the licence, and say in the answer how its condition is met."
_SEPARATE = "Do without one of the two, keep the result inside, or have the conflict waived."
