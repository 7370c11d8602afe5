"""Files made to cost: each is read or refused at once. A pattern that takes the square of its text would hang here."""

import json

import pytest

from apps.catalog.rules import metadata
from apps.core.errors import Invalid

MANY = [f"value {n}" for n in range(60_000)]
DATASET = {"@type": "sc:Dataset", "name": "x"}
SPDX = "https://spdx.org/licenses/"
CHAIN = {f"k{n}": f"k{n + 1}" for n in range(50_000)}
HOSTILE = {
    "comments that never close": b"# x\n" + b"<!-- " * 700_000,
    "a heading of blanks": b"# x\n# a" + b" " * 3_000_000 + b"b\n",
    "a body of blanks": b"# x\n## Uses\n- " + b" " * 3_000_000 + b"x",
    "a section many times": b"# x\n" + b"".join(b"## Uses\n%d\n" % n for n in range(200_000)),
    "a list of creators": b"---\nlanguage_creators:\n" + b"".join(b"- c%d\n" % n for n in range(9_000)) + b"---\n",
    "values in two spellings": json.dumps(DATASET | {"rai:dataBiases": MANY, "dataBiases": MANY[::-1]}).encode(),
    "sources": json.dumps(DATASET | {"prov:wasDerivedFrom": MANY}).encode(),
    "columns": json.dumps(DATASET | {"recordSet": {"field": [{"name": name} for name in MANY]}}).encode(),
    "a circle of names": json.dumps({"@graph": [
        {"@id": "a", "@type": "Dataset", "name": {"@id": "b"}, "creator": {"@id": "a"}},
        {"@id": "b", "name": {"@id": "a"}}, {"@id": "a2", "@type": "Dataset"}]}).encode(),
    "a bush of names": json.dumps({"@graph": [
        {"@id": "a", "@type": "Dataset", "license": [{"@id": "c"}] * 900, "creator": [{"@id": "c"}] * 900},
        {"@id": "c", "name": [{"@id": "c"}] * 900, "url": [{"@id": "c"}] * 900}]}).encode(),
    "files": json.dumps(DATASET | {"distribution": [{"name": name} for name in MANY]}).encode(),
    "a licence without an end": json.dumps(DATASET | {"license": SPDX + "a." * 900_000}).encode(),
    "keys of a context": json.dumps(DATASET | {"@context": CHAIN, "k0": 1}).encode(),
    "classifications": json.dumps({"source": {}, "provenance": {}, "use": {"classification": [
        {"regulation": {"code": name}, "evaluated": True} for name in MANY[:40_000]]}}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_costs_more_than_its_size(name: str) -> None:
    try:
        found = metadata.read(HOSTILE[name]).as_json()
    except Invalid as refusal:
        assert refusal.code.startswith("metadata.")
        return
    assert len(found["columns"]) <= 2_000 and len(found["files"]) <= 200
    assert all(len(value) <= 2_000 for value in found["datasheet"].values() if isinstance(value, list))
