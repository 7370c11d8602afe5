"""Which tone and which icon stand for a state. A tone is one of good, warning, bad, unknown, info, neutral."""

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

TONES = ("good", "warning", "bad", "unknown", "info", "neutral")
_WORDS = {
    "good": "succeeded approved passed pass green ok complete completed resolved verified active accepted acknowledged"
    " allowed clean good intact live low met signed valid healthy yes measured",
    "warning": "lost stale amber warning pending waiting overdue partial medium expiring incomplete mitigating review"
    " flagged paused attention",
    "bad": "failed rejected red bad blocked broken refused revoked denied high critical alert error breached expired"
    " forbidden violated no",
    "unknown": "unknown unanswered missing undetermined",
    "info": "running candidate in_progress in-progress starting started imported submitted open info new",
    "neutral": "queued cancelled draft retired stopped declared not_applicable not-applicable archived closed neutral"
    " none superseded withdrawn waived",
}
_TONE_OF = {word: tone for tone, words in _WORDS.items() for word in words.split()}
_ICON_OF = {
    "queued": "queued",
    "running": "running",
    "starting": "running",
    "in_progress": "running",
    "pending": "queued",
    "waiting": "queued",
    "stale": "stale",
    "measured": "measured",
    "imported": "imported",
    "declared": "declared",
    "not_applicable": "not-applicable",
    "not-applicable": "not-applicable",
    "waived": "not-applicable",
    "signed": "sign",
    "revoked": "not-applicable",
    "cancelled": "not-applicable",
}
KNOWN_TONES = {
    "measured": "good",
    "imported": "good",
    "declared": "neutral",
    "unknown": "unknown",
    "not_applicable": "neutral",
    "stale": "warning",
}
KNOWN_MEANINGS = {
    "measured": "A run of this portal produced the answer.",
    "imported": "The answer was taken over from a document or tool outside this portal.",
    "declared": "A person stated the answer.",
    "unknown": "Nobody has answered yet.",
    "not_applicable": "A person gave a reason why the question does not apply.",
    "stale": "What the answer speaks of has changed since; it must be looked at again.",
}
_SPRITE = Path(__file__).resolve().parents[2] / "static" / "img" / "icons.svg"
_SVG = "{http://www.w3.org/2000/svg}"


def tone_of(state: object) -> str:
    """The tone for a state's stored word; a tone's own name is itself; a word nobody listed is neutral."""
    return _TONE_OF.get(str(state).strip().lower().replace(" ", "_"), "neutral")


def icon_of(state: object, tone: str) -> str:
    """The icon for a state's stored word: its own where it has one, otherwise its tone's."""
    return _ICON_OF.get(str(state).strip().lower().replace(" ", "_"), tone)


@cache
def icon_drawings() -> dict[str, str]:
    """Every icon's name and the markup inside its symbol, read once from static/img/icons.svg."""
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    symbols = ET.parse(_SPRITE).getroot().iter(f"{_SVG}symbol")  # noqa: S314 - our own file, not an upload
    return {str(symbol.get("id")): _inner(symbol) for symbol in symbols}


def _inner(symbol: ET.Element) -> str:
    return "".join(ET.tostring(shape, "unicode") for shape in symbol).replace(' xmlns="http://www.w3.org/2000/svg"', "")
