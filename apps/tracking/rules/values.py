"""What may stand in a metric, a parameter, a tag, a name and a time. Everything else is `Invalid`, in words."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from apps.core.errors import Invalid
from apps.tracking import rules

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
MOST = 2**63 - 1
_MARKS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Reading(NamedTuple):
    """One reading of a metric, checked. `value` is 0 where it is no number, as the table keeps it."""

    key: str
    value: float
    is_nan: bool
    timestamp: int  # milliseconds since 1970
    step: int
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""

    @property
    def rank(self) -> tuple[int, int, float]:
        """What decides which reading is the last one."""
        return self.step, self.timestamp, self.value


def time_of(milliseconds: float) -> datetime:
    """A time from milliseconds since 1970; one that no calendar holds becomes the nearest that it does."""
    try:
        return max(FIRST, min(LAST, EPOCH + timedelta(milliseconds=milliseconds)))
    except OverflowError:
        return FIRST if milliseconds < 0 else LAST


def millis_of(time: datetime) -> int:
    """Milliseconds since 1970."""
    return (time - EPOCH) // timedelta(milliseconds=1)


def number_shown(value: float, *, is_nan: bool = False) -> float | str:
    """A number as JSON holds it: what is none, or endless, as the words that protobuf has for it."""
    if is_nan or math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def reading_of(given: Mapping[str, Any], place: str = "") -> Reading:
    """A reading as a client sends it. Raises Invalid, which names the part at fault (`place` stands before it)."""
    value = _number(given.get("value"), f"{place}value")
    is_nan = math.isnan(value)
    digest, dataset = given.get("dataset_digest") or "", given.get("dataset_name") or ""
    if bool(digest) != bool(dataset):
        raise _wrong("Both dataset_name and dataset_digest must be provided if one is provided")
    return Reading(
        key=key_checked(given.get("key"), f"{place}key"),
        value=0.0 if is_nan else value,
        is_nan=is_nan,
        timestamp=whole(given.get("timestamp"), f"{place}timestamp"),
        step=whole(given.get("step") or 0, f"{place}step"),
        model_id=text(given.get("model_id") or "", f"{place}model_id", 34),
        dataset_name=text(dataset, f"{place}dataset_name", 500),
        dataset_digest=text(digest, f"{place}dataset_digest", 64),
    )


def readings_of(given: Sequence[Mapping[str, Any]]) -> list[Reading]:
    """The readings of a batch."""
    return [_plain(item) or reading_of(item, f"metrics[{place}].") for place, item in enumerate(given)]


def _plain(given: Mapping[str, Any]) -> Reading | None:
    """The reading where all is as it nearly always is; None where it takes a closer look."""
    key, value, timestamp, step = given.get("key"), given.get("value"), given.get("timestamp"), given.get("step", 0)
    model, dataset = given.get("model_id", ""), given.get("dataset_name") or given.get("dataset_digest")
    is_plain = (
        (type(key) is str and len(key) <= rules.LONGEST_KEY and bool(key.strip()) and "\x00" not in key)
        and ((type(value) is float and math.isfinite(value)) or (type(value) is int and abs(value) < 2**53))
        and (type(timestamp) is int and abs(timestamp) < MOST and type(step) is int and abs(step) < MOST)
        and (model == "" and not dataset)
    )
    return Reading(str(key), float(value or 0), False, int(timestamp or 0), step) if is_plain else None


def batch_checked(metrics: Sequence[object], params: Sequence[object], tags: Sequence[object]) -> None:
    """Raises Invalid for a batch larger than the protocol allows."""
    limits = (("metrics", metrics, rules.MOST_METRICS), ("params", params, rules.MOST_PARAMS))
    for name, items, most in (*limits, ("tags", tags, rules.MOST_TAGS)):
        if len(items) > most:
            raise _wrong(
                f"A batch logging request can contain at most {most} {name}. Got {len(items)} {name}. Please split up "
                f"{name} across multiple requests and try again."
            )
    total = len(metrics) + len(params) + len(tags)
    if total > rules.MOST_ENTITIES:
        raise _wrong(f"A batch logging request can contain at most {rules.MOST_ENTITIES} items; this one has {total}.")


def key_checked(key: Any, name: str = "key") -> str:
    """The name of a metric, a parameter or a tag."""
    return filled(key, name, rules.LONGEST_KEY)


def filled(value: Any, name: str, most: int) -> str:
    """A text that must be there."""
    if not isinstance(value, str) or not value.strip():
        raise _wrong(f"Missing value for required parameter '{name}'. See the API docs for more information.")
    return text(value, name, most)


def param_checked(key: str, value: str) -> tuple[str, str]:
    """A parameter."""
    return key_checked(key), text(value, f"value of param '{key[:60]}'", rules.LONGEST_PARAM)


def tag_checked(key: str, value: str, most: int = rules.LONGEST_TAG) -> tuple[str, str]:
    """A tag. The history of logged models grows with the run, and is let grow."""
    most = rules.LONGEST_MODEL_HISTORY if key == rules.LOGGED_MODELS_TAG else most
    return key_checked(key), text(value, f"value of tag '{key[:60]}'", most)


def name_checked(name: Any, what: str) -> str:
    """The name of an experiment or the like."""
    if not isinstance(name, str) or not name.strip():
        raise _wrong(f"Invalid {what} name: '{name}'. A name is a text that is not empty.")
    return text(name, f"{what} name", rules.LONGEST_NAME)


def text(value: Any, name: str, most: int) -> str:
    """A text of at most so many characters."""
    if not isinstance(value, str):
        raise _wrong(f"Invalid value for parameter '{name}' supplied: it must be a string.")
    if len(value) > most:
        raise _wrong(f"'{name}' exceeds the maximum length of {most} characters: it has {len(value)}.")
    if "\x00" in value:
        raise _wrong(f"'{name}' holds a NUL character, which cannot be stored.")
    return value


def whole(value: Any, name: str) -> int:
    """A whole number of 64 bits; digits in a string are one too."""
    try:
        number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
        number = int(value) if isinstance(value, float) and value.is_integer() else number
    except ValueError:
        number = None
    if number is None or not -MOST - 1 <= number <= MOST:
        raise _wrong(f"Invalid value {str(value)[:60]!r} for parameter '{name}' supplied: it must be a whole number.")
    return number


def _number(value: Any, name: str) -> float:
    if isinstance(value, str) and value in _MARKS:
        return _MARKS[value]
    if value is None:
        raise _wrong(f"Missing value for required parameter '{name}'.")
    try:
        return float(value) if not isinstance(value, bool) else float(int(value))
    except (TypeError, ValueError, OverflowError):
        raise _wrong(f"Got invalid value {str(value)[:60]!r} for metric '{name}': it must be a number.") from None


def _wrong(message: str) -> Invalid:
    return Invalid(message, code="tracking.invalid")
