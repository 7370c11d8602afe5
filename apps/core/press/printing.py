"""One order from HTML to PDF: cut, set the parts side by side, set what needs the page numbers, join."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from weasyprint.urls import FatalURLFetchingError

from apps.core.press.files import StaticFiles
from apps.core.press.hands import Job, do_all
from apps.core.press.merging import merge
from apps.core.press.order import Order, Reply
from apps.core.press.parts import Cut, cut, numbers_html, part_html
from apps.core.press.setting import Facts, set_numbers, set_part

LEAVES = 100  # page numbers set in one go
ROUNDS = 4  # in which the first part must come to rest


def print_order(order: Order) -> Reply:
    """Make `document.pdf` of `document.html`. Raises Broken when a process fails."""
    folder = Path(order.folder)
    pieces = cut((folder / "document.html").read_text())
    pages = _print_whole(order, folder) if pieces.is_whole else _print_parts(order, folder, pieces)
    return pages if isinstance(pages, Reply) else Reply(pages=pages)


def _print_whole(order: Order, folder: Path) -> int | Reply:
    html = folder / "document.html"
    if refused := _set(order, [html]):
        return refused
    return len(Facts.read(html.with_suffix(".json")).pages)


def _print_parts(order: Order, folder: Path, pieces: Cut) -> int | Reply:
    parts = [folder / f"part-{place:04d}.html" for place in range(len(pieces.parts))]
    for place, path in enumerate(parts):
        path.write_text(part_html(pieces, place))
    # The largest first, so that no process is left with one at the end; the first part will be set again. Elements
    # tell what a part costs; bytes do not: those of a drawing are many.
    if refused := _set(order, sorted(parts, key=lambda path: -path.read_text().count("<"))):
        return refused
    leaves: list[Path] = []
    for _ in range(ROUNDS):
        facts = [Facts.read(path.with_suffix(".json")) for path in parts]
        leaves = _write_leaves(folder, pieces, [name for one in facts for name in one.pages])
        again = parts[:1] if pieces.has_page_numbers else []
        if again:
            parts[0].write_text(part_html(pieces, 0, _page_numbers(facts)))
        _set(order, again, leaves)
        if not again or len(Facts.read(parts[0].with_suffix(".json")).pages) == len(facts[0].pages):
            break
    else:
        raise RuntimeError("The first part grows and shrinks with its own page numbers.")
    do_all([partial(_join, parts, leaves, folder, order.identifier)], 1)
    return sum(len(one.pages) for one in facts)


def _page_numbers(facts: Sequence[Facts]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    before = 1
    for part in facts:
        for name, (page, *_) in part.anchors.items():
            numbers.setdefault(name, before + page)
        before += len(part.pages)
    return numbers


def _write_leaves(folder: Path, pieces: Cut, pages: list[str]) -> list[Path]:
    made = []
    for first in range(0, len(pages), LEAVES):
        made.append(folder / f"numbers-{first:06d}.html")
        made[-1].write_text(numbers_html(pieces, pages, first, min(first + LEAVES, len(pages))))
    return made


def _join(parts: list[Path], leaves: list[Path], folder: Path, identifier: str) -> None:
    merge(parts, leaves, folder / "document.pdf", identifier)


def _set(order: Order, parts: Sequence[Path], leaves: Sequence[Path] = ()) -> Reply | None:
    """Set these on the order's processes. A reply when one refers to what is not the portal's."""
    jobs: list[Job] = [partial(_set_one, order, path, is_part=True) for path in parts]
    jobs += [partial(_set_one, order, path, is_part=False) for path in leaves]
    do_all(jobs, order.processes)
    for path in sorted(parts):
        if (note := path.with_suffix(".refused")).exists():
            return Reply(refused=json.loads(note.read_text()))
    return None


def _set_one(order: Order, html: Path, *, is_part: bool) -> None:
    files = StaticFiles(order.prefix, order.folders)
    try:
        if is_part:
            set_part(
                html,
                base_url=order.base_url,
                files=files,
                identifier=order.identifier,
                created=order.created,
                mark=html.stem,
            )
        else:
            set_numbers(html, base_url=order.base_url, files=files)
    except FatalURLFetchingError:
        pass  # kept in `refused`
    if files.refused:
        html.with_suffix(".refused").write_text(json.dumps(files.refused[0]))
