"""Numbers, sizes, durations, times and digests as words for people. The same words in pages, PDFs and tables.

Nothing here knows Django. A value that is not known is `UNKNOWN`, an em dash, never an empty string.
"""

from datetime import UTC, datetime, timedelta
from math import floor, isfinite, log10

UNKNOWN = "—"
_STEPS = (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float | int | None, digits: int | None = None) -> str:
    """`value` with thousands separators; `digits` decimals, or four significant figures when not given."""
    if value is None:
        return UNKNOWN
    if isinstance(value, float) and not isfinite(value):
        return {"inf": "∞", "-inf": "−∞"}.get(str(value), UNKNOWN)
    if digits is not None:
        return _minus(f"{value:,.{digits}f}")
    if float(value).is_integer():
        return _minus(f"{int(value):,}")
    return _minus(_significant(float(value)))


def _significant(value: float, figures: int = 4) -> str:
    magnitude = floor(log10(abs(value)))
    if magnitude < -4:
        # Not by division: below the smallest normal number the power of ten itself is 0.
        mantissa, _, power = f"{value:.{figures - 2}e}".partition("e")
        return f"{float(mantissa):g} × 10{str(int(power)).translate(_RAISED)}"
    text = f"{value:,.{max(figures - 1 - magnitude, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text


def percent(share: float | None, digits: int = 1) -> str:
    """A share between 0 and 1 as per cent."""
    return UNKNOWN if share is None else f"{number(share * 100, digits)} %"


def file_size(size: int | None) -> str:
    """Bytes with a binary unit (IEC 80000-13: 1 KiB is 1 024 bytes)."""
    if size is None:
        return UNKNOWN
    amount, units = float(size), ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    while amount >= 1023.95 and len(units) > 1:
        amount, units = amount / 1024, units[1:]
    return f"{int(amount)} B" if units[0] == "B" else f"{amount:,.1f} {units[0]}"


def duration(seconds: float | None) -> str:
    """A length of time with the two units that matter: `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 4 min`, `3 d 4 h`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 0.9995:
        return f"{round(seconds * 1000)} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for name, size, below, below_size in (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size:
            rest = whole % size // below_size
            return f"{whole // size} {name} {rest} {below}" if rest else f"{whole // size} {name}"
    return f"{whole} s"


def energy(kilowatt_hours: float | None) -> str:
    """Electrical energy in the unit that gives a readable number: mWh, Wh, kWh or MWh."""
    if kilowatt_hours is None:
        return UNKNOWN
    for unit, factor in (("MWh", 1e-3), ("kWh", 1.0), ("Wh", 1e3)):
        if abs(kilowatt_hours * factor) >= 1:
            return f"{number(float(f'{kilowatt_hours * factor:.3g}'))} {unit}"
    return f"{number(float(f'{kilowatt_hours * 1e6:.3g}'))} mWh"


def exact_utc(when: datetime | None) -> str:
    """`2026-11-22 05:43:41 UTC`."""
    return UNKNOWN if when is None else f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def ago(when: datetime | None, now: datetime) -> str:
    """The distance from `now` in the largest unit that fits: `just now`, `5 minutes ago`, `in 3 days`."""
    if when is None:
        return UNKNOWN
    distance = now - when
    seconds = abs(distance) // timedelta(seconds=1)
    if seconds < 45:
        return "just now"
    unit, size = next(((unit, size) for unit, size in _STEPS if seconds >= size), ("minute", 60))
    count = max(seconds // size, 1)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if distance > timedelta(0) else f"in {words}"


def digest_short(digest: str | None, length: int = 12) -> str:
    """The first characters of a digest, enough to tell it from its neighbours."""
    if not digest:
        return UNKNOWN
    return digest if len(digest) <= length + 1 else f"{digest[:length]}…"


_TERMS = {"sha256": "SHA-256", "kwh": "(kWh)", "gib": "(GiB)", "iso": "ISO", "eval": "evaluation", "grad": "gradient"}


def setting(name: str) -> str:
    """The name of a setting or a figure as a label: `energy_kwh` becomes `Energy (kWh)`."""
    words = " ".join(_TERMS.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


def sentence(word: str) -> str:
    """A stored word as a label: `not_applicable` becomes `Not applicable`."""
    text = str(word).replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]
