"""Names and places by tiny models that are trained here: found where configured, told as missing where not."""

import json
import random
from pathlib import Path

import pytest
import spacy
from spacy.training import Example

from workers.errors import EngineError
from workers.scanning import engine
from workers.scanning.config import Config
from workers.scanning.name_tags import TransformersNames
from workers.scanning.names import SpacyNames, finders

PEOPLE, PLACES = ("Marta", "Jonas", "Ines", "Pavel"), ("Lisbon", "Krakow", "Turku", "Graz")


def sentences() -> list[tuple[str, list[tuple[int, int, str]]]]:
    """Every pairing of a person with a place, and where both stand."""
    found = []
    for person in PEOPLE:
        for place in PLACES:
            text = f"Yesterday {person} came home from {place} again"
            found.append(
                (
                    text,
                    [
                        (text.index(person), text.index(person) + len(person), "PERSON"),
                        (text.index(place), text.index(place) + len(place), "GPE"),
                    ],
                )
            )
    return found


@pytest.fixture(scope="module")
def spacy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline of a few thousand weights, trained for a moment."""
    spacy.util.fix_random_seed(3)
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    examples = [Example.from_dict(nlp.make_doc(text), {"entities": spans}) for text, spans in sentences()]
    nlp.initialize(lambda: examples)
    source = random.Random(3)
    for _ in range(12):
        source.shuffle(examples)
        nlp.update(examples)
    folder = tmp_path_factory.mktemp("models") / "tiny-names"
    nlp.to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def transformers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few thousand weights with the labels of CoNLL-2003, trained for a moment."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("models") / "tiny-tags"
    words = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.train_from_iterator(
        [text for text, _ in sentences()], trainers.WordLevelTrainer(special_tokens=["[UNK]", "[PAD]"])
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]")
    tokenizer.save_pretrained(folder)
    set_seed(3)
    labels = {0: "O", 1: "B-PER", 2: "B-LOC"}
    config = BertConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        id2label=labels,
        label2id={label: number for number, label in labels.items()},
    )
    model = BertForTokenClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    coded = tokenizer([text for text, _ in sentences()], return_tensors="pt")
    wanted = torch.tensor(
        [[1 if word in PEOPLE else 2 if word in PLACES else 0 for word in text.split()] for text, _ in sentences()]
    )
    for _ in range(40):
        optimizer.zero_grad()
        model(input_ids=coded["input_ids"], attention_mask=coded["attention_mask"], labels=wanted).loss.backward()
        optimizer.step()
    model.eval().save_pretrained(folder, safe_serialization=True)
    return folder


TEXT = "Yesterday Jonas came home from Turku again"
EXPECTED = [("PERSON", "Jonas"), ("LOCATION", "Turku")]


def named(finder: SpacyNames | TransformersNames, text: str) -> list[tuple[str, str]]:
    return [(hit.entity, text[hit.start : hit.end]) for hit in finder.find(text)]


def test_spacy_finds_names_and_places(spacy_folder: Path) -> None:
    finder = SpacyNames(spacy_folder)
    assert named(finder, TEXT) == EXPECTED
    assert named(finder, "") == []


def test_transformers_finds_names_and_places(transformers_folder: Path) -> None:
    finder = TransformersNames(transformers_folder)
    assert named(finder, TEXT) == EXPECTED
    assert named(finder, "   ") == []
    long = "again " * 300 + TEXT
    assert named(finder, long) == EXPECTED, "texts longer than the model reads are read in windows"


def scan(tmp_path: Path, texts: list[str], **models: str) -> dict[str, object]:
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    config = Config(input_path=str(path), checks=("personal_data",), **models)  # type: ignore[arg-type]
    return engine.run(config, lambda fraction, message: None).sections["personal_data"]


def test_a_configured_model_adds_its_findings(spacy_folder: Path, tmp_path: Path) -> None:
    with_model = scan(tmp_path, [TEXT, "mail anna@example.org"], spacy_model=str(spacy_folder))
    found = with_model["by_entity"]
    assert isinstance(found, dict) and {"PERSON": 1, "LOCATION": 1, "EMAIL_ADDRESS": 1}.items() <= found.items()
    assert "tiny" not in str(with_model["not_looked_for"]) and "PERSON" not in str(with_model["not_looked_for"])
    assert "names and places by spaCy en_" in str(with_model["method"])
    assert "Jonas" not in json.dumps(with_model)
    without = scan(tmp_path, [TEXT])
    assert without["by_entity"] == {} and "PERSON" in str(without["not_looked_for"])


@pytest.mark.parametrize("setting", ["spacy_model", "transformers_model"])
def test_what_is_no_model_is_refused(setting: str, tmp_path: Path) -> None:
    given = {"spacy_model": "", "transformers_model": ""} | {setting: str(tmp_path / "nothing")}
    with pytest.raises(EngineError):
        finders(**given)


def test_a_pickled_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(EngineError) as refused:
        finders("", str(tmp_path))
    assert refused.value.code == "model.pickle"
