"""What things inherit from what they were made of, told by tables of cases."""

import pytest

from apps.catalog.rules.propagation import (
    DATASET,
    INCOMPATIBLE,
    MODEL,
    NOT_KNOWN,
    SOURCE,
    Made,
    Thing,
    chains_of,
    inherit,
    inheritance_told,
    words_of,
)
from apps.catalog.rules.uses import intended_uses

COMMERCIAL, SHARE = "commercial_use", "redistribute_weights"


def data(licence: str, *sources: str, pk: int = 2, made: tuple[Made, ...] = ()) -> Thing:
    from_sources = (Made("source", Thing(SOURCE, pk * 10 + n, f"Place {n}", one)) for n, one in enumerate(sources, 1))
    return Thing(DATASET, pk, f"Tickets v{pk}", licence, (*from_sources, *made))


def model(*made: Made, licence: str = "") -> Thing:
    return Thing(MODEL, 3, "Support bot v3", licence, made)


def tuned_on(thing: Thing) -> Thing:
    return model(Made("tuned on", thing))


def tuned_from(licence: str) -> Thing:
    return model(Made("tuned from", Thing(MODEL, 1, "Base v1", licence)))


def test_a_conflict_is_one_sentence_with_its_chain() -> None:
    (found,) = inherit(tuned_on(data("", "CC-BY-NC-4.0")), [COMMERCIAL]).conflicts
    chain = "Support bot v3, tuned on Tickets v2, with rows from the source Place 1"
    assert found.sentence == f"{chain}: CC-BY-NC-4.0 forbids commercial use."
    assert found.blocks and found.remedy


# what it is made of, what it is meant for, what the first sentence says, whether that blocks
CASES = [
    (tuned_on(data("MIT")), [COMMERCIAL, SHARE], "", False),
    (tuned_on(data("CC-BY-NC-4.0")), [], "", False),
    (tuned_on(data("CC-BY-NC-4.0")), [COMMERCIAL], "forbids commercial use", True),
    (tuned_on(data("CC-BY-NC-4.0 OR MIT")), [COMMERCIAL], "", False),
    (tuned_on(data("CC-BY-NC-4.0 AND MIT")), [COMMERCIAL], "forbids commercial use", True),
    (tuned_on(data("CC-BY-ND-4.0")), [COMMERCIAL], "", False),
    (tuned_on(data("CC-BY-ND-4.0")), [SHARE], "forbids passing on what is made of it", True),
    (tuned_on(data("")), [], "no licence is on record", False),
    (tuned_on(data("")), [COMMERCIAL], "no licence is on record", True),
    (tuned_on(data("LicenseRef-ours")), [SHARE], "nobody has put on record what it allows", False),
    (tuned_on(data("LicenseRef-ours")), [COMMERCIAL], "a name of somebody's own for a licence", True),
    (tuned_on(data("BUSL-1.1")), [COMMERCIAL], "sets conditions of its own", True),
    (tuned_on(data("Foo")), [], "is not on the SPDX licence list", True),
    (tuned_on(data("MIT", "MIT", "CC-BY-NC-SA-4.0")), [COMMERCIAL], "source Place 2: CC-BY-NC-SA-4.0 forbids", True),
    (tuned_from("llama3.1"), [COMMERCIAL], "", False),
    (tuned_from("llama3.1"), ["over_100_million_users"], "", False),
    (tuned_from("llama3.1"), ["over_700_million_users"], "asks for another licence above 700", True),
    (tuned_from("qwen"), ["over_100_million_users"], "asks for another licence above 100", True),
    (tuned_from("llama3.1"), ["train_other_models"], "asks models that its outputs trained for a name", False),
    (tuned_from("llama2"), ["train_other_models"], "forbids training other models", True),
    (tuned_from("llama4"), ["provider_in_eu"], "European Union", True),
    (tuned_from("llama3.3"), ["provider_in_eu"], "", False),
    (tuned_from("creativeml-openrail-m"), ["medical_advice"], "restricts “medical advice”", True),
    (tuned_from("openrail"), ["medical_advice"], "has to be read in it", False),
    (tuned_from("deepseek"), ["military"], "restricts “military use”", True),
    (tuned_from("stabilityai-ai-community"), [COMMERCIAL], "allows commercial use under conditions only", False),
    (tuned_from("stabilityai-ai-community"), ["over_1_million_revenue"], "asks for another licence above 1", True),
    (tuned_from("agpl-3.0"), ["public_service"], "offered the source", False),
    (tuned_from("Apache-2.0"), ["biometric_identification", "law_enforcement", "public_service"], "", False),
]


@pytest.mark.parametrize(("thing", "uses", "says", "blocks"), CASES)
def test_terms_against_uses(thing: Thing, uses: list[str], says: str, blocks: bool) -> None:
    found = inherit(thing, uses).conflicts
    assert (says in found[0].sentence) if says else not found
    assert any(one.blocks for one in found) == blocks


def test_derived_data_carries_its_terms_along() -> None:
    first = data("CC-BY-NC-4.0", pk=7)
    second = data("MIT", pk=8, made=(Made("derived from", first),))
    (found,) = inherit(tuned_on(data("", pk=9, made=(Made("derived from", second),))), [COMMERCIAL]).conflicts
    assert "tuned on Tickets v9, derived from Tickets v8, derived from Tickets v7: CC-BY-NC-4.0" in found.sentence


def test_the_base_models_data_counts_too() -> None:
    base = Thing(MODEL, 1, "Base v1", "Apache-2.0", (Made("trained on", data("CC-BY-NC-4.0")),))
    (found,) = inherit(model(Made("tuned from", base), licence="Apache-2.0"), [COMMERCIAL]).conflicts
    assert found.sentence.startswith("Support bot v3, tuned from Base v1, trained on Tickets v2:")


def test_a_licence_taken_over_from_the_base_is_told_once() -> None:
    base = Thing(MODEL, 1, "Base v1", "llama2")
    found = inherit(model(Made("tuned from", base), licence="llama2"), ["over_700_million_users"]).conflicts
    assert [one.sentence.split(":")[0] for one in found] == ["Support bot v3, tuned from Base v1"]


def test_a_thing_on_two_ways_is_told_over_the_shorter() -> None:
    shared = data("CC-BY-NC-4.0")
    base = Thing(MODEL, 1, "Base v1", "MIT", (Made("trained on", shared),))
    chains = [words_of(chain) for chain in chains_of(model(Made("tuned from", base), Made("tuned on", shared)))]
    assert chains == [
        "Support bot v3",
        "Support bot v3, tuned from Base v1",
        "Support bot v3, tuned on Tickets v2",
    ]


def test_a_contract_counts_once_somebody_has_verified_it_and_it_is_stored() -> None:
    def with_contract(is_evidenced: bool) -> Thing:
        source = Thing(SOURCE, 5, "Supplier", "LicenseRef-contract", is_evidenced=is_evidenced)
        return tuned_on(Thing(DATASET, 2, "Tickets v2", "", (Made("source", source),)))

    (open_one,) = inherit(with_contract(False), [COMMERCIAL]).conflicts
    assert open_one.kind == NOT_KNOWN and "has to be stored" in open_one.sentence and open_one.blocks
    assert inherit(with_contract(True), [COMMERCIAL]).conflicts == ()


PAIRS = [
    ("CC-BY-SA-4.0", "CC-BY-ND-4.0", True),
    ("CC-BY-SA-4.0", "CC-BY-NC-4.0", True),
    ("CC-BY-SA-4.0", "GPL-2.0-only", True),
    ("CC-BY-SA-4.0", "GPL-3.0-only", False),
    ("CC-BY-SA-3.0", "GPL-3.0-only", True),
    ("GPL-2.0-only", "GPL-3.0-only", True),
    ("GPL-2.0-only", "Apache-2.0", True),
    ("GPL-3.0-only", "Apache-2.0", False),
    ("GPL-3.0-only", "LicenseRef-llama3.1", True),
    ("ODbL-1.0", "CC-BY-SA-4.0", True),
    ("MIT", "CC-BY-NC-4.0", False),
    ("CC-BY-4.0", "CC-BY-SA-4.0", False),
]


@pytest.mark.parametrize(("one", "other", "clash"), PAIRS)
def test_licences_that_do_not_go_together(one: str, other: str, clash: bool) -> None:
    thing = tuned_on(data("", one, other))
    found = [each for each in inherit(thing, [SHARE]).conflicts if each.kind == INCOMPATIBLE]
    assert bool(found) == clash
    if clash:
        assert found[0].blocks and one in found[0].sentence and other in found[0].sentence
        kept = [each for each in inherit(thing).conflicts if each.kind == INCOMPATIBLE]
        assert [each.blocks for each in kept] == [False], "what stays inside is not passed on"


def test_another_licence_version_or_use_is_another_conflict() -> None:
    keys = {
        one.key
        for thing in (data("CC-BY-NC-4.0"), data("CC-BY-NC-SA-4.0"), data("CC-BY-NC-4.0", pk=4))
        for one in inherit(tuned_on(thing), [COMMERCIAL]).conflicts
    }
    assert len(keys) == 3
    again = inherit(tuned_on(data("CC-BY-NC-4.0")), [COMMERCIAL]).conflicts[0]
    assert again.key in keys


def test_the_terms_of_all_are_the_strictest_of_each() -> None:
    found = inherit(tuned_on(data("CC-BY-4.0", "ODbL-1.0", "CC-BY-ND-4.0")))
    assert [one.id for one in found.licences] == ["CC-BY-4.0", "ODbL-1.0", "CC-BY-ND-4.0"]
    assert (found.terms.share_alike, found.terms.derivatives) == ("same", "forbidden")
    told = inheritance_told(found)
    assert told["label"] == "Support bot v3" and "Changed versions must not be passed on." in told["duties"]
    assert len(told["chains"]) == 3


def test_what_is_not_known_makes_the_whole_unknown_and_never_permissive() -> None:
    assert inherit(tuned_on(data("", "MIT", ""))).terms.licence_class == "unknown"


def test_codes_that_the_list_does_not_have_are_left_out() -> None:
    assert inherit(tuned_on(data("CC-BY-NC-4.0")), ["nothing"]).uses == ()
    assert {use.term for use in intended_uses().values()} >= {"commercial_use", "restricted_uses"}
