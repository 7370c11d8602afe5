"""Hugging Face model cards in and out, on published cards and on our own."""

import re
from typing import Any

import pytest
from huggingface_hub import ModelCard

from apps.core.errors import Invalid
from apps.registry.rules import cards
from tests.catalog.metadata.references import reference, references
from tests.registry.cards.facts import STATEMENTS, bare, full


def _read(path: str) -> dict[str, Any]:
    return cards.read(reference(path)).as_json()


def _missing(found: dict[str, Any]) -> set[str]:
    return {one["field"] for one in cards.missing_in(found)}


@pytest.mark.parametrize("path", references("cards/models", "*.md") + references("cards/hub_fixtures", "sample_*.md"))
def test_published_cards_are_read_or_refused_with_a_sentence(path: str) -> None:
    try:
        found = _read(path)
    except Invalid as refusal:
        assert refusal.code == "document.card" and "---" in refusal.remedy
        return
    assert found["format"] == cards.HUB and _missing(found)


def test_a_model_index_becomes_figures_with_dataset_split_and_revision() -> None:
    found = _read("cards/hub_fixtures/sample_simple_model_index.md")
    accuracy, f1 = map(cards.figure_of, found["figures"])
    assert (accuracy.name, accuracy.value, accuracy.dataset, accuracy.dataset_name) == (
        "accuracy",
        0.9,
        "beans",
        "Beans",
    )
    assert (f1.split, f1.config, f1.revision[:8]) == ("test", "default", "5503434d")
    assert found["licence"] == "MIT" and found["statements"]["library"] == "timm"
    assert cards.FIGURES not in _missing(found) and "limitations" in _missing(found)


def test_a_result_without_a_dataset_is_read_and_noted() -> None:
    found = _read("cards/hub_fixtures/sample_invalid_model_index.md")
    assert found["figures"] == [{"name": "acc", "value": 0.9, "task": "image-classification"}]
    assert "names no dataset" in found["notes"][0]


def test_results_in_the_prose_stand_in_for_an_empty_model_index() -> None:
    found = _read("cards/models/co2_excerpts/distilbert-emotion-empty-results.md")
    told = {one["name"]: (one["value"], one["split"]) for one in found["figures"]}
    assert told == {"Loss": (0.2159, "evaluation"), "Accuracy": (0.9245, "evaluation"), "F1": (0.9245, "evaluation")}
    assert found["statements"]["base_models"] == ["distilbert-base-uncased"]
    index = _read("cards/models/co2_excerpts/distilbert-emotion-model-index.md")
    assert [one["name"] for one in index["figures"]] == ["accuracy", "f1"]


@pytest.mark.parametrize(
    ("name", "grams", "more"),
    [
        ("Jerimee__dontknowwhatImdoing", 0.012147398577917884, {}),
        ("Eip__real-vs-fake-news", 2.0552688377356976, {}),
        (
            "nicholasKluge__Aira-2-1B1.front_matter_tail",
            1710.0,
            {
                "source": "CodeCarbon",
                "training_type": "fine-tuning",
                "geographical_location": "Singapore",
                "hardware_used": "NVIDIA A100-SXM4-40GB",
            },
        ),
    ],
)
def test_emissions_are_read_as_a_number_and_as_a_mapping(name: str, grams: float, more: dict[str, str]) -> None:
    found = _read(f"cards/models/co2_excerpts/{name}.md")
    assert found["statements"]["emissions"] == {"grams": grams} | more


def test_the_sections_of_a_long_card_find_their_fields() -> None:
    said = _read("cards/models/bigscience__bloom.README.md")["statements"]
    assert {"intended_uses", "out_of_scope_uses", "risks", "limitations", "training_data", "recommendations"} <= set(
        said
    )
    assert "Click to expand" not in str(said)


def test_a_card_of_prose_alone_is_read() -> None:
    found = _read("cards/models/llama3.MODEL_CARD.md")
    assert found["statements"]["developers"] == "Meta"
    assert {"risks", "limitations", "training_data", "intended_uses"} <= set(found["statements"])
    assert any("no front matter" in note for note in found["notes"])


def test_what_was_written_reads_back_without_loss() -> None:
    described = full()
    found = cards.read(cards.write(described, cards.HUB)).as_json()
    told = {name: value for name, value in STATEMENTS.items() if name != "licence"}
    assert {name: found["statements"].get(name) for name in told} == told
    assert [cards.figure_of(one) for one in found["figures"]] == list(described.figures)
    assert found["licence"] == "Apache-2.0"
    assert {one["sha256"] for one in found["files"]} == {file.digest for file in described.files}
    assert found["measured"] == ["one GPU, 1 hour", "2 pieces of personal data", "Loans v2"]


def test_a_changed_sentence_counts_and_not_what_stood_there() -> None:
    text = cards.write(full(), cards.HUB).decode().replace("\n- Knows no law.\n", "\n- Knows a little law.\n")
    assert "Knows a little law." in text
    said = cards.read(text.encode()).as_json()["statements"]["limitations"]
    assert "Knows a little law." in said and "Knows no law." not in said


def test_the_hub_reads_our_card() -> None:
    described = full()
    card = ModelCard(cards.write(described, cards.HUB).decode())
    assert card.data.license == "apache-2.0" and card.data.base_model == "example/base-7b"
    assert card.data.base_model_relation == "finetune" and card.data.library_name == "transformers"
    assert card.data.to_dict()["co2_eq_emissions"]["emissions"] == 100.0  # measured: 0.1 kg in grams
    results = card.data.eval_results
    assert [(one.metric_type, one.metric_value) for one in results] == [
        ("loss", 1.25),
        ("accuracy", 0.75),
        ("grade", "B+"),
    ]
    assert results[1].dataset_revision == "abc" and results[1].verify_token == "t0ken"


def test_gaps_are_marked_and_known_how_is_said() -> None:
    empty, whole = cards.write(bare(), cards.HUB).decode(), cards.write(full(), cards.HUB).decode()
    assert "## Limitations\n\n[More Information Needed]" in empty
    assert "[More Information Needed]" in whole  # nobody said what permits the data
    assert re.search(
        r"## Limitations\n\n- Knows no law\.\n.*\n.*\n\n\*How this is known: imported from README\.md\.\*", whole
    )
    assert "<b>" not in whole.split("---", 2)[2]


def test_results_of_the_newer_form_go_out_and_come_in() -> None:
    content = cards.write(full(), cards.RESULTS)
    loss, accuracy = cards.read(content, "results.yaml").figures
    assert (loss.dataset, loss.value, accuracy.revision, accuracy.verify) == ("Loans v2", 1.25, "abc", "t0ken")
    assert accuracy.source == "https://example.org/exam"
    assert cards.write(bare(), cards.RESULTS) == b"[]\n"


def test_results_of_the_newer_form_are_read_as_the_hub_describes_them() -> None:
    text = """# .eval_results/gpqa.yaml
- dataset:
    id: Idavidrein/gpqa
    task_id: diamond
    revision: 1a2b
  value: 41.9
  date: 2026-01-31
  source: {url: https://example.org/log, name: a log, user: someone}
- dataset: {id: cais/hle}
  value: "n/a"
"""
    diamond, hle = cards.read(text.encode(), "gpqa.yaml").figures
    assert (diamond.name, diamond.value, diamond.dataset, diamond.date) == (
        "diamond",
        41.9,
        "Idavidrein/gpqa",
        "2026-01-31",
    )
    assert (hle.name, hle.value, hle.text) == ("cais/hle", None, "n/a")


@pytest.mark.parametrize("text", ["- just words\n", "a: b\n", "- dataset: {id: x}\n", "- [unclosed\n"])
def test_a_file_of_results_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cards.read(text.encode(), "results.yml")
    assert refusal.value.code == "document.results"


def test_equal_facts_give_equal_bytes() -> None:
    for form in cards.FORMATS:
        assert cards.write(full(), form) == cards.write(full(), form)
        assert cards.write(full(), form) != cards.write(full(stage="draft", figures=()), form)
