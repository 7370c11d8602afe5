"""Hints at special categories: the stated figures are those measured, and places are right."""

import pytest

from workers.scanning.special import MEASURED, NEAR, SpecialCategories

from .special_cases import INNOCENT, TELLING


def entities(language: str, text: str) -> list[str]:
    return [hit.entity for hit in SpecialCategories((language,)).find(text)]


def test_the_stated_figures_are_those_measured() -> None:
    assert {
        "telling": len(TELLING),
        "found": sum(entity in entities(language, text) for language, entity, text in TELLING),
        "innocent": len(INNOCENT),
        "alarms": sum(bool(entities(language, text)) for language, text in INNOCENT),
    } == MEASURED


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_most_of_every_language_and_category_is_found(language) -> None:
    cases = [(entity, text) for code, entity, text in TELLING if code == language]
    assert sum(entity in entities(language, text) for entity, text in cases) >= 0.8 * len(cases)
    assert {entity for entity, _ in cases} == {
        "HEALTH",
        "RELIGION",
        "POLITICS",
        "UNION",
        "SEXUAL_LIFE",
        "BIOMETRIC",
        "GENETIC",
        "ETHNIC_ORIGIN",
    }


def test_a_word_counts_only_near_a_person_in_its_sentence() -> None:
    assert entities("en", "He has asthma.") == ["HEALTH"]
    assert entities("en", "Asthma is common.") == []
    assert entities("en", "He left. Asthma is common.") == []
    assert entities("en", "He " + "very " * NEAR + "rarely has asthma.") == []


def test_places_are_those_of_the_text() -> None:
    text = "İ say: my wife’s heart attack came in MAY."
    (hit,) = SpecialCategories(("en",)).find(text)
    assert text[hit.start : hit.end] == "heart attack"


def test_languages_without_a_list_are_named() -> None:
    searcher = SpecialCategories(("en", "fi"))
    assert searcher.languages == ("en",)
    assert "'fi'" in searcher.account()["not_looked_for"][0]
