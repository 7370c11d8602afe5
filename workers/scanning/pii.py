"""Personal data in text, found by Presidio's patterns and checksums without any language model.

Most texts hold nothing, and most of Presidio's time goes into finding that out. `Detector.find` asks the `prefilter`
first, lets only the recognisers look that it could not rule out, and hands a text to Presidio's engine only when one of
them has a result that context may lift or that touches another, with just those recognisers. They do not know of each
other, and context only raises the score of results, so what is left out could not have changed the findings:
`find_alone` runs everything and gives the same.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from spacy.tokens import Doc

from workers.scanning.phones import PhoneFilter
from workers.scanning.prefilter import Prefilter
from workers.scanning.recognisers import (
    CONTEXT,
    LANGUAGE,
    REGIONS,
    Kind,
    build,
    build_phones,
    is_plausible,
    kinds_for,
    regions_of,
)

# Long texts are read in windows: memory stays small, and no match is longer than the overlap.
WINDOW, OVERLAP = 20_000, 200
PHONE = "PHONE_NUMBER"
# Presidio logs what it decides; the values must not reach any log.
logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Hit:
    """One match: characters [start, end) of a text. The score ranks matches that touch; it is no part of a finding."""

    entity: str
    start: int
    end: int
    score: float = field(compare=False)


@dataclass(frozen=True)
class Method:
    """What was looked for."""

    entity: str
    recogniser: str
    evidence: str  # form | checksum | context
    reason: str


class PatternNlpEngine(SpacyNlpEngine):
    """A tokeniser and nothing else: no model is loaded or downloaded, and no named entities are found."""

    def __init__(self) -> None:
        super().__init__(models=[{"lang_code": LANGUAGE, "model_name": "blank"}])

    def load(self) -> None:
        self.nlp = {LANGUAGE: spacy.blank(LANGUAGE)}
        self.nlp[LANGUAGE].max_length = WINDOW * 2

    def _doc_to_nlp_artifact(self, doc: Doc, language: str) -> NlpArtifacts:
        """A blank pipeline leaves lemmas empty, so the words themselves are what context is matched against."""
        return NlpArtifacts(
            entities=[],
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.lower_ for token in doc],
            nlp_engine=self,
            language=language,
        )


class Detector:
    """Finds personal data in one text at a time."""

    def __init__(self, languages: Iterable[str], score_threshold: float) -> None:
        languages = tuple(languages)
        self.kinds: tuple[Kind, ...] = kinds_for(languages)
        self.unknown_languages = tuple(code for code in languages if code not in REGIONS)
        self._threshold = score_threshold
        self._by_entity = {kind.entity: kind for kind in self.kinds}
        self._prefilter = Prefilter(self._by_entity)
        self._phones = PhoneFilter(regions_of(languages))
        self._by_regions: dict[tuple[str, ...], EntityRecognizer] = {}
        self._recognisers = {kind.entity: build(kind, languages) for kind in self.kinds}
        self.engine = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=list(self._recognisers.values()), supported_languages=[LANGUAGE]),
            nlp_engine=PatternNlpEngine(),
            supported_languages=[LANGUAGE],
            # Whole words only: "tel" must not be found in "hotel". Five words before, three behind. A word that names
            # the kind lifts the weakest pattern to 0.5, the threshold by default.
            context_aware_enhancer=LemmaContextAwareEnhancer(
                min_score_with_context_similarity=0.5,
                context_prefix_count=5,
                context_suffix_count=3,
                context_matching_mode="whole_word",
            ),
        )

    def methods(self) -> tuple[Method, ...]:
        return tuple(Method(k.entity, k.recogniser.__name__, k.evidence, k.reason) for k in self.kinds)

    def find(self, text: str, context: Iterable[str] = ()) -> list[Hit]:
        """Matches in order, without overlaps. ``context`` are words known from elsewhere, such as the column's name."""
        words = list(context)
        found = [hit for offset, part in _windows(text) for hit in self._find_in(part, offset, words)]
        return _without_overlaps(set(found)) if found else []

    def find_alone(self, text: str, context: Iterable[str] = ()) -> list[Hit]:
        """The same by Presidio's engine alone, which every text goes through with all recognisers."""
        words, entities = list(context), list(self._by_entity)
        parts = _windows(text)
        return _without_overlaps({hit for at, part in parts for hit in self._analysed(part, at, words, entities)})

    def counted(self, results: Iterable[RecognizerResult], text: str) -> list[Hit]:
        """What counts of the results that Presidio's engine gives for a text that fits into one window."""
        return _without_overlaps(set(self._hits(results, text, 0)))

    def _find_in(self, text: str, offset: int, context: list[str]) -> Iterable[Hit]:
        results: list[RecognizerResult] = []
        entities = []
        for entity in self._prefilter.may_hold(text):
            found = self._by_phone(text) if entity == PHONE else self._recognisers[entity].analyze(text, [entity], None)
            if found:
                results += found
                entities.append(entity)
        if not results:
            return ()
        if self._are_settled(results):
            return self._hits(results, text, offset)
        return self._analysed(text, offset, context, entities)

    def _by_phone(self, text: str) -> list[RecognizerResult]:
        """Phone numbers, asked of libphonenumber only for regions that could have issued one."""
        regions = self._phones.regions(text)
        if regions not in self._by_regions:
            self._by_regions[regions] = build_phones(self._by_entity[PHONE], regions)
        return self._by_regions[regions].analyze(text, [PHONE]) if regions else []

    def _are_settled(self, results: list[RecognizerResult]) -> bool:
        """Whether context cannot change which of them count: all are sure enough alone, and none touches another."""
        if any(r.score < self._threshold or self._by_entity[r.entity_type].evidence == CONTEXT for r in results):
            return False
        ordered = sorted(results, key=lambda r: r.start)
        return all(before.end <= after.start for before, after in pairwise(ordered))

    def _analysed(self, text: str, offset: int, context: list[str], entities: list[str]) -> Iterator[Hit]:
        results = self.engine.analyze(text, context=context, **self.asked(entities))
        return self._hits(results, text, offset)

    def asked(self, entities: list[str] | None = None) -> dict[str, Any]:
        """How Presidio's engine is called, for these kinds or all."""
        return {
            "language": LANGUAGE,
            "entities": list(self._by_entity) if entities is None else entities,
            "score_threshold": self._threshold,
            "return_decision_process": True,
        }

    def _hits(self, results: Iterable[RecognizerResult], text: str, offset: int) -> Iterator[Hit]:
        for result in results:
            if self._counts(result, text):
                yield Hit(result.entity_type, offset + result.start, offset + result.end, result.score)

    def _counts(self, result: RecognizerResult, text: str) -> bool:
        kind = self._by_entity[result.entity_type]
        if kind.evidence == CONTEXT and not result.analysis_explanation.supportive_context_word:
            return False
        return is_plausible(result.entity_type, text, result.start, result.end)


def _windows(text: str) -> Iterator[tuple[int, str]]:
    for start in range(0, max(1, len(text) - OVERLAP), WINDOW - OVERLAP):
        yield start, text[start : start + WINDOW]


def _without_overlaps(hits: Iterable[Hit]) -> list[Hit]:
    """Of matches that share characters the surest stays, then the longest; at a tie a phone number gives way."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=_rank):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _rank(hit: Hit) -> tuple[float, int, bool, int, str]:
    return (-hit.score, hit.start - hit.end, hit.entity == PHONE, hit.start, hit.entity)
