"""Setting one part by WeasyPrint: tagged for assistive technology (PDF/UA-1), and what joining it needs to know."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from weasyprint import HTML

from apps.core.press.files import StaticFiles
from apps.core.press.tagging import tidy

POINTS = 0.75  # of a CSS pixel: 1/96 inch in 1/72 inch
VARIANT = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}


@dataclass(frozen=True)
class Facts:
    """What is known of a part once it is set. Places are (page in this part, x, y) in points from below left;
    `bookmarks` are (level, title, page, x, y, state); `pages` are the names of the pages' kinds."""

    pages: list[str]
    anchors: dict[str, tuple[int, float, float]]
    bookmarks: list[tuple[int, str, int, float, float, str]]

    @classmethod
    def read(cls, path: Path) -> "Facts":
        """What `set_part` left beside the part."""
        return cls(**json.loads(path.read_text()))


def set_part(html: Path, *, base_url: str, files: StaticFiles, identifier: str, created: str, mark: str) -> None:
    """Set the part in `html` and write its PDF and its facts beside it. `mark` keeps names of table heads apart from
    those of other parts."""
    document = HTML(string=html.read_text(), base_url=base_url, url_fetcher=files).render(**VARIANT)
    if created:
        document.metadata.created = document.metadata.modified = created
    document.write_pdf(
        str(html.with_suffix(".pdf")),
        pdf_identifier=identifier.encode()[:32],
        finisher=lambda _, pdf: tidy(pdf, mark),
        **VARIANT,
    )
    html.with_suffix(".json").write_text(json.dumps(asdict(_facts(document))))


def set_numbers(html: Path, *, base_url: str, files: StaticFiles) -> None:
    """Set pages that hold nothing but their number; no tags, because they are laid over others as artifacts."""
    HTML(string=html.read_text(), base_url=base_url, url_fetcher=files).write_pdf(str(html.with_suffix(".pdf")))


def _facts(document: Any) -> Facts:
    facts = Facts([], {}, [])
    for place, page in enumerate(document.pages):
        facts.pages.append(page._page_box.page_type.name or "")
        for name, (x, y, *_) in page.anchors.items():
            facts.anchors.setdefault(name, (place, x * POINTS, (page.height - y) * POINTS))
        facts.bookmarks.extend(
            (level, title, place, x * POINTS, (page.height - y) * POINTS, state)
            for level, title, (x, y), state in page.bookmarks
        )
    return facts
