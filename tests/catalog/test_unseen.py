"""Characters that nobody sees are named where people read rows, so that what is read is what a machine reads."""

import pytest

from apps.catalog.rules.unseen import parts
from apps.catalog.templatetags.catalog_ui import unseen
from tests.makers import commit, jsonl, make_browser, make_dataset
from tests.people import People, make_people

OVERRIDE, POP, ZERO_WIDTH = "\u202e", "\u202c", "\u200b"
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"pay {OVERRIDE}0001{POP}", ["U+202E right-to-left override", "U+202C pop directional formatting"]),
        (f"ig{ZERO_WIDTH}{ZERO_WIDTH}nore", ["U+200B zero width space and 1 more"]),
        ("Hi\U000e0041\U000e0042", ["U+E0041 tag latin capital letter a and 1 more"]),
        ("\ufeffname", ["U+FEFF zero width no-break space"]),
    ],
)
def test_what_hides_or_turns_text_is_named(text: str, names: list[str]) -> None:
    assert [name for _, name in parts(text) if name] == names
    assert "".join(piece for piece, _ in parts(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "می\u200cخواهم",
        "שלום",
        "👩\u200d💻 ❤\ufe0f",
        "ภาษา\u200bไทย",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    ],
)
def test_honest_uses_are_left_alone(text: str) -> None:
    assert [piece for piece, _ in parts(text)] == ([text] if text else [])


def test_markup_out_of_a_row_stays_text() -> None:
    assert unseen(f"<b>{ZERO_WIDTH}</b>") == (
        '&lt;b&gt;<span class="unseen" title="U+200B zero width space">U+200B</span>&lt;/b&gt;'
    )
    assert unseen(None) == "None" and unseen(7) == "7"


def test_rows_and_comparisons_show_them(people: People) -> None:
    dataset = make_dataset(people.olga, people.team)
    first = commit(people.olga, dataset, jsonl([{"id": 1, "text": "Good day"}]))
    commit(people.olga, dataset, jsonl([{"id": 1, "text": f"Good {OVERRIDE}yad{POP}"}]))
    page = make_browser(people.olga).get(f"/data/versions/{first.pk + 1}/rows/").content.decode()
    assert OVERRIDE not in page and 'title="U+202E right-to-left override"' in page
