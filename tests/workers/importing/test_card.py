"""What is read from a model card: front matter and two sections, never more than it says."""

from pathlib import Path

import pytest

from workers.importing.card import MAX_SECTION, Card, read_card


def card(folder: Path, text: str) -> Card:
    path = folder / "README.md"
    path.write_bytes(text.encode())
    return read_card(path)


FRONT = """---
license: apache-2.0
base_model: organisation/base
datasets: [organisation/data]
co2_eq_emissions:
  emissions: 12.5
  source: CodeCarbon
last_seen: 2026-11-22
---
"""
BODY = """# A model
It answers.

## Risks and Limitations
It makes things up. <b>Often.</b>

### In other languages
It is worse there.

```python
# Limitations of this comment: none
```

## Training
On text.
"""


def test_front_matter_that_answers_questions_is_kept_as_plain_values(tmp_path: Path) -> None:
    found = card(tmp_path, FRONT + BODY)
    assert found.front["license"] == "apache-2.0"
    assert found.values == {
        "base_model": "organisation/base",
        "datasets": ["organisation/data"],
        "co2_eq_emissions": {"emissions": 12.5, "source": "CodeCarbon"},
    }


def test_a_section_goes_down_to_the_next_heading_of_its_level(tmp_path: Path) -> None:
    said = "It makes things up. Often. In other languages. It is worse there."
    assert card(tmp_path, FRONT + BODY).sections == {"limitations": said, "risks": said}


def test_sections_are_read_without_front_matter_and_with_windows_line_breaks(tmp_path: Path) -> None:
    found = card(tmp_path, "# A model\r\n## Limitations\r\nEnglish only.\r\n## Uses\r\nAny.\r\n")
    assert (found.front, found.sections) == ({}, {"limitations": "English only."})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## Limitations\n[More Information Needed]\n",
        "## Limitations\n<!-- Say what it cannot do. -->\n",
        "---\nlicense: [\n---\n",
        "---\n- a list\n---\n",
        "---\ndate: 2026-99-99\n---\n",
        "---\ndatasets: &a [x]\nlanguage: [*a, *a]\n---\n",
        "---\nco2_eq_emissions: .nan\n---\n",
        "---\ndatasets: " + "[" * 5_000 + "\n---\n",
    ],
)
def test_what_says_nothing_or_cannot_be_read_is_nothing(tmp_path: Path, text: str) -> None:
    found = card(tmp_path, text)
    assert (found.values, found.sections) == ({}, {})


def test_a_missing_or_huge_card_is_none(tmp_path: Path) -> None:
    assert read_card(tmp_path / "README.md") == Card()
    assert card(tmp_path, "## Limitations\n" + "x" * 1_000_001) == Card()


def test_a_long_section_is_cut_at_a_word(tmp_path: Path) -> None:
    found = card(tmp_path, "## Limitations\n" + "word " * 2_000).sections["limitations"]
    assert len(found) <= MAX_SECTION + 2
    assert found.endswith("word …")
