"""How much training data there is of each modality, and the range of the template of the AI Office that it falls into.

Text is counted from scans (the check `text`: a quarter of the bytes in UTF-8 for a token); images, sound and film are
what a datasheet says under `amounts`: `{"images": 1200, "audio_hours": 3.5, "video_hours": 0.5, "other": "…"}`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.checklist.rules.status import DECLARED, IMPORTED, MEASURED
from apps.core.formatting import number
from apps.reports.rules.documents.content import Known
from apps.reports.rules.documents.filling.facts import Facts

BYTES_A_TOKEN = 4
ESTIMATED = "estimated"


@dataclass(frozen=True)
class Modality:
    """One row of table 1.3 of the template: a size below `bounds[0]`, up to and with `bounds[1]`, or above."""

    id: str
    title: str
    unit: str
    amount: str
    bounds: tuple[float, float]
    ranges: tuple[str, str, str]


MODALITIES = (
    Modality(
        "text",
        "Text",
        "tokens",
        "tokens",
        (1e9, 1e13),
        ("Less than 1 billion tokens", "1 billion to 10 trillion tokens", "More than 10 trillion tokens"),
    ),
    Modality(
        "image",
        "Image",
        "images",
        "images",
        (1e6, 1e9),
        ("Less than 1 million images", "1 million to 1 billion images", "More than 1 billion images"),
    ),
    Modality(
        "audio",
        "Audio",
        "hours",
        "audio_hours",
        (1e4, 1e6),
        ("Less than 10,000 hours", "10,000 to 1 million hours", "More than 1 million hours"),
    ),
    Modality(
        "video",
        "Video",
        "hours",
        "video_hours",
        (1e4, 1e6),
        ("Less than 10,000 hours", "10,000 to 1 million hours", "More than 1 million hours"),
    ),
)


@dataclass(frozen=True)
class Amount:
    """What one dataset version holds of one modality. `how` is measured, declared, imported or estimated."""

    data: dict[str, Any]
    modality: str
    value: float
    how: str

    @property
    def known(self) -> Known:
        """Where the figure comes from."""
        label, digest = self.data["label"], str(self.data.get("digest") or "")
        if self.how == MEASURED:
            scan = self.data.get("scan") or {}
            return Known(MEASURED, f"Scan of {label}: length of texts", str(scan.get("finished_at") or ""), digest)
        if self.how == ESTIMATED:
            return Known(MEASURED, f"Size of the file of {label}", str(self.data.get("created_at") or ""), digest)
        return Known(self.how, f"Datasheet of {label}", "", str(self.data.get("provenance_digest") or ""))


def range_of(modality: Modality, value: float) -> str:
    """The template's range that an amount falls into; both limits belong to the middle one."""
    low, high = modality.bounds
    return modality.ranges[0 if value < low else 1 if value <= high else 2]


def rounded(value: float, figures: int = 2) -> str:
    """About how many, with two significant figures in words where that is shorter: `about 1.2 million`."""
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{number(float(f'{value / size:.{figures}g}'))} {name}"
    return number(float(f"{value:.{figures}g}"))


def section_of(data: dict[str, Any], check: str) -> dict[str, Any]:
    """What the newest scan of a dataset version that had this check found; empty where there was none."""
    found = ((data.get("scan") or {}).get("result") or {}).get(check)
    return found if isinstance(found, dict) else {}


def amounts(facts: Facts) -> list[Amount]:
    """Every amount of every dataset version that the model was trained on."""
    return [amount for data in facts.training_data for amount in _of(data)]


def amount_problems(data: Iterable[dict[str, Any]]) -> list[str]:
    """Amounts of datasheets that are no numbers, each as a sentence."""
    found = []
    for one in data:
        for modality in MODALITIES[1:]:
            said = _declared(one).get(modality.amount)
            if said is not None and _figure(said) is None:
                found.append(f"The datasheet of {one['label']} gives {modality.amount} that are no number: {said}.")
    return found


def others(facts: Facts) -> list[str]:
    """What datasheets say of other modalities, in their words."""
    return [str(_declared(data)["other"]) for data in facts.training_data if _declared(data).get("other")]


def _of(data: dict[str, Any]) -> list[Amount]:
    found = [_text(data)]
    how = IMPORTED if (data.get("provenance") or {}).get("imported_from") else DECLARED
    for modality in MODALITIES[1:]:
        value = _figure(_declared(data).get(modality.amount))
        if value:
            found.append(Amount(data, modality.id, value, how))
    return found


def _text(data: dict[str, Any]) -> Amount:
    lengths = section_of(data, "text").get("length") or {}
    measured = _figure((lengths.get("tokens") or {}).get("total"))
    if measured is not None:
        return Amount(data, "text", measured, MEASURED)
    return Amount(data, "text", (data.get("size") or 0) / BYTES_A_TOKEN, ESTIMATED)


def _declared(data: dict[str, Any]) -> dict[str, Any]:
    said = (data.get("provenance") or {}).get("amounts")
    return said if isinstance(said, dict) else {}


def _figure(value: Any) -> float | None:
    """A number of a record, also where somebody typed it as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        figure = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return figure if 0 <= figure < float("inf") else None
