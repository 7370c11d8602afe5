"""Uploaded tables: good ones are read whole, bad ones are refused with a sentence and a stable code."""

import csv
import gzip
import io
import json
import math
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.core.errors import Invalid
from apps.core.tables import Column, clean_filename, inspect, iter_rows
from apps.core.tables.lines import MAX_LINE_BYTES

ROWS = [
    {"question": "How do I reset it?", "answer": "Hold the button.", "score": 1},
    {"question": "Où est-ce ?", "answer": "Là, « ici ».\nEt là.", "score": 2},
]


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refused(path: Path, name: str | None = None) -> Invalid:
    with pytest.raises(Invalid) as caught:
        inspect(path, name or path.name)
    assert caught.value.message.endswith(".") and caught.value.remedy
    return caught.value


def jsonl(rows: list[dict]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_jsonl_is_read(tmp_path) -> None:
    path = written(tmp_path, "good.jsonl", jsonl(ROWS))
    facts = inspect(path, "good.jsonl")
    assert (facts.format, facts.rows, facts.encoding) == ("jsonl", 2, "utf-8")
    assert facts.columns == (Column("question", "text"), Column("answer", "text"), Column("score", "integer"))
    assert list(iter_rows(path, "jsonl")) == ROWS


def test_jsonl_takes_null_blank_lines_and_whole_numbers_among_floats(tmp_path) -> None:
    content = b'{"a": null, "b": 1}\n\n{"a": "x", "b": 1.5}'
    facts = inspect(written(tmp_path, "x.jsonl", content), "x.jsonl")
    assert facts.rows == 2
    assert facts.columns == (Column("a", "text"), Column("b", "number"))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_read_with_any_common_separator(tmp_path, separator) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerows(
        [["q", "when", "n"], [f'say "a{separator}b"', "2026-01-02", "3"], ["two\nlines", "2026-01-03", ""]]
    )
    path = written(tmp_path, "x.csv", b"\xef\xbb\xbf" + buffer.getvalue().encode())
    facts = inspect(path, "x.csv")
    assert (facts.rows, facts.encoding) == (2, "utf-8-sig")
    assert [c.type for c in facts.columns] == ["text", "timestamp", "integer"]
    rows = list(iter_rows(path, "csv"))
    assert rows[0]["q"] == f'say "a{separator}b"'
    assert rows[1] == {"q": "two\nlines", "when": "2026-01-03", "n": None}


def test_text_is_read_by_lines(tmp_path) -> None:
    path = written(tmp_path, "x.txt", b"one\n\n  \ntwo\r\n")
    assert inspect(path, "x.txt").rows == 2
    assert list(iter_rows(path, "text")) == [{"text": "one"}, {"text": "two"}]


def test_parquet_is_read_and_every_value_can_be_written_as_json(tmp_path) -> None:
    table = pa.table(
        {
            "q": ["a", None, "c"],
            "n": [1, 2, 3],
            "f": [0.5, None, -1e308],
            "at": pa.array([0, 1, -1], pa.timestamp("ns", "UTC")),
            "raw": [b"\x00\xff", b"", None],
            "turns": [[{"role": "user", "text": "hi"}], [], None],
            "price": pa.array(["1.10", "2.20", None]).cast(pa.decimal128(8, 2)),
        }
    )
    path = tmp_path / "x.parquet"
    pq.write_table(table, path, row_group_size=2)
    facts = inspect(path, "x.parquet")
    assert (facts.format, facts.rows, facts.encoding) == ("parquet", 3, "binary")
    kinds = ["text", "integer", "number", "timestamp", "binary", "list", "number"]
    assert [c.type for c in facts.columns] == kinds
    rows = list(iter_rows(path, "parquet"))
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert rows[0]["raw"] == "AP8=" and rows[0]["price"] == "1.10" and rows[1]["f"] is None
    assert [row["at"] for row in rows] == [
        "1970-01-01T00:00:00+00:00",
        "1970-01-01T00:00:00.000000001+00:00",
        "1969-12-31T23:59:59.999999999+00:00",
    ], "no digit of a time is lost"


LOSSY = [
    (pa.array([0.5, 1.0, float("nan")]), "Row 3 holds NaN or an infinite number"),
    (pa.array([None, float("-inf"), 1.0], pa.float32()), "Row 2 holds NaN or an infinite number"),
    (pa.array([[{"p": 1.0}], None, [{"p": float("inf")}]]), "Row 3 holds NaN or an infinite number"),
    (pa.array(["a", "b\x00", "c"]), "Row 2 holds a NUL character"),
    (pa.array([["a"], [], ["b", "\x00"]], pa.list_(pa.large_string())), "Row 3 holds a NUL character"),
    (pa.array([[("a", 1.0)], [("\x00", 1.0)], []], pa.map_(pa.string(), pa.float64())), "Row 2 holds a NUL character"),
    (pa.array(["a", "\x00", "a"]).dictionary_encode(), "Row 2 holds a NUL character"),
]


@pytest.mark.parametrize(("column", "words"), LOSSY)
def test_parquet_values_that_would_be_lost_are_refused_by_row_and_column(tmp_path, column, words) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"good": pa.array([1, 2, 3]), "odd": column}), path)
    found = refused(path)
    assert found.code == "table.value" and found.message.startswith(words) and found.message.endswith("column 'odd'.")


def test_the_row_is_counted_over_all_row_groups(tmp_path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"f": [1.0] * 5000 + [float("nan")]}), path, row_group_size=700)
    assert refused(path).message.startswith("Row 5001 ")


EXACT = ["1e308", "-1.7976931348623157e308", "5e-324", "0.0", "-0e999", "0e-999", "9" * 300, "123456789012345678901"]
LOST = [
    "1e999",
    "-1e309",
    "1e-400",
    "2e-324",
    "-0.0001e-400",
    "9" * 400,
    "0." + "0" * 400 + "1",
    "1" + "0" * 309 + ".5",
]


@pytest.mark.parametrize("number", EXACT)
def test_numbers_that_json_can_keep_are_kept(tmp_path, number) -> None:
    path = written(tmp_path, "x.jsonl", f'{{"a": {number}}}\n'.encode())
    assert inspect(path, "x.jsonl").rows == 1
    value = next(iter_rows(path, "jsonl"))["a"]
    assert value == (int(number) if number.isdigit() else float(number)) and math.isfinite(value)


@pytest.mark.parametrize("number", LOST)
@pytest.mark.parametrize("where", ['{{"a": {}}}', '{{"a": {{"b": [{}]}}}}'])
def test_numbers_that_would_be_lost_are_refused_with_their_line(tmp_path, number, where) -> None:
    good = where.format("0.5")
    path = written(tmp_path, "x.jsonl", f"{good}\n{where.format(number)}\n".encode())
    found = refused(path)
    assert found.code == "table.bad_json" and found.message.startswith(
        "Line 2 holds a number too large or too close to 0"
    )
    assert number not in found.message and "as text" in found.remedy


def test_numbers_in_csv_that_would_be_lost_are_text(tmp_path) -> None:
    columns = {"huge": "1e999", "tiny": "1e-999", "long": "12345678901234567890", "nan": "NaN", "fine": "1e99"}
    lines = [",".join(columns), ",".join(["0.5"] * len(columns)), ",".join(columns.values())]
    path = written(tmp_path, "x.csv", "\n".join(lines).encode())
    types = {column.name: column.type for column in inspect(path, "x.csv").columns}
    assert types == dict.fromkeys(("huge", "tiny", "long", "nan"), "text") | {"fine": "number"}
    assert list(iter_rows(path, "csv"))[1] == columns, "cells stay as they are written"


def test_keys_that_come_twice_deep_inside_are_refused(tmp_path) -> None:
    path = written(tmp_path, "x.jsonl", b'{"a": {"b": 1}}\n{"a": {"b": 1, "b": 2}}\n')
    assert refused(path).message == "Line 2 names the same key twice."


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * 10_000_000)
    return buffer.getvalue()


BAD = [
    ("empty.jsonl", b"", "table.empty", "is empty"),
    ("header.csv", b"a,b\n", "table.empty", "header but no row"),
    ("blank.txt", b"\n \n", "table.empty", "no row"),
    ("cut.jsonl", jsonl(ROWS)[:-20], "table.truncated", "line 2"),
    ("cut_in_character.jsonl", '{"a": "x"}\n{"a": "é'.encode()[:-1], "table.truncated", "line 2"),
    ("cut_at_once.jsonl", b'{"question": "How do', "table.truncated", "line 1"),
    ("cut.csv", b"a,b,c\n1,2,3\n4,", "table.truncated", "line 3"),
    ("open_quote.csv", b'a,b\n1,"two\nthree\n', "table.truncated", "line 2"),
    ("keys.jsonl", b'{"a": 1}\n{"a": 1, "b": 2}\n', "table.mixed_schema", "adds 'b'"),
    ("missing.jsonl", b'{"a": 1, "b": 2}\n{"a": 1}\n', "table.mixed_schema", "Line 2 has other columns"),
    ("types.jsonl", b'{"a": 1}\n{"a": 2}\n{"a": "x"}\n', "table.mixed_schema", "Line 3 holds text in column 'a'"),
    ("bool.jsonl", b'{"a": 1}\n{"a": true}\n', "table.mixed_schema", "boolean"),
    ("ragged.csv", b"a,b\n1,2\n1,2,3\n", "table.ragged", "Line 3 has 3 cells where the header names 2"),
    ("short.csv", b"a,b\n1\n1,2\n", "table.ragged", "Line 2"),
    ("quote.csv", b'a,b\n"x"y,2\n', "table.ragged", "Line 2 cannot be read"),
    ("utf16.csv", "a,b\n1,2\n".encode("utf-16"), "table.encoding", "UTF-16"),
    ("utf16le.jsonl", jsonl(ROWS).decode().encode("utf-16-le"), "table.encoding", "UTF-16"),
    ("utf16be.txt", "plain words\n".encode("utf-16-be"), "table.encoding", "UTF-16"),
    ("utf32.csv", "a,b\n1,2\n".encode("utf-32"), "table.encoding", "UTF-32"),
    ("latin1.csv", "name\nok\nJosé\n".encode("latin-1"), "table.encoding", "Line 3 is not UTF-8"),
    ("latin1.jsonl", '{"a": "déjà vu"}\n'.encode("cp1252"), "table.encoding", "Latin-1 or Windows-1252"),
    ("nul.csv", b"a,b\n1,2\n1,\x00\n", "table.nul", "Line 3"),
    ("nul.jsonl", b'{"a": "x\\u0000"}\n', "table.bad_json", "NUL character"),
    ("surrogate.jsonl", b'{"a": "x\\ud800"}\n', "table.bad_json", "half of a character"),
    ("same.csv", b"a,b,a\n1,2,3\n", "table.duplicate_column", "columns 1 and 3"),
    ("same.jsonl", b'{"a": 1, "a": 2}\n', "table.duplicate_column", "Line 1"),
    ("unnamed.csv", b"a,,c\n1,2,3\n", "table.column_name", "column 2"),
    ("many.csv", b",".join(b"c%d" % i for i in range(3000)) + b"\n", "table.too_many_columns", "3000"),
    ("zip.csv", zipped("a.csv"), "table.archive", "ZIP"),
    ("gzip.jsonl", gzip.compress(b"0" * 10_000_000), "table.archive", "gzip"),
    ("zip.parquet", zipped("a.parquet"), "table.archive", "ZIP"),
    ("tar.csv", b"a.csv".ljust(257, b"\x00") + b"ustar\x0000".ljust(255, b"\x00"), "table.archive", "tar"),
    ("pickle.csv", pickle.dumps([{"a": 1}]), "table.pickle", "pickle"),
    ("pdf.txt", b"%PDF-1.7\n...", "table.binary", "PDF"),
    ("garbage.csv", bytes(range(128, 256)) * 4, "table.binary", "not text"),
    ("x.xlsx", b"hello", "table.unknown_format", ".xlsx"),
    ("x.json", b"[]", "table.unknown_format", "read as tables"),
    ("fake.parquet", b"a,b\n1,2\n", "table.not_parquet", "does not begin as one"),
    ("real.csv", b"PAR1" + b"\x15" * 50, "table.wrong_ending", "Parquet although"),
    ("list.jsonl", b"[1, 2]\n", "table.bad_json", "Line 1 is not a JSON object"),
    ("nan.jsonl", b'{"a": NaN}\n', "table.bad_json", "number"),
    ("infinity.jsonl", b'{"a": [-Infinity]}\n', "table.bad_json", "NaN or Infinity"),
    ("huge_number.jsonl", b'{"a": ' + b"9" * 5000 + b"}\n", "table.bad_json", "number"),
    ("deep.jsonl", b'{"a": ' + b"[" * 200_000 + b"\n", "table.bad_json", "deeply"),
    ("words.jsonl", b"just words\n", "table.bad_json", "character 1"),
]


@pytest.mark.parametrize(("name", "content", "code", "words"), BAD, ids=[case[0] for case in BAD])
def test_bad_tables_are_refused_with_a_sentence(tmp_path, name, content, code, words) -> None:
    error = refused(written(tmp_path, name, content))
    assert error.code == code
    assert words in error.message


def test_refusals_never_quote_a_cell_not_even_in_the_chained_error(tmp_path) -> None:
    secret = "anna.schmidt@example.org"
    for name, content in (
        ("a.jsonl", f'{{"a": "{secret}" oops}}\n'.encode()),
        ("b.csv", f"{secret},b\n1,{secret}\n{secret}\n".encode()),
        ("c.csv", f"a\n{secret} é\n".encode("latin-1")),
    ):
        error = refused(written(tmp_path, name, content))
        chained = error.__cause__ if not error.__suppress_context__ else None
        assert secret not in f"{error} {error.remedy} {chained!r}"


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [f"text {i}" for i in range(5000)], "b": list(range(5000))}), path)
    return path


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_truncated_parquet_is_refused(parquet, share) -> None:
    content = parquet.read_bytes()
    parquet.write_bytes(content[: int(len(content) * share)])
    assert refused(parquet).code == "table.truncated"


def test_parquet_damaged_in_any_place_is_read_or_refused_but_never_crashes(parquet) -> None:
    content = parquet.read_bytes()
    codes = set()
    for position in range(4, len(content) - 8, max(1, len(content) // 60)):
        parquet.write_bytes(content[:position] + b"\xff\xff\xff\xff" + content[position + 4 :])
        try:
            inspect(parquet, "x.parquet")
        except Invalid as error:
            codes.add(error.code)
    assert "table.damaged" in codes


def test_parquet_with_two_columns_of_one_name_is_refused(tmp_path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    assert refused(path).code == "table.duplicate_column"


def test_parquet_without_rows_is_refused(tmp_path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), path)
    assert refused(path).code == "table.empty"


ALONE = """
import sys, time
from pathlib import Path
from apps.core.errors import Invalid
from apps.core.tables import inspect

def peak():  # of this program alone: getrusage would count the parent's memory from before the exec
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

before, started = peak(), time.monotonic()
try:
    told = inspect(Path(sys.argv[1]), Path(sys.argv[1]).name).rows
except Invalid as error:
    told = error.code
print(told, peak() - before, time.monotonic() - started)
"""
linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")


def inspected_alone(path: Path) -> tuple[str, int, float]:
    """What a fresh process makes of the file: rows or refusal, added peak memory in KiB, seconds."""
    done = subprocess.run([sys.executable, "-c", ALONE, str(path)], capture_output=True, check=True, text=True)
    told, peak, seconds = done.stdout.split()
    return told, int(peak), float(seconds)


def bomb(path: Path, megabytes: int) -> None:
    """One value of zeros, which zstd shrinks about ten-thousandfold."""
    value = pa.array([b"0" * (megabytes * 1024 * 1024)], pa.large_binary())
    pq.write_table(pa.table({"a": value}), path, compression="zstd", use_dictionary=False, write_statistics=False)


def varint(size: int) -> bytes:
    """A page size as the header holds it: zigzag, seven bits a byte."""
    value, found = size * 2, bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes(found) + bytes([value])


@linux
def test_decompression_bomb_is_refused_before_it_is_decoded(tmp_path) -> None:
    path = tmp_path / "bomb.parquet"
    bomb(path, 300)
    assert path.stat().st_size < 100_000
    told, peak, seconds = inspected_alone(path)
    assert told == "table.bomb"
    assert peak < 50 * 1024
    assert seconds < 1
    assert "grow" in refused(path).message


def test_page_headers_are_believed_over_the_footer(tmp_path) -> None:
    path = tmp_path / "lying.parquet"
    column = pa.array([b"0" * 1_200_000], pa.binary())
    table = pa.table(dict.fromkeys("abcdef", column))
    pq.write_table(table, path, compression="zstd", use_dictionary=False, write_statistics=False)
    honest = pq.read_metadata(path).row_group(0).column(0).total_uncompressed_size
    content = path.read_bytes()
    body = next(size for size in range(honest - 100, honest) if content.count(b"\x15" + varint(size) + b"\x15") == 6)
    path.write_bytes(content.replace(b"\x15" + varint(body) + b"\x15", b"\x15" + varint(130_000_000) + b"\x15"))
    assert pq.read_metadata(path).row_group(0).column(0).total_uncompressed_size == honest
    error = refused(path)
    assert error.code == "table.bomb" and "once decompressed" in error.message


@linux
def test_dictionary_that_repeats_a_large_value_is_read_within_memory(tmp_path) -> None:
    path = tmp_path / "repeat.parquet"
    value = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), pa.array(["x" * 900_000]))
    pq.write_table(pa.table({"a": value}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 10_000
    told, peak, _ = inspected_alone(path)
    assert told == "5000"  # four and a half gigabytes of text if it were all written out
    assert peak < 500 * 1024


@linux
@pytest.mark.parametrize("ending", ["jsonl", "csv", "txt"])
def test_line_of_two_gigabytes_is_refused_quickly_in_little_memory(tmp_path, ending) -> None:
    path = tmp_path / f"long.{ending}"
    with path.open("wb") as stream:
        stream.write(b'{"a": "' + b"x" * (MAX_LINE_BYTES + 1024))
        stream.truncate(2 * 1024**3)  # the rest is a hole that takes no room on the disk
    told, peak, seconds = inspected_alone(path)
    assert told == "table.line_too_long"
    assert peak < 50 * 1024
    assert seconds < 1


def test_csv_record_that_swallows_lines_through_an_open_quote_is_bounded(tmp_path) -> None:
    path = written(tmp_path, "x.csv", b'a,b\n1,"' + b"word word word\n" * (MAX_LINE_BYTES // 10))
    error = refused(path)
    assert error.code == "table.line_too_long" and "Line 2" in error.message


GOOD_NAMES = ["data.csv", "Ünïcode name (1).jsonl", "a..b.csv", "  data.csv "]
BAD_NAMES = ["", " ", "..", ".hidden", "../data.csv", "/etc/passwd", "a/b.csv", "a\\b.csv", "C:data.csv"]
BAD_NAMES += ["x\x00.csv", "x\n.csv", "invoice\u202evsc.exe", "a" * 300 + ".csv", "zero\u200bwidth.csv"]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_ordinary_names_pass(name) -> None:
    assert clean_filename(name) == name.strip()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_point_elsewhere_or_mislead_are_refused(tmp_path, name) -> None:
    with pytest.raises(Invalid) as caught:
        clean_filename(name)
    assert caught.value.code == "table.filename"
    with pytest.raises(Invalid):
        inspect(written(tmp_path, "x.csv", b"a\n1\n"), name)
