"""What WeasyPrint's tags lack: artifacts, pairs of names and values, scopes of table heads and names of their own.

WeasyPrint gives running heads and feet tags that stand outside the structure tree. ISO 14289-1 (PDF/UA-1), 7.1, has
every content either in the tree or marked as an artifact; here they become artifacts of type pagination.
"""

from typing import Any

import pydyf

_PAGINATION = pydyf.Dictionary({"Type": "/Pagination"})


def tidy(pdf: Any, mark: str) -> None:
    """WeasyPrint's finisher: change its objects before they are written. `mark` goes before the ids of table heads."""
    root = _numbered(pdf, pdf.catalog["StructTreeRoot"])
    tree = _numbered(pdf, root["ParentTree"])["Nums"]
    outside = _Outside(pdf, root)
    pages = [_numbered(pdf, reference) for reference in pdf.page_references]
    for page in pages:
        elements = tree[2 * page["StructParents"] + 1]
        dropped = {place for place, reference in enumerate(elements) if outside.has(reference)}
        if dropped:
            elements[:] = ["null" if place in dropped else one for place, one in enumerate(elements)]
            _make_artifacts(_numbered(pdf, page["Contents"]), dropped)
    elements = [one for one in pdf.objects if isinstance(one, pydyf.Dictionary) and one.get("Type") == "/StructElem"]
    for element in elements:
        if element["S"] == "/L":
            _pair(pdf, element)
        elif element["S"] == "/TH":
            element["A"]["Scope"] = _scope(pdf, element)
    _name_heads(pdf, root, mark)


def _pair(pdf: Any, group: Any) -> None:
    """Make a name and its value, grouped by a `div` in HTML, one item of the list: its label and its body. Nothing but
    items may stand in a list (ISO 32000-1, 14.8.4.3.3)."""
    for pair in [_numbered(pdf, reference) for reference in group["K"]]:
        if pair["S"] != "/Div":
            continue
        pair["S"] = "/LI"
        inner = [body for item in pair["K"] for body in _numbered(pdf, item)["K"]]
        for place, reference in enumerate(inner):
            body = _numbered(pdf, reference)
            body["P"] = pair.reference
            body["S"] = "/Lbl" if place == 0 and len(inner) > 1 else "/LBody"
        pair["K"] = pydyf.Array(inner)


def _scope(pdf: Any, head: Any) -> str:
    """A head in the table's head names its column, any other its row (ISO 32000-1, table 349)."""
    row = _numbered(pdf, head["P"])
    return "/Column" if _numbered(pdf, row["P"])["S"] == "/THead" else "/Row"


def _numbered(pdf: Any, reference: bytes) -> Any:
    """The object behind `12 0 R`."""
    return pdf.objects[int(reference.split()[0])]


class _Outside:
    """Tells which elements do not hang in the tree."""

    def __init__(self, pdf: Any, root: Any) -> None:
        self._pdf = pdf
        self._top = root["K"][0]
        self._inside = set(_numbered(pdf, self._top)["K"])
        self._known: dict[bytes, bool] = {}

    def has(self, reference: bytes) -> bool:
        """Whether the chain of parents from this element ends at one that its own parent does not hold."""
        chain = []
        while reference not in self._known:
            parent = _numbered(self._pdf, reference)["P"]
            chain.append(reference)
            if parent == self._top:
                self._known[reference] = reference not in self._inside
                break
            reference = parent
        answer = self._known[reference]
        self._known.update(dict.fromkeys(chain, answer))
        return answer


def _make_artifacts(stream: Any, dropped: set[int]) -> None:
    tokens = stream.stream
    for place, token in enumerate(tokens):
        if token == b"BDC" and tokens[place - 1].get("MCID") in dropped:
            tokens[place - 2], tokens[place - 1] = "/Artifact", _PAGINATION


def _name_heads(pdf: Any, root: Any, mark: str) -> None:
    """Table heads are named by object number, which other parts have as well; and the tree that lists names is required
    (ISO 32000-1, table 322) and missing."""
    named = [one for one in pdf.objects if isinstance(one, pydyf.Dictionary) and one.get("S") == "/TH" and "ID" in one]
    for element in named:
        element["ID"].string = f"{mark}-{element['ID'].string}"  # the same object stands among the cells' Headers
    if named:
        ordered = sorted(named, key=lambda one: one["ID"].string.encode())
        names = pydyf.Array(value for one in ordered for value in (one["ID"], one.reference))
        root["IDTree"] = pydyf.Dictionary({"Names": names})
