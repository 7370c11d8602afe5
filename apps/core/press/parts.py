"""Cutting a document's HTML into parts that are set alone, and what their links to each other become.

A link to a place in another part is set as the address `elsewhere:ID` and becomes a link within the document when the
parts are joined. Page numbers of links stand in the first part only: in elements of the classes `contents` and
`page-of` (static/css/print.css), which print `data-page` where it is given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

MARKER = "<!-- next part -->"
ELSEWHERE = "elsewhere:"
UNKNOWN_PAGE = "000"
_LINK = re.compile(r'(<a\b[^>]*?\shref=")#([^"]+)"')
_ID = re.compile(r'\sid="([^"]+)"')
# The number of a page is known only once all parts are set; it is printed over the pages then.
_WITHOUT_NUMBER = "<style>@page { @bottom-right { content: none } }</style>"
_NUMBER_ONLY = """<style>@page { @top-left { content: none } @top-center { content: none } @top-right { content: none }
@bottom-left { content: none } @bottom-center { content: none } } html, body { margin: 0; padding: 0 }
.leaf { break-before: page; height: 1pt }</style>"""


@dataclass(frozen=True)
class Cut:
    """A document's HTML in pieces: head up to the body's first content, parts, and the closing tags."""

    opening: str
    parts: tuple[str, ...]
    closing: str

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to join."""
        return len(self.parts) == 1

    @property
    def has_page_numbers(self) -> bool:
        """Whether the first part prints the pages that its links lead to."""
        return 'class="contents' in self.parts[0] or "page-of" in self.parts[0]


def cut(html: str) -> Cut:
    """The pieces of a document, of one part where it has no marker."""
    opening, *parts = html.split(MARKER)
    if not parts:
        return Cut("", (html,), "")
    last, closing_tag, rest = parts[-1].rpartition("</body>")
    return Cut(opening, (*parts[:-1], last), closing_tag + rest)


def part_html(pieces: Cut, place: int, pages: Mapping[str, int] | None = None) -> str:
    """One part as a document of its own. `pages` are the page numbers by id, where they are known already."""
    own = set(_ID.findall(pieces.parts[place]))
    known = set().union(*(_ID.findall(part) for part in pieces.parts)) if place == 0 else None

    def linked(found: re.Match[str]) -> str:
        start, name = found.groups()
        target = f"#{name}" if name in own else f"{ELSEWHERE}{name}"
        if place != 0 or known is None or name not in known:
            return f'{start}{target}"'
        number = str((pages or {}).get(name, UNKNOWN_PAGE))
        return f'{start}{target}" data-page="{number}"'

    head, tag, body = pieces.opening.partition("</head>")
    return head + _WITHOUT_NUMBER + tag + body + _LINK.sub(linked, pieces.parts[place]) + pieces.closing


def numbers_html(pieces: Cut, pages: list[str], first: int, last: int) -> str:
    """Empty pages first to last (counted from 0) that print their number only, in the document's own style. `pages` are
    the names of all pages' kinds (CSS `page`)."""
    head, tag, body = pieces.opening.partition("</head>")
    opening_tag = re.search(r"<body\b[^>]*>", body)
    leaves = "".join(
        f'<div class="leaf" style="page: {escape(pages[place]) or "auto"}; string-set: number \'{place + 1}\'"></div>'
        for place in range(first, last)
    )
    style = _NUMBER_ONLY + f"<style>@page {{ @bottom-right {{ content: string(number) ' / {len(pages)}' }} }}</style>"
    return f"{head}{style}{tag}{opening_tag.group(0) if opening_tag else '<body>'}{leaves}</body></html>"
