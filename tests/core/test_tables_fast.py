"""Reading by blocks is a shortcut and nothing else: what it lets pass, the strict reader takes with the same result."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from apps.core.errors import Invalid
from apps.core.tables import delimited, fast_csv, inspect, jsonl
from apps.core.tables.fast_json import FastJson
from apps.core.tables.lines import BLOCK_BYTES
from apps.core.tables.schema import Schema

CHANGES = 1_500
JSON_BITS = [
    *(bytes([byte]) for byte in b'"{}[],:\n1-\\ \xff\x00\xc3\r'),
    *(b"null", b"1e999", b"NaN", b"true", b"\\u0000", b"\\ud800", b'"a":1,', b'"more":', b"}\n{", b"} {", b"} null {"),
    *(b"9" * 400, b"9" * 5_000, b"e-400", b"E-0324", b"." + b"0" * 400 + b"1"),
]
CSV_BITS = [
    *(bytes([byte]) for byte in b'",\n\r x1\x00\xff;'),
    *(b'""', b"\r\n", b"", b'","', b"2026-01-02", b"true", b".5", b"1e5", b"9" * 19, "٣".encode(), b"\n\n"),
    *(b"1e999", b"1e-400", b"9" * 400, b"." + b"0" * 400 + b"1"),
]


def row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "text": f'Row "{number}" {{é}}',
        "score": number / 3,
        "turns": [{"role": "user", "n": number, "f": 0.5}],
        "ok": True,
        "more": None,
    }


def changed(content: bytes, bits: list[bytes], dice: random.Random) -> bytes:
    """The bytes with a few pieces put in, taken out or put in the place of others."""
    for _ in range(dice.choice([1, 1, 2, 3])):
        start = dice.randrange(len(content) + 1)
        content = content[:start] + dice.choice(bits) + content[start + dice.choice([0, 0, 1, 5]) :]
    return content


def strict_json(content: bytes, schema: Schema) -> int:
    return sum(record.row is not None for record in jsonl.records(io.BytesIO(content), schema, 1))


def test_no_block_of_json_passes_that_is_refused_line_by_line() -> None:
    dice, fast, schema = random.Random(11), FastJson(), Schema()
    known = [row(number) for number in range(5)]
    fast.learn(known)
    good = "".join(json.dumps(one) + "\n" for one in known).encode()
    strict_json(good, schema)
    types = schema.columns()
    passed = 0
    for _ in range(CHANGES):
        block = changed(good, JSON_BITS, dice)
        fast._failures = 0  # each block is asked about as if the one before had been good
        doubtful = fast.doubtful(block)
        if doubtful is None:
            continue
        passed += 1
        lines = block.split(b"\n")
        again = Schema()
        strict_json(good, again)
        try:
            for place in doubtful:
                jsonl.check(lines[place], place + 1, again)
        except Invalid:
            with pytest.raises(Invalid):
                strict_json(block, again)
            continue
        assert again.columns() == types
        assert strict_json(block, again) == block.count(b"\n") + (not block.endswith(b"\n"))
        assert again.columns() == types
    assert passed > CHANGES / 50


def test_no_block_of_csv_passes_that_is_refused_or_read_otherwise_record_by_record() -> None:
    dice, passed = random.Random(12), 0
    good = b'7,"say ""a"", b","two\nlines",2026-01-02,\n8,plain,,2026-01-03,x\n-9,"",text,2026-01-04,y\n'
    names = list("abcde")
    for _ in range(CHANGES):
        block = changed(good, CSV_BITS, dice)
        block = block[: fast_csv.whole_records(block)]
        fast, strict = Schema(), Schema()
        fast.begin(names, 1)
        strict.begin(names, 1)
        if not block or not fast_csv.rows_taken(block, names, ",", fast):
            continue
        passed += 1
        records = list(delimited.records(io.BytesIO(block), strict, ",", 1, names))
        assert (fast.rows, fast.columns()) == (strict.rows, strict.columns()), block
        assert [data for data, _ in fast_csv.records_of(block)] == [record.data for record in records]
        assert [rows for _, rows in fast_csv.records_of(block)] == [int(record.row is not None) for record in records]
    assert passed > CHANGES / 10


LATE = [
    ("keys.jsonl", b'{"id": 1, "text": "x"}\n', "table.mixed_schema"),
    ("type.jsonl", b'{"id": "1", "text": "x", "score": 1.5}\n', "table.mixed_schema"),
    ("twice.jsonl", b'{"id": 1, "id": 1, "text": "x", "score": 1.5}\n', "table.duplicate_column"),
    ("nan.jsonl", b'{"id": 1, "text": "x", "score": NaN}\n', "table.bad_json"),
    ("huge.jsonl", b'{"id": 1, "text": "x", "score": ' + b"9" * 5_000 + b"}\n", "table.bad_json"),
    ("nul.jsonl", b'{"id": 1, "text": "\\u0000", "score": 1.5}\n', "table.bad_json"),
    ("two.jsonl", b'{"id": 1, "text": "x", "score": 1} {"id": 1, "text": "x", "score": 1}\n', "table.bad_json"),
    ("null.jsonl", b'{"id": 1, "text": "x", "score": 1} null\n', "table.bad_json"),
    ("list.jsonl", b'["id"]\n', "table.bad_json"),
    ("deep.jsonl", b'{"id": 1, "text": ' + b"[" * 100_000 + b"\n", "table.bad_json"),
    ("latin.jsonl", b'{"id": 1, "text": "\xe9 and", "score": 1.5}\n', "table.encoding"),
    ("cut.jsonl", b'{"id": 1, "text": "x", "sco', "table.truncated"),
    ("ragged.csv", b"1,2\n", "table.ragged"),
    ("after.csv", b'1,"x"y,3\n', "table.ragged"),
    ("return.csv", b"1,x\ry,3\n", "table.ragged"),
    ("open.csv", b'1,"x,3\n', "table.truncated"),
    ("nul.csv", b"1,\x00,3\n", "table.nul"),
    ("latin.csv", b"1,\xe9 and,3\n", "table.encoding"),
]


@pytest.mark.parametrize(("name", "last", "code"), LATE, ids=[case[0] for case in LATE])
def test_what_is_wrong_far_into_a_file_is_found_on_its_line(tmp_path: Path, name: str, last: bytes, code: str) -> None:
    text = "word " * 40
    if name.endswith("csv"):
        many = ["id,text,score\n", *(f'{n},"{text}{n}",{n / 7}\n' for n in range(24_000))]
    else:
        many = [json.dumps({"id": n, "text": f"{text}{n}", "score": n / 7}) + "\n" for n in range(24_000)]
    content = "".join(many).encode()
    assert len(content) > 2 * BLOCK_BYTES
    (tmp_path / name).write_bytes(content + last)
    with pytest.raises(Invalid) as refused:
        inspect(tmp_path / name, name)
    assert refused.value.code == code
    assert f"ine {len(many) + 1}" in refused.value.message


def test_types_that_widen_far_into_a_file_are_learned(tmp_path: Path) -> None:
    rows = [{"n": n, "m": None, "t": "word " * 40, "turns": [{"a": 1}]} for n in range(24_000)]
    rows[20_000] |= {"n": 0.5, "turns": [{"a": "x"}, {"b": [1, "y"]}]}
    rows[23_000] |= {"m": "there"}
    path = tmp_path / "late.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    facts = inspect(path, path.name)
    assert [column.type for column in facts.columns] == ["number", "text", "text", "list"] and facts.rows == 24_000
    path = tmp_path / "late.csv"
    path.write_text("n,m,t\n" + "".join(f"{one['n']},{one['m'] or ''},{one['t']}\n" for one in rows))
    facts = inspect(path, path.name)
    assert [column.type for column in facts.columns] == ["number", "text", "text"] and facts.rows == 24_000
