"""Hugging Face dataset cards: published and broken ones in, our own out and back."""

from typing import Any

import pytest
import yaml

from apps.catalog.rules import metadata
from apps.catalog.rules.metadata import CARD, missing_in
from apps.core.errors import Invalid
from tests.catalog.metadata.facts import described
from tests.catalog.metadata.references import reference, references

BROKEN = {"sample_datasetcard_template.md", "sample_invalid_card_data.md", "sample_template.md"}


def read(text: str) -> dict[str, Any]:
    return metadata.read(text.encode()).as_json()


@pytest.mark.parametrize("path", references("cards", "*.md"))
def test_every_published_card_is_read_or_refused_with_the_reason(path: str) -> None:
    content = reference(path)
    if path.rsplit("/", 1)[-1] in BROKEN:
        with pytest.raises(Invalid, match="front matter") as refusal:
            metadata.read(content)
        assert refusal.value.code == "metadata.card" and "---" in refusal.value.remedy
        return
    found = metadata.read(content).as_json()
    assert found["format"] == CARD and missing_in(found), "no card answers everything"


def test_a_published_card_answers_some_questions_and_leaves_the_rest_named() -> None:
    found = metadata.read(reference("cards/datasets/squad.README.md")).as_json()
    assert (found["about"]["name"], found["licence"]) == ("SQuAD", "CC-BY-4.0")
    assert found["datasheet"]["sources"] == [{"name": "wikipedia", "how": "extended"}]
    assert found["datasheet"]["collection_method"] == ["Text: crowdsourced", "Text: found"]
    gaps = {one["field"]: one["carried"] for one in missing_in(found)}
    assert gaps["personal_information"] is True, "the card has a heading for it, with nothing below"
    assert gaps["tdm_reservation"] is False, "no card has a place for it"


def test_a_licence_called_other_is_missing() -> None:
    found = metadata.read(reference("cards/datasets/the_pile.README.md")).as_json()
    assert found["licence"] == "" and "licence" in {one["field"] for one in missing_in(found)}


def test_machine_generated_text_and_labels_are_said_to_be_so() -> None:
    front = "annotations_creators: [machine-generated]\nlanguage_creators:\n- machine-generated\nlicense: llama3\n"
    found = read(f"---\n{front}---\n")
    assert found["datasheet"]["ai_generated"] == [
        "Annotations: machine-generated, as the card's annotations_creators say.",
        "Text: machine-generated, as the card's language_creators say.",
    ]
    assert found["licence"] == "LicenseRef-llama3"


def test_headings_in_code_and_comments_are_no_headings() -> None:
    code = "```\n# Uses\n```\nonly German\n"
    found = read(f"# T\n<!-- ## Uses\nnot this -->\n## Limitations\n{code}### Uses\n[More Information Needed]\n")
    assert found["datasheet"] == {"limitations": "```\n# Uses\n```\nonly German"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\na: &x [1]\nb: *x\n---\n", "line"),
        ("---\na: !!python/object/apply:os.system [ls]\n---\n", "line"),
        ("---\na: [1\n---\n", "line"),
        ("---\n" + "a: " + "[" * 400 + "]" * 400 + "\n---\n", "cannot be read"),
        ("---\na: 1\n", "never ends"),
        ("---\n- a\n---\n", "must be an object"),
        ("---\na: " + "x" * 250_000 + "\n---\n", "longer than"),
    ],
)
def test_bombs_and_broken_front_matter_are_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        metadata.read(text.encode())


def test_a_billion_laughs_unfold_nothing() -> None:
    layers = "".join(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}]\n" for n in range(1, 40))
    with pytest.raises(Invalid, match="line 2"):
        metadata.read(f"---\nl0: &l0 lol\n{layers}---\n".encode())


def test_our_own_card_reads_back_to_what_it_was_written_from() -> None:
    facts = described()
    found = metadata.read(metadata.write(facts, CARD)).as_json()
    assert found["datasheet"] == facts.said() and found["licence"] == facts.licence
    assert found["about"]["description"] == facts.description and found["files"][0]["sha256"] == facts.digest
    assert found["measured"] == ["Scan 4: 12 pieces of personal data."]
    assert metadata.write(facts, CARD) == metadata.write(described(), CARD)


def test_the_front_matter_is_what_the_hub_reads() -> None:
    card = metadata.write(described(licence="ODC-By-1.0"), CARD).decode()
    front = yaml.safe_load(card[4:].split("\n---\n")[0])
    assert (front["license"], front["language"]) == ("odc-by", ["de", "fr"])
    assert front["size_categories"] == ["n<1K"] and front["configs"][0]["data_files"] == "rows.jsonl"
    assert yaml.safe_load(metadata.write(described(), CARD).decode()[4:].split("\n---\n")[0])["license"] == "other"


def test_prose_says_how_each_thing_is_known_and_what_nobody_said() -> None:
    card = metadata.write(described(), CARD).decode()
    assert "*How this is known: imported from card.md.*" in card
    assert "*How this is known: measured by Scan 4 of 2026-05-04.*" in card
    assert "### Direct Use\n\n[More Information Needed]" in card
    assert "&lt;b>duplicates&lt;/b> removed" in card and "\\## and by customers" in card, "no markup out of a record"


def test_prose_that_somebody_changed_wins() -> None:
    card = metadata.write(described(), CARD).decode().replace("six people", "seven people", 2)
    changed = card.replace("seven people", "six people", 1)  # the value behind it stays
    assert read(changed)["datasheet"]["annotator_demographics"] == "seven people"
