"""Cards as the pages show them: paragraphs, one line for many short words, entities as the signs they stand for."""

from typing import Any

from apps.registry.rules import cards


def _line(card: bytes, name: str) -> Any:
    found = cards.read(card).as_json()
    return next(one for one in cards.compared(found, {}, {}, []) if one.name == name)


def test_many_short_words_stand_in_one_paragraph() -> None:
    card = b"---\nlanguage: [en, de, fr, it, es, pt]\ntags: [a, b]\n---\n"
    assert _line(card, "languages").said == ["en, de, fr, it, es, pt"]
    assert _line(card, "tags").said == ["a", "b"]


def test_entities_become_signs_and_markup_goes() -> None:
    card = b"# X\n\n## Limitations\n\n<details>\n<summary>Open</summary>\nFails 5 &lt; 6 &amp; more.</details>&nbsp;\n"
    assert _line(card, "limitations").said == ["Fails 5 < 6 & more."]


def test_a_base_that_only_the_prose_names_counts() -> None:
    card = b"# X\n\n- **Finetuned from model [optional]:** example/base\n- **License:** apache-2.0\n"
    found = cards.read(card).as_json()
    assert found["statements"]["base_models"] == "example/base" and found["licence"] == "Apache-2.0"


def test_placeholders_of_the_template_say_nothing() -> None:
    card = b"# X\n\n- **Developed by:** [More Information Needed]\n\n## Training Data\n\n[More Information Needed]\n"
    assert cards.read(card).as_json()["statements"] == {}
