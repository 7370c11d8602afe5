"""Grading a public summary of training content: a good one gets full marks, and each fault costs what it should."""

from collections.abc import Callable

import pytest

from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.grading import LETTERS, Deduction, Finding, Grading, graded, letter_of
from apps.reports.rules.documents.grading.summary import CHECKS, WEIGHTS, grade
from apps.reports.rules.documents.grading.summary.agreement import _AMOUNT
from apps.reports.rules.documents.grading.summary.links import _is_private
from apps.reports.rules.documents.grading.summary.record import GRID, Summary
from apps.reports.rules.documents.grading.summary.wording import reading_ease
from tests.reports import small_facts as small
from tests.reports import training
from tests.reports.small_facts import Json
from tests.reports.training import changed, facts, forum, question_in, say, staff

LONG = (
    "We take care that every single page, before anybody even thinks of copying it into one of the collections that we"
    " keep for the purpose of training, has been looked at by one of the people who know about such things, unless it"
    " was looked at before by somebody else whom we trust to have done so with the same care as we would have taken."
)


def graded_of(of: Facts) -> Grading:
    """The grades of the summary that a snapshot gives."""
    return grade(training.document(of), of)


def sentences(of: Facts, section: str, metric: str) -> list[str]:
    """Why points were taken from one cell."""
    return [one.sentence for one in graded_of(of).row(section, metric).deductions]


def test_the_grid_has_eight_sections_and_six_metrics() -> None:
    found = graded_of(facts())
    assert len(found.sections) == 8 and len(found.metrics) == 6 and len(found.rows) == 48
    assert sum(WEIGHTS.values()) == 100


def test_every_section_of_the_document_is_graded() -> None:
    document = training.document(facts())
    assert {one.id for one in document.sections} == {name for names in GRID.values() for name in names}


def test_a_good_summary_gets_the_best_grade() -> None:
    found = graded_of(facts())
    assert (found.total, found.letter, found.deductions) == (100.0, "A+", [])
    assert found.meaning == "Few limitations, if any"


def test_an_empty_summary_fails() -> None:
    found = graded_of(small.small(versions=[small.version()]))
    assert found.letter == "F" and found.total < 25
    assert found.row("Crawled data", "Completeness").score == 0
    assert any("nothing there can be judged" in one for one in sentences(facts(said={}), "User data", "Comprehension"))


def test_a_summary_without_answers_names_each_field_with_its_remedy() -> None:
    found = graded_of(facts(said={}))
    assert found.letter == "C+"
    assert all(deduction.sentence and deduction.remedy for _, deduction in found.deductions)
    assert "Version of the Summary “Version of the summary” is empty." in " ".join(
        sentences(facts(said={}), "Document", "Completeness")
    )


def source_in(told: Json, place: int) -> Json:
    """A source of the training data."""
    found: Json = told["datasets"][0]["sources"][place]
    return found


def answered(told: Json, pk: str, yes: bool) -> None:
    """Another yes or no."""
    question_in(told, pk)["answer"] |= {"value": {"yes": yes}, "value_words": "Yes" if yes else "No"}


def declined(told: Json, pk: str, reason: str) -> None:
    """An answer that says only that the question does not apply."""
    question_in(told, pk)["answer"] |= {"text": "", "reason": reason}
    question_in(told, pk)["status"] = "not_applicable"


def disagree(told: Json) -> None:
    """A scan whose estimate and the declared share are far apart."""
    section = {"estimate": 0.6, "low": 0.5, "high": 0.7, "agreement": "disagrees"}
    told["datasets"][0]["scan"]["result"]["generated"] = section


def outdate(told: Json) -> None:
    """An answer about an earlier state."""
    question_in(told, "languages")["answer"] |= {"is_statement_outdated": True}


FAULTS: dict[str, tuple[Callable[[Json], object], str, str, str]] = {
    "date of another form": (
        lambda told: told["assessments"][0]["groups"][0]["questions"].append(
            small.question("last-update", text="1 March 2026")
        ),
        "Document", "Correctness", "no date of the asked form",
    ),
    "day that no calendar has": (
        lambda told: say(told, "market-date", "31/02/2026"), "General information", "Correctness", "“31/02/2026”",
    ),
    "month of another form": (
        lambda told: told["assessments"][0]["groups"][0]["questions"].append(
            small.question("acquisition-end", text="in January")
        ),
        "General information", "Correctness", "“in January”",
    ),
    "update on another day than the record": (
        lambda told: told["assessments"][0]["groups"][0]["questions"].append(
            small.question("last-update", text="28/02/2026")
        ),
        "Document", "Consistency", "stated as 28/02/2026, but the record is of 01/03/2026",
    ),
    "acquired after the update": (
        lambda told: source_in(told, 1).update(collected_to="2026-09-30"),
        "General information", "Correctness", "acquired in 09/2026, after the last update",
    ),
    "acquired otherwise than recorded": (
        lambda told: told["assessments"][0]["groups"][0]["questions"].append(
            small.question("acquisition-end", text="11/2025")
        ),
        "General information", "Correctness", "until 11/2025 by the answer, and until 01/2026",
    ),
    "dates in several ways": (
        lambda told: say(told, "characteristics", "The content was written in Cork until 2026-01-31."),
        "General information", "Consistency", "written in several ways: “2026-01-31”",
    ),
    "not applicable without a reason": (
        lambda told: declined(told, "representative", "N/A"), "General information", "Clarity", "answered with “N/A”",
    ),
    "not applicable as an answer": (
        lambda told: say(told, "illegal-content", "n/a"), "Data processing", "Clarity", "answered with “n/a”",
    ),
    "types of content that fit everything": (
        lambda told: (
            say(told, "content-types", "Various texts and other data from many places."),
            told["datasets"][0]["provenance"].pop("content_types"),
            told["datasets"][0].update(description="Various data."),
        ),
        "General information", "Clarity", "too general",
    ),
    "statement on crawlers under other sources": (
        lambda told: say(told, "other-content", "Staff copied pages by hand and our crawler kept to robots.txt."),
        "Synthetic and other data", "Clarity", "“robots.txt”, which belongs under behaviour of crawlers (2.3)",
    ),
    "statement on opt-outs under illegal content": (
        lambda told: say(told, "illegal-content", "We remove everything for which somebody chose an opt-out."),
        "Data processing", "Clarity", "belongs under respect of reservations (3.1)",
    ),
    "description of a few words": (
        lambda told: say(told, "reservations", "We respect them."), "Data processing", "Clarity", "in 3 words",
    ),
    "no link to earlier versions": (
        lambda told: (say(told, "summary-version", "2.0"), say(told, "earlier-versions", "Ask for the earlier ones.")),
        "Document", "Accessibility", "no link to the earlier versions",
    ),
    "a second version that says it is the first": (
        lambda told: say(told, "summary-version", "3"), "Document", "Accessibility", "no link to the earlier versions",
    ),
    "version without a number": (
        lambda told: say(told, "summary-version", "newest"), "Document", "Clarity", "holds no number",
    ),
    "nowhere to read it": (
        lambda told: say(told, "published", "On our website."), "Document", "Accessibility", "at which address",
    ),
    "address that nobody outside can open": (
        lambda told: say(told, "published", "http://wiki.internal/training-summary"),
        "Document", "Accessibility", "cannot be reached from outside",
    ),
    "no link to the base model's summary": (
        lambda told: say(told, "base-summary", "The maker of the base model has one."),
        "General information", "Accessibility", "summary of the model that this one was made from",
    ),
    "contact that nobody can use": (
        lambda told: (
            say(told, "contact", "The people of the data team."),
            told.update(organisation={"name": "Desk Works Ltd", "address": "Cork", "contact": "Front desk"}),
        ),
        "General information", "Clarity", "no mailbox, web address or telephone number",
    ),
    "no beside a source on record": (
        lambda told: answered(told, "public-used", yes=False),
        "Public data", "Correctness", "the answer says that none were used",
    ),
    "no beside a description": (
        lambda told: told["assessments"][0]["groups"][0]["questions"].append(
            small.question("private-content", text="Tickets of a customer.")
        ),
        "Private data", "Consistency", "it is said that none were used, yet private-content was answered",
    ),
    "size that the scan contradicts": (
        lambda told: say(told, "characteristics", "About 15 trillion tokens of office talk from Ireland."),
        "General information", "Correctness", "is stated, but the record comes to about 1.2 million tokens",
    ),
    "declared share that the scan contradicts": (
        disagree, "Synthetic and other data", "Correctness", "declared otherwise than the scan estimates",
    ),
    "answer about an earlier state": (outdate, "General information", "Correctness", "speaks of an earlier state"),
    "another name of the model": (
        lambda told: say(told, "model-name", "Wonder 9000"), "General information", "Consistency", "“Wonder 9000”",
    ),
    "the same words in two fields": (
        lambda told: say(told, "reservations", training.WORDS["illegal-content"]),
        "Data processing", "Comprehension", "repeats word for word",
    ),
    "sentence without an end": (
        lambda told: say(told, "illegal-content", LONG), "Data processing", "Comprehension", "sentences of up to",
    ),
    "abbreviation that nobody explains": (
        lambda told: say(told, "illegal-content", "Every dataset is scanned by our DLPX before anybody may use it."),
        "Data processing", "Comprehension", "uses DLPX without saying what it means",
    ),
    "languages in figures alone": (
        lambda told: question_in(told, "languages").update(answer=None),
        "General information", "Accessibility", "shares of rows, with no word",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_costs_points_in_its_cell(fault: str) -> None:
    change, section, metric, words = FAULTS[fault]
    of = changed(change)
    row = graded_of(of).row(section, metric)
    assert row.score < 100
    assert any(words in one.sentence and one.remedy and one.points > 0 for one in row.deductions), row.deductions


def test_each_check_has_a_fault_that_it_finds() -> None:
    worlds = [changed(change) for change, *_ in FAULTS.values()] + [facts(said={}), facts(datasets=[linkless()])]
    summaries = [Summary(training.document(of), of) for of in worlds]
    silent = [check.__name__ for check in CHECKS if not any(list(check(one)) for one in summaries)]
    assert silent == []


def linkless() -> Json:
    """Data from a public dataset whose address is no link."""
    return training.data(sources=[forum(url="ask the forum"), staff()])


def test_a_public_dataset_without_a_link_is_named() -> None:
    found = sentences(facts(datasets=[linkless()]), "Public data", "Accessibility")
    assert found == ["Public datasets are named without a link: Forum dump."]


def test_one_fault_costs_less_than_many() -> None:
    one = graded_of(changed(lambda told: say(told, "published", "On our website."))).total
    many = graded_of(changed(lambda told: [say(told, name, "n/a") for name in training.WORDS])).total
    assert 100 > one > 98 and many < 90


def test_the_same_snapshot_gives_the_same_grades() -> None:
    assert graded_of(facts()) == graded_of(facts())


def test_reading_ease_of_plain_and_of_heavy_text() -> None:
    assert reading_ease("The cat sat on the mat. It was warm there.") > 90
    assert reading_ease("Organisational accountability necessitates institutionalised documentation procedures.") < 0


def test_letters_begin_where_the_scale_says() -> None:
    assert [letter_of(least) for least, _, _ in LETTERS] == [letter for _, letter, _ in LETTERS]
    assert [letter_of(total) for total in (100, 94.9, 0)] == ["A+", "A", "F"]


def test_a_cell_never_falls_below_nothing() -> None:
    twice = [Finding("a", "x", Deduction(80, "wrong", "mend")) for _ in range(2)]
    found = graded(["a", "b"], {"x": 3, "y": 1}, twice)
    assert found.row("a", "x").score == 0 and found.score_of("a") == 25
    assert (found.total, found.letter) == (62.5, "C+")
    with pytest.raises(KeyError):
        graded(["a"], {"x": 1}, [Finding("elsewhere", "x", Deduction(1, "", ""))])


def test_a_text_of_digits_or_blanks_takes_no_time() -> None:
    """Where parts of a pattern can take the same characters, 20,000 of them take a minute."""
    assert not list(_AMOUNT.finditer("1" * 20_000 + "1" + " " * 20_000))
    (found,) = _AMOUNT.finditer("about 1.5 trillion tokens")
    assert found.group("number", "power", "unit") == ("1.5", "trillion", "tokens")


@pytest.mark.parametrize(
    ("host", "is_private"),
    [
        ("www.example.com", False),
        ("8.8.8.8", False),
        ("10.example.com", False),
        ("localhost", True),
        ("wiki.internal", True),
        ("10.1.2.3", True),
        ("172.16.0.9", True),
        ("169.254.1.1", True),
        ("::1", True),
    ],
)
def test_addresses_of_local_networks_are_told_apart(host: str, is_private: bool) -> None:
    assert _is_private(host) is is_private
