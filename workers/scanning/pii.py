"""Personal data in text, found by Presidio's patterns and checksums without any language model."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from spacy.tokens import Doc

from workers.scanning.recognisers import CONTEXT, LANGUAGE, REGIONS, Kind, build, is_plausible, kinds_for

# Long texts are read in windows: memory stays small, and no match is longer than the overlap.
WINDOW, OVERLAP = 20_000, 200
# Whatever is looked for holds a digit, an at sign or hexadecimal pairs; most texts hold none and are passed over.
_WORTH_READING = re.compile(r"[\d@]|(?:[A-Fa-f]{2}[:-]){5}|(?:[A-Fa-f]{4}\.){2}")
# Presidio logs what it decides; the values must not reach any log.
logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Hit:
    """One match: characters [start, end) of a text."""

    entity: str
    start: int
    end: int
    score: float


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
        registry = RecognizerRegistry(
            recognizers=[build(kind, languages) for kind in self.kinds], supported_languages=[LANGUAGE]
        )
        self._engine = AnalyzerEngine(
            registry=registry,
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
        if not _WORTH_READING.search(text):
            return []
        words = list(context)
        found = {hit for offset, part in _windows(text) for hit in self._find_in(part, offset, words)}
        return _without_overlaps(found)

    def _find_in(self, text: str, offset: int, context: list[str]) -> Iterator[Hit]:
        results = self._engine.analyze(
            text,
            language=LANGUAGE,
            entities=list(self._by_entity),
            score_threshold=self._threshold,
            context=context,
            return_decision_process=True,
        )
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
    return (-hit.score, hit.start - hit.end, hit.entity == "PHONE_NUMBER", hit.start, hit.entity)
