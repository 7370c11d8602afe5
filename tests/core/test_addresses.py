"""Sentences that name a page lead there, and nothing else in them is taken for markup."""

import pytest

from apps.core.templatetags.portal_ui.values import addresses


def test_an_address_in_a_sentence_can_be_followed() -> None:
    assert addresses("See /models/4/.") == 'See <a href="/models/4/">/models/4/</a>.'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("<b>/x</b>", "&lt;b&gt;/x&lt;/b&gt;"),
        ("https://example.org/a/", "https://example.org/a/"),
        ("//example.org/a/", "//example.org/a/"),
        ("at /api/v1/runs/", "at /api/v1/runs/"),
        ("a \"/b/' quoted", "a &quot;/b/&#x27; quoted"),
        ("/srv/files/model.bin", "/srv/files/model.bin"),
    ],
)
def test_nothing_else_becomes_a_link_or_markup(words: str, told: str) -> None:
    assert addresses(words) == told
