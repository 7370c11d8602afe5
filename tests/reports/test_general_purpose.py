"""Duties on general-purpose models: systemic risk, the exemption, and each reader's figures of the form."""

from typing import Any

import pytest

from apps.reports.rules.documents.content import FactList, Filled, Paragraph
from apps.reports.rules.documents.filling import CONDITIONS, FILLERS
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.general_purpose import ACT, FORM, systemic_risk
from apps.reports.rules.documents.filling.model_form import operations_of, size_words, time_words
from tests.reports import small_facts as small

LAW = {"urn": ACT, "version": 1, "title": "EU AI Act"}
DOCUMENTATION = {"urn": FORM, "version": 1, "title": "Form"}


def of(*questions: dict[str, Any], framework: dict[str, Any] = LAW, **more: Any) -> Facts:
    """A snapshot of a version with these answers."""
    told = small.assessment(*questions, framework=framework)
    return small.small(versions=[small.version(**more)], assessments=[told])


def stated(number: str) -> Facts:
    """A form that states an amount of computation."""
    return of(small.question("compute-amount", value={"number": number}, value_words=number), framework=DOCUMENTATION)


def told(found: Filled) -> dict[str, str]:
    """Its named facts."""
    return dict(row for block in found.blocks if isinstance(block, FactList) for row in block.rows)


def test_a_small_model_has_no_systemic_risk() -> None:
    applies, reason = CONDITIONS["gpai.systemic_risk"](of())
    assert not applies
    assert "With 1,240,000 parameters" in reason and "10^18 tokens" in reason and "10^25" in reason


def test_computation_greater_than_the_threshold_is_presumed_systemic() -> None:
    assert systemic_risk(stated(str(10**25 + 1))).has and systemic_risk(stated("2e26")).has
    assert systemic_risk(stated("1e25")).has is False, "Article 51(2) says: greater than"
    assert systemic_risk(stated("9.9e24")).has is False
    assert "2 × 10^26" in systemic_risk(stated("2e26")).reason


def test_a_large_model_without_computation_is_not_known() -> None:
    large = small.version_itself(parameters=400_000_000_000)
    found = of(version=large)
    assert systemic_risk(found).has is None
    assert CONDITIONS["gpai.systemic_risk"](found)[0], "the points stand there as missing"
    assert not FILLERS["gpai.systemic_risk"](found) and FILLERS["gpai.systemic_risk"](found).missing


def test_an_answer_decides_with_its_reason() -> None:
    large = small.version_itself(parameters=400_000_000_000)
    declined = small.question("art-55-1-a", "not_applicable", reason="Below the threshold, and not designated.")
    found = of(declined, version=large)
    assert CONDITIONS["gpai.systemic_risk"](found)[0] is False
    assert "Below the threshold, and not designated." in CONDITIONS["gpai.systemic_risk"](found)[1]
    assert told(FILLERS["gpai.systemic_risk"](found)) == {"Systemic risk": "No"}
    answered = small.question("art-55-1-a", text="We test with the protocols of the institute.")
    assert CONDITIONS["gpai.systemic_risk"](of(answered, version=large))[0]


def test_what_the_platform_collected_by_itself_is_no_answer() -> None:
    collected = small.question("art-55-1-a", "measured", stated="", evidence=[small.evidence("Evaluated once.")])
    assert not CONDITIONS["gpai.systemic_risk"](of(collected))[0]


def test_without_parameters_nothing_is_known() -> None:
    assert systemic_risk(of(version=small.version_itself(parameters=None))).has is None


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("permissive", "may be free and open"),
        ("copyleft", "may be free and open"),
        ("restricted", "not free and open"),
        ("non-commercial", "not free and open"),
        ("unknown", "is not known"),
    ],
)
def test_the_exemption_for_free_and_open_models(kind: str, words: str) -> None:
    found = FILLERS["gpai.exemption"](of(licence={"terms": {"licence_class": kind}}))
    assert words in told(found)["Helper v2"]
    assert any("Points (c) and (d) hold all the same" in one.text for one in found.blocks if isinstance(one, Paragraph))


def test_a_modification_names_its_base() -> None:
    text = next(one.text for one in FILLERS["gpai.modification"](of()).blocks if isinstance(one, Paragraph))
    assert "made from Base v1" in text and CONDITIONS["gpai.is_modification"](of())[0]
    alone = small.version()
    alone["lineage"] = alone["lineage"][:1]
    assert not CONDITIONS["gpai.is_modification"](small.small(versions=[alone]))[0]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (999_999, "Less than 1 million"),
        (1_000_000, "1 to 500 million"),
        (500_000_000, "500 million to 5 billion"),
        (14_999_999_999, "5 to 15 billion"),
        (70_000_000_000, "50 to 100 billion"),
        (1_000_000_000_000, "More than 1 trillion"),
    ],
)
def test_ranges_of_size(parameters: int, words: str) -> None:
    assert size_words(parameters) == words


def test_ranges_of_time() -> None:
    day = 86_400
    found = [time_words(days * day) for days in (0.1, 31, 100, 200)]
    assert found == ["Less than 1 month", "1 to 3 months", "3 to 6 months", "More than 6 months"]


def test_operations_are_those_of_the_usual_rule_where_everything_is_trained() -> None:
    whole = {"tokens_seen": 1_000, "parameters_total": 10, "parameters_trainable": 10}
    assert operations_of(whole) == 6 * 10 * 1_000
    assert operations_of(whole | {"parameters_trainable": 1}) == 1_000 * (4 * 10 + 2 * 1)
    assert operations_of({"tokens_seen": 1_000}) is None


def test_exact_figures_and_rounded_ones() -> None:
    found = of(tuning=small.tuning())
    assert told(FILLERS["form.size"](found)) == {"Parameters of Helper v2": "1,240,000"}
    assert told(FILLERS["form.size_range"](found)) == {"Parameters of Helper v2": "1 to 500 million"}
    assert told(FILLERS["form.compute"](found)) == {"Training of Helper v2": "2.02 × 10^6 operations"}
    assert "10^6 operations" in told(FILLERS["form.compute_order"](found))["Training of Helper v2"]
    assert told(FILLERS["form.time_range"](found)) == {"Training of Helper v2": "Less than 1 month"}
    assert told(FILLERS["form.time"](found))["Days on the clock"] == "0.0000579"
    assert told(FILLERS["form.energy"](found)) == {"Training of Helper v2": "0.00000200 MWh"}
    assert told(FILLERS["form.architecture"](found)) == {"Helper v2": "LlamaForCausalLM"}


def test_what_was_not_recorded_is_missing_or_left_to_the_answer() -> None:
    bare = of(version=small.version_itself(parameters=None, architecture=""))
    assert "parameters of Helper v2 is not on record" in FILLERS["form.size"](bare).missing[0]
    assert not FILLERS["form.compute"](bare) and not FILLERS["form.energy"](bare) and not FILLERS["form.time"](bare)
    assert "architecture" in FILLERS["form.architecture"](bare).missing[0]


@pytest.mark.parametrize(
    ("question", "filler"), [("size-range", "form.size_range"), ("training-time-range", "form.time_range")]
)
def test_a_range_that_the_record_contradicts_is_told(question: str, filler: str) -> None:
    chosen = small.question(question, value_words="3 to 6 months", text="Counted.")
    found = FILLERS[filler](of(chosen, framework=DOCUMENTATION, tuning=small.tuning()))
    assert "“3 to 6 months” is stated, but the record comes to" in found.missing[0]
    assert not FILLERS[filler](of(framework=DOCUMENTATION, tuning=small.tuning())).missing


def test_training_in_words_gives_no_exact_figure_and_no_name() -> None:
    found = FILLERS["form.training"](of(tuning=small.tuning()))
    assert told(found)["From the base model"] == "Base v1"
    assert told(found)["Parameters that were changed"] == "about 10 %"
    assert "1,000" not in str(found) and "Ann" not in str(found)


def test_how_data_were_prepared() -> None:
    silent = small.small(datasets=[small.dataset()])
    assert not FILLERS["form.curation"](silent) and "not described" in FILLERS["form.curation"](silent).missing[0]
    history = [small.commit(), small.commit(number=2, operation="Redacted", message="Without addresses")]
    sheet = {"preprocessing": "Copies were removed.", "annotation": ["By two people each."]}
    found = FILLERS["form.curation"](small.small(datasets=[small.dataset(number=2, commits=history, provenance=sheet)]))
    assert told(found)["Rows v1: Cleaning and preparation"] == "Copies were removed." and not found.missing
    assert "Redacted" in str(found) and "Ann" not in str(found)


def test_kinds_of_data_for_training_and_testing() -> None:
    found = FILLERS["form.data_types"](small.small(datasets=[small.dataset(), small.dataset(id=12, description="")]))
    assert "Questions of colleagues." in str(found) and found.missing == ("What Rows v1 holds is not described.",)
    assert not FILLERS["form.data_types"](small.small())


def test_how_energy_was_measured() -> None:
    run = small.tuning()
    run["result"]["energy"] |= {"method": "processor: estimated from its load", "tool": "codecarbon 3.3.2"}
    rows = told(FILLERS["form.energy_method"](of(tuning=run)))
    assert rows["Tool"] == "codecarbon 3.3.2" and "Not counted" in rows
    assert "six times" in next(
        one.text for one in FILLERS["form.compute_method"](of(tuning=run)).blocks if isinstance(one, Paragraph)
    )
