"""Into which kind of the template of the AI Office each recorded source of training data falls, and whether a kind was
used at all: by the records, by an answer, or not known."""

from dataclasses import dataclass
from typing import Any

from apps.catalog.rules.sources import is_machine_made
from apps.checklist.rules.status import DECLARED, MEASURED
from apps.reports.rules.documents.content import Known
from apps.reports.rules.documents.filling.facts import Facts

SUMMARY = "urn:genaiops:framework:training-content-summary"
PUBLIC, LICENSED, PRIVATE, CRAWLED, USER, SYNTHETIC, OTHER = (
    "public",
    "licensed",
    "private",
    "crawled",
    "user",
    "synthetic",
    "other",
)
# What is used, as the subject of “… used for training”.
KINDS = {
    PUBLIC: "Publicly available datasets",
    LICENSED: "Datasets licensed by rights holders",
    PRIVATE: "Other private datasets from third parties",
    CRAWLED: "Data crawled and scraped from online sources",
    USER: "Data from users",
    SYNTHETIC: "Synthetic data",
    OTHER: "Data from other sources",
}
# The yes-or-no questions of the framework that speak of each kind; a yes to one of them is a yes.
QUESTIONS = {
    PUBLIC: ("public-used",),
    LICENSED: ("licensed-used",),
    PRIVATE: ("private-used",),
    CRAWLED: ("crawled",),
    USER: ("user-interactions", "user-services"),
    SYNTHETIC: ("synthetic-used",),
    OTHER: ("other-used",),
}
_BY_METHOD = (
    ("web-scraping-", CRAWLED),
    ("social-media-", CRAWLED),
    ("syndication-", LICENSED),
    ("user-generated-content-", USER),
    ("primary-user-source-", OTHER),
    ("sensor-and-iot-", OTHER),
    ("simulations-", OTHER),
)
_SAYS_NOTHING = ("", "other-na")
SECRET = ("confidential", "restricted")


@dataclass(frozen=True)
class Share:
    """One source of one dataset version. `share` is its part of the rows, None where nobody said."""

    data: dict[str, Any]
    source: dict[str, Any]
    share: float | None

    @property
    def kind(self) -> str:
        """The kind of the template it falls into; empty where the record does not tell."""
        return kind_of(self.source)

    @property
    def name(self) -> str:
        """The name of the source."""
        return str(self.source["name"])


@dataclass(frozen=True)
class Use:
    """Whether a kind of source was used: `recorded` by the sources on record, `answered` by people; None: not known."""

    kind: str
    recorded: bool | None
    answered: bool | None

    @property
    def is_used(self) -> bool | None:
        """Both together: a yes of either counts, a no needs one of them and no yes."""
        found = {self.recorded, self.answered} - {None}
        return None if not found else True in found

    @property
    def contradiction(self) -> str:
        """The sentence on an answer that the record contradicts; empty where there is none."""
        if self.answered is False and self.recorded is True:
            return (
                f"{KINDS[self.kind]}: the answer says that none were used, but at least one source on record is such a"
                " source."
            )
        return ""


def kind_of(source: dict[str, Any]) -> str:
    """The template's kind for one source, by how its content came into being and on which terms it is offered."""
    method = str(source.get("collection_method") or "")
    if is_machine_made(method) or (source.get("machine_generated") or 0) >= 1:
        return SYNTHETIC
    for start, kind in _BY_METHOD:
        if method.startswith(start):
            return kind
    if source.get("url") and source.get("licence"):
        return PUBLIC
    if method.startswith("feeds-"):
        return PRIVATE
    return "" if method in _SAYS_NOTHING else OTHER


def shares(facts: Facts) -> list[Share]:
    """Every source of every dataset version that the model was trained on, hidden ones left out."""
    return [
        Share(data, source, source.get("share"))
        for data in facts.training_data
        for source in data.get("sources") or ()
        if not source.get("is_hidden")
    ]


def of_kind(facts: Facts, kind: str) -> list[Share]:
    """The recorded sources of one kind."""
    return [one for one in shares(facts) if one.kind == kind]


def use_of(facts: Facts, kind: str) -> Use:
    """Whether this kind of source was used."""
    return Use(kind, _recorded(facts, kind), _any([answer(facts, name) for name in QUESTIONS[kind]]))


def answer(facts: Facts, question: str) -> bool | None:
    """What was answered to a yes-or-no question of the summary's framework; None where nobody answered."""
    found = facts.answer(SUMMARY, question)
    value = ((found.answer or {}).get("value") or {}) if found else {}
    said = value.get("yes") if isinstance(value, dict) else None
    return said if isinstance(said, bool) else None


def undescribed(facts: Facts) -> list[str]:
    """Dataset versions whose sources are not all on record with how they came into being."""
    return [str(data["label"]) for data in facts.training_data if not _is_described(data)]


def _recorded(facts: Facts, kind: str) -> bool | None:
    """A yes needs one such source; a no needs every dataset version to have all its sources described."""
    if of_kind(facts, kind):
        return True
    declared = [declared_share(data) for data in facts.training_data] if kind == SYNTHETIC else []
    if any(declared):
        return True
    if declared and None not in declared:
        return False
    return False if facts.training_data and not undescribed(facts) else None


def _is_described(data: dict[str, Any]) -> bool:
    sources = data.get("sources") or []
    return bool(sources) and all(not one.get("is_hidden") and kind_of(one) for one in sources)


def declared_share(data: dict[str, Any]) -> float | None:
    """The share made by AI that a datasheet declares, 0 to 1; None where it says nothing."""
    said = (data.get("provenance") or {}).get("ai_generated")
    share = said.get("share") if isinstance(said, dict) else None
    return float(share) if isinstance(share, int | float) and not isinstance(share, bool) else None


def _any(said: list[bool | None]) -> bool | None:
    if True in said:
        return True
    return False if said and None not in said else None


def told_name(one: Share) -> str:
    """The name of a source as the public may read it: that of a confidential one is not told."""
    return "a confidential source" if one.source.get("confidentiality") in SECRET else one.name


def source_known(one: Share) -> Known:
    """How a source is known: somebody recorded it; the digest is that of its record."""
    source = one.source
    title = f"Source “{told_name(one)}”"
    return Known(DECLARED, title, str(source.get("changed_at") or ""), str(source.get("digest") or ""))


def sheet_known(data: dict[str, Any]) -> Known:
    """How a statement of a datasheet is known; the digest changes with every word of it."""
    return Known(DECLARED, f"Datasheet of {data['label']}", "", str(data.get("provenance_digest") or ""))


def scan_known(data: dict[str, Any], what: str) -> Known:
    """How a finding of the newest scan is known."""
    at = str((data.get("scan") or {}).get("finished_at") or "")
    return Known(MEASURED, f"Scan of {data['label']}: {what}", at, str(data.get("digest") or ""))
