"""The language of a text, by the naive Bayes model over byte n-grams that py3langid carries (139 languages, offline).

M. Lui and T. Baldwin, "langid.py: an off-the-shelf language identification tool" (2012); the fork is
maintained by A. Barbaresi.
"""

import re
from functools import cache
from importlib.metadata import version

from py3langid.langid import MODEL_FILE, LanguageIdentifier

READ = 200  # characters of a row that are judged, half as many beyond ASCII; more change little and cost time
LEAST_LETTERS = 15  # a name or a number has no language
SURE = 0.5  # probability from which a row counts as a language; the rest is told as uncertain
# By tests/workers/scanning/test_text.py.
MEASURED = "all of 57 labelled sentences of 30 to 70 characters in 19 languages were told right, 56 of them as certain"
PACKAGES = {"py3langid": version("py3langid")}
_NOT_LANGUAGE = re.compile(r"https?://\S+|\S+@\S+|[\d_#*<>{}\[\]|=/\\]+")
NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nb": "Norwegian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


@cache
def _model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def of(text: str) -> tuple[str, float]:
    """ISO 639-1 code and its probability; empty and 0.0 where there are too few letters to tell."""
    start = text[:READ]  # other scripts take two or three bytes a letter, and tell a language by fewer letters
    words = _NOT_LANGUAGE.sub(" ", start if start.isascii() else start[: READ // 2])
    letters = sum(map(str.isalpha, words[: 4 * LEAST_LETTERS]))
    if letters < (LEAST_LETTERS if words.isascii() else LEAST_LETTERS // 3):
        return "", 0.0
    code, probability = _model().classify(words)
    return str(code), float(probability)
