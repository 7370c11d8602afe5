"""What the demo prints: numbered steps, and progress that does not flood the screen."""

import pytest

from workers.demo import pretraining
from workers.demo.telling import seldom, walk
from workers.tuning import base_model


def _fails() -> str:
    raise ValueError("no")


def test_steps_are_numbered_and_the_first_failure_ends_the_walk(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no"):
        walk((("First", lambda: "done"), ("Second", _fails), ("Third", lambda: "never")))
    told = capsys.readouterr().out
    assert "[ 1/3] First\n        done  (" in told
    assert "[ 2/3] Second" in told
    assert "Third" not in told


def test_progress_is_told_every_fifth_of_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    progress = seldom()
    for step in range(101):
        progress(step / 100, f"step {step}")
    assert capsys.readouterr().out.split() == [
        word for step in (0, 20, 40, 60, 80, 100) for word in ("·", "step", str(step))
    ]


def test_conversations_in_the_general_text_carry_roles() -> None:
    texts = pretraining.texts()
    talks = [text for text in texts if text.startswith(base_model.USER)]
    assert talks
    assert not [text for text in texts if "\t" in text]
    assert all(base_model.EOS + base_model.ASSISTANT in text for text in talks)
