"""Answers as documents quote them: words, what they rest on, whose they are, and whether they still hold."""

from apps.reports.rules.documents.content import Bullets, FactList, Paragraph
from apps.reports.rules.documents.filling.answers import answered
from apps.reports.rules.documents.filling.facts import Facts
from tests.reports import small_facts as small

TARGET = f"{small.GENAIOPS['urn']}#data-1"


def facts(*assessments: small.Json, **parts: object) -> Facts:
    """A snapshot with these assessments."""
    return small.small(assessments=list(assessments), **parts)


def test_words_are_quoted_and_evidence_stands_beside_them() -> None:
    item = small.evidence("3 pieces of personal data.")
    given = small.question(text="We looked at every row.", evidence=[item])
    found = answered(facts(small.assessment(given)), TARGET)
    assert found.filled.blocks == (
        Paragraph("We looked at every row.", is_quoted=True),
        Bullets(("3 pieces of personal data.",)),
    )
    own, measured = found.filled.known
    assert (own.status, own.source) == ("declared", "Answer to GenAIOps checklist, data-1, by Ben")
    assert (measured.status, measured.source) == ("measured", "Scan: personal data: Rows v1")
    assert measured.digest == "9" * 64
    assert found.is_given and found.is_open and not found.filled.missing


def test_a_chosen_value_is_told() -> None:
    given = small.question(text="So it is.", value_words="High-risk")
    blocks = answered(facts(small.assessment(given)), TARGET).filled.blocks
    assert blocks[0] == FactList((("Stated", "High-risk"),))


def test_a_stale_answer_says_why() -> None:
    item = small.evidence("Nothing found.", stale_because="The rows have changed.")
    given = small.question(text="Clean.", stale_because=["The rows have changed."], evidence=[item])
    found = answered(facts(small.assessment(given)), TARGET)
    assert [known.is_stale for known in found.filled.known] == [False, True]
    assert found.filled.missing == ("Helper v2: The rows have changed.",)


def test_words_about_an_earlier_state_are_stale() -> None:
    given = small.question(text="Clean.", is_statement_outdated=True)
    assert [known.is_stale for known in answered(facts(small.assessment(given)), TARGET).filled.known] == [True]


def test_not_applicable_carries_its_reason() -> None:
    given = small.question(status="not_applicable", reason="No data was used.")
    found = answered(facts(small.assessment(given)), TARGET)
    assert found.reasons == ("No data was used.",)
    assert not found.filled and found.is_given and not found.is_open


def test_nobody_s_answer_is_named_by_its_question() -> None:
    open_one = small.question(status="unknown")
    found = answered(facts(small.assessment(open_one)), TARGET)
    assert found.filled.missing == (
        "Nobody has answered “What about data-1?” (GenAIOps checklist, data-1) for Helper v2.",
    )
    assert answered(facts(), TARGET).filled.missing == (
        "Nobody has answered “What data sources were used to train the model?”: there is no assessment of Helper v2"
        " against “GenAIOps checklist”.",
    )


def test_the_subject_s_own_answer_comes_before_those_of_its_parts() -> None:
    subject = {"kind": "system", "id": 1, "label": "Front desk", "digest": ""}
    of_system = small.assessment(small.question(text="Of the system."), subject=subject)
    of_part = small.assessment(small.question(text="Of the part."))
    own = answered(facts(of_part, of_system, subject=subject), TARGET)
    assert own.filled.blocks == (Paragraph("Of the system.", is_quoted=True),)
    both = answered(facts(of_part, of_system, subject=subject | {"kind": "deployment", "id": 5}), TARGET)
    told = [block for block in both.filled.blocks if isinstance(block, FactList)]
    assert told == [FactList((("About", "Front desk"),)), FactList((("About", "Helper v2"),))]
