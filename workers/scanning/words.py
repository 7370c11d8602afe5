"""Words of texts as numbers, the same in every process and whatever their case."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

# A run of letters and digits; of scripts without spaces each character.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_KEPT = 300_000  # words remembered, about 50 MB
_LONGEST = 60  # letters of a word that is remembered


class _Numbers(dict[str, int]):
    def __missing__(self, word: str) -> int:
        if len(self) >= _KEPT:
            self.clear()
        digest = hashlib.blake2b(word.casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(digest, "little")
        if len(word) <= _LONGEST:
            self[word] = number
        return number


_numbers = _Numbers()


def of(text: str) -> list[str]:
    """The words of a text after Unicode NFKC, punctuation left out, case kept."""
    return _WORD.findall(text if text.isascii() else unicodedata.normalize("NFKC", text))


def numbered(texts: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Every word as a 64-bit number, one text behind the other, and the words of each text."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    values = (_numbers[word] for words in texts for word in words)
    return np.fromiter(values, dtype=np.uint64, count=int(lengths.sum())), lengths


def masked(words: Sequence[str]) -> str:
    """A passage without what could be a name or a number: only words in small Latin letters are shown."""
    return " ".join(word if word.isascii() and word.isalpha() and word.islower() else "•••" for word in words)
