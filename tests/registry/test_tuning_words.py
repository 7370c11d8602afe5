"""The settings of a tuning run are told in words that people understand, and none is forgotten."""

from apps.registry.rules import TUNING_SETTINGS
from apps.registry.rules.tuning_words import WORDS, settings_in_words


def test_every_setting_that_can_be_chosen_has_words() -> None:
    assert set(WORDS) >= TUNING_SETTINGS


def test_values_have_their_units() -> None:
    told = {
        one.label: one.value for one in settings_in_words({"max_steps": -1, "held_out_fraction": 0.2, "seed": 2026})
    }
    assert told == {"Rows kept from training": "20 %", "Most steps": "no limit", "Seed": "2026"}
    told = {one.label: one.value for one in settings_in_words({"batch_size": 8, "gradient_checkpointing": False})}
    assert told == {"Rows a step": "8 rows", "Memory saved by computing twice": "no"}
    assert settings_in_words({"device": "auto", "prompt_column": ""}) == []
