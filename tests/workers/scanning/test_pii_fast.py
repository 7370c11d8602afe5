"""The fast path finds what Presidio alone finds: on the public cases, on planted rows and on random text."""

import json
import random

import pytest
from presidio_analyzer import BatchAnalyzerEngine

from workers.scanning import phones, prefilter
from workers.scanning.pii import Detector
from workers.scanning.recognisers import KINDS, REGIONS, kinds_for

from . import mixture
from .planted import INNOCENT, PLANTED
from .test_pii import REFERENCE

LANGUAGES = [("en",), ("en", "de"), ("de",), ("es", "it", "fr"), ("pl", "fi", "sv"), ("tlh",), tuple(REGIONS)]
CONTEXTS = [(), ("customer", "phone"), ("iban",), ("nhs", "dni", "pesel")]


@pytest.fixture(scope="module", params=LANGUAGES, ids=",".join)
def detector(request) -> Detector:
    return Detector(request.param, 0.5)


def test_on_planted_and_innocent_text(detector) -> None:
    texts = [*INNOCENT, *(f"Then {value} came." for values in PLANTED.values() for value in values)]
    for text in texts:
        for context in CONTEXTS:
            assert detector.find(text, context) == detector.find_alone(text, context), text


@pytest.mark.skipif(not REFERENCE.exists(), reason="the public reference cases are not beside this checkout")
def test_on_every_public_reference_case(detector) -> None:
    for case in json.loads(REFERENCE.read_text())["cases"]:
        assert detector.find(case["text"]) == detector.find_alone(case["text"]), case["text"]


def test_on_random_text(detector) -> None:
    source = random.Random(29)
    hits = 0
    for number in range(700):
        text, context = mixture.text(source), CONTEXTS[number % len(CONTEXTS)]
        found = detector.find(text, context)
        assert found == detector.find_alone(text, context), text
        hits += bool(found)
    assert hits > 40


@pytest.mark.parametrize("threshold", [0.05, 0.4, 0.6, 1.0])
def test_at_other_thresholds(threshold) -> None:
    detector = Detector(("en", "de", "es"), threshold)
    source = random.Random(31)
    for _ in range(300):
        text = mixture.text(source)
        assert detector.find(text) == detector.find_alone(text), text


def test_against_presidios_own_batches() -> None:
    detector = Detector(("en",), 0.5)
    source = random.Random(37)
    texts = [mixture.text(source) for _ in range(300)]
    batches = BatchAnalyzerEngine(analyzer_engine=detector.engine).analyze_iterator(texts, **detector.asked())
    assert [detector.find(text) for text in texts] == [
        detector.counted(results, text) for results, text in zip(batches, texts, strict=True)
    ]


def test_every_kind_has_a_test_that_can_rule_it_out() -> None:
    assert {kind.entity for kind in KINDS} == set(prefilter.TESTS)
    assert not prefilter.Prefilter(k.entity for k in kinds_for(REGIONS)).may_hold(
        "A letter to nobody, at ten past two."
    )
    assert not prefilter.Prefilter(k.entity for k in kinds_for(("en",))).may_hold("")


def test_regions_that_cannot_have_issued_a_number_are_not_asked() -> None:
    filtered = phones.PhoneFilter(("US", "GB"))
    assert filtered.regions("on 2026-03-14 it rained") == ()
    assert filtered.regions("call 212-555-0132") == ("US", "GB")
    assert filtered.regions("call +4930901820") == ("US", "GB")
    assert phones.PhoneFilter(("DE",)).regions("Rechnung 20260314") == ("DE",)


def test_what_joins_groups_covers_the_librarys_punctuation() -> None:
    from phonenumbers.phonenumberutil import _VALID_PUNCTUATION

    joined = phones.CHAIN.pattern
    for mark in _VALID_PUNCTUATION.replace("\\", ""):
        assert phones.CHAIN.fullmatch(f"1{mark}2"), (mark, joined)
