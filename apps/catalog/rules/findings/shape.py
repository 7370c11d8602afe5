"""What the page of a scan shows of one check: a sentence, figures, tables, drawings, and how it was looked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.core import formatting
from apps.core.charts import Axis, Bar, Chart, bar_chart

GOOD, WARNING, BAD, UNKNOWN = "good", "warning", "bad", "unknown"
_SHORT = "API AWS CF DE DNA ES FI IBAN IP IT ITIN JSON MAC NHS NIE NIF NINO PESEL PL SE SSN UK URL US"
_ACRONYMS = {word.lower(): word for word in _SHORT.split()} | {"github": "GitHub", "gitlab": "GitLab", "npm": "npm"}
MOST_ROWS = 12  # row numbers, or lines of a table, that are told


@dataclass(frozen=True)
class Tile:
    """One figure."""

    label: str
    value: str
    tone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Lines of words and numbers, written out. The first cell of a line names it."""

    caption: str
    heads: tuple[Head, ...]
    lines: list[list[str]]
    note: str = ""

    @property
    def cells(self) -> list[list[tuple[Head, str]]]:
        """Each line with the heads of its cells."""
        return [list(zip(self.heads, line, strict=True)) for line in self.lines]


@dataclass(frozen=True)
class Shown:
    """One check as the page shows it."""

    key: str
    title: str
    tone: str
    headline: str
    tiles: list[Tile] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    method: str = ""
    error_rate: str = ""
    not_looked_for: list[str] = field(default_factory=list)
    rows_scanned: int = 0


def count(value: Any) -> str:
    """A number as people read it; a dash for none."""
    return formatting.number(value) if isinstance(value, int | float) and not isinstance(value, bool) else "–"


def share(value: Any) -> str:
    """A share as per cent; a dash for none."""
    return formatting.percent(value) if isinstance(value, int | float) and not isinstance(value, bool) else "–"


def plural(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``2 rows``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


class RowList(str):
    """Numbers of rows, written out; `numbers` are those that are told, so that a page can lead to each of them."""

    numbers: tuple[int, ...] = ()
    has_more: bool = False


def row_list(rows: Iterable[Any] | None) -> RowList:
    """The first numbers of rows, and whether there are more. Scans count rows from 0, people from 1."""
    listed = [int(row) + 1 for row in rows or []]
    told, has_more = listed[:MOST_ROWS], len(listed) > MOST_ROWS
    words = RowList(", ".join(map(str, told)) + (", …" if has_more else ""))
    words.numbers, words.has_more = tuple(told), has_more
    return words


def sentence(name: str) -> str:
    """``EMAIL_ADDRESS`` as ``E-mail address``, ``US_SSN`` as ``US SSN``."""
    words = [_ACRONYMS.get(word, word) for word in name.replace("_", " ").strip().lower().split()]
    joined = " ".join(words).replace("email", "e-mail")
    return joined[:1].upper() + joined[1:]


def bars(title: str, unit: str, counts: Mapping[str, float] | Sequence[tuple[str, float]]) -> list[Chart]:
    """A drawing of counts, where there are at least two to compare."""
    pairs = list(counts.items()) if isinstance(counts, Mapping) else list(counts)
    if len(pairs) < 2:
        return []
    return [bar_chart(title, value=Axis(unit), bars=[Bar(label, float(value)) for label, value in pairs[:MOST_ROWS]])]


def of(section: Mapping[str, Any], key: str, title: str, tone: str, headline: str, **more: Any) -> Shown:
    """A check with what every section says of itself."""
    return Shown(
        key=key,
        title=title,
        tone=tone,
        headline=headline,
        method=str(section.get("method") or ""),
        error_rate=str(section.get("error_rate") or ""),
        not_looked_for=[str(words) for words in section.get("not_looked_for") or []],
        rows_scanned=int(section.get("rows_scanned") or 0),
        **more,
    )
