"""The documents under the AI Act against the official texts: every point is there, under its number."""

from pathlib import Path

import pytest

from apps.checklist.queries import framework
from apps.incidents.rules.clocks import book
from apps.reports.rules.documents.grading.annex_iv.shapes import WEIGHTS
from apps.reports.rules.documents.reading import document_specs
from apps.reports.rules.documents.spec import DocumentSpec, PointSpec

AI_ACT = "urn:genaiops:framework:eu-ai-act"
# Every number of the official text, with how many rows of the document stand under it. Where a point of the law asks
# for several things that are known from several places, each has a row of its own.
ANNEX_IV = {
    "Annex IV(1)(a)": 3, "Annex IV(1)(b)": 1, "Annex IV(1)(c)": 1, "Annex IV(1)(d)": 1,
    "Annex IV(1)(e)": 1, "Annex IV(1)(f)": 1, "Annex IV(1)(g)": 1, "Annex IV(1)(h)": 1,
    "Annex IV(2)(a)": 2, "Annex IV(2)(b)": 4, "Annex IV(2)(c)": 2, "Annex IV(2)(d)": 4,
    "Annex IV(2)(e)": 1, "Annex IV(2)(f)": 1, "Annex IV(2)(g)": 4, "Annex IV(2)(h)": 1,
    "Annex IV(3)": 6, "Annex IV(4)": 1, "Annex IV(5)": 2, "Annex IV(6)": 1, "Annex IV(7)": 1,
    "Annex IV(8)": 1, "Annex IV(9)": 2,
}  # fmt: skip
ANNEX_V = {f"Annex V({number})": 1 for number in range(1, 9)}
ARTICLE_10 = (
    {"Article 10(1)": 1}
    | {f"Article 10(2)({letter})": 1 for letter in "abcdefgh"}
    | {"Article 10(3)": 4, "Article 10(4)": 1, "Article 10(5), now 4a(1)": 1}
)
ARTICLE_12 = {
    "Article 12(1)": 1, "Article 12(2)(a)": 1, "Article 12(2)(b)": 1, "Article 12(2)(c)": 1, "Article 12(3)": 1,
    "Article 19(1)": 1, "Article 26(6)": 1,
}  # fmt: skip
ARTICLE_13 = {"Article 13(3)(a)": 1}
ARTICLE_13 |= {f"Article 13(3)(b)({number})": 1 for number in ("i", "ii", "iii", "iv", "v", "vi", "vii")}
ARTICLE_13 |= {f"Article 13(3)({letter})": 1 for letter in "cdef"}
ARTICLE_27 = (
    {"Article 27(1)": 1}
    | {f"Article 27(1)({letter})": 1 for letter in "abcdef"}
    | {f"Article 27({number})": 1 for number in (2, 3, 4)}
)
ARTICLE_50 = {
    "Article 50": 1, "Article 50(1)": 1, "Article 50(2)": 1, "Article 50(2) with 111(4)": 1, "Article 50(3)": 1,
    "Article 50(4), first subparagraph": 1, "Article 50(4), second subparagraph": 1, "Article 50(5)": 1,
}  # fmt: skip
OFFICIAL = {
    "ai-act-annex-iv": ANNEX_IV,
    "ai-act-annex-v": ANNEX_V,
    "ai-act-art-10": ARTICLE_10,
    "ai-act-art-12": ARTICLE_12,
    "ai-act-art-13": ARTICLE_13,
    "ai-act-art-27": ARTICLE_27,
    "ai-act-art-50": ARTICLE_50,
}


def spec_named(slug: str) -> DocumentSpec:
    return document_specs()[slug]


@pytest.mark.parametrize("slug", OFFICIAL)
def test_every_point_of_the_law_in_its_order(slug: str) -> None:
    found: dict[str, int] = {}
    for point in spec_named(slug).points:
        found[point.ref] = found.get(point.ref, 0) + 1
    assert list(found.items()) == list(OFFICIAL[slug].items())


def test_annex_iv_has_the_nine_numbers_of_the_annex() -> None:
    spec = spec_named("ai-act-annex-iv")
    assert [section.id for section in spec.sections] == [str(number) for number in range(1, 10)]
    assert len(ANNEX_IV) == 8 + 8 + 7 and spec.lint == "annex-iv"


def test_the_simplified_edition_leaves_no_number_out() -> None:
    spec = spec_named("ai-act-annex-iv")
    kept = {point.ref for point in spec.points if point.simplified != "left_out"}
    assert kept == set(ANNEX_IV)
    assert any(point.simplified == "short" for point in spec.points)


@pytest.mark.parametrize("slug", OFFICIAL)
def test_every_question_that_is_asked_is_in_the_framework(slug: str) -> None:
    asked = framework(AI_ACT).questions
    for point in spec_named(slug).points:
        for target in point.answers:
            urn, _, question = target.partition("#")
            assert urn == AI_ACT and question in asked, f"{slug}, {point.id}: {target}"


def _questions(slug: str) -> set[str]:
    return {target.partition("#")[2] for point in spec_named(slug).points for target in point.answers}


def _of_group(group: str) -> set[str]:
    return {name for name in framework(AI_ACT).questions if name.startswith(group)}


def test_no_question_of_these_duties_is_left_unread() -> None:
    assert _of_group("annex-iv-") <= _questions("ai-act-annex-iv")
    assert _of_group("art-10-") | {"art-4a-1"} <= _questions("ai-act-art-10")
    assert _of_group("art-12-") <= _questions("ai-act-art-12")
    assert _of_group("art-27-") <= _questions("ai-act-art-27")
    assert _of_group("art-50-") <= _questions("ai-act-art-50")


@pytest.mark.parametrize("slug", OFFICIAL)
def test_every_point_says_what_it_asks_and_what_would_settle_it(slug: str) -> None:
    spec = spec_named(slug)
    for point in spec.points:
        assert _is_sentence(point.asks) and _is_sentence(point.remedy), f"{slug}, {point.id}"
    assert "2024/1689" in spec.law and spec.source_url.startswith("https://eur-lex.europa.eu/")


def _is_sentence(words: str) -> bool:
    return words[:1].isupper() and words.endswith(".") and len(words) > 15


def test_which_documents_are_about_what() -> None:
    subjects = {slug: set(spec_named(slug).subjects) for slug in OFFICIAL}
    assert subjects["ai-act-art-50"] == {"deployment"}
    assert "deployment" in subjects["ai-act-art-27"] and "system" in subjects["ai-act-annex-iv"]
    assert all("pdf" in spec_named(slug).formats and "docx" in spec_named(slug).formats for slug in OFFICIAL)


@pytest.mark.parametrize("slug", sorted(set(OFFICIAL) - {"ai-act-art-50"}))
def test_documents_on_high_risk_systems_say_from_when_the_rules_hold(slug: str) -> None:
    notes = " ".join(spec_named(slug).notes)
    assert "2 December 2027" in notes and "2026/1744" in spec_named(slug).law + notes
    assert "2 August 2028" in notes or slug == "ai-act-art-27", "that article is about uses of Annex III alone"


def test_the_simplified_edition_does_not_pass_for_the_form_of_the_commission() -> None:
    assert "is not that form" in " ".join(spec_named("ai-act-annex-iv").notes)


@pytest.mark.parametrize("slug", ["ai-act-art-73-initial", "ai-act-art-73-final"])
def test_reports_of_incidents_say_who_tells_whom_by_when(slug: str) -> None:
    notes = " ".join(spec_named(slug).notes)
    clocks = {clock.days for clock in book().clocks.values() if clock.days}
    assert clocks == {15, 10, 2} and all(f"{days} " in notes for days in clocks)
    assert all(
        words in notes for words in ("Article 26(5)", "Article 75(1a)", "Member State where the incident occurred")
    )


def test_the_draft_declaration_calls_itself_a_draft() -> None:
    spec = spec_named("ai-act-annex-v")
    assert "draft" in spec.title and spec.notes[0].startswith("DRAFT.")


def test_the_six_conditions_of_article_4a_stand_in_words() -> None:
    point: PointSpec = next(one for one in spec_named("ai-act-art-10").points if one.id == "5")
    assert all(f"({letter})" in point.asks for letter in "abcdef")
    assert point.applies == "governance.special_categories"


def test_the_manual_names_every_document_and_metric() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs/ai-act-documents.md").read_text("utf-8")
    for slug in OFFICIAL:
        assert f"`{slug}`" in manual
    for metric, weight in WEIGHTS.items():
        assert f"| {metric} | {weight} |" in manual
    assert f"{len(ANNEX_IV)} numbers, {len(spec_named('ai-act-annex-iv').points)} rows" in manual
