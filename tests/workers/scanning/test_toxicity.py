"""Toxicity: hurtful sentences are found, harmless ones that come near are not, and the section says who judged."""

import csv
import json
from pathlib import Path

import pytest

from workers.errors import EngineError
from workers.scanning import toxicity
from workers.scanning.config import Config
from workers.scanning.lexicon import FILE, TOXIC, Lexicon
from workers.scanning.toxicity import make

from .fed import section, section_after_kill
from .hurtful import HARMLESS, HELD_OUT_HARMLESS, HELD_OUT_HURTFUL, HURTFUL
from .sentences import BY_LANGUAGE

XSTEST = Path(__file__).parents[4] / "shared" / "reference" / "data" / "guardrails" / "xstest_prompts.csv"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


def suspected(lexicon: Lexicon, texts: list[str]) -> list[str]:
    return [text for text in texts if lexicon.score(text).value >= TOXIC]


def test_the_stated_error_rate_is_the_measured_one(lexicon) -> None:
    figures = toxicity.FIGURES
    assert (len(suspected(lexicon, HELD_OUT_HURTFUL)), len(HELD_OUT_HURTFUL)) == (figures["found"], figures["hurtful"])
    assert (len(suspected(lexicon, HELD_OUT_HARMLESS)), len(HELD_OUT_HARMLESS)) == (
        figures["wrong"],
        figures["harmless"],
    )


def test_the_sentences_that_the_list_was_written_beside(lexicon) -> None:
    assert suspected(lexicon, HURTFUL) == HURTFUL
    assert suspected(lexicon, HARMLESS) == []


def test_ordinary_sentences_in_many_languages_are_not_suspected(lexicon) -> None:
    assert suspected(lexicon, [text for texts in BY_LANGUAGE.values() for text in texts]) == []


def test_safe_prompts_of_xstest_are_not_suspected(lexicon) -> None:
    if not XSTEST.is_file():
        pytest.skip("The reference data with XSTest's prompts is not here.")
    with XSTEST.open(encoding="utf-8", newline="") as stream:
        safe = [row["prompt"] for row in csv.DictReader(stream) if row["label"] == "safe"]
    assert (len(safe), len(suspected(lexicon, safe))) == (250, toxicity.FIGURES["xstest"])


def test_reclaimed_and_ambiguous_words_alone_do_not_count_but_add_up(lexicon) -> None:
    alone = lexicon.score("The queer choir sings on Friday in the town hall.")
    assert 0 < alone.value < TOXIC
    assert lexicon.score("stupid ugly worthless trash").value >= TOXIC
    assert lexicon.score("stupid stupid stupid stupid").value < TOXIC


def test_an_address_makes_an_insult_heavier(lexicon) -> None:
    assert (
        lexicon.score("The film shows stupid people.").value < lexicon.score("The film shows you stupid people.").value
    )


def test_words_count_in_their_own_language_only(lexicon) -> None:
    assert suspected(lexicon, ["Slutet på boken var fint och hon var glad att den var slut efter så många år."]) == []
    assert suspected(lexicon, ["Der dicke Hund bellt laut, und die Katze sitzt auf dem Dach."]) == []


def test_the_list_is_well_formed() -> None:
    stored = json.loads(FILE.read_text("utf-8"))
    assert "written by this project" in stored["about"][0].lower()
    for kinds in stored["languages"].values():
        assert kinds.keys() <= {"insult", "profanity", "slur", "threat", "self_harm", "sexual", "hate"}
        assert all(0 < float(weight) <= 1 for weights in kinds.values() for weight in weights)


def test_the_section_tells_rows_kinds_and_judge_but_no_text(tmp_path) -> None:
    rows = [{"a": "all is well"}, {"a": HURTFUL[4]}, {"a": "x", "b": HURTFUL[5]}]
    found = section(make, rows, tmp_path)
    assert (found["judge"], found["model"], found["rows"], found["row_numbers"]) == ("lexicon", "", 2, [1, 2])
    assert found["share"] == round(2 / 3, 6)
    assert [(kind["kind"], kind["row_numbers"]) for kind in found["kinds"]] == [("self_harm", [1]), ("threat", [2])]
    assert sum(step["rows"] for step in found["scores"]) == found["rows_scanned"] == 3
    assert "kill" not in json.dumps(found)
    assert "No model was configured" in found["method"]


def test_a_killed_scan_goes_on_and_says_the_same(tmp_path) -> None:
    rows = [{"a": text} for text in [*HURTFUL, *HARMLESS] * 3]
    whole = section(make, rows, tmp_path / "whole")
    assert section_after_kill(make, rows, tmp_path / "killed") == whole
    assert {"method", "versions", "rows_scanned", "error_rate"} <= whole.keys()


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """A tiny classifier with random weights and the labels of a common toxicity model."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("models") / "tiny-toxicity"
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator([*HURTFUL, *HARMLESS], trainers.WordLevelTrainer(special_tokens=special))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    set_seed(3)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label={0: "toxic", 1: "non-toxic"},
        label2id={"toxic": 0, "non-toxic": 1},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def with_model(folder: Path, **options: int) -> Config:
    return Config(options={"toxicity": {"model": str(folder), **options}})


def test_a_configured_model_judges_and_the_section_says_so(tmp_path, model) -> None:
    from workers.scanning.classifier import Classifier

    rows = [{"a": text} for text in [*HURTFUL, *HARMLESS]] + [{"a": ""}]
    found = section(make, rows, tmp_path, with_model(model))
    assert (found["judge"], found["model"], found["languages"], found["kinds"]) == ("model", "tiny-toxicity", [], [])
    assert found["rows_scanned"] == len(rows)
    assert "not measured here" in found["error_rate"] and "transformers" in found["versions"]
    scores = Classifier(str(model)).scores([row["a"] for row in rows[:-1]])
    assert found["row_numbers"] == [row for row, score in enumerate(scores) if score >= TOXIC]
    assert all(0 <= score <= 1 for score in scores)


def test_a_model_judges_a_seeded_sample(tmp_path, model) -> None:
    rows = [{"a": text} for text in HARMLESS]
    config = with_model(model, model_rows=10)
    whole = section(make, rows, tmp_path / "whole", config)
    assert whole["rows_scanned"] == 10
    assert section_after_kill(make, rows, tmp_path / "killed", config) == whole


@pytest.mark.parametrize("rows", [0, "all", 1.5])
def test_a_sample_must_be_a_number_of_rows(tmp_path, model, rows) -> None:
    with pytest.raises(EngineError) as refused:
        section(make, [{"a": "x"}], tmp_path, with_model(model, model_rows=rows))
    assert refused.value.code == "scan.options"


def test_folders_without_a_usable_model_are_refused(tmp_path, model) -> None:
    with pytest.raises(EngineError) as refused:
        section(make, [{"a": "x"}], tmp_path / "a", with_model(tmp_path / "nothing"))
    assert refused.value.code == "scan.toxicity_model"
    folder = tmp_path / "moods"
    folder.mkdir()
    for file in model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["id2label"] = {"0": "happy", "1": "not offensive"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(EngineError) as refused:
        section(make, [{"a": "x"}], tmp_path / "b", with_model(folder))
    assert "happy" in refused.value.message
