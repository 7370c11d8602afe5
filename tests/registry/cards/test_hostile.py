"""Cards and bills that somebody wrote to do harm or wrote badly: read or refused, never an error of ours."""

import json
from typing import Any

import pytest

from apps.core.errors import Invalid
from apps.core.plain import storable
from apps.registry.rules import cards

BLANKS = " " * 1_900
LONG = [
    f"# x\n**a{BLANKS}\n",
    f"# x\n- **{'a' * 80}{BLANKS}[optional]{BLANKS}**\n",
    "# x\n" + "**Developed by:** " * 20_000,
    "# x\n## Limitations\n" + "<a" * 200_000,
    "# x\n## Limitations\n" + "<!--" * 200_000,
    "#" * 500_000,
    "# x\n## Validation Metrics\n" + "- a : " * 40 + "\n" + "- Loss: 1\n" * 20_000,
    "# x\n" + "## Limitations\nno\n" * 20_000,
    "# x\n" + "**License:** " + "(" * 1_500,
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_long_and_twisted_prose_is_read(text: str) -> None:
    found = cards.read(text.encode()).as_json()
    assert found["format"] == cards.HUB and len(found["figures"]) <= cards.MOST_BYTES


@pytest.mark.parametrize("junk", ["7", "x", "[]", "[[]]", "{}", "null", "true", "[7, x, {}]", "{a: [b]}"])
@pytest.mark.parametrize(
    "name",
    [
        "license",
        "language",
        "tags",
        "datasets",
        "base_model",
        "base_model_relation",
        "co2_eq_emissions",
        "model-index",
        "library_name",
        "genaiops",
        "model_name",
    ],
)
def test_front_matter_of_the_wrong_kind_does_no_harm(name: str, junk: str) -> None:
    assert cards.read(f"---\n{name}: {junk}\n---\n# x\n".encode()).as_json()["format"] == cards.HUB


@pytest.mark.parametrize(
    "junk", ["7", "[7]", "[{results: 7}]", "[{results: [{metrics: 7}]}]", "[{results: [{task: 7}]}]"]
)
def test_a_model_index_of_the_wrong_kind_gives_no_figures(junk: str) -> None:
    assert cards.read(f"---\nmodel-index: {junk}\n---\n".encode()).figures == []


@pytest.mark.parametrize("value", [".inf", "nan", "1e999", "[1]", "{a: 1}", "true", "yes", "60.2 %"])
def test_a_value_that_is_no_number_is_kept_as_words(value: str) -> None:
    metric = f"{{type: x, value: {value}}}"
    text = f"---\nmodel-index: [{{results: [{{dataset: {{type: d}}, metrics: [{metric}]}}]}}]\n---\n"
    (figure,) = cards.read(text.encode()).figures
    assert figure.value is None


@pytest.mark.parametrize(
    "own", [{"figures": [{"name": "x", "value": 1, "nonsense": 2}]}, {"figures": 7}, {"files": [7]}]
)
def test_our_own_part_of_a_card_is_not_trusted(own: Any) -> None:
    assert cards.read(f"---\ngenaiops: {json.dumps(own)}\n---\n".encode()).figures == []


@pytest.mark.parametrize("figures", ["[", "7", '[{"name": "x", "value": "y"}]', '[{"name": 7}]', "[" * 5_000])
def test_our_own_properties_of_a_bill_are_not_trusted(figures: str) -> None:
    component = {"type": "machine-learning-model", "name": "x"}
    properties = [{"name": "genaiops:figures", "value": figures}, {"name": "genaiops:field:" + "a" * 99, "value": "x"}]
    bill = {"bomFormat": "CycloneDX", "components": [component | {"properties": properties}]}
    found = cards.read(json.dumps(bill).encode()).as_json()
    assert found["figures"] == [] and found["statements"] == {}


def test_ten_thousand_components_are_walked_and_nesting_is_bounded() -> None:
    files = [
        {"type": "file", "name": str(n), "hashes": [{"alg": "SHA-256", "content": "a" * 64}]} for n in range(9_000)
    ]
    bill = {
        "bomFormat": "CycloneDX",
        "components": [{"type": "machine-learning-model", "name": "x", "components": files}],
    }
    found = cards.read(json.dumps(bill).encode()).as_json()
    assert len(found["files"]) == 2_000 and "Only the first 2000 of 9000 files are kept." in found["notes"]
    deep: dict[str, Any] = {"type": "library", "name": "x"}
    for _ in range(40):
        deep = {"type": "library", "name": "x", "components": [deep]}
    with pytest.raises(Invalid):
        cards.read(json.dumps({"bomFormat": "CycloneDX", "components": [deep]}).encode())


def test_what_was_read_can_be_stored() -> None:
    found = cards.read("---\nlicense: mit\n---\n## Limitations\n\ud7ff\uffff \x01\n".encode()).as_json()
    assert json.loads(json.dumps(storable(found))) == found
