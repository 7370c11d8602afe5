"""The training content of a small model, told well: snapshots made by hand that summaries of it are made from."""

import copy
from collections.abc import Callable
from typing import Any

from apps.reports.rules.documents.assembling import assemble
from apps.reports.rules.documents.content import Document
from apps.reports.rules.documents.filling.facts import TRAINING, Facts
from apps.reports.rules.documents.reading import document_specs
from tests.reports import small_facts as small
from tests.reports.small_facts import Json

SUMMARY = {
    "urn": "urn:genaiops:framework:training-content-summary",
    "version": 1,
    "title": "Public summary of training content (Article 53(1)(d))",
}
FORM = {
    "urn": "urn:genaiops:framework:gpai-model-documentation",
    "version": 1,
    "title": "GPAI Code of Practice: Model Documentation Form",
}
SLUG = "training-content-summary"
WORDS = {
    "summary-version": "1.0",
    "earlier-versions": "This is the first version of the summary.",
    "published": "https://desk.example/models/helper/training-summary and on the page of each download.",
    "contact": "training-data@desk.example, read by those who answer for the data.",
    "base-summary": "The summary of Base v1 is at https://models.example/base-v1/summary",
    "content-types": "Questions and answers of a help desk's staff, and posts of a public forum on office equipment.",
    "languages": "Nearly all rows are English. German is there in a few rows, other languages are not.",
    "characteristics": "The content comes from offices in Ireland and Germany and was written in 2025 and 2026.",
    "public-large": "The dump of the forum of June 2025 was used as a whole, without its private messages.",
    "other-content": "Staff of the help desk wrote questions and answers from memory, in their working time.",
    "reservations": "We read robots.txt and the terms of each site before we take anything. Reserved pages stay out.",
    "illegal-content": "Every dataset is scanned for personal data and hurtful language. Such rows are removed.",
}
NO: tuple[str, ...] = ("acquisition-continues", "licensed-used", "private-used", "crawled", "synthetic-used")
NO += ("user-interactions", "user-services")
YES = ("public-used", "other-used", "signatory")
DECLINED = {
    "representative": "The provider is established in the Union, in Ireland.",
    "public-other": "The list above names every public dataset.",
    "other-sizes": "The training data hold nothing but text.",
    "further": "There is nothing to add to the fields above.",
}
ORGANISATION = {"name": "Desk Works Ltd", "address": "1 Harbour Street, Cork", "contact": "contact@desk.example"}


def yes_no(pk: str, yes: bool) -> Json:
    """A question that was answered with yes or no."""
    return small.question(pk, value={"yes": yes}, value_words="Yes" if yes else "No")


def answers() -> dict[str, Json]:
    """Every question of the summary, well answered."""
    told = {name: small.question(name, text=text) for name, text in WORDS.items()}
    told |= {name: yes_no(name, False) for name in NO} | {name: yes_no(name, True) for name in YES}
    return told | {name: small.question(name, "not_applicable", reason=why) for name, why in DECLINED.items()}


def text_check(tokens: int = 1_200_000) -> Json:
    """What a scan found about ten rows of text."""
    languages = [{"code": "en", "name": "English", "rows": 8}, {"code": "de", "name": "German", "rows": 1}]
    length = {"tokens": {"total": tokens}}
    return {"language": {"languages": languages}, "length": length, "rows_scanned": 10}


def forum(**more: Any) -> Json:
    """A public dataset that somebody offers for download."""
    told = {"collection_method": "feeds-file-feed-info", "share": 0.6, "description": "Posts on office equipment."}
    return small.source(**(told | {"url": "https://forum.example/dump"} | more))


def staff(**more: Any) -> Json:
    """What staff wrote."""
    told = {
        "name": "Help desk",
        "collection_method": "primary-user-source-other",
        "share": 0.4,
        "url": "",
        "licence": "",
    }
    told |= {"description": "Questions and answers from memory.", "collected_to": "2026-01-31", "confidentiality": ""}
    return small.source(**(told | {"collection_words": "Asked of people: other", "digest": "7" * 64} | more))


def data(**more: Any) -> Json:
    """One dataset version from two sources, with a scan."""
    checks = {"text": text_check(), "personal_data": {"rows": 1}, "toxicity": {"rows": 0}}
    sheet = {"ai_generated": {"share": 0.0}, "content_types": "Forum posts; questions and answers"}
    told = {"used_as": [TRAINING], "sources": [forum(), staff()], "scan": small.scan(**checks), "provenance": sheet}
    return small.dataset(**(told | more))


def raw(*, said: dict[str, Json] | None = None, datasets: list[Json] | None = None, **more: Any) -> Json:
    """A whole snapshot. `said` are the answers of the summary's assessment, all of them if left out."""
    asked = answers() if said is None else said
    form = {"market-date": small.question("market-date", text="02/03/2026")}
    form |= {"model-name": small.question("model-name", text="Helper, version 2")}
    assessments = [
        small.assessment(*asked.values(), framework=SUMMARY),
        small.assessment(*form.values(), framework=FORM),
    ]
    told = {"organisation": ORGANISATION, "versions": [small.version()], "assessments": assessments}
    return copy.deepcopy(small.small(**(told | {"datasets": datasets or [data()]} | more)).raw)


def facts(**more: Any) -> Facts:
    """The same, read."""
    return Facts(raw(**more))


def changed(change: Callable[[Json], object]) -> Facts:
    """A snapshot in which something is not as it should be."""
    told = raw()
    change(told)
    return Facts(told)


def question_in(told: Json, pk: str) -> Json:
    """One question of the snapshot."""
    every = [one for each in told["assessments"] for group in each["groups"] for one in group["questions"]]
    return next(one for one in every if one["id"] == pk)


def say(told: Json, pk: str, text: str) -> None:
    """Put other words into an answer."""
    question_in(told, pk)["answer"]["text"] = text


def document(of: Facts, slug: str = SLUG, audience: str = "") -> Document:
    """A finished document."""
    spec = document_specs()[slug]
    return assemble(spec, of, audience=audience, made_at=small.AT, snapshot_digest="0" * 64)
