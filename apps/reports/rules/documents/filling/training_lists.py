"""Section 2 of the public summary of training content: what is told of the sources of each kind."""

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from apps.catalog.rules.datasheets import in_words
from apps.core.formatting import percent
from apps.reports.rules.documents.content import NOTHING, Bullets, FactList, Filled, Paragraph, Table
from apps.reports.rules.documents.filling.facts import Facts
from apps.reports.rules.documents.filling.registry import filler
from apps.reports.rules.documents.filling.training_sizes import amounts, rounded, section_of
from apps.reports.rules.documents.filling.training_sources import (
    CRAWLED,
    OTHER,
    PRIVATE,
    PUBLIC,
    SECRET,
    SYNTHETIC,
    USER,
    Share,
    declared_share,
    of_kind,
    scan_known,
    sheet_known,
    source_known,
    told_name,
)
from apps.reports.rules.documents.filling.training_traits import month

LARGE = 0.03  # of all publicly available data of a modality: the template's bound for a large dataset


@filler("summary.public_list")
def public_list(facts: Facts) -> Filled:
    """Publicly available datasets with link, licence and share."""
    found = of_kind(facts, PUBLIC)
    if not found:
        return NOTHING
    sizes = _tokens_of(found, facts)
    total = sum(size for size in sizes if size is not None)
    rows = tuple(_public(one, size, total) for one, size in zip(found, sizes, strict=True))
    unsized = [one.name for one, size in zip(found, sizes, strict=True) if size is None]
    missing = (f"Which share of its dataset {', '.join(unsized)} makes up is not on record.",) if unsized else ()
    columns = ("Dataset", "Link", "Licence", "Period", "Tokens", "Share of public text")
    note = Paragraph("Large are datasets with more than 3 % of all publicly available training data of a modality.")
    table = Table("Publicly available datasets", columns, rows, frozenset({4}))
    return Filled((table, note), tuple(source_known(one) for one in found), missing)


def _public(one: Share, size: float | None, total: float) -> tuple[str, ...]:
    share = None if size is None or not total else size / total
    part = "not known" if share is None else f"{percent(share)}{', large' if share > LARGE else ''}"
    tokens = "—" if size is None else rounded(size)
    return (one.name, _link(one), str(one.source.get("licence") or "—"), _period([one]), tokens, part)


def _tokens_of(found: list[Share], facts: Facts) -> list[float | None]:
    """The tokens of each source: its share of its dataset, or all of them where it is the only source; None where its
    share is not on record."""
    tokens = {one.data["id"]: one.value for one in amounts(facts) if one.modality == "text"}
    return [None if (part := _part(one)) is None else tokens[one.data["id"]] * part for one in found]


def _part(one: Share) -> float | None:
    return 1.0 if one.share is None and len(one.data["sources"]) == 1 else one.share


def _period(found: list[Share]) -> str:
    """The months of the first and the last collection, as the template writes them: `01/2025 to 10/2026`."""
    starts = [str(one.source["collected_from"]) for one in found if one.source.get("collected_from")]
    ends = [str(one.source["collected_to"]) for one in found if one.source.get("collected_to")]
    if not starts and not ends:
        return "—"
    return f"{_first(starts, min)} to {_first(ends, max)}"


def _first(days: list[str], of: Any) -> str:
    return month(of(days)) if days else "not recorded"


def _described(facts: Facts, kind: str, title: str) -> Filled:
    """The sources of one kind with what they hold; of confidential ones neither name nor link."""
    found = of_kind(facts, kind)
    if not found:
        return NOTHING
    silent = dict.fromkeys(told_name(one) for one in found if not one.source.get("description"))
    missing = (f"What {', '.join(silent)} holds is not described.",) if silent else ()
    columns = ("Source", "How it came into being", "What it holds", "Period", "Link")
    table = Table(title, columns, tuple(_row(one) for one in found))
    return Filled((table,), tuple(dict.fromkeys(source_known(one) for one in found)), missing)


def _row(one: Share) -> tuple[str, ...]:
    words = str(one.source.get("collection_words") or "—")
    return (told_name(one), words, str(one.source.get("description") or "—"), _period([one]), _link(one))


def _link(one: Share) -> str:
    return "—" if one.source.get("confidentiality") in SECRET else str(one.source.get("url") or "—")


@filler("summary.private_list")
def private_list(facts: Facts) -> Filled:
    """Private datasets from third parties."""
    return _described(facts, PRIVATE, "Private datasets from third parties")


@filler("summary.crawl_list")
def crawl_list(facts: Facts) -> Filled:
    """Online sources that were crawled."""
    return _described(facts, CRAWLED, "Online sources that were crawled")


@filler("summary.user_list")
def user_list(facts: Facts) -> Filled:
    """Services that gave data from users."""
    return _described(facts, USER, "Data from users")


@filler("summary.other_list")
def other_list(facts: Facts) -> Filled:
    """Other sources of training data."""
    return _described(facts, OTHER, "Other sources")


@filler("summary.unsorted")
def unsorted(facts: Facts) -> Filled:
    """Sources that only a datasheet names, without the kind they are of."""
    rows, known = [], []
    for data in facts.training_data:
        named = (data.get("provenance") or {}).get("sources")
        if named and not data.get("sources"):
            rows.append((data["label"], "; ".join(in_words(named))))
            known.append(sheet_known(data))
    if not rows:
        return NOTHING
    labels = ", ".join(label for label, _ in rows)
    missing = f"Of which kind the sources are that the datasheet of {labels} names is not on record."
    return Filled((FactList(tuple(rows)),), tuple(known), (missing,))


@filler("summary.crawl_period")
def crawl_period(facts: Facts) -> Filled:
    """The period in which online sources were crawled."""
    found = of_kind(facts, CRAWLED)
    dated = [one for one in found if one.source.get("collected_from") and one.source.get("collected_to")]
    undated = dict.fromkeys(told_name(one) for one in found if one not in dated)
    missing = (f"The period of collection from {', '.join(undated)} is not on record.",) if undated else ()
    if not dated:
        return Filled(missing=missing)
    rows = (("Period of collection", _period(dated)),)
    return Filled((FactList(rows),), tuple(source_known(one) for one in dated), missing)


@filler("summary.crawl_domains")
def crawl_domains(facts: Facts) -> Filled:
    """Domains that were crawled, those with the largest share of the rows first."""
    found = [one for one in of_kind(facts, CRAWLED) if _domain(one)]
    rows = Counter[str]()
    for one in found:
        rows[_domain(one)] += round((_part(one) or 0.0) * (one.data.get("rows") or 0))
    if not rows:
        return NOTHING
    total = sum(rows.values())
    ordered = sorted(rows, key=lambda name: (-rows[name], name))
    told = tuple((name, percent(rows[name] / total) if total else "—") for name in ordered)
    table = Table("Domains on record", ("Domain", "Share of the crawled rows"), told, frozenset({1}))
    return Filled((table,), tuple(source_known(one) for one in found))


def _domain(one: Share) -> str:
    return (urlsplit(str(one.source.get("url") or "")).hostname or "").removeprefix("www.")


@filler("summary.synthetic_list")
def synthetic_list(facts: Facts) -> Filled:
    """How much of the training data machines wrote, as declared and as estimated."""
    rows, known = [], []
    for data in facts.training_data:
        section, said = section_of(data, "generated"), declared_share(data)
        if section or said is not None:
            rows.append((data["label"], percent(said), _estimate(section)))
        known += [sheet_known(data)] if said is not None else []
        known += [scan_known(data, "share written by machines")] if section else []
    if not rows:
        return NOTHING
    columns = ("Data", "Declared share", "Estimated share (95 % interval)")
    return Filled((Table("Text written by machines", columns, tuple(rows)),), tuple(known))


def _estimate(section: dict[str, Any]) -> str:
    found = [section.get(name) for name in ("estimate", "low", "high")]
    share, low, high = (value if isinstance(value, int | float) else None for value in found)
    return "—" if share is None else f"{percent(share)} ({percent(low)} to {percent(high)})"


@filler("summary.synthetic_models")
def synthetic_models(facts: Facts) -> Filled:
    """Models that made synthetic training data."""
    made = [
        (told_name(one), one.source.get("issuer") or one.source.get("origin"), source_known(one))
        for one in of_kind(facts, SYNTHETIC)
    ]
    for data in facts.training_data:
        said = (data.get("provenance") or {}).get("generated_by")
        made += [(data["label"], " ".join(in_words(said)), sheet_known(data))] if said else []
    lines = tuple(f"{name}: {by}" for name, by, _ in made if by)
    silent = dict.fromkeys(name for name, by, _ in made if not by)
    missing = (f"Which model made {', '.join(silent)} is not on record.",) if silent else ()
    if not lines:
        return Filled(missing=missing)
    return Filled((Bullets(lines),), tuple(dict.fromkeys(known for _, by, known in made if by)), missing)
